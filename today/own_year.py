"""Twelve months of somebody's own words, as the pages behind the closed rows of Looking back lead through them."""

from dataclasses import dataclass
from datetime import date, datetime

from checkins import own_months
from couples import days
from couples.models import Partner
from today.years import MONTHS, before


@dataclass(frozen=True)
class OwnYear:
    """Twelve months, and the last months of those before and after, as far as there are any."""

    first: date  # of its first month
    last: date  # of its last month
    earlier: date | None
    later: date | None


def of(partner: Partner, month: date | None, *, now: datetime) -> OwnYear | None:
    """The twelve months up to `month`, or to this one; None where there can be none. One query."""
    this_month = days.day_of(now, partner.user.tz).replace(day=1)
    began = own_months.first(partner)
    last = month or this_month
    if not began <= last <= this_month:
        return None
    first = before(last, MONTHS - 1)
    return OwnYear(
        first,
        last,
        before(first, 1) if first > began else None,
        min(this_month, before(last, -MONTHS)) if last < this_month else None,
    )
