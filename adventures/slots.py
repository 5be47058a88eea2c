"""A rhythm of dates as a recurrence rule (RFC 5545) on a wall clock, and the evenings it falls on. Pure.

The rule is expanded on the wall clock and each evening is then placed on the zone's clock, so that half past seven
stays half past seven when the clocks change; a time in a gap is shifted forward, in a fold it is the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.zones import clock
from couples import days

if TYPE_CHECKING:
    from adventures.models import DateRhythm

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
USUAL_AT = time(19, 30)
SHOWN = 3  # slots to choose from


class Every(models.TextChoices):
    """The frequencies, as people say it. The values are the rule's own words."""

    WEEK = "FREQ=WEEKLY", _("Every week")
    TWO_WEEKS = "FREQ=WEEKLY;INTERVAL=2", _("Every two weeks")
    FOUR_WEEKS = "FREQ=WEEKLY;INTERVAL=4", _("Every four weeks")
    MONTH = "FREQ=MONTHLY", _("Once a month")  # on the first such weekday


@dataclass(frozen=True)
class Recurrence:
    """A recurrence of dates: how often, from which day, at what time and on which clock. An ask carries it as text."""

    every: str
    begins_on: date
    at: time
    zone: str

    def __str__(self) -> str:
        return f"{Every(self.every).name}|{self.begins_on}|{self.at:%H:%M}|{self.zone}"

    @classmethod
    def read(cls, what: str) -> "Recurrence":
        """The recurrence an ask carries. Raises `KeyError` or `ValueError` if it carries none."""
        every, begins_on, at, zone = what.split("|")
        return cls(Every[every].value, date.fromisoformat(begins_on), time.fromisoformat(at), zone)

    @classmethod
    def of(cls, rhythm: "DateRhythm") -> "Recurrence":
        every = rhythm.rule.partition(";BYDAY=")[0]
        return cls(every, rhythm.begins_on, rhythm.at, rhythm.zone)

    @property
    def said(self) -> str:
        """The frequency in words: "Every two weeks"."""
        return str(Every(self.every).label)

    @property
    def first(self) -> datetime:
        """The moment (UTC) it begins, were it agreed on."""
        return days.instant(next(self.days()), self.at, clock(self.zone))

    @property
    def rule(self) -> str:
        """The rule alone, as a calendar knows it."""
        weekday = WEEKDAYS[self.begins_on.weekday()]
        return f"{self.every};BYDAY={'+1' if self.every == Every.MONTH else ''}{weekday}"

    def days(self) -> Iterator[date]:
        """The days it falls on, from the first on, without end."""
        return self._from(self.begins_on)

    def slots(self, *, after: datetime) -> Iterator[datetime]:
        """The moments (UTC) of it after `after`, without end."""
        tz = clock(self.zone)
        # A day's moment may lie on the date before or after it in UTC; two days back none is left out.
        for day in self._from(max(self.begins_on, after.astimezone(tz).date() - timedelta(days=2))):
            moment = days.instant(day, self.at, tz)
            if moment > after:
                yield moment

    def next(self, *, after: datetime, count: int = SHOWN) -> list[datetime]:
        """The first few moments (UTC) after `after`."""
        return list(islice(self.slots(after=after), count))

    def _from(self, first: date) -> Iterator[date]:
        """Its days from `first` on. The rule keeps counting from where it began."""
        start = datetime.combine(self.begins_on, time())  # a wall clock's: no zone on purpose
        found = rrulestr(self.rule, dtstart=start)
        return (moment.date() for moment in found.xafter(datetime.combine(first, time()), inc=True))


def usual(now: datetime, tz: ZoneInfo) -> list[datetime]:
    """Slots to choose from without a rhythm: the next Friday evening, Saturday noon and Sunday afternoon."""
    today = days.day_of(now, tz)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    if days.instant(friday, USUAL_AT, tz) <= now:
        friday += timedelta(days=7)
    return [
        days.instant(friday + timedelta(days=ahead), at, tz)
        for ahead, at in ((0, USUAL_AT), (1, time(11)), (2, time(15)))
    ]
