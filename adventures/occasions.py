"""Birthdays and anniversaries: written down, changed by whoever wrote them, and said beforehand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from adventures import yearly
from adventures.models import Occasion
from couples.models import Partner
from couples.seats import lock_both

NAME_LIMIT = 200  # characters
EACH = 50  # that one person wrote down
AHEAD = (1, 3, 7, 14)  # days


class Gone(Exception):
    """There is no such day (any more), or it isn't this person's to change."""


class Full(Exception):
    """This person wrote down fifty."""


@dataclass(frozen=True)
class Words:
    """A day of every year as it is typed."""

    what: str
    name: str
    month: int
    day: int
    ahead: int = 7


@dataclass(frozen=True)
class Coming:
    """A day of the year, and when it is next."""

    occasion: Occasion
    on: date


@transaction.atomic
def add(*, by: Partner, words: Words, now: datetime) -> Occasion:
    """Write a day down for both. The same again changes nothing. Raises `Gone` or `Full`."""
    _hold(by)
    standing = list(Occasion.objects.of(by.couple))
    for one in standing:
        one.couple = by.couple
        if words_of(one) == words:
            return one
    if sum(one.author_id == by.user_id for one in standing) >= EACH:
        raise Full
    return _put(Occasion(couple=by.couple, author=by.user, added_at=now), words, now)


@transaction.atomic
def change(*, by: Partner, pk: UUID, words: Words, now: datetime) -> Occasion:
    """Write one's own anew. Raises `Gone`."""
    _hold(by)
    found = own(by, pk)
    if found is None:
        raise Gone
    return _put(found, words, now)


@transaction.atomic
def remove(*, by: Partner, pk: UUID) -> None:
    """Take one's own off the list. Twice is once."""
    _hold(by)
    Occasion.objects.of(by.couple).filter(pk=pk, author=by.user).delete()


def own(by: Partner, pk: UUID) -> Occasion | None:
    """One's own on this couple's list."""
    found = Occasion.objects.of(by.couple).filter(pk=pk, author=by.user).first()
    if found is not None:
        found.couple = by.couple
    return found


def coming(partner: Partner, today: date, *, within: timedelta = timedelta(days=366)) -> list[Coming]:
    """The days two people wrote down, the next first. One query."""
    found = []
    for one in Occasion.objects.of(partner.couple):
        one.couple = partner.couple
        on = yearly.next_on(one.month, one.day, today)
        if on <= today + within:
            found.append(Coming(one, on))
    return sorted(found, key=lambda one: (one.on, one.occasion.pk))


def words_of(one: Occasion) -> Words:
    return Words(one.what, one.name, one.month, one.day, one.ahead)


def _put(one: Occasion, words: Words, now: datetime) -> Occasion:
    one.what, one.name = words.what, words.name
    one.month, one.day, one.ahead = words.month, words.day, words.ahead
    one.due_at = yearly.due_at(one, after=now)
    one.save()
    return one


def _hold(by: Partner) -> None:
    lock_both(by)
    if not by.couple.partners.live().filter(pk=by.pk).exists():
        raise Gone
