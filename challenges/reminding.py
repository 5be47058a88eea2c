"""Mails a path promises, and when there is nothing to say: a day's stone, and a habit somebody keeps."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from challenges import habits
from challenges.models import Stone
from challenges.walking import on_the_way, place_of
from couples.access import seats_of
from reminders.kinds import Kind

SUNDAY = "6"


def _no_stone(user: User, day: date) -> str:
    """Nothing is said where no path is walked, where it rests, on other evenings, and of a stone that is done."""
    here = seats_of(user)[0]
    attempt = on_the_way(here.couple)
    if attempt is None or str(day.weekday()) not in here.couple.evenings:
        return "no path"
    there = place_of(attempt, here, day)
    if there.resting:
        return "resting"
    return "done" if Stone.objects.done().filter(attempt=attempt, number=there.number).exists() else ""


def _nothing_kept(user: User, day: date) -> str:
    return "" if habits.any_of(seats_of(user)[0]) else "nothing kept"


KINDS = (
    Kind(
        name="challenge_day",
        joint=True,
        title=_("Challenge day"),
        hint=_("Only while you walk a path, and it isn’t done yet"),
        mail="challenge_day",
        default_on=False,
        default_at=time(17, 30),
        skip_reason=_no_stone,
    ),
    Kind(
        name=habits.KIND,
        title=_("A habit you keep"),
        hint=_("Only once you keep one from a path"),
        mail="habit",
        default_on=False,
        default_at=time(18),
        skip_reason=_nothing_kept,
        default_weekdays=SUNDAY,
    ),
)
