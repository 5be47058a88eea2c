"""The month's page, and the evening on which it opens on Today. What it says: `checkins.month_lines`."""

from datetime import date, datetime

from checkins import month_lines, shared_archive
from couples import days
from couples.models import Partner
from today.years import before, began_in


def can_be(partner: Partner, month: date, *, now: datetime) -> bool:
    """Whether the month is over, and there can be something of it. Of somebody alone one query, else none."""
    return began_in(partner) <= month < days.day_of(now, partner.user.tz).replace(day=1)


def of(partner: Partner, month: date, *, now: datetime) -> month_lines.Lines:
    """The lines of this month's page, or none where there is too little for one. One query."""
    return month_lines.of(partner, shared_archive.read(partner, month, now=now))


def for_today(partner: Partner, day: date, *, now: datetime) -> date | None:
    """The month whose page opens on `day`: the one before, on the first of their evenings in a month.

    One query then, of somebody alone two; else none.
    """
    month = before(day.replace(day=1), 1)
    if day != month_lines.opens_on(month, partner.couple.evenings) or month < began_in(partner):
        return None
    return month if of(partner, month, now=now) else None
