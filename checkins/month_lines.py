"""The lines of a month's page: up to twelve both can read, to read to each other. No thorns; none of a thin month.

The same lines for both: what is chosen follows from the lines and their Days alone, which are the same for both (a line
said after 17:00 is there on the next Day; two who live in different zones may have it a Day apart).
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TypeVar

from checkins.shared_archive import ArchivedLine, Month
from couples import days
from couples.models import Partner

T = TypeVar("T")
Lines = list[tuple[date, ArchivedLine]]
A_DAY = timedelta(days=1)
MOST, LEAST = 12, 4  # lines
LEAST_EVENINGS = 4  # Days with a line
FIRST_TO_LAST = timedelta(days=14)  # of those, at least: else it was no month
GIVEN = ("thanks", "win")  # of which half a page is kept, if there are so many
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
    return opens_on(month.first, couple.evenings) <= month.today and bool(of(month))


def of(month: Month) -> Lines:
    """The lines of the month's page, in the order of their Days; none where there is too little for one. No query."""
    found = [
        (one.day, line)
        for one in month.by_day(alike=True)
        for line in one.said
        if line.kind in KINDS and line.text and not line.taken_back
    ]
    found.sort(key=lambda pair: (pair[0], KINDS.index(pair[1].kind), pair[1].text))
    if len(found) < LEAST or not _a_month([day for day, _line in found]):
        return []
    given = _spread([pair for pair in found if pair[1].kind in GIVEN], MOST // 2)
    roses = _spread([pair for pair in found if pair[1].kind == "rose"], MOST - len(given))
    others = [pair for pair in found if pair[1].kind in {"bud", "answer"}]
    others = _spread(others, MOST - len(given) - len(roses))
    chosen = {id(pair) for pair in (*given, *roses, *others)}
    return [pair for pair in found if id(pair) in chosen]


def _a_month(on: Sequence[date]) -> bool:
    """Whether lines of these Days, the first first, are of a month, and not of its last few evenings."""
    return len(set(on)) >= LEAST_EVENINGS and on[-1] - on[0] >= FIRST_TO_LAST


def _spread(rows: Sequence[T], most: int) -> list[T]:
    """So many of these, from the first to the last, as evenly as they lie."""
    if len(rows) <= most or most < 2:
        return list(rows[: max(most, 0)])
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(number * step)] for number in range(most)]
