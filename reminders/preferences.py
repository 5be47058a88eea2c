"""Choices of what a person wants: made when they join, set by hand, off when they unsubscribe (or, joint kinds,
part).
"""

import uuid
from datetime import datetime, time, timedelta

from django.core import signing
from django.db import transaction

from accounts import peppers
from accounts.hooks import Hook
from accounts.models import User
from couples.codes import address_hashes, peppered
from couples.models import Couple
from reminders import kinds
from reminders.models import Channel, Choice, Quiet, Reminder, Suppression

ASKED_LIFE = timedelta(minutes=15)
chosen = Hook("chosen")  # choice=Choice, now=datetime: this person set it, or their clock, anew
_SALT = "nearer.reminders.stop"


def start(*, user: User, now: datetime) -> None:
    """Give a new person the defaults: few and calm, and none into an inbox that others read."""
    for kind in kinds.every():
        choice = _usual(user, kind)
        choice.set(wanted=kind.default_on and not user.inbox_shared, now=now)


def choices_of(user: User) -> dict[str, Choice]:
    """A person's choice for every kind, by its name; switched off, at its usual time, where they have none yet."""
    found = {choice.kind: choice for choice in Choice.objects.of(user)}
    for choice in found.values():
        choice.user = user
    return {kind.name: found.get(kind.name) or _usual(user, kind) for kind in kinds.every()}


def _usual(user: User, kind: kinds.Kind) -> Choice:
    return Choice(user=user, kind=kind.name, at=kind.default_at, weekdays=kind.default_weekdays, wanted=False)


def choose(
    choice: Choice, *, wanted: bool, at: time | None = None, weekdays: str | None = None, now: datetime
) -> None:
    """Set what a person wants of a kind. What was promised of a thing with a time of its own follows, in its room."""
    choice.set(wanted=wanted, at=at, weekdays=weekdays, now=now)
    chosen.announce(choice=choice, now=now)


def quiet_of(user: User) -> Quiet:
    """The quiet hours and the pause of this person: what they set, or nothing yet."""
    quiet = Quiet.objects.filter(user=user).first() or Quiet(user=user)
    quiet.user = user
    return quiet


@transaction.atomic
def ask_now(*, user: User, kind: str, now: datetime, about: uuid.UUID | None = None) -> None:
    """Have one mail of this kind sent at once: to see what it looks like and that it arrives, or with a file `about`
    something.

    The person says by this that their address is fine, so it is tried again if it was given up.
    """
    Suppression.objects.filter(user=user).delete()
    Reminder.objects.create(user=user, kind=kind, about=about, due_at=now, expires_at=now + ASKED_LIFE)


def suppress(*, user: User, address: str, now: datetime) -> None:
    """Send nothing more to this address of `user`, which doesn't exist."""
    Suppression.objects.update_or_create(
        user=user, defaults={"address_hash": peppered("address", address), "since": now}
    )


def is_suppressed(user: User) -> bool:
    """Whether the address `user` has now is known not to exist."""
    found = getattr(user, "suppression", None)
    return found is not None and found.address_hash in address_hashes(user.email)


@transaction.atomic
def stop(*, user: User, kind: str, now: datetime) -> None:
    """Switch one kind off at once, what is already claimed included."""
    choices_of(user)[kind].set(wanted=False, now=now)
    Reminder.objects.filter(user=user, kind=kind).skip("unsubscribed", now=now)


def quieten(*, couple: Couple, now: datetime) -> None:
    """Let nothing about the two be sent to either after parting, until they ask for it again.

    What is one's own goes on as it was, and so does what somebody asked to be sent there and then: the evening one of
    them leaves is, in the other's inbox, an evening like any.
    """
    joint = [kind.name for kind in kinds.every() if kind.joint]
    for seat in couple.partners.select_related("user"):
        choices = choices_of(seat.user)
        for name in joint:
            choices[name].set(wanted=False, now=now)
        Reminder.objects.filter(user=seat.user, kind__in=joint).promised().skip("called off", now=now)


def hush(*, user: User, now: datetime) -> None:
    """Hush everything where others read this person's inbox from now on: nothing comes until asked for, as at
    sign-up.
    """
    for choice in Choice.objects.filter(user=user, wanted=True):
        stop(user=user, kind=choice.kind, now=now)


def rezone(*, user: User, now: datetime, before: str = "") -> None:
    """Have the next reminders of a person follow their new clock, whatever it was before."""
    for choice in Choice.objects.filter(user=user, wanted=True):
        choice.user = user
        choose(choice, wanted=True, now=now)


def stop_token(user: User, kind: str) -> str:
    """A link's token to stop one kind without signing in. Signed; it doesn't run out, as mails don't."""
    return signing.dumps([str(user.pk), kind, Channel.EMAIL], key=peppers.secret(), salt=_SALT)


def read_stop_token(token: str) -> tuple[User, str] | None:
    """The person and the kind a token stands for, or None if it isn't ours or the person is gone."""
    try:
        pk, kind, _channel = signing.loads(token, key=peppers.secret(), salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, kind) if user is not None and kinds.get(kind) is not None else None
