"""Facts on Today: what stands between the two and has a date. Three at most, and of what is asked one.

A fact leaves by its date, never by having been opened. The ones that can be answered come before those that can only be
known; where there are more than three, what is furthest from tonight waits on its own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adventures import reading as dates
from agendas.models import Agenda
from challenges import reading as challenges
from checkins.thanking import Thanked
from couples import asking

MOST = 3
ASKS = {"ask", "date_ask", "passed"}


@dataclass(frozen=True)
class Fact:
    """One fact: the name of the template that draws it, below templates/today/facts, and what it is about."""

    name: str
    about: Any

    @property
    def asks(self) -> bool:
        """Whether it wants an answer. Only one thing does, an evening."""
        return self.name in ASKS

    @property
    def template(self) -> str:
        return f"today/facts/{self.name}.html"


def of_day(
    day: date,
    *,
    thanks: Sequence[Thanked],
    asks: Sequence[asking.Waiting],
    found: dates.ForToday,
    talk: Agenda | None,
    talk_on: date | None,
    progress: challenges.Progress | None,
) -> list[Fact]:
    """The facts of `day`, as they stand on the page. `talk_on` is the Day of the talk."""
    ask = _ask(day, asks, found)
    chosen = [ask]
    if talk is not None:
        after = talk_on is not None and talk_on < day and talk.begun_at is None
        chosen.append(Fact("talk_after", talk_on) if after else Fact("talk", talk))
    if thanks:
        chosen.append(Fact("thanks", thanks))
    if found.next is not None and (ask is None or ask.about is not found.next):
        chosen.append(Fact("date", found.next))
    if progress is not None:
        chosen.append(Fact("resting" if progress.resting else "challenge", progress))
    kept = [one for one in chosen if one is not None][:MOST]
    return sorted(kept, key=lambda fact: fact.name != "thanks")  # what was given comes first


def _ask(day: date, asks: Sequence[asking.Waiting], found: dates.ForToday) -> Fact | None:
    """What the other asks for, or whether a date happened: where there are several, each has its Day."""
    waiting = [Fact("ask", one) for one in asks]
    if found.asks is not None:
        waiting.append(Fact("date_ask", found.asks))
    if found.passed is not None:
        waiting.append(Fact("passed", found.passed))
    return waiting[day.toordinal() % len(waiting)] if waiting else None
