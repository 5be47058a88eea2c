"""Birthdays and anniversaries: written down, changed by whoever wrote them, said beforehand, brought along from an
earlier list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.prepared import Prepared
from adventures import anniversaries, reminding
from adventures.access import lock_couple
from adventures.errors import OccasionGone, TooManyOccasions
from adventures.models import Occasion
from adventures.models.occasions import Ahead, OccasionQuerySet
from couples.models import Couple, Partner

NAME_LIMIT = 200  # characters
EACH = 50  # that one person wrote down
EARLIER = 200  # days of earlier lists that are shown


@dataclass(frozen=True)
class OccasionWords:
    """A day of every year as it is typed."""

    what: str
    name: str
    month: int
    day: int
    ahead: int = Ahead.WEEK


@dataclass(frozen=True)
class Coming:
    """A day of the year, and when it is next."""

    occasion: Occasion
    on: date


@transaction.atomic
def add(*, by: Partner, words: OccasionWords, now: datetime) -> Occasion:
    """Write a day down for both. The same again changes nothing. Raises `Gone` or `TooManyOccasions`."""
    lock_couple(by)
    existing = list(Occasion.objects.of(by.couple))
    for one in existing:
        one.couple = by.couple
        if words_of(one) == words:
            return one
    if sum(one.author_id == by.user_id for one in existing) >= EACH:
        raise TooManyOccasions
    return _put(Occasion(couple=by.couple, author=by.user, added_at=now), words, now)


@transaction.atomic
def change(*, by: Partner, pk: UUID, words: OccasionWords, now: datetime) -> Occasion:
    """Write one's own anew. Raises `Gone`."""
    found = _get_locked(by, pk)
    if found is None:
        raise OccasionGone
    if (found.month, found.day, found.ahead) != (words.month, words.day, words.ahead):
        reminding.call_off_day(found, now=now)
    return _put(found, words, now)


@transaction.atomic
def remove(*, by: Partner, pk: UUID, now: datetime) -> None:
    """Take one's own off the list. Twice is once. Raises `Gone`."""
    found = _get_locked(by, pk)
    if found is not None:
        reminding.call_off_day(found, now=now)
        withdrawals.removed(found)
        found.delete()


@transaction.atomic
def bring_along(*, by: Partner, pk: UUID, now: datetime) -> Occasion:
    """Copy a day of an earlier list onto this one, as this person's own. What is on it already changes nothing.

    Raises `Gone` or `TooManyOccasions`.
    """
    found = Occasion.objects.kept_from(by.user).filter(pk=pk).select_related("couple__key").first()
    if found is None:
        raise OccasionGone
    return add(by=by, words=words_of(found), now=now)


def own(by: Partner, pk: UUID) -> Occasion | None:
    """One's own on this couple's list."""
    return _own(by, pk, Occasion.objects.all())


OF_COUPLE = Prepared(lambda couple: Occasion.objects.of(Couple(pk=couple)), couple=UUID)


def coming(partner: Partner, today: date) -> list[Coming]:
    """The days two people wrote down, the next first. One query."""
    return among(partner, OF_COUPLE(couple=partner.couple_id), today)


def among(
    partner: Partner, rows: Iterable[Occasion], today: date, *, within: timedelta = timedelta(days=366)
) -> list[Coming]:
    """The days, of these of the couple's, that come within this time, the next first. No query."""
    found = []
    for one in rows:
        one.couple = partner.couple
        on = anniversaries.next_on(one.month, one.day, today)
        if on <= today + within:
            found.append(Coming(one, on))
    return _next_first(found)


def from_earlier_couples(partner: Partner, today: date) -> list[Coming]:
    """Occasions on earlier lists, of closed couples: a copy to read. One query."""
    kept = Occasion.objects.kept_from(partner.user).select_related("couple__key")[:EARLIER]
    return _next_first(Coming(one, anniversaries.next_on(one.month, one.day, today)) for one in kept)


def words_of(one: Occasion) -> OccasionWords:
    return OccasionWords(one.what, one.name, one.month, one.day, one.ahead)


def _get_locked(by: Partner, pk: UUID) -> Occasion | None:
    """One's own, with both people locked, and no worker promising its mails meanwhile. Raises `Gone`."""
    lock_couple(by)
    return _own(by, pk, Occasion.objects.select_for_update())


def _own(by: Partner, pk: UUID, rows: OccasionQuerySet) -> Occasion | None:
    found = rows.of(by.couple).filter(pk=pk, author=by.user).first()
    if found is not None:
        found.couple = by.couple
    return found


def _next_first(found: Iterable[Coming]) -> list[Coming]:
    return sorted(found, key=lambda one: (one.on, one.occasion.pk))


def _put(one: Occasion, words: OccasionWords, now: datetime) -> Occasion:
    one.what, one.name = words.what, words.name
    one.month, one.day, one.ahead = words.month, words.day, words.ahead
    one.due_at = anniversaries.next_due(one, now)
    one.save()
    return one
