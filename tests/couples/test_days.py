from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import zones
from couples import days

A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
ZONES = st.sampled_from(sorted(zones.known())).map(ZoneInfo)
WALLS = st.times()
APIA, DROPPED = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


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
    ("local", "open_days"),
    [
        ("2026-11-19 00:30", ["2026-11-18"]),
        ("2026-11-19 03:59", ["2026-11-18"]),
        ("2026-11-19 04:00", ["2026-11-19", "2026-11-18"]),
        ("2026-11-19 11:59", ["2026-11-19", "2026-11-18"]),
        ("2026-11-19 12:00", ["2026-11-19"]),
        ("2026-11-19 23:59", ["2026-11-19"]),
    ],
)
def test_yesterday_stays_open_until_noon(local: str, open_days: list[str]) -> None:
    tz = ZoneInfo("Europe/London")
    moment = datetime.fromisoformat(local).replace(tzinfo=tz)
    assert days.open_days(moment, tz) == [date.fromisoformat(day) for day in open_days]


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "closes"),
    [
        # Clocks that change at midnight: forward (the night has no 00:30), then back (23:30 comes twice).
        ("Africa/Cairo", "2026-04-23", "2026-04-23T02:00", "2026-04-24T01:00", "2026-04-24T09:00"),
        ("Africa/Cairo", "2026-10-29", "2026-10-29T01:00", "2026-10-30T02:00", "2026-10-30T10:00"),
        ("America/Havana", "2026-03-07", "2026-03-07T09:00", "2026-03-08T08:00", "2026-03-08T16:00"),
        ("America/Havana", "2026-10-31", "2026-10-31T08:00", "2026-11-01T09:00", "2026-11-01T17:00"),
        ("America/Santiago", "2026-09-05", "2026-09-05T08:00", "2026-09-06T07:00", "2026-09-06T15:00"),
        ("America/Santiago", "2026-04-04", "2026-04-04T07:00", "2026-04-05T08:00", "2026-04-05T16:00"),
        ("Asia/Beirut", "2026-03-28", "2026-03-28T02:00", "2026-03-29T01:00", "2026-03-29T09:00"),
        ("Asia/Beirut", "2026-10-24", "2026-10-24T01:00", "2026-10-25T02:00", "2026-10-25T10:00"),
        ("Atlantic/Azores", "2026-03-28", "2026-03-28T05:00", "2026-03-29T04:00", "2026-03-29T12:00"),
        ("Atlantic/Azores", "2026-10-24", "2026-10-24T04:00", "2026-10-25T05:00", "2026-10-25T13:00"),
        ("America/Nuuk", "2026-03-28", "2026-03-28T06:00", "2026-03-29T05:00", "2026-03-29T13:00"),
        # Half an hour, two hours, the hour that Ramadan takes off, and the date Samoa left out.
        ("Australia/Lord_Howe", "2026-10-03", "2026-10-02T17:30", "2026-10-03T17:00", "2026-10-04T01:00"),
        ("Australia/Lord_Howe", "2026-04-04", "2026-04-03T17:00", "2026-04-04T17:30", "2026-04-05T01:30"),
        ("Antarctica/Troll", "2026-03-28", "2026-03-28T04:00", "2026-03-29T02:00", "2026-03-29T10:00"),
        ("Antarctica/Troll", "2026-10-24", "2026-10-24T02:00", "2026-10-25T04:00", "2026-10-25T12:00"),
        ("Africa/Casablanca", "2026-02-14", "2026-02-14T03:00", "2026-02-15T04:00", "2026-02-15T12:00"),
        ("Africa/Casablanca", "2026-03-21", "2026-03-21T04:00", "2026-03-22T03:00", "2026-03-22T11:00"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T14:00", "2011-12-30T14:00", "2011-12-30T22:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T14:00", "2011-12-31T14:00", "2011-12-31T22:00"),
    ],
)
def test_days_over_clock_changes(zone: str, day: str, starts: str, ends: str, closes: str) -> None:
    tz, its_day = ZoneInfo(zone), date.fromisoformat(day)
    assert days.starts(its_day, tz) == utc(starts)
    assert days.ends(its_day, tz) == utc(ends)
    assert days.closes(its_day, tz) == utc(closes)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "moment"),
    [
        ("Europe/Berlin", "2026-03-28", "20:30", "2026-03-28T19:30"),
        ("Europe/Berlin", "2026-03-29", "20:30", "2026-03-29T18:30"),  # 20:30 stays 20:30 over the change
        ("Europe/Berlin", "2026-03-28", "02:30", "2026-03-29T01:30"),  # in the gap: 03:30, an hour forward
        ("Europe/Berlin", "2026-10-24", "02:30", "2026-10-25T00:30"),  # in the fold: the first of the two
        ("America/New_York", "2026-10-31", "01:30", "2026-11-01T05:30"),
        ("Africa/Cairo", "2026-04-23", "00:30", "2026-04-23T22:30"),  # 01:30
        ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30"),
        ("Africa/Cairo", "2026-10-29", "00:00", "2026-10-29T22:00"),  # midnight itself comes once
        ("America/Havana", "2026-03-07", "00:30", "2026-03-08T05:30"),
        ("America/Havana", "2026-10-31", "00:30", "2026-11-01T04:30"),
        ("America/Santiago", "2026-09-05", "00:00", "2026-09-06T04:00"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30"),
        ("Asia/Beirut", "2026-03-28", "00:30", "2026-03-28T22:30"),
        ("Asia/Beirut", "2026-10-24", "23:30", "2026-10-24T20:30"),
        ("Atlantic/Azores", "2026-03-28", "00:30", "2026-03-29T01:30"),
        ("Atlantic/Azores", "2026-10-24", "00:30", "2026-10-25T00:30"),
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T01:30"),  # over midnight, and still its own Day
        ("Australia/Lord_Howe", "2026-10-03", "02:15", "2026-10-03T15:45"),  # a gap of half an hour
        ("Australia/Lord_Howe", "2026-04-04", "01:45", "2026-04-04T14:45"),
        ("Africa/Casablanca", "2026-02-14", "02:30", "2026-02-15T01:30"),
        ("Africa/Casablanca", "2026-03-21", "02:30", "2026-03-22T02:30"),
        ("Antarctica/Troll", "2026-03-28", "01:30", "2026-03-29T01:30"),  # a gap of two hours: 03:30
        ("Antarctica/Troll", "2026-10-24", "01:30", "2026-10-24T23:30"),
        # The gap would shift these to the Day's end or beyond: a minute before it.
        ("Europe/Helsinki", "2026-03-28", "03:30", "2026-03-29T00:59"),
        ("Europe/Helsinki", "2026-03-28", "03:00", "2026-03-29T00:59"),
        ("Antarctica/Troll", "2026-03-28", "02:30", "2026-03-29T01:59"),
        ("Pacific/Chatham", "2026-09-26", "03:30", "2026-09-26T14:14"),
        ("Pacific/Apia", "2011-12-29", "00:30", "2011-12-30T10:30"),
        ("Pacific/Apia", "2011-12-31", "20:30", "2011-12-31T06:30"),
    ],
)
def test_wall_times_over_clock_changes(zone: str, day: str, wall: str, moment: str) -> None:
    assert days.at(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone)) == utc(moment)


