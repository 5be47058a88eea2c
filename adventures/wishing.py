"""The bucket list: wishing for something, saying "me too", taking it back, bringing along what stood on an earlier one.

A wish is either's to add, and both want it once the other said so. Only its writer changes it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.models import User
from accounts.prepared import Prepared
from adventures.access import lock_couple
from adventures.errors import TooManyWishes, WishGone, WishSavedTooOften
from adventures.models import Want, Wish
from couples.authored import ids_of
from couples.models import Couple, Partner

TITLE_LIMIT = 200  # characters
CHANGES = 20  # of a wish that could already be read
EACH = 500  # open wishes that one person added
PAGE = 9  # wishes on a page: three screens of a phone
EARLIER = 200  # wishes of earlier lists that are shown


@dataclass(frozen=True)
class WishWords:
    """A wish as it is typed."""

    title: str
    effort: str = ""
    cost: str = ""
    where: str = ""
    both_new: bool = False
    idea: str = ""


@transaction.atomic
def wish(*, by: Partner, words: WishWords, now: datetime) -> Wish:
    """Put a wish on the list. The same words again change nothing; the other's same words are "me too".

    Raises `TooManyWishes` or `Gone`.
    """
    lock_couple(by)
    existing = list(Wish.objects.of(by.couple).open())
    for one in existing:
        one.couple = by.couple
        if _same(one.title, words.title):
            _want(one, by, now)
            return one
    if sum(one.author_id == by.user_id for one in existing) >= EACH:
        raise TooManyWishes
    return Wish.objects.create(couple=by.couple, author=by.user, added_at=now, **_fields(words))


@transaction.atomic
def change(*, by: Partner, wish_id: UUID, words: WishWords) -> Wish:
    """Put one's own wish in other words; what stood there is kept beside it, for both, and "me too" is to be said anew.

    Raises `Gone` or `WishSavedTooOften`.
    """
    lock_couple(by)
    found = _open(by, wish_id)
    if not found.is_of(by):
        raise WishGone
    fields = _fields(words) | {"idea": found.idea}
    if not _same(found.title, words.title):
        if by.couple.paired and len(found.revisions) >= CHANGES:
            raise WishSavedTooOften
        found.earlier = "\n".join([*found.revisions, found.title]) if by.couple.paired else ""
        found.wants.all().delete()  # "me too" was said to other words
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def take_back(*, by: Partner, wish_id: UUID, now: datetime) -> None:
    """Take one's own wish off the list: its words go for both, "taken back" stays. Twice is once. Raises `Gone`."""
    lock_couple(by)
    found = Wish.objects.of(by.couple).by(by.user).filter(pk=wish_id).select_for_update().first()
    if found is None or found.lived_at is not None:
        raise WishGone
    if found.taken_back_at is None:
        found.couple = by.couple
        found.title = found.earlier = found.idea = ""
        found.taken_back_at = now
        withdrawals.emptied(found)
        found.save()
        found.wants.all().delete()


@transaction.atomic
def want(*, by: Partner, wish_id: UUID, now: datetime) -> None:
    """Say "me too" to what the other wrote. Twice is once. Raises `Gone`."""
    lock_couple(by)
    _want(_open(by, wish_id), by, now)


@transaction.atomic
def unwant(*, by: Partner, wish_id: UUID) -> None:
    """Take "me too" back. Twice is once. Raises `Gone`."""
    lock_couple(by)
    found = _open(by, wish_id)
    withdrawals.removed(Want(wish=found, author=by.user), "wish", "author")
    found.wants.filter(author=by.user).delete()


@transaction.atomic
def bring_along(*, by: Partner, wish_id: UUID, now: datetime) -> Wish:
    """Copy a wish of an earlier list onto this one: its own line, as this person's wish.

    Raises `Gone` or `TooManyWishes`.
    """
    found = Wish.objects.kept_from(by.user).filter(pk=wish_id).select_related("couple__key").first()
    if found is None:
        raise WishGone
    words = WishWords(found.title, found.effort, found.cost, found.where, found.both_new, found.idea)
    return wish(by=by, words=words, now=now)


