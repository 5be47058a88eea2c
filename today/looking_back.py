"""Looking back on a challenge: what was left on it, and the roses of its evenings. Reads only; counts nothing."""

from dataclasses import dataclass
from datetime import datetime

from challenges import reading as challenge
from challenges.reading import LeftLine, Progress
from checkins import looking_back, reading
from checkins.looking_back import OldLine
from couples import days
from couples.models import Partner

FEW = 6  # evenings: enough to remember by, not a report


@dataclass(frozen=True)
class LookBack:
    """An attempt, looked back on by one of the two."""

    progress: Progress
    here: bool  # it is of the couple one sits in now, not of one before
    lines: list[LeftLine]
    # Of a few evenings, the first first: those that both can read; of somebody alone, their own.
    roses: list[OldLine]

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
    first, last = progress.begun, progress.ended or days.day_of(now, partner.user.tz)
    here = progress.attempt.couple_id == partner.couple_id
    evenings = reading.between(partner, first, last, now=now)[::-1] if here else []
    found = [roses for one in evenings if (roses := looking_back.lines_of(one, partner, kinds=("rose",)))]
    return LookBack(
        progress,
        here,
        challenge.lines(partner, progress),
        [rose for roses in _spread(found) for rose in roses],
    )


def _spread(evenings: list[list[OldLine]]) -> list[list[OldLine]]:
    """A few of these, from the first to the last, as evenly as they lie."""
    if len(evenings) <= FEW:
        return evenings
    step = (len(evenings) - 1) / (FEW - 1)
    return [evenings[round(number * step)] for number in range(FEW)]
