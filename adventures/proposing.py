"""Asking for a date, or for another time of one; and taking that back.

An ask that found no yes isn't made again for thirty days, whether it was unseen, ignored or declined; nor in the same
words for another hour. While it is open its writer may move it and change what it says; it grows no younger by that.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from adventures.access import get_locked_date, lock_couple
from adventures.confirming import confirm, lasts_into_the_night
from adventures.errors import (
    DateAskResting,
    DateGone,
    ImpossibleTime,
    OtherTimeResting,
    OvernightSurprise,
    TooManyDateAsks,
)
from adventures.models import DateNight, SurprisePlan, Wish
from adventures.models.dates import USUAL_MINUTES
from adventures.surprises import own_plan
from couples.models import ASK_REST, Partner

TITLE_LIMIT, PLAN_LIMIT, WEAR_LIMIT = 200, 2000, 200  # characters
EACH = 20  # asks of one person that are open at a time
FARTHEST = timedelta(days=366 * 2)


@dataclass(frozen=True)
class Details:
    """Details of what a date is to be. Of a surprise its title, plan and wish are its planner's alone."""

    title: str
    plan: str = ""
    wish: UUID | None = None
    together: bool = False  # both arrange it
    surprise: bool = False
    where: str = ""
    cost: str = ""
    wear: str = ""
    childcare: str = ""
    minutes: int = USUAL_MINUTES
    phones_away: bool = False


@transaction.atomic
def propose(*, by: Partner, details: Details, starts_at: datetime, now: datetime) -> DateNight:
    """Ask the other for a date; alone, it stands at once. Twice is once.

    To ask for what one asks for already moves that ask; to ask for what the other does is to agree. Raises
    `ImpossibleTime`, `OvernightSurprise`, `DateAskResting`, `TooManyDateAsks` or `Gone`.
    """
    two = lock_couple(by)
    surprise = details.surprise and two
    _check(by, starts_at, details.minutes, surprise=surprise, now=now)
    if two:
        asks = _asks(by, now)
        same = _same_ask(asks, by, details, starts_at, surprise=surprise, now=now)
        if same is not None:
            return _take_up(*same, by=by, details=details, starts_at=starts_at, now=now)
        if sum(one.asked_by_id == by.user_id and one.is_asked(now) for one in asks) >= EACH:
            raise TooManyDateAsks
    elif (stands := _same_plan(by, details, starts_at)) is not None:
        return stands
    date_night = DateNight(couple=by.couple, made_at=now, made_by=by.user, surprise=surprise)
    date_night.ask(by=by.user, to=starts_at, now=now)
    if not two:
        confirm(date_night, now=now)
    _describe(date_night, by, details)
    return date_night