@pytest.mark.parametrize("wall", [time(0), time(2, 30), time(4), time(12), time(20, 30)])
def test_a_date_that_never_was_is_nobodys_day(wall: time) -> None:
    seen, moment = [], utc("2011-12-28T14:00") - AN_INSTANT  # before 28 December begins
    for _ in range(3):
        day, moment = days.next_at(moment, wall, APIA)
        assert days.day_of(moment, APIA) == day
        seen.append(day)
    assert seen == [date(2011, 12, 28), date(2011, 12, 29), date(2011, 12, 31)]


def test_before_a_date_that_never_was_the_last_page_is_open_until_noon() -> None:
    before, after = DROPPED - A_DAY, DROPPED + A_DAY
    assert days.open_days(utc("2011-12-30T13:59"), APIA) == [before]
    assert days.open_days(utc("2011-12-30T14:00"), APIA) == [after, before]
    assert days.open_days(utc("2011-12-30T22:00"), APIA) == [after]
    assert not days.is_open(DROPPED, utc("2011-12-30T14:00"), APIA)


@given(MOMENTS, ZONES)
def test_every_moment_lies_in_one_day(moment: datetime, tz: ZoneInfo) -> None:
    day = days.day_of(moment, tz)
    around = [day + n * A_DAY for n in range(-2, 3)]
    assert [one for one in around if days.starts(one, tz) <= moment < days.ends(one, tz)] == [day]


