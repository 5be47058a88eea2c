"""The desk tonight: what the other rooms know, put together for one person. Reads only."""

from datetime import date, datetime, timedelta
from typing import Any

from adventures import reading as dates
from agendas import scheduling
from agendas.models import Agenda
from challenges import reading as paths
from checkins import gestures, reading, replies
from couples import asking, days
from couples.models import Partner
from today import offers

A_MONTH = timedelta(weeks=4)


def lay(seat: Partner, *, now: datetime) -> dict[str, Any]:
    """Lay out what Today shows, by the names its template knows it under."""
    tz, day = seat.user.tz, days.day_of(now, seat.user.tz)
    desk = reading.desk(seat, day)
    tonight, paired = desk.tonight, seat.couple.paired
    sat_on, joined_on = days.day_of(seat.sat_at, tz), days.day_of(seat.user.joined_at, tz)
    # New to this, not merely on one's own again.
    first = sat_on == day and (paired or joined_on == day)
    quiet = tonight.mine is None and _is_quiet(seat, day, joined_on)
    fresh = first or quiet  # nothing lies on the desk
    talk = scheduling.current_talk(seat, now=now) if paired else None
    asks = [] if fresh else asking.all_awaiting(seat, now=now)
    path = None if fresh else paths.path(seat, now=now)
    nights = dates.Desk() if fresh else dates.desk(seat, day, now=now)
    there = ["agendas:talk"] if talk is not None else []
    there += ["adventures:plan"] if nights.asks is not None or nights.next is not None else []
    there += ["challenges:path"] if path is not None else []
    there += [ask.kind.page for ask in asks]
    return {
        "now": seat.user.local(now),
        "evening": tonight,
        "heard": replies.on(seat, tonight) if tonight.readable or tonight.theirs is not None else None,
        # Two pages opened after their evening was over: by a late hand, or by two clocks.
        "opened": next((one for one in desk.before if one.theirs is not None), None),
        "yesterday": _yesterday(desk, days.open_days(now, tz)[1:], joined_on),
        "bud": None if fresh else desk.bud,
        "rose": None if fresh else desk.rose,
        "offer": None if fresh else offers.of_day(day, since=sat_on, paired=paired, without=there),
        "asks": asks,
        "talk": talk if talk is not None and _is_on_the_table(talk, day, seat) else None,
        # On their evenings: on the others there is no stone to step on.
        "path": path
        if path is not None and not path.resting and str(day.weekday()) in seat.couple.evenings
        else None,
        "dates": nights,
        "first": first,
        "quiet": quiet,
        # Somebody who has carried this alone for four weeks is asked how that is, never told to go on.
        "carried": not paired and now - seat.sat_at >= A_MONTH,
        "gestures": gestures.some(seat.user, day, 1 if paired else 3),
        "parted": seat.notice_until is not None and now < seat.notice_until,
    }


def _is_on_the_table(talk: Agenda, day: date, seat: Partner) -> bool:
    """Whether the talk is laid out, for this Day or the one before, and wasn't held to its end."""
    return (
        talk.laid_out_at is not None
        and talk.ended_at is None
        and days.day_of(talk.starts_at, seat.user.tz) <= day
    )


def _is_quiet(seat: Partner, day: date, joined_on: date) -> bool:
    return joined_on <= reading.quiet_from(seat, day) and reading.is_quiet(seat, day)


def _yesterday(desk: reading.Desk, still_open: list[date], joined_on: date) -> date | None:
    """Yesterday, while it can be written and isn't."""
    written = {one.day for one in desk.before if one.mine is not None}
    return next((day for day in still_open if day not in written and joined_on <= day), None)
