"""The page Together: a place with a tile each for the challenge, dates, the bucket list and the talk. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from adventures import reading as dates
from adventures import wishing
from adventures.models import Wish
from agendas import scheduling
from agendas.models import Agenda
from challenges import reading as challenges
from checkins import shared_archive
from couples import days
from couples.models import Partner


@dataclass(frozen=True)
class Together:
    """A page of Together before it is drawn: what each tile says, and the month's shared words by week."""

    challenge: challenges.Progress | None
    next_date: dates.DateCard | None  # the next
    wish: Wish | None  # what both want, else the newest
    talk: Agenda | None  # the next
    month: date  # its first day
    weeks: list[shared_archive.Week]
    earlier: date | None  # the first day of the month before, as far as there can be words


def of(seat: Partner, *, now: datetime) -> Together:
    """Read what Together shows to whoever sits here."""
    month = days.day_of(now, seat.user.tz).replace(day=1)
    earlier, _later = shared_archive.months(seat, month, now=now)
    return Together(
        challenge=challenges.progress(seat, now=now),
        next_date=dates.coming(seat, now=now),
        wish=wishing.first(seat),
        talk=scheduling.current_talk(seat, now=now) if seat.couple.paired else None,
        month=month,
        weeks=shared_archive.read(seat, month, now=now).weeks(),
        earlier=earlier,
    )
