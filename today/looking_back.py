"""Looking back on a challenge: what was left on it, and the roses of its evenings. Reads only; counts nothing."""

from dataclasses import dataclass
from datetime import datetime

from challenges.reading import LeftLine, Progress
from challenges.reading import lines as lines_of
from checkins import reading
from checkins.reading import Evening
from couples import days
from couples.models import Partner

FEW = 6  # evenings: enough to remember by, not a report


@dataclass(frozen=True)
class LookBack:
    """An attempt, looked back on by one of the two."""

    progress: Progress
    lines: list[LeftLine]
    evenings: list[Evening]  # a few of those both can read, with a rose in them; the first first

    @property
    def half_way(self) -> bool:
        """Whether the other half is still ahead."""
        middle = self.progress.challenge.middle
        return (
            self.progress.running
            and middle is not None
            and self.progress.number < len(self.progress.challenge)
        )


def of(partner: Partner, progress: Progress, *, now: datetime) -> LookBack:
    """Look back on this attempt: in two queries, at no evening of another couple than the one `partner` sits in."""
    tz = partner.user.tz
    first, last = (
        days.day_of(progress.attempt.begun_at, tz),
        days.day_of(progress.attempt.ended_at or now, tz),
    )
    here = progress.attempt.couple_id == partner.couple_id
    found = [one for one in reading.between(partner, first, last, now=now) if _has_rose(one)] if here else []
    return LookBack(progress, lines_of(partner, progress), _spread(found[::-1]))


def _has_rose(one: Evening) -> bool:
    return one.readable and any(
        page is not None and page.taken_back_at is None and page.rose for page in (one.mine, one.theirs)
    )


def _spread(evenings: list[Evening]) -> list[Evening]:
    """A few of these, from the first to the last, as evenly as they lie."""
    if len(evenings) <= FEW:
        return evenings
    step = (len(evenings) - 1) / (FEW - 1)
    return [evenings[round(number * step)] for number in range(FEW)]
