"""A month as two people have it: dates, talks, days to remember. Other rooms add what stands in it.

Read on the reader's clock: a moment belongs to the date it begins on there.
"""

from calendar import Calendar as Weeks
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from couples import days
from couples.models import Partner

MONDAY = 0
BESIDE_A_DATE = {"talk", "occasion"}  # kinds of entries
ICONS = {"talk": "messages-square", "asked": "moon", "occasion": "bell"}  # and of a date
MARGIN = timedelta(minutes=30)  # between two things on one evening


@dataclass(frozen=True)
class Entry:
    """An entry of the calendar. `kind`: "date", "asked", "past", "talk" or "occasion"."""

    kind: str
    title: str
    href: str
    on: date
    at: datetime | None = None  # none: all day
    minutes: int = 0
    hour: str = ""  # of `at`, on the reader's clock

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "utensils")

    @property
    def said(self) -> str:
        return f"{self.title} {self.hour}" if self.hour else self.title


@dataclass(frozen=True)
class Cell:
    """One day of a month's page."""

    day: date
    inside: bool  # the month itself, not the days around it
    today: bool
    entries: Sequence[Entry] = ()
    open: bool = False  # a date can be planned for it: not past, not too far ahead, and none is there yet

    @property
    def number(self) -> str:
        return str(self.day.day)

    @property
    def iso(self) -> str:
        """The day as an address names it."""
        return self.day.isoformat()

    @property
    def more(self) -> int:
        """The number of entries beside the first."""
        return len(self.entries) - 1

    @property
    def label(self) -> str:
        """The day with what is on, and what a tap on it is for."""
        said = [", ".join(entry.said for entry in self.entries)] if self.entries else []
        if self.open:
            said.append(_("plan a date"))
        return f"{self.day.day} {MONTHS[self.day.month]}: {'; '.join(said)}"


@dataclass(frozen=True)
class Month:
    """A month's weeks, and where the neighbouring months begin."""

    first: date
    weeks: Sequence[Sequence[Cell]]
    before: date
    after: date
    entries: Sequence[Entry] = field(default_factory=list)
    # Of all days shown what is ahead, or else what was; each with its day and hour in short.
    listed: Sequence[tuple[str, Entry]] = field(default_factory=list)

    @property
    def ahead(self) -> bool:
        """Whether a date can be planned for one of the days shown."""
        return any(cell.open for week in self.weeks for cell in week)


Source = Callable[[Partner, datetime, datetime], Iterable[Entry]]
_sources: list[Source] = []


def take(source: Source) -> None:
    """Have another room's entries in the calendar: those that begin from one moment to before another."""
    if source not in _sources:
        _sources.append(source)


def of_others(partner: Partner, first: datetime, last: datetime) -> list[Entry]:
    """The entries of other rooms."""
    return [entry for source in _sources for entry in source(partner, first, last)]


def dates(first: date) -> tuple[date, date]:
    """The first and the last date of a month's page, the days around it included."""
    shown = list(Weeks(MONDAY).itermonthdates(first.year, first.month))
    return shown[0], shown[-1]


def bounds(first: date, partner: Partner) -> tuple[datetime, datetime]:
    """The moments at which a month's page begins and ends."""
    begins, ends = dates(first)
    tz = partner.user.tz
    return days.instant(begins, time(), tz), days.instant(ends + timedelta(days=1), time(), tz)


def month(first: date, entries: Iterable[Entry], *, today: date, until: date = date.max) -> Month:
    """The page of the month that begins on `first`. Dates can be planned from today to before `until`."""
    on: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: (one.on, one.at is not None, one.at, one.title)):
        on.setdefault(entry.on, []).append(entry)

    def cell(day: date) -> Cell:
        there = on.get(day, [])
        free = all(entry.kind in BESIDE_A_DATE for entry in there)
        return Cell(day, day.month == first.month, day == today, there, free and today <= day < until)

    weeks = [
        [cell(day) for day in week] for week in Weeks(MONDAY).monthdatescalendar(first.year, first.month)
    ]
    shown = [one for week in weeks for one in week]
    ahead = [one for one in shown if one.day >= today]
    inside = [entry for one in shown if one.inside for entry in one.entries]
    listed = [(_when(entry, first), entry) for one in ahead or shown for entry in one.entries]
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Month(first, weeks, before, after, inside, listed)


def _when(entry: Entry, first: date) -> str:
    on = date_format(entry.on, "D j" if entry.on.month == first.month else "D j M")
    return f"{on}, {entry.hour}" if entry.hour else on


def clashing(entries: Iterable[Entry], at: datetime, minutes: int) -> list[Entry]:
    """The entries, of these, that leave no room for something at `at`."""
    ends = at + timedelta(minutes=minutes)
    return [
        entry
        for entry in entries
        if entry.at is not None
        and entry.at < ends + MARGIN
        and at < entry.at + timedelta(minutes=entry.minutes) + MARGIN
    ]
