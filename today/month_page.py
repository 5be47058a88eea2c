"""The month's page: up to twelve lines both can read, to read to each other. No thorns; none of a thin month.

The same lines for both: what is chosen follows from the lines and their Days alone, which are the same for both (a line
said after 17:00 is there on the next Day; two who live in different zones may have it a Day apart).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from checkins import shared_archive
from checkins.shared_archive import ArchivedLine
from couples import days
from couples.models import Partner
from today.years import before, began_in

T = TypeVar("T")
MOST, LEAST = 12, 4  # lines
LEAST_EVENINGS = 4  # Days with a line
FIRST_TO_LAST = timedelta(days=14)  # of those, at least: else it was no month
GIVEN = ("thanks", "win")  # of which half a page is kept, if there are so many
KINDS = (*GIVEN, "rose", "bud", "answer")


@dataclass(frozen=True)
class MonthPage:
    """The lines of a month, in the order of their Days."""

    month: date  # its first day
    lines: list[tuple[date, ArchivedLine]]


def can_be(partner: Partner, month: date, *, now: datetime) -> bool:
    """Whether the month is over, and there can be something of it."""
    return began_in(partner) <= month < days.day_of(now, partner.user.tz).replace(day=1)


def of(partner: Partner, month: date, *, now: datetime) -> MonthPage | None:
    """The page of this month, or None where there is too little for one. Five queries."""
    found = [
        (one.day, line)
        for one in shared_archive.month(partner, month, now=now, alike=True)
        for line in one.said
        if line.kind in KINDS and line.text and not line.taken_back
    ]
    found.sort(key=lambda pair: (pair[0], KINDS.index(pair[1].kind), pair[1].text))
    if len(found) < LEAST or not _a_month([day for day, _line in found]):
        return None
    given = _spread([pair for pair in found if pair[1].kind in GIVEN], MOST // 2)
    roses = _spread([pair for pair in found if pair[1].kind == "rose"], MOST - len(given))
    others = [pair for pair in found if pair[1].kind in {"bud", "answer"}]
    others = _spread(others, MOST - len(given) - len(roses))
    chosen = {id(pair) for pair in (*given, *roses, *others)}
    return MonthPage(month, [pair for pair in found if id(pair) in chosen])


def for_today(partner: Partner, day: date, *, now: datetime) -> date | None:
    """The month whose page opens on `day`: the one before, on a month's first Day. Five queries then, else none."""
    if day.day != 1:
        return None
    month = before(day, 1)
    if month < began_in(partner):
        return None
    return month if of(partner, month, now=now) is not None else None


def _a_month(on: Sequence[date]) -> bool:
    """Whether lines of these Days, the first first, are of a month, and not of its last few evenings."""
    return len(set(on)) >= LEAST_EVENINGS and on[-1] - on[0] >= FIRST_TO_LAST


def _spread(rows: Sequence[T], most: int) -> list[T]:
    """So many of these, from the first to the last, as evenly as they lie."""
    if len(rows) <= most or most < 2:
        return list(rows[: max(most, 0)])
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(number * step)] for number in range(most)]