@given(DATES, ZONES)
def test_days_follow_one_another_without_gap_or_overlap(day: date, tz: ZoneInfo) -> None:
    starts, ends = days.starts(day, tz), days.ends(day, tz)
    assert timedelta(hours=22) <= ends - starts <= timedelta(hours=26)
    assert ends == days.starts(day + A_DAY, tz)
    assert days.day_of(starts, tz) == days.day_of(ends - AN_INSTANT, tz) == day


@given(DATES, ZONES, WALLS)
def test_every_time_of_a_day_lies_in_it(day: date, tz: ZoneInfo, wall: time) -> None:
    assert days.starts(day, tz) <= days.at(day, wall, tz) < days.ends(day, tz)


@given(DATES, ZONES)
def test_a_day_closes_at_noon_of_the_next(day: date, tz: ZoneInfo) -> None:
    closes = days.closes(day, tz)
    assert closes.astimezone(tz).replace(tzinfo=None) == datetime.combine(day + A_DAY, time(12))
    assert days.day_of(closes, tz) == day + A_DAY


@given(MOMENTS, ZONES)
def test_what_is_open_is_today_and_maybe_yesterday(moment: datetime, tz: ZoneInfo) -> None:
    today = days.day_of(moment, tz)
    around = [today - n * A_DAY for n in range(-2, 4)]
    found = days.open_days(moment, tz)
    assert found[0] == today
    assert found == [day for day in around if days.is_open(day, moment, tz)]
    assert len(found) == (2 if moment < days.closes(today - A_DAY, tz) else 1)


@given(MOMENTS, ZONES, WALLS)
def test_the_next_time_is_later_in_its_own_day_and_none_is_left_out(
    moment: datetime, tz: ZoneInfo, wall: time
) -> None:
    day, due = days.next_at(moment, wall, tz)
    assert due > moment
    assert due == days.at(day, wall, tz)
    assert days.day_of(due, tz) == day
    assert days.at(day - A_DAY, wall, tz) <= moment


@given(MOMENTS, ZONES, WALLS, st.sets(st.integers(0, 6), min_size=1))
def test_only_wanted_weekdays_come_up(moment: datetime, tz: ZoneInfo, wall: time, weekdays: set[int]) -> None:
    day, due = days.next_at(moment, wall, tz, weekdays)
    assert day.weekday() in weekdays
    assert due - moment <= timedelta(days=9)


def test_no_weekday_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="weekday"):
        days.next_at(datetime(2026, 1, 1, tzinfo=UTC), time(20), ZoneInfo("UTC"), frozenset())


@given(MOMENTS, ZONES)
def test_no_day_anywhere_is_before_the_earliest_or_after_the_latest(moment: datetime, tz: ZoneInfo) -> None:
    assert days.earliest(moment) <= days.day_of(moment, tz) <= days.latest(moment)


def test_the_last_five_in_the_afternoon() -> None:
    tz = ZoneInfo("Europe/Berlin")
    five = datetime(2026, 11, 18, 16, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert days.last_at(five, days.AFTERNOON, tz) == five
    assert days.last_at(five - second, days.AFTERNOON, tz) == five - timedelta(days=1)
    assert days.last_at(five + timedelta(hours=11), days.AFTERNOON, tz) == five  # past midnight
    for moment in (five - second, five, five + second):
        last = days.last_at(moment, days.AFTERNOON, tz)
        assert days.next_at(last - second, days.AFTERNOON, tz)[1] == last
