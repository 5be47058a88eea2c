"""A copy of what was joint, for whoever brings it in: a couple of one that is over, as an earlier list is."""

from datetime import date, datetime

from accounts.importing import Import
from couples import days
from couples.models import Couple
from couples.seats import open_closed


def day_of(coming: Import, moment: datetime) -> date:
    """The Day of a moment on this person's clock, as their export says it."""
    return days.day_of(moment, coming.user.tz)


def own_copy(coming: Import) -> Couple:
    """The couple of one that holds what this import brings of joint things: nobody else ever sits in it."""
    if "copy" not in coming.held:
        coming.held["copy"] = open_closed(coming.user, now=coming.now)
    found: Couple = coming.held["copy"]
    return found
