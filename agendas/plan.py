"""A rhythm as two people say it: how often, on which weekday, at what time on which clock, for how long. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from accounts.zones import clock
from agendas.models import Rhythm
from agendas.models.talks import Every
from couples import days


@dataclass(frozen=True)
class TalkPlan:
    """A rhythm to agree on: how often, when, on which clock, for how long; as an ask carries it."""

    every: str
    weekday: int  # Monday is 0
    at: time
    minutes: int
    zone: str

    def __str__(self) -> str:
        return f"{self.every} {self.weekday} {self.at:%H:%M} {self.minutes} {self.zone}"

    @classmethod
    def read(cls, what: str) -> "TalkPlan":
        """The plan an ask carries. Raises `ValueError` if it carries none."""
        every, weekday, at, minutes, zone = what.split(" ")
        return cls(str(Every(every)), int(weekday), time.fromisoformat(at), int(minutes), zone)

    @classmethod
    def of(cls, rhythm: Rhythm) -> "TalkPlan":
        return cls(rhythm.every, rhythm.weekday, rhythm.at, rhythm.minutes, rhythm.zone)

    def days(self, after: date) -> Iterator[date]:
        """The Days of it after `after`, without end: every such weekday, or each month's first."""
        start = datetime.combine(after + timedelta(days=1), time())  # a wall clock's: no zone on purpose
        if self.every == Every.MONTH:
            found = rrule(MONTHLY, dtstart=start, byweekday=weekday(self.weekday)(+1))
        else:
            found = rrule(WEEKLY, dtstart=start, byweekday=weekday(self.weekday))
        return (moment.date() for moment in found)

    def after(self, day: date) -> Iterator[datetime]:
        """The moments (UTC) of it after `day`, without end."""
        tz = clock(self.zone)
        return (days.at(one, self.at, tz) for one in self.days(day))

    def first(self, *, now: datetime) -> datetime:
        """The first moment (UTC) of it that is still to come at `now`."""
        return self.next(now=now, after=date.min)[1]

    def next(self, *, now: datetime, after: date) -> tuple[date, datetime]:
        """The first Day after `after`, and the moment (UTC) in it, that is still to come at `now`."""
        tz = clock(self.zone)
        begins = max(after, days.day_of(now, tz) - timedelta(days=1))
        for day in self.days(begins):
            moment = days.at(day, self.at, tz)
            if moment > now and days.starts(day, tz) < days.ends(day, tz):
                return day, moment
        raise AssertionError("a rhythm has no end")
