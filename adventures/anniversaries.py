"""A day of every year: when it is next, and when a mail says so beforehand. Pure.

The 29th of February is kept on the 28th in years that have none.
"""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta

from adventures.models import Occasion
from adventures.models.occasions import Ahead

EARLIEST = timedelta(days=2)  # before that Day anywhere on earth


def in_year(month: int, day: int, year: int) -> date:
    """The occasion's day in `year`."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28)


def next_on(month: int, day: int, today: date) -> date:
    """The first such day from `today` on."""
    this = in_year(month, day, today.year)
    return this if this >= today else in_year(month, day, today.year + 1)


def mailed(day: date) -> list[tuple[int, int, int]]:
    """The occasions whose mail goes out on `day`: month, day, and how many days ahead."""
    found = []
    for ahead in Ahead.values:
        then = day + timedelta(days=ahead)
        found.append((then.month, then.day, ahead))
        if (then.month, then.day) == (2, 28) and not isleap(then.year):
            found.append((2, 29, ahead))
    return found


def mail_day(one: Occasion, now: datetime) -> date:
    """The next Day, from about now on, on which its mail goes out."""
    since = now.astimezone(UTC).date() - EARLIEST
    return next_on(one.month, one.day, since + timedelta(days=one.ahead)) - timedelta(days=one.ahead)


def next_due(one: Occasion, now: datetime) -> datetime:
    """The moment when the mails of its next mail Day are to be promised: past already where that Day is at hand."""
    return _early(mail_day(one, now))


def due_at(one: Occasion, *, after: datetime) -> datetime:
    """The moment when its next mails are to be promised, strictly after `after`."""
    day = mail_day(one, after)
    moment = _early(day)
    if moment <= after:
        later = next_on(one.month, one.day, day + timedelta(days=one.ahead + 1))
        moment = _early(later - timedelta(days=one.ahead))
    return moment


def _early(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC) - EARLIEST
