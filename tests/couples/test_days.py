from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import zones
from couples import days

MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ZONES = st.sampled_from(sorted(zones.known())).map(ZoneInfo)
WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-11-18 20:00", "2026-11-18"),
        ("2026-11-19 00:30", "2026-11-18"),  # half past midnight belongs to the evening before
        ("2026-11-19 03:59", "2026-11-18"),
        ("2026-11-19 04:00", "2026-11-19"),
    ],
)
def test_a_day_rolls_over_at_four(local: str, day: str) -> None:
    tz = ZoneInfo("Europe/London")
    assert days.day_of(datetime.fromisoformat(local).replace(tzinfo=tz), tz) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Berlin", "2026-03-28", "20:30", "2026-03-28T19:30"),
        ("Europe/Berlin", "2026-03-29", "20:30", "2026-03-29T18:30"),  # 20:30 stays 20:30 over the change
        (
            "Europe/Berlin",
            "2026-03-28",
            "02:30",
            "2026-03-29T01:30",
        ),  # in the gap: shifted forward, 03:30 there
        ("Europe/Berlin", "2026-10-24", "02:30", "2026-10-25T00:30"),  # in the fold: the first of the two
        ("America/New_York", "2026-10-31", "01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-10-03", "02:15", "2026-10-03T15:45"),  # a gap of half an hour
    ],
)
def test_wall_times_over_clock_changes(zone: str, day: str, wall: str, utc: str) -> None:
    moment = days.at(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone))
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(MOMENTS, ZONES)
def test_every_moment_lies_in_its_day(moment: datetime, tz: ZoneInfo) -> None:
    day = days.day_of(moment, tz)
    assert days.starts(day, tz) <= moment < days.ends(day, tz)


@given(MOMENTS, ZONES, WALLS)
def test_the_next_time_is_later_in_its_own_day_and_none_is_left_out(
    moment: datetime, tz: ZoneInfo, wall: time
) -> None:
    day, due = days.next_at(moment, wall, tz)
    assert due > moment
    assert due == days.at(day, wall, tz)
    before = days.at(day - timedelta(days=1), wall, tz)
    assert before <= moment


@given(MOMENTS, ZONES, WALLS, st.sets(st.integers(0, 6), min_size=1))
def test_only_wanted_weekdays_come_up(moment: datetime, tz: ZoneInfo, wall: time, weekdays: set[int]) -> None:
    day, due = days.next_at(moment, wall, tz, weekdays)
    assert day.weekday() in weekdays
    assert due - moment <= timedelta(days=9)


def test_no_weekday_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="weekday"):
        days.next_at(datetime(2026, 1, 1, tzinfo=UTC), time(20), ZoneInfo("UTC"), frozenset())


@pytest.mark.parametrize("changes", ["2026-03-20", "2026-10-16"])
@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Australia/Sydney"]
)
@pytest.mark.parametrize("wall", ["00:00", "02:30", "04:00", "20:30"])
def test_a_fortnight_round_a_clock_change_has_each_day_once(changes: str, zone: str, wall: str) -> None:
    tz, moment = ZoneInfo(zone), datetime.fromisoformat(changes).replace(tzinfo=UTC)
    seen: list[date] = []
    for _ in range(14):
        day, moment = days.next_at(moment, time.fromisoformat(wall), tz)
        seen.append(day)
        assert days.day_of(moment, tz) == day
    assert seen == [seen[0] + timedelta(days=n) for n in range(14)]
