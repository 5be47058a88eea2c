"""What a person wants: made when they join, set by hand, off for good when they unsubscribe or are parted."""

from datetime import datetime

from django.core import signing
from django.db import transaction

from accounts.models import User
from couples.models import Couple
from reminders import kinds
from reminders.models import Channel, Choice, Reminder

_SALT = "nearer.reminders.stop"


def start(*, user: User, now: datetime) -> None:
    """Give a new person the defaults: few and calm, and none into an inbox that others read."""
    for kind in kinds.every():
        choice = Choice(user=user, kind=kind.name, at=kind.default_at, wanted=False)
        choice.set(wanted=kind.default_on and not user.inbox_shared, now=now)


def choices_of(user: User) -> dict[str, Choice]:
    """This person's choice for every kind, by its name; switched off, at its usual time, where they have none yet."""
    found = {choice.kind: choice for choice in Choice.objects.of(user)}
    for choice in found.values():
        choice.user = user
    return {
        kind.name: found.get(kind.name) or Choice(user=user, kind=kind.name, at=kind.default_at, wanted=False)
        for kind in kinds.every()
    }


@transaction.atomic
def stop(*, user: User, kind: str, now: datetime, reason: str = "unsubscribed") -> None:
    """Switch one kind off at once, what is already claimed included."""
    choices_of(user)[kind].set(wanted=False, now=now)
    Reminder.objects.filter(user=user, kind=kind).skip(reason, now=now)


def quieten(*, couple: Couple, now: datetime) -> None:
    """After parting nothing more is sent to either, until they ask for it again."""
    for seat in couple.partners.select_related("user"):
        for kind in kinds.every():
            stop(user=seat.user, kind=kind.name, now=now, reason="parted")


def rezone(*, user: User, now: datetime) -> None:
    """The person's clock changed: their next reminders follow it."""
    for choice in Choice.objects.filter(user=user, wanted=True):
        choice.user = user
        choice.reckon(after=now)
        choice.save(update_fields=["next_at"])


def stop_token(user: User, kind: str) -> str:
    """A link's token to stop one kind without signing in. Signed; it doesn't run out, as mails don't."""
    return signing.dumps([str(user.pk), kind, Channel.EMAIL], salt=_SALT)


def read_stop_token(token: str) -> tuple[User, str] | None:
    """Whose and which kind a token stands for, or None if it isn't ours or the person is gone."""
    try:
        pk, kind, _channel = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, kind) if user is not None and kinds.get(kind) is not None else None
