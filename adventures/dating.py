"""Date nights: asking for one, answering, moving it, putting it off, calling it off, and that it happened.

A date has at most one time that stands and at most one that is asked for. A yes makes the one that is asked for stand;
a "not this one" is known only to who said it; "another time" is an ask the other way round. What needed two to begin,
one ends alone. Each act holds the two people first, so that acts follow each other; each says what it answers to, so
that nobody agrees to a time they didn't see.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from adventures import reminding
from adventures.models import DateNight, DateRhythm, Secret, Wish
from adventures.models.dates import USUAL_MINUTES
from couples import days
from couples.models import ASK_REST, Couple, Partner
from couples.seats import lock_both

TITLE_LIMIT, PLAN_LIMIT, WEAR_LIMIT = 200, 2000, 200  # characters
EACH = 20  # asks of one person that are open at a time
FARTHEST = timedelta(days=366 * 2)


class Gone(Exception):
    """There is no such date to act on (any more)."""


class Changed(Exception):
    """It stands at another time by now, or another one is asked for."""


class Impossible(Exception):
    """That time is past, or too far ahead."""


class Resting(Exception):
    """The same was asked less than thirty days ago, and faded."""


class TooMany(Exception):
    """This person has twenty asks open."""


@dataclass(frozen=True)
class Plan:
    """What a date is to be. `secret` of a surprise: then title, plan and wish are its planner's alone."""

    title: str
    plan: str = ""
    wish: UUID | None = None
    together: bool = False  # both sort it out
    surprise: bool = False
    where: str = ""
    cost: str = ""
    wear: str = ""
    childcare: str = ""
    minutes: int = USUAL_MINUTES
    phones_away: bool = False


@transaction.atomic
def propose(*, by: Partner, plan: Plan, starts_at: datetime, now: datetime) -> DateNight:
    """Ask the other for a date; alone, it stands at once. The same again while it is open changes nothing.

    Raises `Impossible`, `Resting`, `TooMany` or `Gone`.
    """
    two = _hold(by)
    _check(starts_at, now)
    wish = Wish.objects.of(by.couple).open().filter(pk=plan.wish).first() if plan.wish else None
    if two:
        same = _asked_already(by, plan, starts_at, now)
        if same is not None:
            return same
    night = DateNight(
        couple=by.couple, made_at=now, wish=None if plan.surprise else wish, asked_by=by.user,
        planner=None if plan.together and not plan.surprise else by.user, surprise=plan.surprise and two,
        asked_for=starts_at, asked_at=now, where=plan.where, cost=plan.cost, wear=plan.wear,
        childcare=plan.childcare, minutes=plan.minutes, phones_away=plan.phones_away,
    )  # fmt: skip
    if not night.surprise:
        night.title, night.plan, night.wish = plan.title, plan.plan, wish
    if not two:
        _stand(night, now)
    night.save()
    if night.surprise:
        Secret.objects.create(date=night, author=by.user, title=plan.title, plan=plan.plan, wish=wish)
    return night


