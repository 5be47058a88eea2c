"""A person's own day: it rolls over at 04:00 on their clock, so half past midnight belongs to the evening before.

Pure functions of a moment and a zone; nothing here reads the clock or the database.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

ROLLOVER = time(4)
NOON = time(12)
AFTERNOON = time(17)  # what the other said during the day is there from now on
AHEAD_OF_ALL = timezone(timedelta(hours=14))  # no clock on earth is further on
BEHIND_ALL = timezone(timedelta(hours=-12))  # and none further back
EVERY_DAY = frozenset(range(7))  # Monday is 0, as in `date.weekday`


def instant(day: date, at: time, tz: ZoneInfo) -> datetime:
    """The moment a wall clock in `tz` shows `at` on `day`, in UTC.

    In a gap (spring) the time is shifted forward by the gap; in a fold (autumn) it is the first of the two.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=tz).astimezone(UTC)


def day_of(moment: datetime, tz: ZoneInfo) -> date:
    """The Day that `moment` belongs to on a clock in `tz`."""
    day = moment.astimezone(tz).date()
    while starts(day, tz) > moment:
        day -= timedelta(days=1)
    return day


def latest(moment: datetime) -> date:
    """The latest Day that `moment` belongs to anywhere on earth: after it nobody's evening is under way."""
    return (moment.astimezone(AHEAD_OF_ALL) - timedelta(hours=ROLLOVER.hour)).date()


def earliest(moment: datetime) -> date:
    """The earliest Day that `moment` belongs to anywhere on earth: the one before it is over for everybody."""
    return (moment.astimezone(BEHIND_ALL) - timedelta(hours=ROLLOVER.hour)).date()


def starts(day: date, tz: ZoneInfo) -> datetime:
    """The moment (UTC) at which `day` begins: 04:00 of its date."""
    return instant(day, ROLLOVER, tz)


def ends(day: date, tz: ZoneInfo) -> datetime:
    """The moment (UTC) at which `day` is over: 04:00 of the next date."""
    return instant(day + timedelta(days=1), ROLLOVER, tz)


def _is_empty(day: date, tz: ZoneInfo) -> bool:
    """Whether the zone left `day`'s date out, as Apia did with 30 December 2011."""
    return starts(day, tz) == ends(day, tz)


def closes(day: date, tz: ZoneInfo) -> datetime:
    """The moment (UTC) until which `day` may be written: noon of the next date."""
    return instant(day + timedelta(days=1), NOON, tz)


def is_open(day: date, now: datetime, tz: ZoneInfo) -> bool:
    """Whether `day` may be written at `now`: it has begun, and noon of the next date hasn't come."""
    return starts(day, tz) <= now < closes(day, tz) and not _is_empty(day, tz)


def open_days(now: datetime, tz: ZoneInfo) -> list[date]:
    """The Days that may be written at `now`: today, then until noon (of the clock, not of the Day) yesterday."""
    today = day_of(now, tz)
    yesterday = day_of(starts(today, tz) - timedelta(microseconds=1), tz)
    return [today, yesterday] if is_open(yesterday, now, tz) else [today]


def last_of_month(day: date) -> date:
    """The last date of the month in which `day` is."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def back(day: date, count: int, weekdays: Collection[int] = EVERY_DAY) -> date:
    """The Day `count` Days of these weekdays before `day`; they must not be empty."""
    if not weekdays:
        raise ValueError("no weekday is left to count")
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() in weekdays
    return day


def at(day: date, wall: time, tz: ZoneInfo) -> datetime:
    """The moment (UTC) within the Day `day` at which a clock in `tz` shows `wall`.

    A time before 04:00 belongs to the night that ends the Day, and is at most one minute before that end: a gap may
    shift it no further (03:30 in Helsinki, the night the clocks go forward). An empty Day has no moment to give.
    """
    moment = instant(day if wall >= ROLLOVER else day + timedelta(days=1), wall, tz)
    return min(moment, ends(day, tz) - timedelta(minutes=1)) if wall < ROLLOVER else moment


def last_at(until: datetime, wall: time, tz: ZoneInfo) -> datetime:
    """The latest moment (UTC) up to `until` at which the clock showed `wall`."""
    day = day_of(until, tz)
    while at(day, wall, tz) > until or _is_empty(day, tz):
        day -= timedelta(days=1)
    return at(day, wall, tz)


def next_at(
    after: datetime, wall: time, tz: ZoneInfo, weekdays: Collection[int] = EVERY_DAY
) -> tuple[date, datetime]:
    """The first Day, and the moment (UTC) in it, strictly after `after` at which the clock shows `wall`.

    `weekdays` are those of the Day (not of the calendar date at half past midnight); it must not be empty.
    """
    if not weekdays:
        raise ValueError("no weekday is left to choose from")
    day = day_of(after, tz)
    while True:
        moment = at(day, wall, tz)
        if moment > after and day.weekday() in weekdays and not _is_empty(day, tz):
            return day, moment
        day += timedelta(days=1)
