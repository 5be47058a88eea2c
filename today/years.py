"""Looking back: twelve months of the two, and a few lines from before. Reads only; counts nothing, compares nothing.

For both it is the same but for what each alone may read of their own, and for whose rose is the other's.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adventures import looking_back as dates
from adventures.reading import DateCard
from agendas.models import Agenda
from challenges import catalogue
from challenges.models import Attempt
from checkins import looking_back, own_months, shared_archive
from checkins.looking_back import OldLine
from checkins.models import QuietTime
from couples import days
from couples.models import Couple, Partner
from today.house import House, face

MONTHS = 12
FEW = 6  # of dates, of times with phones down, of small wins: the latest
SHORT = timedelta(minutes=5)  # a time with phones down that ended at once is none
OLD = timedelta(days=30)  # so old is an old rose
# (months before, how it is called)
EARLIER: Sequence[tuple[int, "str | Promise"]] = (
    (1, _("A month ago")),
    (6, _("Half a year ago")),
    (12, _("A year ago")),
    (24, _("Two years ago")),
    (36, _("Three years ago")),
    (60, _("Five years ago")),
    (120, _("Ten years ago")),
)


@dataclass(frozen=True)
class PhonesDown:
    """A while with phones down."""

    day: date
    minutes: int

    @property
    def face(self) -> str:
        return face(self.minutes)


@dataclass(frozen=True)
class Walked:
    """A challenge the two began, and until when; None while it goes on."""

    id: UUID
    title: str
    begun: date
    ended: date | None


@dataclass(frozen=True)
class Year:
    """Twelve months, or as many as there were, up to `last`."""

    first: date  # of its first month
    last: date  # of its last month
    houses: list[House]
    earlier: date | None  # the last month of the year before, as far as there was one
    later: date | None
    phones_down: list[PhonesDown]
    dates: list[DateCard]
    challenges: list[Walked]
    wins: list[tuple[date, shared_archive.ArchivedLine]]
    this_week: list[tuple["str | Promise", OldLine]]
    rose: OldLine | None
    another: int | None  # the number of another rose, if there is one

    @property
    def is_dark(self) -> bool:
        """Whether no window is lit yet."""
        return not any(house.lit or house.bright for house in self.houses)


def of(partner: Partner, month: date | None, *, nth: int, now: datetime) -> Year | None:
    """The twelve months up to `month`, or to this one; None where there can be none. Five queries; of somebody
    alone six."""
    tz = partner.user.tz
    today = days.day_of(now, tz)
    this_month, began = today.replace(day=1), began_in(partner)
    last = month or this_month
    if not began <= last <= this_month:
        return None
    first = max(began, before(last, MONTHS - 1))
    until = min(today, days.last_of_month(last))
    found = looking_back.together(partner, first, until, now=now)
    moments = _moments(partner.couple, days.starts(first, tz), min(now, days.ends(until, tz)))
    happened = dates.happened(partner, first, until, now=now)
    old_roses = [day for day in found.roses if today - day >= OLD]
    rose_on = _rose_day(partner, old_roses, today, nth)
    weeks = _weeks(today, began) if month is None else []
    week_days = {day for _name, week in weeks for day in week}
    pages = looking_back.evenings(partner, week_days | ({rose_on} if rose_on else set()), now=now)
    old = {day: looking_back.lines_of(one, partner) for day, one in pages.items()}
    rose = _rose_of(old, rose_on, own=partner.other is None)
    downs = [moment for moment in moments if moment.kind == "phones" and moment.minutes]
    talks = [days.day_of(moment.begun, tz) for moment in moments if moment.kind == "talk"]
    lit = found.days | {days.day_of(moment.begun, tz) for moment in downs}
    bright = {day for card in happened if (day := card.date.day(tz)) is not None} | set(talks)
    return Year(
        first=first,
        last=last,
        houses=[_house(at, lit, bright, this_month) for at in _months(first, last)],
        earlier=before(first, 1) if first > began else None,
        later=min(this_month, before(last, -MONTHS)) if last < this_month else None,
        phones_down=[PhonesDown(days.day_of(one.begun, tz), one.minutes) for one in downs[:FEW]],
        dates=happened[:FEW],
        challenges=[walked for one in moments if (walked := one.walked(tz)) is not None],
        wins=shared_archive.wins(partner, first, until, now=now, most=FEW),
        this_week=[(name, line) for name, week in weeks if (line := _line_of(old, week, rose)) is not None],
        rose=rose,
        another=nth + 1 if len(old_roses) > 1 else None,
    )


def began_in(partner: Partner) -> date:
    """The month in which there can first be something: when the two were paired; of somebody alone, when they came, or
    of their first words, in one query.
    """
    if not partner.couple.paired:
        return own_months.first(partner, openly=True)
    return days.day_of(partner.couple.opened_at, partner.user.tz).replace(day=1)


def before(month: date, count: int) -> date:
    """The first day of the month `count` months before (after, if it is negative)."""
    number = month.year * MONTHS + month.month - 1 - count
    return date(number // MONTHS, number % MONTHS + 1, 1)


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append(before(found[-1], -1))
    return found


def _house(month: date, lit: Set[date], bright: Set[date], this_month: date) -> House:
    return House(month, _in(month, lit), _in(month, bright), month == this_month)


def _in(month: date, on: Set[date]) -> frozenset[int]:
    return frozenset(day.day for day in on if day.replace(day=1) == month)


@dataclass(frozen=True)
class _Moment:
    """Something of the two that began and ended: phones down, a talk or a challenge."""

    kind: str
    id: UUID
    challenge: str
    begun: datetime
    ended: datetime | None

    @property
    def minutes(self) -> int:
        length = self.ended - self.begun if self.ended is not None else timedelta()
        return round(length.total_seconds() / 60) if length >= SHORT else 0

    def walked(self, tz: ZoneInfo) -> Walked | None:
        """The challenge it is, or None where there is no file of it any more."""
        challenge = catalogue.get(self.challenge) if self.challenge else None
        if challenge is None:
            return None
        ended = days.day_of(self.ended, tz) if self.ended is not None else None
        return Walked(self.id, challenge.title, days.day_of(self.begun, tz), ended)


def _moments(couple: Couple, first: datetime, last: datetime) -> list[_Moment]:
    """The moments of this couple from `first` to before `last`, latest first. One query for three kinds of rows."""
    phones = QuietTime.objects.of(couple).over(first, last)
    talks = Agenda.objects.of(couple).held().between(first, last)
    attempts = Attempt.objects.of(couple).between(first, last)
    rows = _row(phones, "phones", "started_at", "ends_at").union(
        _row(talks, "talk", "begun_at", "ended_at"),
        _row(attempts, "challenge", "begun_at", "ended_at", name="challenge"),
        all=True,
    )
    return sorted((_Moment(*row) for row in rows), key=lambda one: one.begun, reverse=True)


def _row(rows: QuerySet[Any], kind: str, begun: str, ended: str, *, name: str = "") -> QuerySet[Any, Any]:
    """These rows as a kind, an id, a name, and two moments."""
    called = F(name) if name else Value("", CharField())
    named = rows.order_by().annotate(kind=Value(kind, CharField()), called=called)
    found: QuerySet[Any, Any] = named.values_list("kind", "pk", "called", begun, ended)
    return found


def _rose_day(partner: Partner, on: Sequence[date], today: date, nth: int) -> date | None:
    """The Day whose old rose is shown, of those that hold one: in an order of this couple's own, which begins elsewhere
    every Day and comes by each of them.
    """
    dealt = sorted(on, key=lambda day: sha256(f"{partner.couple_id} {day}".encode()).digest())
    return dealt[(today.toordinal() + nth) % len(dealt)] if dealt else None


def _rose_of(old: dict[date, list[OldLine]], day: date | None, *, own: bool) -> OldLine | None:
    lines = old.get(day, []) if day is not None else []
    return next((line for line in lines if line.kind == "rose" and line.own is own), None)


def _weeks(today: date, began: date) -> list[tuple["str | Promise", list[date]]]:
    """The Days of this week in earlier months and years, the nearest to today's weekday first."""
    found = []
    for count, name in EARLIER:
        month = before(today.replace(day=1), count)
        around = min(month.replace(day=1) + timedelta(days=today.day - 1), days.last_of_month(month))
        monday = around - timedelta(days=around.weekday())
        week = sorted(
            (monday + timedelta(days=number) for number in range(7)), key=lambda day: abs(day - around)
        )
        if month >= began:
            found.append((name, week))
    return found


def _line_of(old: dict[date, list[OldLine]], week: Sequence[date], rose: OldLine | None) -> OldLine | None:
    """The first line there is in that week, but for the old rose that stands below."""
    return next((line for day in week for line in old.get(day, []) if line is not rose), None)
