"""Answers to how close one felt, drawn: a dot for each. Never joined, never averaged, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checkins import looking_back
from checkins.words import NEARNESS
from couples import days
from couples.models import Partner
from today import own_year
from today.own_year import OwnYear
from today.years import MONTHS, before

A_CHART = 3  # months
# In units of the drawing: the first Day's dot, how far apart Days are, the top row, and how far apart rows are.
LEFT, ACROSS, TOP, DOWN, DOT = 84.0, 2.75, 26, 30, 3.2


@dataclass(frozen=True)
class Row:
    """A row for one answer: its word, and how far down it stands."""

    word: str
    y: int


@dataclass(frozen=True)
class Label:
    """A month's name below a chart: its first day, and how far across it stands."""

    month: date
    x: str


@dataclass(frozen=True)
class Chart:
    """A few months of answers."""

    first: date
    last: date
    answers: Sequence[tuple[date, int]]

    @property
    def dots(self) -> str:
        """The dots, as the `d` of one path."""
        return "".join(self._dot(day, answer) for day, answer in self.answers)

    def _dot(self, day: date, answer: int) -> str:
        x = LEFT + (day - self.first).days * ACROSS - DOT
        return f"M{x:.1f} {_height(answer)}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 {-2 * DOT} 0z"

    @property
    def labels(self) -> list[Label]:
        months = [month for count in range(A_CHART) if (month := before(self.first, -count)) <= self.last]
        return [Label(month, f"{LEFT + (month - self.first).days * ACROSS:.0f}") for month in months]

    @property
    def in_words(self) -> list[tuple[date, list[tuple[date, str]]]]:
        """The answers of each month that has some, as words."""
        found: dict[date, list[tuple[date, str]]] = {}
        for day, answer in self.answers:
            found.setdefault(day.replace(day=1), []).append((day, str(NEARNESS[str(answer)])))
        return list(found.items())


@dataclass(frozen=True)
class Nearness:
    """Twelve months of one's own answers, a few months a chart, the latest first; without those that have none."""

    year: OwnYear
    charts: list[Chart]
    rows: Sequence[Row]


def of(partner: Partner, month: date | None, *, now: datetime) -> Nearness | None:
    """The twelve months up to `month`, or to this one; None where there can be none. Two queries."""
    year = own_year.of(partner, month, now=now)
    if year is None:
        return None
    answers = looking_back.closeness(partner, year.first, days.last_of_month(year.last))
    charts = [_chart(before(year.first, -count), answers) for count in range(0, MONTHS, A_CHART)]
    return Nearness(
        year,
        [chart for chart in reversed(charts) if chart.answers],
        [Row(str(word), _height(int(answer))) for answer, word in reversed(NEARNESS.items())],
    )


def _chart(first: date, answers: Sequence[tuple[date, int]]) -> Chart:
    last = before(first, -A_CHART) - timedelta(days=1)
    return Chart(first, last, [(day, answer) for day, answer in answers if first <= day <= last])


def _height(answer: int) -> int:
    return TOP + DOWN * (len(NEARNESS) - answer)
