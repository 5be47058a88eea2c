"""Phones down: begin a while without them, and how far it is. The server counts; who began it isn't known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction

from checkins.errors import PartedMeanwhile
from checkins.models import QuietTime
from couples.models import Couple
from couples.seats import lock, people_of

MINUTES = (15, 30)
AFTERGLOW = timedelta(hours=1)  # so long the page says "now talk"


@dataclass(frozen=True)
class Ring:
    """The ring of how far a while with phones down is: the same for whoever looks at the same moment."""

    length: float  # seconds
    gone: float  # seconds, up to the length

    @property
    def left(self) -> int:
        """Whole seconds until it is over, rounded up: whoever looks then finds it over. 0 when it is."""
        return ceil(self.length - self.gone)

    @property
    def share(self) -> float:
        """The share of it that has passed, from 0 to 1."""
        return self.gone / self.length if self.length else 1

    @property
    def arc(self) -> str:
        """The length of the ring that is drawn as full, in units of the drawing: it measures 600 all round."""
        return f"{600 * self.share:.1f}"

    @property
    def quarters(self) -> int:
        """The quarters that are full: how a reader who doesn't see the ring is told."""
        return int(4 * self.share)


@transaction.atomic
def begin(couple: Couple, minutes: int, *, now: datetime) -> QuietTime:
    """Put the phones down for 15 or 30 minutes. While one runs it is that one, whoever asks, however often.

    Raises `PartedMeanwhile`.
    """
    if minutes not in MINUTES:
        raise ValueError(minutes)
    _lock(couple)
    current = running(couple, now=now)
    return current or QuietTime.objects.create(
        couple=couple, started_at=now, ends_at=now + timedelta(minutes=minutes)
    )


@transaction.atomic
def end(couple: Couple, *, now: datetime) -> None:
    """End the one that runs, early. Either may, alone; when none runs nothing happens. Raises `PartedMeanwhile`."""
    _lock(couple)
    current = running(couple, now=now)
    if current is not None:
        current.ends_at = max(now, current.started_at)
        current.save(update_fields=["ends_at"])


def running(couple: Couple, *, now: datetime) -> QuietTime | None:
    """The quiet time that runs now, if any."""
    return QuietTime.objects.of(couple).running(now).latest_first().first()


def just_over(couple: Couple, *, now: datetime) -> QuietTime | None:
    """The latest quiet time, if it ended within the last hour and none runs."""
    latest = _latest(couple)
    return latest if latest is not None and latest.ends_at <= now < latest.ends_at + AFTERGLOW else None


def ring(couple: Couple, *, now: datetime) -> Ring | None:
    """The ring of the latest: running, full when it is just over, or None. One query."""
    latest = _latest(couple)
    if latest is None or now >= latest.ends_at + AFTERGLOW:
        return None
    length = (latest.ends_at - latest.started_at).total_seconds()
    gone = (now - latest.started_at).total_seconds()
    return Ring(length=length, gone=min(max(gone, 0.0), length))


def _latest(couple: Couple) -> QuietTime | None:
    return QuietTime.objects.of(couple).latest_first().first()


def _lock(couple: Couple) -> None:
    """Lock whoever sits in the couple, so that two who begin at once begin one."""
    lock(*people_of(couple))
    if not couple.partners.live().exists():
        raise PartedMeanwhile
