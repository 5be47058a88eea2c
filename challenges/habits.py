"""Habits to keep from a challenge: one's own, on weekdays and at a time of one's own. Nobody else sees them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.undoing import CannotUndo
from challenges import catalogue
from challenges.attempts import challenge_of
from challenges.catalogue import Activity, Card
from challenges.errors import TooManyHabits
from challenges.models import Attempt, Habit, OwnCompletion
from challenges.swapping import every_swapped, has_touch
from couples.models import Partner
from couples.seats import lock
from reminders import preferences

KIND = "habit"  # of a reminder
MOST = 5  # a person keeps: more would be a programme


@dataclass(frozen=True)
class Kept:
    """A habit, with what it is as its file says it now."""

    id: UUID
    activity: Activity


@dataclass(frozen=True)
class Choice:
    """A habit a person may keep."""

    value: str
    number: int
    activity: Activity


def choices(partner: Partner, attempt: Attempt, done: Collection[int]) -> list[Choice]:
    """The habits there are to keep from an attempt: what one counted oneself; of other days that are done, their first
    cards.
    """
    challenge, touch = challenge_of(attempt), has_touch(partner.user)
    counted: dict[int, list[str]] = {}
    for own in OwnCompletion.objects.own(partner.user).of(attempt).select_related("completed_day"):
        counted[own.completed_day.number] = own.cards.split()
    swapped, found = every_swapped(partner, attempt), []
    for day in challenge.days:
        if day.number in done:
            for card in counted.get(day.number, Card.values):
                turns = swapped.get(day.number, {}).get(card, 0)
                one = day.activity(card, touch=touch, again=attempt.again, swapped=turns)
                found.append(Choice(f"{challenge.id}/{day.number}/{one.title}", day.number, one))
    return found


@transaction.atomic
def keep(*, by: Partner, whats: Collection[str], now: datetime) -> None:
    """Keep these, beside what is kept already; each once. Raises `TooManyHabits`."""
    lock(by.user)
    rows = _rows(by)
    new = [what for what in dict.fromkeys(whats) if what not in {row.what for row in rows}]
    if len(rows) + len(new) > MOST:
        raise TooManyHabits
    for place, what in enumerate(new):  # in the order they were chosen
        kept_at = now + timedelta(microseconds=place)
        Habit.objects.create(author=by.user, what=what, kept_at=kept_at)


@transaction.atomic
def remind(*, by: Partner, wanted: bool, weekdays: Collection[int], at: time, now: datetime) -> None:
    """Have a mail on these weekdays, or none. It says no more than that something was to be kept."""
    lock(by.user)
    digits = "".join(str(number) for number in sorted(set(weekdays)))
    preferences.choices_of(by.user)[KIND].set(wanted=wanted, at=at, weekdays=digits or None, now=now)


@transaction.atomic
def let_go(*, by: Partner, pk: UUID) -> Habit | None:
    """Keep it no longer. Returns what was kept until now; twice is once."""
    lock(by.user)
    found = Habit.objects.own(by.user).filter(pk=pk).first()
    if found is not None:
        withdrawals.removed(found)
        Habit.objects.own(by.user).filter(pk=pk).delete()
    return found


@transaction.atomic
def keep_again(*, by: Partner, what: str, kept_at: str, now: datetime) -> None:
    """Keep again, at its place, what was let go. Raises `CannotUndo` where it is kept already, or nothing more fits.

    As another row: the one that went may be on the list of what no restored backup brings again.
    """
    lock(by.user)
    rows = _rows(by)
    if len(rows) >= MOST or what in {row.what for row in rows}:
        raise CannotUndo
    Habit.objects.create(author=by.user, what=what, kept_at=datetime.fromisoformat(kept_at))


def of(partner: Partner) -> list[Kept]:
    """The habits a person keeps, the first first; what left its file isn't shown."""
    found = []
    for row in _rows(partner):
        activity = find(row.what)
        if activity is not None:
            found.append(Kept(row.pk, activity))
    return found


def not_yet(kept: Iterable[Kept], choices: Iterable[Choice]) -> list[Choice]:
    """The choices that aren't kept, by their titles: the same act of two challenges is one habit."""
    titles = {one.activity.title for one in kept}
    return [one for one in choices if one.activity.title not in titles]


def find(what: str) -> Activity | None:
    """The activity that is written down so, or None."""
    challenge, _, rest = what.partition("/")
    number, _, title = rest.partition("/")
    found = catalogue.get(challenge)
    day = found.day(int(number)) if found is not None and number.isdecimal() else None
    return day.find(title) if day is not None else None


def _rows(partner: Partner) -> list[Habit]:
    return list(Habit.objects.own(partner.user))
