"""Evenings as looking back reads them: on which Days there is something for both, and a few of their lines.

No thorns, no counts. Of the other nothing but what can be read on that evening's own page.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Length

from accounts.sealed import BLANK
from checkins import reading
from checkins.models import CheckIn
from checkins.reading import Evening
from checkins.words import KIND_WORDS, NEARNESS
from couples import days
from couples.models import Partner
from couples.returning import BUD, GOOD, PAGE, answered, opened, sealed_answer

FEW = 6  # small wins: enough to smile at, not a list to go through


@dataclass(frozen=True)
class Together:
    """The Days that had something for both (of somebody alone: for them), and those with a rose that may come back."""

    days: frozenset[date]
    roses: frozenset[date]  # the other's; of somebody alone, their own


class _Mark(NamedTuple):
    """The marks of one page: when, and whose. None of its words."""

    author_id: UUID
    day: date
    couple_id: UUID | None
    shared_at: datetime | None
    kept_at: datetime | None
    talked_at: datetime | None
    open_at: datetime | None
    taken_back_at: datetime | None
    rose_size: int
    unwelcome: bool  # the reader wants to see it no more

    @property
    def holds_rose(self) -> bool:
        return self.taken_back_at is None and self.rose_size > BLANK


def together(partner: Partner, first: date, last: date, *, now: datetime) -> Together:
    """The Days from `first` to `last` with a page both can read, or of which one said oneself that they talked.

    What somebody keeps, or said alone, is on none of the other's. One query, and no words.
    """
    pages = CheckIn.objects.between(first, last)
    pages = pages.annotate(rose_size=Length("rose"), unwelcome=answered(partner.user_id, PAGE))
    rows = pages.readable_by(partner).values_list(*_Mark._fields)
    marks = [_Mark(*row) for row in rows]
    mine = {mark.day: mark for mark in marks if mark.author_id == partner.user_id}
    unwelcome = {mark.day for mark in marks if mark.unwelcome}
    if partner.other is None:
        there = [mark for mark in mine.values() if _stands_alone(mark, partner)]
        roses = frozenset(mark.day for mark in there if mark.holds_rose)
        return Together(frozenset(mark.day for mark in there), roses - unwelcome)
    today = days.day_of(now, partner.user.tz)
    theirs = {mark.day: mark for mark in marks if mark.author_id != partner.user_id and mark.day <= today}
    began = days.day_of(partner.couple.opened_at, partner.user.tz)
    own = {day for day, mark in mine.items() if _is_for_both(mark, partner, day in theirs, began)}
    standing = {day for day, mark in theirs.items() if mark.taken_back_at is None}
    roses = frozenset(day for day, mark in theirs.items() if mark.holds_rose)
    return Together(frozenset(own | standing), roses - unwelcome)


def _stands_alone(mark: _Mark, partner: Partner) -> bool:
    """Whether a page lights the window of somebody alone: not one they kept from somebody before."""
    if mark.taken_back_at is not None:
        return False
    kept = mark.kept_at is not None and mark.kept_at >= partner.sat_at
    return kept or mark.shared_at is not None or mark.talked_at is not None


def _is_for_both(mark: _Mark, partner: Partner, answered: bool, began: date) -> bool:
    """Whether the other can read one's own page of this mark, or one said that the two talked."""
    here = mark.couple_id == partner.couple_id and mark.shared_at is not None and mark.taken_back_at is None
    return (here and (answered or mark.open_at is not None)) or (
        mark.talked_at is not None and mark.day >= began
    )


@dataclass(frozen=True)
class OldLine:
    """One line of one of the two, of an earlier evening."""

    day: date
    kind: str  # "rose" or "bud"
    text: str
    own: bool

    @property
    def kind_word(self) -> str:
        return str(KIND_WORDS[self.kind])


def lines_of(
    evening: Evening, partner: Partner, *, kinds: Collection[str] = ("rose", "bud")
) -> list[OldLine]:
    """The lines of these kinds that both can read (of somebody alone: their own), the other's first.

    But for one's own buds: whether they come back is what one said of them, and shows to whoever looks along.
    """
    mine = _mine(evening, partner)
    return [
        OldLine(evening.day, kind, text, own)
        for kind in kinds
        for page, own in ((evening.theirs, False), (mine, True))
        if page is not None and page.taken_back_at is None and (text := getattr(page, kind))
        if kind != "bud" or not own or (partner.other is None and opened(partner.user, page) in {"", GOOD})
    ]


def came_true(partner: Partner, first: date, last: date, *, now: datetime) -> list[OldLine]:
    """One's own buds of these Days of which one said that it was good, latest first. For nobody else: whoever they were
    told to. Two queries.
    """
    answers = sealed_answer(partner.user_id, BUD)
    asked = CheckIn.objects.own(partner.user).between(first, last).filter(answered(partner.user_id, BUD))
    rows = asked.annotate(**answers).values_list("day", *answers, named=True)
    good = {row.day for row in rows if opened(partner.user, row) == GOOD}
    pages = ((one.day, one.mine) for one in reading.coming_back(partner, good, now=now))
    return [
        OldLine(day, "bud", page.bud, own=True)
        for day, page in pages
        if page is not None and page.taken_back_at is None and page.bud
    ]


def _mine(evening: Evening, partner: Partner) -> CheckIn | None:
    """One's own page, if both can read it or one is alone with it."""
    mine = evening.mine
    return mine if evening.readable or reading.is_open_alone(mine, partner) else None


def closeness(partner: Partner, first: date, last: date) -> list[tuple[date, int]]:
    """Answers to how close one felt, evening by evening: 1 (far off) to 5 (very close). One's own. One query."""
    pages = (
        CheckIn.objects.own(partner.user)
        .between(first, last)
        .order_by("day")
        .only("author", "day", "closeness")
    )
    return [(page.day, int(page.closeness)) for page in pages if page.closeness in NEARNESS]


def evenings(partner: Partner, on: Iterable[date], *, now: datetime) -> dict[date, Evening]:
    """Evenings of these Days, as `partner` may read them now, but for those they want to see no more. One query."""
    return {one.day: one for one in reading.coming_back(partner, set(on), now=now)}
