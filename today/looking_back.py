"""Looking back on a path: what was left on it, and the roses of its evenings. Reads only; counts nothing."""

from dataclasses import dataclass
from datetime import datetime

from challenges.reading import Line, Path
from challenges.reading import lines as lines_of
from checkins import reading
from checkins.reading import Evening
from couples import days
from couples.models import Partner

FEW = 6  # evenings: enough to remember by, not a report


@dataclass(frozen=True)
class Back:
    """A path, looked back on by one of the two."""

    path: Path
    lines: list[Line]
    evenings: list[Evening]  # a few of those both can read, with a rose in them; the first first

    @property
    def half_way(self) -> bool:
        """Whether the other half is still ahead."""
        middle = self.path.challenge.middle
        return self.path.running and middle is not None and self.path.number < len(self.path.challenge)


def look(partner: Partner, path: Path, *, now: datetime) -> Back:
    """Two queries, and no evening of another couple than the one `partner` sits in."""
    tz = partner.user.tz
    first, last = days.day_of(path.attempt.begun_at, tz), days.day_of(path.attempt.ended_at or now, tz)
    here = path.attempt.couple_id == partner.couple_id
    found = [one for one in reading.between(partner, first, last, now=now) if _has_rose(one)] if here else []
    return Back(path, lines_of(partner, path), _spread(found[::-1]))


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
