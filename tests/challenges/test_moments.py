"""Paths that were kept as Days become moments which are that Day for both of the two, wherever they are."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from couples import days

moments = import_module("challenges.migrations.0002_moments")
ZONES = st.sampled_from(
    ["America/New_York", "Pacific/Auckland", "Europe/London", "Asia/Kathmandu", "Pacific/Honolulu", "UTC"]
)


@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), zones=st.sets(ZONES, min_size=1, max_size=2))
def test_a_day_that_was_kept_is_that_day_for_both(day: date, zones: set[str]) -> None:
    moment = moments.moment_of(day, zones)
    assert {days.day_of(moment, ZoneInfo(zone)) for zone in zones} == {day}
    assert moments.day_of(moment, zones) == day


def test_where_nobody_is_left_or_no_moment_is_that_day_for_both_there_is_one_all_the_same() -> None:
    day = date(2026, 11, 18)
    assert moments.moment_of(day, None) == datetime(2026, 11, 18, 12, tzinfo=UTC)
    apart = moments.moment_of(day, {"Pacific/Kiritimati", "Pacific/Pago_Pago"})  # 25 hours
    assert days.day_of(apart, ZoneInfo("Pacific/Pago_Pago")) == day
    assert days.day_of(apart, ZoneInfo("Pacific/Kiritimati")) == day + timedelta(days=1)
