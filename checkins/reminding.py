"""Mails the evening promises, and when there is nothing to say."""

from datetime import date, time, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checkins import reading, writing
from couples import days
from couples.access import seats_of
from reminders.kinds import Kind

SATURDAY = "5"
A_WEEK = timedelta(days=6)  # and the day itself


def _evening_written(user: User, day: date) -> str:
    return "done" if writing.is_done(user, day) else ""


def _not_both_open(user: User, day: date) -> str:
    """Both have shared: at the reader's own fixed time, so that nothing tells what the other just did."""
    tonight = reading.evening(seats_of(user)[0], day, now=days.starts(day, user.tz))
    theirs, mine = tonight.theirs, tonight.mine
    if theirs is None or not tonight.readable or mine is None:
        return "not open"
    return "not open" if theirs.taken_back_at or mine.taken_back_at else ""


def _nothing_this_week(user: User, day: date) -> str:
    """Their own lines are looked at and nothing of the other's, so that the week the other left looks like any."""
    return "" if reading.has_written(seats_of(user)[0], day - A_WEEK, day) else "nothing written"


KINDS = (
    Kind(
        name="check_in",
        title=_("Check-in"),
        hint=_("The page for tonight is open"),
        mail="check_in",
        default_on=True,
        default_at=time(20, 30),
        skip_reason=_evening_written,
        asked_first=True,
    ),
    Kind(
        name="pages_open",
        joint=True,
        title=_("Both pages are open"),
        hint=_("Only after you have both shared, at a time you set here"),
        mail="pages_open",
        default_on=False,
        default_at=time(21, 30),
        skip_reason=_not_both_open,
    ),
    Kind(
        name="week_letter",
        title=_("A letter at the week’s end"),
        hint=_("To find the week’s lines again"),
        mail="week_letter",
        default_on=False,
        default_at=time(9),
        skip_reason=_nothing_this_week,
        default_weekdays=SATURDAY,
        weekly=True,
    ),
)
