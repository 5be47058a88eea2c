"""A yes to a time: it stands from now on, and the mails of the time before are called off."""

from datetime import datetime, timedelta

from adventures import reminding
from adventures.models import DateNight
from couples import days
from couples.models import Partner


def confirm(date_night: DateNight, *, now: datetime) -> None:
    """Make the time that is asked for stand; what was promised of the time before is called off. Doesn't save."""
    if date_night.starts_at is not None:
        reminding.call_off(date_night, now=now)
    date_night.confirm()


def lasts_into_the_night(by: Partner, starts_at: datetime, minutes: int) -> bool:
    """Whether it ends after the Day it begins on: a surprise never does.

    On the clock of whoever asks for that time, alone: an answer by the other's would tell where they are.
    """
    tz = by.user.tz
    return starts_at + timedelta(minutes=minutes) > days.ends(days.day_of(starts_at, tz), tz)
