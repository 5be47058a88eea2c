"""The lines of a month's page: up to twelve both can read, to read to each other. No thorns; none of a thin month.

The same lines for both: what is chosen follows from the lines and their Days alone, which are the same for both (a line
said after 17:00 is there on the next Day; two who live in different zones may have it a Day apart). Of each of the two
the short ones come first, and of either as many, as far as there are; in all as many as one printed sheet holds.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TypeVar

from checkins import paper
from checkins.shared_archive import ArchivedLine, Month
from couples import days
from couples.models import Partner

T = TypeVar("T")
Pair = tuple[date, ArchivedLine]
Lines = list[Pair]
A_DAY = timedelta(days=1)
MOST, LEAST = 12, 4  # lines
LEAST_EVENINGS = 4  # Days with a line
FIRST_TO_LAST = timedelta(days=14)  # of those, at least: else it was no month
GIVEN = ("thanks", "win")  # of which half a page is kept, if there are so many
SHORT = (7, 14)  # rows on paper: of whoever has a few lines of so few rows at most, no longer ones are chosen
A_FEW = 6  # lines
KINDS = (*GIVEN, "rose", "bud", "answer")


def opens_on(month: date, evenings: Collection[str]) -> date:
    """The Day on which the page of the month that begins on `month` opens: the first of their evenings after it."""
    first = days.last_of_month(month) + A_DAY
    week = (first + number * A_DAY for number in range(7))
    return next((day for day in week if str(day.weekday()) in evenings), first)


def has_opened(partner: Partner, month: Month) -> bool:
    """Whether the page of this month, which is read already, is one that has opened. No query.

    What was said before the two were paired is on none.
    """
    couple = partner.couple
    if couple.paired and month.first < days.day_of(couple.opened_at, partner.user.tz).replace(day=1):
        return False
    return opens_on(month.first, couple.evenings) <= month.today and bool(of(partner, month))


def of(partner: Partner, month: Month) -> Lines:
    """The lines of the month's page, in the order of their Days; none where there is too little for one. No query."""
    found = [
        (one.day, line)
        for one in month.by_day(alike=True)
        for line in one.said
        if line.kind in KINDS and line.text and not line.taken_back
    ]
    found.sort(key=_place)
    if not _is_enough(found):
        return []
    names = {True: partner.user.name, False: partner.other.user.name if partner.other is not None else ""}
    heights = {id(pair): paper.rows_of(pair[1], names[pair[1].own]) for pair in found}
    whole = [pair for part in _of_each(found) for pair in _short(part, heights)]
    whole.sort(key=_place)
    pages = (_choose(whole, most) for most in range(MOST, 0, -1))
    return next((page for page in pages if paper.fit([heights[id(pair)] for pair in page])), [])


def _place(pair: Pair) -> tuple[date, int, str]:
    return pair[0], KINDS.index(pair[1].kind), pair[1].text


def _of_each(found: Lines) -> list[Lines]:
    """The lines of either, in the order of their Days; first of whoever has the first."""
    both = (sorted((pair for pair in found if pair[1].own is own), key=_place) for own in (True, False))
    return sorted((part for part in both if part), key=lambda part: _place(part[0]))


def _short(part: Lines, heights: dict[int, int]) -> Lines:
    """Of the lines of one of the two those that are short, if there are a few; else all that a sheet can hold."""
    for most in SHORT:
        short = [pair for pair in part if heights[id(pair)] <= most]
        if len(short) >= min(A_FEW, len(part)):
            return short
    return [pair for pair in part if paper.fit([heights[id(pair)]])]


def _choose(found: Lines, most: int) -> Lines:
    """So many of these lines at most: half of what was given, if there is so much, then roses, then the others."""
    given = _share([pair for pair in found if pair[1].kind in GIVEN], most // 2)
    roses = _share([pair for pair in found if pair[1].kind == "rose"], most - len(given))
    others = [pair for pair in found if pair[1].kind in {"bud", "answer"}]
    others = _share(others, most - len(given) - len(roses))
    chosen = {id(pair) for pair in (*given, *roses, *others)}
    return [pair for pair in found if id(pair) in chosen]


def _share(found: Lines, most: int) -> Lines:
    """So many of these: of either as many, as far as there are."""
    parts = _of_each(found)
    if len(parts) < 2:
        return _spread(found, most)
    one, other = parts
    of_one = min(len(one), max(most - len(other), (most + 1) // 2))
    return [*_spread(one, of_one), *_spread(other, most - of_one)]


def _is_enough(found: Lines) -> bool:
    """Whether these lines are a page, and of a month."""
    return len(found) >= LEAST and _a_month([day for day, _line in found])


def _a_month(on: Sequence[date]) -> bool:
    """Whether lines of these Days, the first first, are of a month, and not of its last few evenings."""
    return len(set(on)) >= LEAST_EVENINGS and on[-1] - on[0] >= FIRST_TO_LAST


def _spread(rows: Sequence[T], most: int) -> list[T]:
    """So many of these, from the first to the last, as evenly as they lie."""
    if len(rows) <= most or most < 2:
        return list(rows[: max(most, 0)])
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(number * step)] for number in range(most)]
