"""A time that stands: what follows from it, and what two people are mailed about it."""

from datetime import datetime, timedelta

from accounts.models import User
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
    """Whether it ends after the Day it begins on, on either's clock: a surprise never does."""
    people = [by.user] if by.other is None else [by.user, by.other.user]
    return any(_ends_after_its_day(one, starts_at, minutes) for one in people)


def _ends_after_its_day(user: User, starts_at: datetime, minutes: int) -> bool:
    ends_at = starts_at + timedelta(minutes=minutes)
    return ends_at > days.ends(days.day_of(starts_at, user.tz), user.tz)
