"""Dates as looking back reads them: those that happened to these two."""

from datetime import date, datetime

from adventures import reading
from adventures.models import DateNight
from adventures.models.dates import within
from couples import days
from couples.models import Partner


def happened(partner: Partner, first: date, last: date, *, now: datetime) -> list[reading.DateCard]:
    """The dates of this couple that happened on these Days, latest first. One query."""
    tz = partner.user.tz
    on_them = within(first, last, days.starts(first, tz), days.ends(last, tz))
    rows = DateNight.objects.of(partner.couple).happened().filter(on_them).latest_first()
    found = []
    for row in rows:
        row.couple = partner.couple
        card = reading.seen(partner, row, now)
        found += [card] if card is not None else []
    return found
