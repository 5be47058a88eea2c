"""A person's own day: it rolls over at 04:00 on their clock, so half past midnight belongs to the evening before.

Pure functions of a moment and a zone; nothing here reads the clock or the database.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ROLLOVER = time(4)
EVERY_DAY = frozenset(range(7))  # Monday is 0, as in `date.weekday`


def instant(day: date, at: time, tz: ZoneInfo) -> datetime:
    """The moment a wall clock in `tz` shows `at` on `day`, in UTC.

    In a gap (spring) the time is shifted forward by the gap; in a fold (autumn) it is the first of the two.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=tz).astimezone(UTC)


def day_of(moment: datetime, tz: ZoneInfo) -> date:
    """The Day that `moment` belongs to on a clock in `tz`."""
    local = moment.astimezone(tz).date()
    for day in (local + timedelta(days=1), local):
        if instant(day, ROLLOVER, tz) <= moment:
            return day
    return local - timedelta(days=1)


def starts(day: date, tz: ZoneInfo) -> datetime:
    """The moment (UTC) at which `day` begins: 04:00 of its date."""
    return instant(day, ROLLOVER, tz)


def ends(day: date, tz: ZoneInfo) -> datetime:
    """The moment (UTC) at which `day` is over: 04:00 of the next date."""
    return instant(day + timedelta(days=1), ROLLOVER, tz)


def at(day: date, wall: time, tz: ZoneInfo) -> datetime:
    """The moment (UTC) within the Day `day` at which a clock in `tz` shows `wall`.

    A time before 04:00 belongs to the night that ends the Day.
    """
    return instant(day if wall >= ROLLOVER else day + timedelta(days=1), wall, tz)


def next_at(
    after: datetime, wall: time, tz: ZoneInfo, weekdays: Collection[int] = EVERY_DAY
) -> tuple[date, datetime]:
    """The first Day, and the moment (UTC) in it, strictly after `after` at which the clock shows `wall`.

    `weekdays` are those of the Day (not of the calendar date at half past midnight); it must not be empty.
    """
    if not weekdays:
        raise ValueError("no weekday is left to choose from")
    day = day_of(after, tz) - timedelta(days=1)
    while True:
        moment = at(day, wall, tz)
        if moment > after and day.weekday() in weekdays:
            return day, moment
        day += timedelta(days=1)