@transaction.atomic
def suggest(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> DateNight:
    """Ask for another time. What stands goes on standing until the other says yes.

    What the other asks for is answered by it; to ask for the very time they do is to agree, and for the time that
    stands to take one's own suggestion back. One's own open ask moves, and grows no older or younger by it. Alone it
    moves at once. Raises `Gone`, `ImpossibleTime`, `OvernightSurprise` or `OtherTimeResting`.
    """
    date_night = get_locked_date(by, date_id)
    _check(by, to, date_night.minutes, surprise=date_night.hidden, now=now)
    mine = date_night.is_asked(now) and date_night.asked_by_id == by.user_id
    if date_night.stands and date_night.starts_at == to:
        if mine:
            date_night.withdraw(now=now)
    elif not by.couple.paired:
        date_night.ask(by=by.user, to=to, now=now)
        confirm(date_night, now=now)
    elif date_night.is_asked_of(by, now) and date_night.asked_for == to:
        confirm(date_night, now=now)
    elif mine:
        date_night.asked_for = to
    elif not date_night.is_asked(now) and date_night.rests(by, now):
        raise OtherTimeResting
    else:
        date_night.ask(by=by.user, to=to, now=now)
    date_night.save()
    return date_night


@transaction.atomic
def withdraw(*, by: Partner, date_id: UUID, now: datetime) -> DateNight:
    """Take one's own ask back: of another time, what stands goes on standing; of a date, there is none. Twice is once.

    Raises `Gone`.
    """
    date_night = get_locked_date(by, date_id, live=False)
    if date_night.asked_by_id != by.user_id or date_night.happened_at is not None:
        raise DateGone
    if date_night.withdrawn_at is None:
        date_night.withdraw(now=now)
        date_night.save()
    return date_night


@transaction.atomic
def bring_along(*, by: Partner, date_id: UUID, now: datetime) -> DateNight:
    """Ask the other along to what one had planned alone before. Raises `Gone` and whatever asking raises."""
    found = (
        DateNight.objects.planned_alone_by(by.user, now)
        .filter(pk=date_id)
        .select_related("couple__key")
        .first()
    )
    if found is None or found.starts_at is None:
        raise DateGone
    details = Details(
        found.title,
        found.plan,
        where=found.where,
        cost=found.cost,
        wear=found.wear,
        childcare=found.childcare,
        minutes=found.minutes,
        phones_away=found.phones_away,
    )
    return propose(by=by, details=details, starts_at=found.starts_at, now=now)


def _check(by: Partner, starts_at: datetime, minutes: int, *, surprise: bool, now: datetime) -> None:
    if not now < starts_at < now + FARTHEST:
        raise ImpossibleTime
    if surprise and lasts_into_the_night(by, starts_at, minutes):
        raise OvernightSurprise


def _describe(date_night: DateNight, by: Partner, details: Details) -> None:
    """Put down what it is to be, each word where it belongs, and save it."""
    wish = Wish.objects.of(by.couple).open().filter(pk=details.wish).first() if details.wish else None
    date_night.planner = None if details.together and not date_night.surprise else by.user
    date_night.where, date_night.cost, date_night.wear = details.where, details.cost, details.wear
    date_night.childcare, date_night.minutes, date_night.phones_away = (
        details.childcare,
        details.minutes,
        details.phones_away,
    )
    if not date_night.surprise:
        date_night.title, date_night.plan, date_night.wish = details.title, details.plan, wish
    date_night.save()
    if date_night.surprise:
        surprise_plan, _ = SurprisePlan.objects.get_or_create(date=date_night, defaults={"author": by.user})
        surprise_plan.author, surprise_plan.date, surprise_plan.wish = by.user, date_night, wish
        surprise_plan.title, surprise_plan.plan = details.title, details.plan
        surprise_plan.save()


def _describe_anew(
    date_night: DateNight, by: Partner, details: Details, surprise_plan: SurprisePlan | None
) -> None:
    """Change what an open ask says: what isn't said anew stays, and what the other could read is kept as a revision."""
    plan = details.plan or (surprise_plan.plan if surprise_plan else date_night.plan)
    details = replace(
        details,
        plan=plan,
        wear=details.wear or date_night.wear,
        where=details.where or date_night.where,
        cost=details.cost or date_night.cost,
        childcare=details.childcare or date_night.childcare,
    )
    date_night.revise("wear", details.wear)
    if not date_night.surprise:
        date_night.revise("plan", details.plan)
    if date_night.made_by_id != by.user_id:  # from here on in the words of both
        date_night.made_by = None
    _describe(date_night, by, details)


def _same_plan(by: Partner, details: Details, starts_at: datetime) -> DateNight | None:
    """The date of somebody on their own that stands already, in the same words at the same time."""
    for date_night in DateNight.objects.of(by.couple).standing().at(starts_at):
        date_night.couple = by.couple
        if _said(date_night.title) == _said(details.title):
            return date_night
    return None


def _asks(by: Partner, now: datetime) -> list[DateNight]:
    """The asks of the last thirty days that found no yes, locked; one's own first."""
    rows = DateNight.objects.of(by.couple).never_stood().since(now - ASK_REST).select_for_update()
    found = sorted(rows, key=lambda one: one.asked_by_id != by.user_id)
    for date_night in found:
        date_night.couple = by.couple
    return found


def _same_ask(
    asks: list[DateNight],
    by: Partner,
    details: Details,
    starts_at: datetime,
    *,
    surprise: bool,
    now: datetime,
) -> tuple[DateNight, SurprisePlan | None] | None:
    """The ask, of these, for the same: one's own, whenever it is for, or the other's where the two cross. With what
    one hides behind it.
    """
    for date_night in asks:
        surprise_plan = own_plan(by, date_night)
        if date_night.surprise != surprise or _said((surprise_plan or date_night).title) != _said(
            details.title
        ):
            continue
        if date_night.asked_by_id == by.user_id or (
            not surprise and _crosses(date_night, by, details, starts_at, now)
        ):
            return date_night, surprise_plan
    return None


def _take_up(
    date_night: DateNight,
    surprise_plan: SurprisePlan | None,
    *,
    by: Partner,
    details: Details,
    starts_at: datetime,
    now: datetime,
) -> DateNight:
    """Agree to the other's ask, or move one's own. Raises `DateAskResting` where one's own found no yes lately."""
    if date_night.asked_by_id != by.user_id:
        confirm(date_night, now=now)
        date_night.save()
        return date_night
    if not date_night.is_asked(now):
        raise DateAskResting
    date_night.asked_for = starts_at
    _describe_anew(date_night, by, details, surprise_plan)
    return date_night


def _crosses(
    date_night: DateNight, by: Partner, details: Details, starts_at: datetime, now: datetime
) -> bool:
    """Whether the other asks for just this, and nothing is said now that would be lost in it."""
    says_more = bool(details.plan or details.wear or details.childcare)
    return date_night.is_asked_of(by, now) and date_night.asked_for == starts_at and not says_more


def _said(title: str) -> str:
    return " ".join(title.split()).casefold()
