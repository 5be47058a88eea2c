"""Every zone of the tz database, over two years: the Days, and what is due in them.

The fast tests look at the Days around each clock change and at one each quarter; `make full` at all of them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from accounts import zones
from couples import days

FIRST, COUNT = date(2026, 1, 1), 730
WALLS = [time(0), time(0, 30), time(2, 30), time(3, 30), time(4), time(12), time(20, 30)]
A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)
GROUPS = 8  # so that pytest's workers share them
ZONES = [sorted(zones.known())[number::GROUPS] for number in range(GROUPS)]


def near_changes(tz: ZoneInfo) -> Iterator[tuple[date, int]]:
    """First Day and length of the runs worth looking at: two Days either side of a change, and each quarter's first."""
    noons = [datetime.combine(FIRST + n * A_DAY, days.NOON, tzinfo=tz) for n in range(-2, COUNT + 3)]
    for before, after in pairwise(noons):
        if before.utcoffset() != after.utcoffset():
            yield before.date() - 2 * A_DAY, 5
    for quarter in range(8):
        yield date(FIRST.year + quarter // 4, quarter % 4 * 3 + 1, 1), 1


def check_day(day: date, tz: ZoneInfo) -> None:
    """What must be true of any Day."""
    starts, ends, noon = days.starts(day, tz), days.ends(day, tz), days.closes(day - A_DAY, tz)
    assert timedelta(hours=22) <= ends - starts <= timedelta(hours=26)
    assert days.day_of(starts, tz) == days.day_of(ends - AN_INSTANT, tz) == day
    assert noon.astimezone(tz).replace(tzinfo=None) == datetime.combine(day, time(12))
    assert starts < noon < ends
    assert days.is_open(day, starts, tz)
    assert not days.is_open(day, starts - AN_INSTANT, tz)
    assert days.open_days(starts, tz) == days.open_days(noon - AN_INSTANT, tz) == [day, day - A_DAY]
    assert days.open_days(noon, tz) == days.open_days(ends - AN_INSTANT, tz) == [day]
    steady = starts.astimezone(tz).utcoffset() == ends.astimezone(tz).utcoffset()
    for wall in WALLS:
        moment = days.at(day, wall, tz)
        assert starts <= moment < ends
        if steady:
            shown = datetime.combine(day if wall >= time(4) else day + A_DAY, wall)
            assert moment.astimezone(tz).replace(tzinfo=None) == shown


def check_order(first: date, count: int, tz: ZoneInfo) -> None:
    """Each of these Days comes up once, in order, at its own moment."""
    for wall in WALLS:
        moment = days.starts(first, tz) - AN_INSTANT
        for n in range(count):
            day, moment = days.next_at(moment, wall, tz)
            assert day == first + n * A_DAY
            assert moment == days.at(day, wall, tz)


def check(runs: Iterable[tuple[date, int]], zone: str) -> None:
    """Both, for each run of Days; says where if it fails."""
    tz = ZoneInfo(zone)
    for first, count in runs:
        for n in range(count):
            try:
                check_day(first + n * A_DAY, tz)
            except AssertionError as error:
                raise AssertionError(f"{zone} {first + n * A_DAY}: {error}") from error
        check_order(first, count, tz)


@pytest.mark.parametrize("group", range(GROUPS))
def test_around_clock_changes_in_every_zone(group: int) -> None:
    for zone in ZONES[group]:
        check(near_changes(ZoneInfo(zone)), zone)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_every_day_of_two_years_in_every_zone(group: int) -> None:
    for zone in ZONES[group]:
        check([(FIRST, COUNT)], zone)
