"""The context of the page Today: for one person, what the other rooms know. Reads only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from adventures import ideas
from adventures import reading as dates
from adventures.ideas import Idea
from agendas import scheduling
from agendas.models import Agenda
from challenges import reading as challenges
from checkins import comes_back, kindnesses, questions, reading, replies, tonight
from checkins.models import CheckIn
from couples import asking, days, pairing, weekdays
from couples.models import Partner
from today import facts, month_page, offers

A_MONTH = timedelta(weeks=4)
A_DAY = timedelta(days=1)
NEW_FOR = 14  # Days


@dataclass(frozen=True)
class TodayContext:
    """A page of Today before it is drawn. What isn't there tonight is None, or an empty list."""

    now: datetime  # on the reader's clock
    evening: reading.Evening
    heard: replies.Hearing | None  # what was said back tonight
    opened: (
        reading.Evening | None
    )  # an evening before with a page of the other's: over, it may open later elsewhere
    yesterday: date | None  # while it can be written and isn't
    month: date | None  # the month before, whose page opens tonight
    bud: CheckIn | None  # one's own, come back
    rose: CheckIn | None  # an old one, come back
    ago: comes_back.Ago | None  # an evening of a month, half a year or years ago
    year_ago: dates.DateCard | None  # a date of this time last year
    facts: Sequence[facts.Fact]
    offer: offers.Offer | None  # one thing to do, where there is no fact
    question: questions.Asked | None  # the evening's, where it is what is offered
    ideas: Sequence[Idea]  # for a date, where one is offered
    kindnesses: Sequence[kindnesses.Kindness]
    pending: bool  # a pairing waits for one's two words
    new: bool  # in one's first two weeks here
    first: bool  # one's first evening here: new to this, not merely on one's own again
    quiet: bool  # nothing that both have was for long
    carried: bool  # for a month, alone: who has is asked how that is, never told to go on
    parted: bool  # lately, and not yet said to have been read


def of(seat: Partner, *, now: datetime) -> TodayContext:
    """Read what Today shows to whoever sits here."""
    tz, day, paired = seat.user.tz, days.day_of(now, seat.user.tz), seat.couple.paired
    written = tonight.of(seat, day, now=now)
    evenings, evening = written.evenings, written.evenings.tonight
    sat_on, joined_on = days.day_of(seat.sat_at, tz), days.day_of(seat.user.joined_at, tz)
    pending = not paired and pairing.pending_for(seat.user, now=now) is not None
    new_since = sat_on if paired else joined_on  # whoever was parted from isn't new to it
    found = dates.for_today(seat, day, now=now)
    # After seven quiet days what is open falls away; what is agreed, and what is asked from then on, is there.
    last = max(one for one in (new_since - A_DAY, written.heard_on, found.happened_on) if one is not None)
    quiet = evening.mine is None and last < reading.quiet_from(seat, day)

    def falls_away(at: datetime | None) -> bool:
        return quiet and (at is None or last >= reading.quiet_from(seat, days.day_of(at, tz)))

    talk = scheduling.current_talk(seat, now=now) if paired else None
    progress = challenges.progress(seat, now=now)
    asked = [one for one in asking.lately(seat, now=now) if not falls_away(one.asked_at)]
    found_facts = facts.of_day(
        day,
        thanks=written.thanks,
        asks=asking.all_awaiting(seat, asked, now=now),
        found=_still_asked(found, lambda at: pending or falls_away(at)),
        talk=talk if talk is not None and _is_on_the_table(talk, day, seat) else None,
        talk_on=days.day_of(talk.starts_at, tz) if talk is not None else None,
        progress=progress if progress is not None and _is_to_be_said(progress, day, seat) else None,
    )
    opened = next((one for one in evenings.before if one.theirs is not None), None)
    month = month_page.for_today(seat, day, now=now)
    back, offer = written.back, None
    bud = back.bud if not (asks := any(fact.asks for fact in found_facts)) else None
    if _nothing_to_do(found_facts) and bud is None and not quiet and not pending:
        known = _known(seat, talk, progress, found, thanked=written.thanked) | asking.pages_of(asked)
        offer = offers.of_day(day, since=new_since, paired=paired, without=known)
    gives = bool(month or found.year_ago or back.ago or back.rose) or any(not one.asks for one in found_facts)
    kind = not paired or not (gives and (asks or bud or offer or quiet))  # last night's opened page isn't new
    return TodayContext(
        now=seat.user.local(now),
        evening=evening,
        heard=written.heard,
        opened=opened,
        yesterday=_yesterday(evenings, days.open_days(now, tz)[1:], joined_on),
        month=month,
        bud=bud,
        ago=back.ago,
        rose=back.rose,
        year_ago=found.year_ago,
        facts=found_facts,
        offer=offer,
        question=questions.asked(seat, day) if offer is not None and offer.page == offers.QUESTION else None,
        ideas=ideas.some(day, seat.couple_id) if offer is not None and offer.page == offers.DATE else [],
        kindnesses=kindnesses.some(seat, day, 1 if paired else 3, apart=written.apart) if kind else [],
        pending=pending,
        new=(day - new_since).days < NEW_FOR,
        first=sat_on == day and (paired or joined_on == day),
        quiet=quiet,
        carried=not paired and now - seat.sat_at >= A_MONTH,
        parted=seat.notice_until is not None and now < seat.notice_until,
    )


def _nothing_to_do(found: Sequence[facts.Fact]) -> bool:
    """Whether there is no fact but thank-yous: whoever was thanked is asked the evening's question like the other."""
    return all(fact.name == "thanks" for fact in found)


def _still_asked(found: dates.ForToday, is_over: Callable[[datetime | None], bool]) -> dates.ForToday:
    """The dates, without an ask or a question that has fallen away."""
    asks, passed = found.asks, found.passed
    if asks is not None and is_over(asks.date.asked_at):
        asks = None
    if passed is not None and is_over(passed.date.starts_at):
        passed = None
    return replace(found, asks=asks, passed=passed)


def _known(
    seat: Partner,
    talk: Agenda | None,
    progress: challenges.Progress | None,
    found: dates.ForToday,
    *,
    thanked: bool,
) -> set[str]:
    """The pages of what the two have: they needn't be offered, nor what either asked for lately, answered or not."""
    there = {
        "agendas:talk": talk is not None,
        "challenges:challenge": progress is not None,
        offers.DATE: found.planned,
        offers.THANKS: thanked,
        "couples:evenings": seat.couple.evenings != weekdays.EVERY,
    }
    return {page for page, is_there in there.items() if is_there}


def _is_to_be_said(progress: challenges.Progress, day: date, seat: Partner) -> bool:
    """Whether Today says where the challenge is: its day on each of their evenings; that it rests, on the first Day."""
    if progress.rests_from is not None:
        return not progress.walked and day == progress.rests_from
    return str(day.weekday()) in seat.couple.evenings


def _is_on_the_table(talk: Agenda, day: date, seat: Partner) -> bool:
    """Whether the talk is laid out, for this Day or the one before, and wasn't held to its end."""
    return (
        talk.laid_out_at is not None
        and talk.ended_at is None
        and days.day_of(talk.starts_at, seat.user.tz) <= day
    )


def _yesterday(found: reading.ForToday, still_open: list[date], joined_on: date) -> date | None:
    """Yesterday, while it can be written and isn't."""
    written = {one.day for one in found.before if one.mine is not None}
    return next((day for day in still_open if day not in written and joined_on <= day), None)
