"""Stored life of a couple: evenings, thank-yous and small wins of some weeks, and the talk they are for."""

from datetime import UTC, date, datetime, time, timedelta

from accounts.models import User
from agendas import rhythm
from agendas.models import Agenda
from agendas.plan import Plan
from checkins import thanking, writing
from checkins.words import Words
from couples import asking, days
from tests.cast import seat

SUNDAY = date(2026, 11, 22)  # of the talk; the cast's Wednesday is the 18th
PLAN = Plan(every="week", weekday=6, at=time(19), minutes=30, zone="Europe/London")
LAYS_OUT = datetime(2026, 11, 22, 4, tzinfo=UTC)
STARTS = datetime(2026, 11, 22, 19, tzinfo=UTC)


def evening(
    user: User,
    day: date,
    rose: str = "",
    bud: str = "",
    thorn: str = "",
    *,
    share: bool = True,
    kept: str = "",
) -> None:
    """A page of that Day, written at eight in the evening."""
    words = Words(rose, bud, thorn, kept=frozenset(kept.split()))
    now = days.at(day, time(20), user.tz)
    writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def thank(user: User, day: date, text: str, *, trait: str = "", keep: bool = False) -> None:
    now = days.at(day, time(21), user.tz)
    thanking.thank(by=seat(user), text=text, trait=trait, keep=keep, now=now)


def win(user: User, day: date, text: str) -> None:
    thanking.win(by=seat(user), text=text, now=days.at(day, time(21), user.tz))


def agree(one: User, other: User, plan: Plan = PLAN, *, now: datetime) -> Agenda:
    """One asks for this rhythm, the other agrees. Returns the talk that is next."""
    ask = asking.ask(by=seat(one), kind=rhythm.KIND, what=str(plan), now=now)
    asking.agree(by=seat(other), ask_id=ask.pk, now=now)
    return Agenda.objects.open().get(couple=seat(one).couple)


def a_week_before(day: date, number: int = 1) -> date:
    return day - timedelta(weeks=number)
