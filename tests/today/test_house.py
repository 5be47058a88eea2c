"""A month's house: as many windows as the month has evenings, whatever is lit; and the same in words."""

import re
from datetime import date

import pytest

from today import years
from today.house import House, face


def windows(path: str) -> int:
    return path.count("M")


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2028, 2, 1), date(2026, 4, 1), date(2026, 12, 1)])
def test_each_evening_has_one_window_lit_or_not(month: date) -> None:
    long = (years.before(month, -1) - month).days
    for lit, bright in (([], []), ([1, 2, 28], [28]), (range(1, long + 1), [])):
        house = House(month, frozenset(lit), frozenset(bright), is_now=False)
        drawn = [house.dark_windows, house.lit_windows, house.bright_windows]
        assert sum(map(windows, drawn)) == long
        assert windows(house.bars) == len({*lit, *bright}) + len(bright)  # a cross is two bars
        every = re.findall(r"M[\d.]+ [\d.]+", "".join(drawn))
        assert len(every) == len(set(every))  # none stands on another


def test_no_window_tells_an_evening_that_was_from_one_that_is_to_come() -> None:
    empty = House(date(2026, 11, 1), frozenset(), frozenset(), is_now=True)
    assert windows(empty.dark_windows) == 30
    assert empty.lit_windows == empty.bright_windows == empty.bars == ""


def test_what_is_lit_stands_in_words() -> None:
    house = House(date(2026, 11, 1), frozenset({1, 2, 4, 5, 6, 7, 30}), frozenset({7, 9}), is_now=False)
    assert (house.lit_days, house.bright_days) == ("1, 2, 4–7, 9, 30", "7, 9")


@pytest.mark.parametrize(
    ("minutes", "drawn"),
    [
        (15, "M20 20V3A17 17 0 0 1 37.0 20.0z"),
        (30, "M20 20V3A17 17 0 0 1 20.0 37.0z"),
        (45, "M20 20V3A17 17 0 1 1 3.0 20.0z"),
    ],
)
def test_a_quarter_of_an_hour_is_a_quarter_of_a_face(minutes: int, drawn: str) -> None:
    assert face(minutes) == drawn


def test_months_before_and_after() -> None:
    assert years.before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert years.before(date(2026, 12, 1), -1) == date(2027, 1, 1)
    assert years.before(date(2026, 11, 1), 120) == date(2016, 11, 1)
