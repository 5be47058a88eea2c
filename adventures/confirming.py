"""A time that stands: what follows from it, and what two people are mailed about it."""

from datetime import datetime, timedelta

from adventures import reminding
from adventures.models import DateNight
from couples import days
from couples.models import Partner


def stand(night: DateNight, *, now: datetime) -> None:
    """The time that is asked for is the one that stands. Doesn't save."""
    if night.starts_at is not None:
        reminding.call_off(night, now=now)
        night.moves += 1
    night.starts_at, night.postponed_at = night.asked_for, None
    night.forget_ask()
    night.due_at = reminding.due_at(night)


def lasts_into_the_night(by: Partner, starts_at: datetime, minutes: int) -> bool:
    """Whether it ends after the Day it begins on: a surprise never does.

    On the clock of whoever asks for that time, alone: an answer by the other's would tell where they are.
    """
    tz = by.user.tz
    return starts_at + timedelta(minutes=minutes) > days.ends(days.day_of(starts_at, tz), tz)
