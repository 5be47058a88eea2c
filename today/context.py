"""The context of the page Today: for one person, what the other rooms know. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adventures import reading as dates
from agendas import scheduling
from agendas.models import Agenda
from challenges import reading as challenges
from checkins import kindnesses, reading, replies
from checkins.models import CheckIn
from couples import asking, days
from couples.models import Partner
from today import offers

A_MONTH = timedelta(weeks=4)


@dataclass(frozen=True)
class TodayContext:
    """A page of Today before it is drawn. What isn't there tonight is None, or an empty list."""

    now: datetime  # on the reader's clock
    evening: reading.Evening
    heard: replies.Hearing | None  # what was said back tonight
    opened: reading.Evening | None  # an evening before whose two pages opened after it was over
    yesterday: date | None  # while it can be written and isn't
    bud: CheckIn | None  # one's own, come back
    rose: CheckIn | None  # the other's, come back
    offer: offers.Offer | None  # the one thing more
    asks: Sequence[asking.Waiting]
    talk: Agenda | None  # on the table
    progress: challenges.Progress | None  # in a challenge, on their evenings
    dates: dates.Desk
    kindnesses: Sequence[kindnesses.Kindness]
    first: bool  # one's first evening here
    quiet: bool  # nothing was written for long
    carried: bool  # for a month, alone
    parted: bool  # lately, and not yet said to have been read


def of(seat: Partner, *, now: datetime) -> TodayContext:
    """Read what Today shows to whoever sits here."""
    tz, day, paired = seat.user.tz, days.day_of(now, seat.user.tz), seat.couple.paired
    evenings = reading.desk(seat, day)
    evening = evenings.tonight
    sat_on, joined_on = days.day_of(seat.sat_at, tz), days.day_of(seat.user.joined_at, tz)
    # New to this, not merely on one's own again.
    first = sat_on == day and (paired or joined_on == day)
    quiet = evening.mine is None and _is_quiet(seat, day, joined_on)
    empty = first or quiet  # nothing else lies on the desk
    talk = scheduling.current_talk(seat, now=now) if paired else None
    asks = [] if empty else asking.all_awaiting(seat, now=now)
    progress = None if empty else challenges.progress(seat, now=now)
    found = dates.Desk() if empty else dates.desk(seat, day, now=now)
    shown = _pages_shown(talk, found, progress, asks)
    return TodayContext(
        now=seat.user.local(now),
        evening=evening,
        heard=replies.on(seat, evening) if evening.shared else None,
        opened=next((one for one in evenings.before if one.theirs is not None), None),
        yesterday=_yesterday(evenings, days.open_days(now, tz)[1:], joined_on),
        bud=None if empty else evenings.bud,
        rose=None if empty else evenings.rose,
        offer=None if empty else offers.of_day(day, since=sat_on, paired=paired, without=shown),
        asks=asks,
        talk=talk if talk is not None and _is_on_the_table(talk, day, seat) else None,
        progress=progress if progress is not None and _is_their_evening(progress, day, seat) else None,
        dates=found,
        kindnesses=kindnesses.some(seat.user, day, 1 if paired else 3),
        first=first,
        quiet=quiet,
        # Somebody who has carried this alone for four weeks is asked how that is, never told to go on.
        carried=not paired and now - seat.sat_at >= A_MONTH,
        parted=seat.notice_until is not None and now < seat.notice_until,
    )


def _pages_shown(
    talk: Agenda | None,
    found: dates.Desk,
    progress: challenges.Progress | None,
    asks: Sequence[asking.Waiting],
) -> list[str]:
    """The pages that Today leads to already: none of them is offered besides."""
    pages = [ask.kind.page for ask in asks]
    if talk is not None:
        pages.append("agendas:talk")
    if found.asks is not None or found.next is not None:
        pages.append("adventures:plan")
    if progress is not None:
        pages.append("challenges:challenge")
    return pages


def _is_their_evening(progress: challenges.Progress, day: date, seat: Partner) -> bool:
    """Whether the challenge has a day tonight: it doesn't rest, and this is one of their evenings."""
    return not progress.resting and str(day.weekday()) in seat.couple.evenings


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
