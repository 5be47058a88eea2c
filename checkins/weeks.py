"""The weeks of a month's pages: Monday to Sunday, as far as they lie in the month, latest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Generic, Protocol, TypeVar


class OfDay(Protocol):
    @property
    def day(self) -> date: ...


P = TypeVar("P", bound=OfDay)


@dataclass(frozen=True)
class Week(Generic[P]):
    """The pages of one week, latest first; `first` and `last` are its days in this month, not after today."""

    first: date
    last: date
    pages: list[P]
    back: int  # how many weeks before this one


def of(pages: Iterable[P], *, today: date) -> list[Week[P]]:
    """The weeks in which these pages of one month, latest first, are."""
    return [
        _week(monday, list(found), today)
        for monday, found in groupby(pages, key=lambda one: _monday(one.day))
    ]


def _week(monday: date, pages: list[P], today: date) -> Week[P]:
    day = pages[0].day
    first = max(monday, day.replace(day=1))
    last = min(monday + timedelta(days=6), _last_of(day), today)
    return Week(first, max(last, day), pages, (_monday(today) - monday).days // 7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_of(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
