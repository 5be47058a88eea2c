"""The day of its challenge a couple has come to on a date. Pure functions of dates.

A challenge moves on by one day on each of *our evenings*, done or not. After four of them on which no day became done
and no line was left it rests by itself, on the day of the last of the four; it goes on from there when either wakes it.
A number never goes back. Every date is one of the reader's clock: two people whose clocks differ may be a day apart,
and neither can tell from theirs where the other is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

QUIET = 4  # evenings without anything, after which a challenge rests
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Start:
    """The start of a count: this day of the challenge on this date, and the last date on which anything was done."""

    on: date
    number: int
    active_on: date


@dataclass(frozen=True)
class Position:
    """The day a challenge has come to, and the first date on which it rests there, if it does."""

    number: int
    rests_from: date | None = None

    @property
    def resting(self) -> bool:
        """Whether it rests."""
        return self.rests_from is not None


def position(start: Start, day: date, *, evenings: Collection[int], length: int) -> Position:
    """The position of a challenge of `length` days on `day`. `evenings` are weekdays (Monday is 0), at least one."""
    last = rests_after(start, evenings)
    number = start.number + _evenings_between(start.on, min(day, last), evenings, length)
    return Position(min(number, length), last + A_DAY if day > last else None)


def rests_after(start: Start, evenings: Collection[int]) -> date:
    """The last date on which it is awake, if nothing more is done."""
    return _evening_after(start.active_on, QUIET, evenings)


def _evening_after(day: date, count: int, evenings: Collection[int]) -> date:
    """The `count`-th of our evenings after `day`."""
    if not evenings:
        raise ValueError("no weekday is left to count")
    while count:
        day += A_DAY
        count -= day.weekday() in evenings
    return day


def _evenings_between(first: date, last: date, evenings: Collection[int], most: int) -> int:
    """The number of our evenings after `first`, up to `last`; counted no further than `most`."""
    found = 0
    while first < last and found < most:
        first += A_DAY
        found += first.weekday() in evenings
    return found
