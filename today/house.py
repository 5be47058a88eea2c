"""The house of a month, drawn: a window for each of its evenings, lit or not. Paths for an SVG; no colours, no words.

A dark window is an evening like any other: nothing tells one that was from one that is to come.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import cos, pi, sin

# In units of the drawing, which is 64 wide and 132 high; the street is at 126.
COLUMNS = 5
LEFT, STEP, WIDE = 5.6, 11.4, 7.2
EAVES, FLOOR, HIGH = 41.0, 11.6, 8.4
ATTIC = (32.0, 27.5, 4.2)  # the window under the roof: its middle, and half its width
# Gables, in turn, from the left eaves to the right: a pointed one, one of steps, a bell, one with a flat head.
ROOFS = (
    "M1 37 32 9 63 37",
    "M1 37V31H8V25H15V19H22V13H28V8H36V13H42V19H49V25H56V31H63V37",
    "M1 37C13 37 13 25 19 19C22 15 25 12 32 8C39 12 42 15 45 19C51 25 51 37 63 37",
    "M1 37 11 27V17L20 11H44L53 17V27L63 37",
)
HALF_A_TURN = 30  # minutes of a clock's face


@dataclass(frozen=True)
class House:
    """One month's house. Each part is the `d` of a path, or empty."""

    month: date  # its first day
    lit: frozenset[int]  # days of the month: an evening together
    bright: frozenset[int]  # a date or a talk
    is_now: bool  # the lamp stands before it

    @property
    def roof(self) -> str:
        return ROOFS[(self.month.month + self.month.year) % len(ROOFS)]

    @property
    def dark_windows(self) -> str:
        return self._windows(set(self._all) - self.lit - self.bright)

    @property
    def lit_windows(self) -> str:
        return self._windows(self.lit - self.bright)

    @property
    def bright_windows(self) -> str:
        return self._windows(self.bright)

    @property
    def bars(self) -> str:
        """The upright bars of all lit windows, and the crossbars of the bright ones."""
        upright = (_upright(number) for number in sorted(self.lit | self.bright))
        return "".join([*upright, *(_crossbar(number) for number in sorted(self.bright))])

    @property
    def lit_days(self) -> str:
        """The days of lit evenings, as words: "3, 5–7"."""
        return _in_words(self.lit | self.bright)

    @property
    def bright_days(self) -> str:
        return _in_words(self.bright)

    @property
    def _all(self) -> range:
        return range(1, monthrange(self.month.year, self.month.month)[1] + 1)

    def _windows(self, numbers: Iterable[int]) -> str:
        return "".join(_window(number) for number in sorted(numbers))


def _place(number: int) -> tuple[float, float]:
    """The upper left corner of the window of this day. The first is under the roof, and has none."""
    row, column = divmod(number - 2, COLUMNS)
    return LEFT + column * STEP, EAVES + row * FLOOR


def _window(number: int) -> str:
    if number == 1:
        x, y, half = ATTIC
        return f"M{x - half} {y}a{half} {half} 0 1 1 {2 * half} 0a{half} {half} 0 1 1 {-2 * half} 0z"
    x, y = _place(number)
    return f"M{x:.1f} {y + HIGH:.1f}v-6a3.6 2.4 0 0 1 {WIDE} 0v6z"


def _upright(number: int) -> str:
    if number == 1:
        x, y, half = ATTIC
        return f"M{x} {y - half}v{2 * half}"
    x, y = _place(number)
    return f"M{x + WIDE / 2:.1f} {y:.1f}v{HIGH}"


def _crossbar(number: int) -> str:
    if number == 1:
        x, y, half = ATTIC
        return f"M{x - half} {y}h{2 * half}"
    x, y = _place(number)
    return f"M{x:.1f} {y + 4.2:.1f}h{WIDE}"


def _in_words(numbers: Collection[int]) -> str:
    """These days, in order; three and more in a row as "5–7"."""
    found = []
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    for _gap, run in runs:
        row = [number for _index, number in run]
        found += [f"{row[0]}–{row[-1]}"] if len(row) > 2 else [str(number) for number in row]
    return ", ".join(found)


def face(minutes: int) -> str:
    """The part of a clock's face, 40 wide, that so many minutes are, as the `d` of a path: an hour at most."""
    angle = 2 * pi * min(minutes, 59) / 60
    x, y = 20 + 17 * sin(angle), 20 - 17 * cos(angle)
    return f"M20 20V3A17 17 0 {int(minutes > HALF_A_TURN)} 1 {x:.1f} {y:.1f}z"
