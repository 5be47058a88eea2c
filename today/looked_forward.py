"""Buds of one's own that one said were good, for nobody else: behind a closed row of Looking back."""

from dataclasses import dataclass
from datetime import date, datetime

from checkins import looking_back
from checkins.looking_back import OldLine
from couples import days
from couples.models import Partner
from today import own_year
from today.own_year import OwnYear


@dataclass(frozen=True)
class LookedForward:
    """Twelve months of one's own buds that were good, latest first."""

    year: OwnYear
    lines: list[OldLine]


def of(partner: Partner, month: date | None, *, now: datetime) -> LookedForward | None:
    """The twelve months up to `month`, or to this one; None where there can be none. Three queries."""
    year = own_year.of(partner, month, now=now)
    if year is None:
        return None
    last = days.last_of_month(year.last)
    return LookedForward(year, looking_back.came_true(partner, year.first, last, now=now))
