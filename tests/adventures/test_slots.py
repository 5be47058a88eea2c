"""A rhythm of dates on the wall clock: every evening of it, once, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from adventures import slots
from adventures.slots import Every, Recurrence
from couples.models import Ask
from tests.fuzzing import FUZZ

ZONES = (
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
    "Pacific/Apia", "Africa/Cairo", "Europe/Dublin", "Pacific/Chatham", "UTC",
)  # fmt: skip  # several values a line, to be looked through
FRIDAY = date(2026, 10, 9)


def london(day: date, hour: int = 19, minute: int = 30) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo("Europe/London"))


def by_dateutil(recurrence: Recurrence, count: int) -> list[datetime]:
    """The same by dateutil's own rule and its own zones: wall times first, each then resolved."""
    freq: Any = rrule.MONTHLY if recurrence.every == Every.MONTH else rrule.WEEKLY
    interval = {Every.TWO_WEEKS: 2, Every.FOUR_WEEKS: 4}.get(Every(recurrence.every), 1)
    weekday = rrule.weekday(recurrence.begins_on.weekday())
    rule = rrule.rrule(
        freq,
        interval=interval,
        byweekday=weekday(+1) if recurrence.every == Every.MONTH else weekday,
        dtstart=datetime.combine(recurrence.begins_on, recurrence.at),
        count=count,
    )
    # dateutil takes two o'clock for twofold on the night Dublin's clocks go back, where one o'clock is.
    zone = ZoneInfo(recurrence.zone) if recurrence.zone == "Europe/Dublin" else tz.gettz(recurrence.zone)
    return [tz.resolve_imaginary(wall.replace(tzinfo=zone)).astimezone(UTC) for wall in rule]


@given(
    every=st.sampled_from(list(Every)),
    begins_on=st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
    zone=st.sampled_from(ZONES),
    after=st.integers(-400, 60 * 24 * 900),
)
@settings(max_examples=3 * FUZZ)
def test_it_is_what_dateutil_says_on_local_wall_time(
    every: Every, begins_on: date, at: time, zone: str, after: int
) -> None:
    recurrence = Recurrence(every, begins_on, at, zone)
    expected = by_dateutil(recurrence, 60)
    begin = datetime.combine(begins_on, time(), tzinfo=UTC) - timedelta(days=3)
    assert list(islice(recurrence.slots(after=begin), 60)) == expected
    moment = begin + timedelta(minutes=after)
    later = [one for one in expected if one > moment][:5]
    assert list(islice(recurrence.slots(after=moment), len(later))) == later


@given(zone=st.sampled_from(ZONES), at=st.times(), every=st.sampled_from(list(Every)))
@settings(max_examples=FUZZ)
def test_none_is_lost_and_none_comes_twice_however_often_one_looks(zone: str, at: time, every: Every) -> None:
    """Asked for one at a time, from the one before: the same as in one go."""
    recurrence = Recurrence(every, FRIDAY, at.replace(second=0, microsecond=0), zone)
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    in_one_go = list(islice(recurrence.slots(after=begin), 30))
    one_by_one = []
    for _ in range(30):
        begin = recurrence.next(after=begin, count=1)[0]
        one_by_one.append(begin)
    assert one_by_one == in_one_go
    assert all(one < other for one, other in pairwise(in_one_go))


def test_half_past_seven_stays_half_past_seven_over_both_clock_changes() -> None:
    autumn = Recurrence(Every.TWO_WEEKS, FRIDAY, time(19, 30), "Europe/London")
    found = autumn.next(after=london(FRIDAY, 0), count=3)
    assert found == [london(FRIDAY), london(date(2026, 10, 23)), london(date(2026, 11, 6))]
    assert [one.hour for one in found] == [18, 18, 19]
    spring = Recurrence(Every.WEEK, date(2027, 3, 26), time(19, 30), "Europe/London")
    assert [one.hour for one in spring.next(after=london(date(2027, 3, 26), 0), count=2)] == [19, 18]


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, ["2026-10-09", "2026-10-16", "2026-10-23"]),
        (Every.TWO_WEEKS, ["2026-10-09", "2026-10-23", "2026-11-06"]),
        (Every.FOUR_WEEKS, ["2026-10-09", "2026-11-06", "2026-12-04"]),
        (Every.MONTH, ["2026-11-06", "2026-12-04", "2027-01-01"]),
    ],
)
def test_how_often(every: Every, days: list[str]) -> None:
    recurrence = Recurrence(every, FRIDAY, time(19), "Europe/London")
    assert [day.isoformat() for day in islice(recurrence.days(), 3)] == days


def test_the_rule_is_one_a_calendar_knows() -> None:
    assert Recurrence(Every.TWO_WEEKS, FRIDAY, time(19), "UTC").rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
    assert Recurrence(Every.MONTH, FRIDAY, time(19), "UTC").rule == "FREQ=MONTHLY;BYDAY=+1FR"


def test_an_ask_carries_it_whole() -> None:
    longest = max((*ZONES, "America/Argentina/ComodRivadavia"), key=len)
    for every in Every:
        recurrence = Recurrence(every, FRIDAY, time(7, 5), longest)
        assert Recurrence.read(str(recurrence)) == recurrence
        assert len(str(recurrence)) <= Ask._meta.get_field("what").max_length  # type: ignore[operator]  # a CharField


def test_without_a_rhythm_it_is_the_next_weekend() -> None:
    zone = ZoneInfo("Europe/London")
    wednesday = london(date(2026, 11, 18), 12)
    friday, saturday, sunday = slots.usual(wednesday, zone)
    assert (friday, saturday.date(), sunday.date()) == (
        london(date(2026, 11, 20)),
        date(2026, 11, 21),
        date(2026, 11, 22),
    )
    late_on_friday = london(date(2026, 11, 20), 22)
    assert slots.usual(late_on_friday, zone)[0] == london(date(2026, 11, 27))
