"""Which day a challenge has come to: by examples, and against a day-by-day telling of the same rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.counting import QUIET, Position, Start, position

EVERY = range(7)
MONDAY = date(2026, 11, 16)


def on(
    day: int, *, start: Start | None = None, evenings: range | list[int] = EVERY, length: int = 30
) -> Position:
    return position(
        start or Start(MONDAY, 1, MONDAY), MONDAY + timedelta(days=day), evenings=evenings, length=length
    )


def test_it_moves_on_by_one_each_day_whatever_is_done() -> None:
    busy = Start(MONDAY, 1, MONDAY + timedelta(days=29))
    assert [on(day, start=busy).number for day in range(31)] == [*range(1, 31), 30]


def test_it_rests_after_four_quiet_days_on_the_day_of_the_last_of_them() -> None:
    assert [on(day) for day in (3, 4, 5, 6, 300)] == [
        Position(4),
        Position(5),
        *[Position(5, rests_from=MONDAY + timedelta(days=5))] * 3,
    ]


def test_other_days_are_no_gaps_and_none_of_its_days() -> None:
    weekend = [5, 6]
    found = [on(day, evenings=weekend) for day in range(15)]
    assert [one.number for one in found] == [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5]
    assert [one.resting for one in found] == [False] * 14 + [True]


def test_before_its_first_day_it_stands_on_its_first_day() -> None:
    assert on(-1) == on(-9) == Position(1)  # somebody whose clock is behind


def test_somebody_without_evenings_is_refused() -> None:
    with pytest.raises(ValueError, match="no weekday"):
        on(1, evenings=[])


DAYS = st.integers(0, 120)


@given(
    number=st.integers(1, 30),
    active=st.integers(-5, 60),
    day=DAYS,
    evenings=st.sets(st.integers(0, 6), min_size=1),
    length=st.sampled_from([7, 30]),
)
def test_it_is_what_telling_day_by_day_comes_to(
    number: int, active: int, day: int, evenings: set[int], length: int
) -> None:
    start = Start(MONDAY, number, MONDAY + timedelta(days=active))
    told, quiet, resting = number, 0, False
    here = min(MONDAY, start.active_on)
    while here < MONDAY + timedelta(days=day):
        here += timedelta(days=1)
        if quiet == QUIET and here > start.active_on:
            resting = True
        if not resting and here.weekday() in evenings:
            told += here > MONDAY
            quiet += here > start.active_on
    found = position(start, MONDAY + timedelta(days=day), evenings=sorted(evenings), length=length)
    assert (found.number, found.resting) == (min(told, length), resting)
    tomorrow = position(start, MONDAY + timedelta(days=day + 1), evenings=sorted(evenings), length=length)
    assert tomorrow.number in {found.number, found.number + 1}