@transaction.atomic
def agree(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> DateNight:
    """Say yes to the time the other asks for. Twice is once. Raises `Gone` or `Changed`."""
    night = _held(by, date_id)
    if night.stands and night.starts_at == to:
        return night
    if not _is_theirs(night, by, now):
        raise Gone
    if night.asked_for != to:
        raise Changed
    _stand(night, now)
    night.save()
    return night


@transaction.atomic
def set_aside(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> None:
    """Say "not this one" to the time the other asks for: `by` isn't shown it again, and nobody else can tell.

    Twice is once. Raises `Gone` or `Changed`.
    """
    night = _held(by, date_id)
    if not _is_theirs(night, by, now):
        raise Gone
    if night.asked_for != to:
        raise Changed
    if night.set_aside_at is None:
        night.set_aside_at = now
        night.save(update_fields=["set_aside_at"])


@transaction.atomic
def suggest(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> DateNight:
    """Ask for another time. What stands goes on standing until the other says yes.

    What the other asks for is answered by it; to ask for the very time they do is to agree. One's own open ask moves,
    and grows no older or younger by it. Alone it moves at once. Raises `Gone`, `Impossible` or `Resting`.
    """
    night = _held(by, date_id)
    _check(to, now)
    if night.stands and night.starts_at == to:
        return night
    if not by.couple.paired:
        night.asked_for, night.asked_at = to, now
        _stand(night, now)
    elif _is_theirs(night, by, now):
        if night.asked_for == to:
            _stand(night, now)
        else:
            _ask(night, by, to, now)
    elif night.is_asked(now):
        night.asked_for = to
    elif night.rests(by, now):
        raise Resting
    else:
        _ask(night, by, to, now)
    night.save()
    return night


@transaction.atomic
def put_off(*, by: Partner, date_id: UUID, stood: datetime, now: datetime) -> None:
    """That evening doesn't suit after all: either, alone. It waits for another time. Twice is once.

    Raises `Gone` or `Changed`.
    """
    night = _held(by, date_id)
    if night.put_off_at is not None and night.starts_at == stood:
        return
    if not night.stands:
        raise Gone
    if night.starts_at != stood:
        raise Changed
    reminding.call_off(night, now=now)
    night.put_off_at, night.due_at = now, None
    night.moves += 1
    night.save()


@transaction.atomic
def call_off(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """It won't be: either, alone, of what was agreed on; of what was only asked for, whoever asked. Twice is once.

    Raises `Gone`.
    """
    night = _held(by, date_id, live=False)
    if night.called_off_at is not None:
        return
    if night.happened_at is not None or (night.starts_at is None and night.asked_by_id != by.user_id):
        raise Gone
    reminding.call_off(night, now=now)
    night.moves += night.stands
    night.called_off_at, night.due_at = now, None
    night.asked_by = night.asked_for = night.asked_at = night.set_aside_at = None
    night.save()


@transaction.atomic
def happened(*, by: Partner, date_id: UUID, now: datetime) -> DateNight:
    """It was: either says so, once its time has come. A surprise is one no more; the wish behind it is lived.

    Twice is once. Raises `Gone`.
    """
    night = _held(by, date_id, live=False)
    if night.happened_at is not None:
        return night
    if not night.stands or night.starts_at is None or night.starts_at > now:
        raise Gone
    night.rewordings += night.hidden
    _reveal(night)
    night.happened_at, night.due_at = now, None
    night.asked_by = night.asked_for = night.asked_at = night.set_aside_at = None
    night.save()
    _live(night, now)
    _pass_turn(night)
    return night


@transaction.atomic
def lived(*, by: Partner, wish_id: UUID, on: datetime, now: datetime) -> DateNight:
    """A wish came true without having been planned: the day of it becomes a memory. Twice is once.

    Raises `Gone`, or `Impossible` where that day hasn't come.
    """
    _hold(by)
    if on > now:
        raise Impossible
    wish = (
        Wish.objects.of(by.couple).filter(pk=wish_id, taken_back_at__isnull=True).select_for_update().first()
    )
    if wish is None:
        raise Gone
    wish.couple = by.couple
    before = DateNight.objects.of(by.couple).happened().filter(wish=wish).first()
    if before is not None and wish.lived_at is not None:
        before.couple = by.couple
        return before
    night = DateNight(couple=by.couple, made_at=now, title=wish.title, wish=wish, where=wish.where)
    night.starts_at, night.happened_at = on, now
    night.save()
    _live(night, now)
    return night


@transaction.atomic
def ask_to_be_told(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Say that one would rather know before: whoever plans the surprise sees that. Twice is once. Raises `Gone`."""
    night = _held(by, date_id)
    if not night.surprise or night.planner_id == by.user_id:
        raise Gone
    if night.tell_asked_at is None and not night.is_open_surprise:
        night.tell_asked_at = now
        night.save(update_fields=["tell_asked_at"])


@transaction.atomic
def tell(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Tell what the surprise is: its planner alone. Twice is once. Raises `Gone`."""
    night = _held(by, date_id)
    if not night.surprise or night.planner_id != by.user_id:
        raise Gone
    if not night.is_open_surprise:
        _reveal(night)
        night.told_at = now
        night.rewordings += 1
        night.save()


@transaction.atomic
def change(*, by: Partner, date_id: UUID, plan: Plan) -> DateNight:
    """Put what is planned in other words: whoever sorts it out. The title before is kept beside it, for both.

    Raises `Gone`.
    """
    night = _held(by, date_id)
    if night.planner_id not in {None, by.user_id}:
        raise Gone
    secret = own_secret(by, night)
    if secret is not None:
        secret.title, secret.plan = plan.title, plan.plan
        secret.save()
    elif (night.title, night.plan) != (plan.title, plan.plan):
        if night.title != plan.title:
            night.earlier = night.title
            night.rewordings += 1
        night.title, night.plan = plan.title, plan.plan
    night.wear, night.cost, night.childcare = plan.wear, plan.cost, plan.childcare
    night.where, night.phones_away = plan.where, plan.phones_away
    night.save()
    return night


def own_secret(partner: Partner, night: DateNight) -> Secret | None:
    """What `partner` plans behind a surprise, while it is one."""
    if not night.hidden or night.planner_id != partner.user_id:
        return None
    found = Secret.objects.own(partner.user).filter(date=night).first()
    if found is not None:
        found.author, found.date = partner.user, night
    return found


def parted(*, couple: Couple, now: datetime) -> None:
    """The couple ended: nothing is promised of its dates any more, and nothing about them changes."""
    for night in DateNight.objects.of(couple).standing().select_for_update(of=("self",)):
        night.couple = couple
        reminding.call_off(night, now=now)
    DateNight.objects.of(couple).update(due_at=None)
    DateRhythm.objects.standing().of(couple).update(ended_at=now)


def _stand(night: DateNight, now: datetime) -> None:
    """The time that is asked for is the one that stands. Doesn't save."""
    if night.starts_at is not None:
        reminding.call_off(night, now=now)
        night.moves += 1
    night.starts_at, night.put_off_at = night.asked_for, None
    night.asked_by = night.asked_for = night.asked_at = night.set_aside_at = None
    night.due_at = reminding.due_at(night)


def _ask(night: DateNight, by: Partner, to: datetime, now: datetime) -> None:
    night.asked_by, night.asked_for, night.asked_at, night.set_aside_at = by.user, to, now, None


def _reveal(night: DateNight) -> None:
    """What was hidden goes to the date, where both read it."""
    secret = Secret.objects.filter(date=night).select_related("author__key").first()
    if secret is not None and night.hidden:
        night.title, night.plan, night.wish_id = secret.title, secret.plan, secret.wish_id
    if secret is not None:
        secret.delete()


def _live(night: DateNight, now: datetime) -> None:
    wish = night.wish_id
    if wish is not None:
        Wish.objects.of(night.couple).open().filter(pk=wish).update(lived_at=now)


def _pass_turn(night: DateNight) -> None:
    """It is the other's turn to plan now, where they take turns."""
    rhythm = DateRhythm.objects.standing().of(night.couple).filter(turn__isnull=False).first()
    if rhythm is not None:
        people = User.objects.filter(seats__couple=night.couple, seats__left_at__isnull=True)
        rhythm.turn = next((one for one in people if one.pk != rhythm.turn_id), None)
        rhythm.save(update_fields=["turn"])


def _asked_already(by: Partner, plan: Plan, starts_at: datetime, now: datetime) -> DateNight | None:
    """The same ask, while it is open. Raises `Resting` where it faded lately, or `TooMany`."""
    asked = (
        DateNight.objects.of(by.couple)
        .live()
        .filter(asked_by=by.user, asked_at__gt=now - ASK_REST, starts_at__isnull=True)
    )
    still_open = 0
    for night in asked.select_for_update():
        night.couple = by.couple
        secret = own_secret(by, night)
        same = _said(secret.title if secret else night.title) == _said(plan.title)
        if same and night.is_asked(now) and night.asked_for == starts_at:
            return night
        if same and not night.is_asked(now):
            raise Resting
        still_open += night.is_asked(now)
    if still_open >= EACH:
        raise TooMany
    return None


def _said(title: str) -> str:
    return " ".join(title.split()).casefold()


def _check(starts_at: datetime, now: datetime) -> None:
    if not now < starts_at < now + FARTHEST:
        raise Impossible


def lasts_into_the_night(starts_at: datetime, minutes: int, user: User) -> bool:
    """Whether it ends after the Day it begins on, on this person's clock: a surprise never does."""
    ends_at = starts_at + timedelta(minutes=minutes)
    return ends_at > days.ends(days.day_of(starts_at, user.tz), user.tz)


def _is_theirs(night: DateNight, by: Partner, now: datetime) -> bool:
    """Whether the other asks for something that can still be answered."""
    return night.is_asked(now) and night.asked_by_id != by.user_id


def _held(by: Partner, date_id: UUID, *, live: bool = True) -> DateNight:
    """The couple's date, with both people locked. Raises `Gone`."""
    _hold(by)
    found = DateNight.objects.of(by.couple).filter(pk=date_id).select_for_update().first()
    if found is None or (live and (found.happened_at is not None or found.called_off_at is not None)):
        raise Gone
    found.couple = by.couple
    return found


def _hold(by: Partner) -> bool:
    """Lock the people, and ask behind the lock whether `by` still sits here. Returns whether they are two."""
    two = lock_both(by)
    if not by.couple.partners.live().filter(pk=by.pk).exists():
        raise Gone
    return two