def on_list(partner: Partner, *, page: int = 1, **looked_for: Any) -> tuple[list[Wish], bool]:
    """Wishes on the list that fit what is looked for, what both want first; and whether there is more. One query."""
    rows = Wish.objects.of(partner.couple).open().wanted(partner.user).alike(**looked_for).on_the_list()
    found = _with_couple(rows[(page - 1) * PAGE : page * PAGE + 1], partner)
    return found[:PAGE], len(found) > PAGE


def whole_list(partner: Partner) -> list[Wish]:
    """All wishes on the list, what both want first. One query, of at most `EACH` of each of the two."""
    return _with_couple(Wish.objects.of(partner.couple).open().wanted(partner.user).on_the_list(), partner)


def matches(partner: Partner, count: int, *, before: UUID | None = None) -> list[Wish]:
    """A few of the list to choose from: one that was asked for before them, then what both want. One query."""
    rows = Wish.objects.of(partner.couple).open().wanted(partner.user).on_the_list(before=before)
    return _with_couple(rows[:count], partner)


_FIRST = Prepared(
    lambda user, couple: Wish.objects.of(Couple(pk=couple)).open().wanted(User(pk=user)).on_the_list()[:1],
    user=UUID,
    couple=UUID,
)


def first(partner: Partner) -> Wish | None:
    """The first of the list: what both want, else the newest. One query."""
    return next(iter(_with_couple(_FIRST(**ids_of(partner)), partner)), None)


def one(partner: Partner, wish_id: UUID) -> Wish | None:
    """An open wish of this list."""
    rows = Wish.objects.of(partner.couple).open().wanted(partner.user).filter(pk=wish_id)
    return next(iter(_with_couple(rows, partner)), None)


def own(partner: Partner, wish_id: UUID) -> Wish | None:
    """One's own wish on this list, open or not."""
    rows = Wish.objects.of(partner.couple).by(partner.user).not_taken_back().filter(pk=wish_id)
    return next(iter(_with_couple(rows, partner)), None)


def of(partner: Partner, ids: Collection[UUID]) -> dict[UUID, Wish]:
    """The wishes, of these, that stand on this list, each with who wants it. One query."""
    if not ids:
        return {}
    rows = Wish.objects.of(partner.couple).not_taken_back().wanted(partner.user).filter(pk__in=ids)
    return {one.pk: one for one in _with_couple(rows, partner)}


def taken_back_lately(partner: Partner, *, now: datetime) -> int:
    """The number of wishes that were taken back in the last week."""
    return Wish.objects.of(partner.couple).filter(taken_back_at__gt=now - timedelta(days=7)).count()


def from_earlier_couples(partner: Partner) -> list[Wish]:
    """The wishes on earlier lists, of closed couples: a copy to read. One query."""
    return list(Wish.objects.kept_from(partner.user).select_related("couple__key")[:EARLIER])


def ideas_taken(partner: Partner) -> set[str]:
    """The keys of the ideas that are on the list. One query."""
    return {wish.idea for wish in _with_couple(Wish.objects.of(partner.couple).open(), partner) if wish.idea}


def _with_couple(rows: Iterable[Wish], partner: Partner) -> list[Wish]:
    """These wishes with the couple at hand that the request already has."""
    found = list(rows)
    for wish in found:
        wish.couple = partner.couple
    return found


def _want(found: Wish, by: Partner, now: datetime) -> None:
    if not found.is_of(by):
        Want.objects.get_or_create(wish=found, author=by.user, defaults={"said_at": now})


def _open(by: Partner, wish_id: UUID) -> Wish:
    found = Wish.objects.of(by.couple).open().filter(pk=wish_id).select_for_update().first()
    if found is None:
        raise WishGone
    found.couple = by.couple
    return found


def _fields(words: WishWords) -> dict[str, object]:
    return {
        "title": words.title,
        "effort": words.effort,
        "cost": words.cost,
        "where": words.where,
        "both_new": words.both_new,
        "idea": words.idea,
    }


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
