"""A copy of what was joint, for whoever brings it in: a couple of one that is over, as an earlier list is."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from accounts.importing import AHEAD, Import
from couples import days
from couples.models import Couple
from couples.seats import copy_of, open_closed


def day_of(coming: Import, moment: datetime) -> date:
    """The Day of a moment on this person's clock, as their export says it."""
    return days.day_of(moment, coming.user.tz)


def come(
    coming: Import, rows: list[dict[str, Any]], day: Callable[[dict[str, Any]], date] = lambda row: row["day"]
) -> list[dict[str, Any]]:
    """The rows whose Day has begun on this person's clock. The others stay out: at half past midnight the evening
    before is the latest.
    """
    latest = day_of(coming, coming.now)
    found = [row for row in rows if day(row) <= latest]
    coming.leave_out(AHEAD, len(rows) - len(found))
    return found


def own_copy(coming: Import) -> Couple:
    """The couple of one that holds what imports bring of joint things, however many there are: nobody else ever sits
    in it.
    """
    if "copy" not in coming.held:
        coming.held["copy"] = copy_of(coming.user) or open_closed(coming.user, now=coming.now)
    found: Couple = coming.held["copy"]
    return found
