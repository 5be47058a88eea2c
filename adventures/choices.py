"""Choices that the form of a plan offers: a few things to do, and a few times for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.utils.translation import gettext as _

from adventures import ideas, reading, rhythm, slots, wishing
from adventures.calendar import Entry
from adventures.ideas import Idea
from adventures.models import DateRhythm, Wish
from adventures.models.dates import USUAL_MINUTES
from adventures.models.wishes import Cost, Where
from adventures.slots import Recurrence
from couples import days
from couples.models import Partner

SHOWN = 3


@dataclass(frozen=True)
class What:
    """One thing to choose: a wish, or an idea."""

    value: str
    title: str
    labels: Sequence[str] = ()
    matched: bool = False
    wish: UUID | None = None
    where: str = ""
    cost: str = ""


@dataclass(frozen=True)
class When:
    """One time to choose, and what stands in its way."""

    at: datetime
    clash: str = ""

    @property
    def value(self) -> str:
        return self.at.astimezone(UTC).isoformat()


def whats(partner: Partner, day: date, *, wish: str = "", idea: str = "") -> list[What]:
    """A few wishes, what both want first, or the Day's ideas where there are none; before them the one that was asked
    for, or the idea. One query.
    """
    asked_for = _id(wish)
    found = [of_wish(one) for one in wishing.matches(partner, SHOWN, before=asked_for)]
    if asked_for is not None and found and found[0].wish == asked_for:
        return found
    chosen = _idea(idea)
    found = found or [of_idea(one) for one in ideas.some(day, partner.couple_id, SHOWN)]
    if chosen is None:
        return found
    return [chosen, *(one for one in found if one.value != chosen.value)][:SHOWN]


def of_wish(one: Wish) -> What:
    labels = [str(Where(one.where).label)] if one.where else []
    labels += [str(Cost(one.cost).label)] if one.cost else []
    return What(str(one.pk), one.title, labels, one.matched, one.pk, one.where, one.cost)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _idea(key: str) -> What | None:
    found = ideas.every().get(key)
    return of_idea(found) if found is not None else None


def of_idea(one: Idea) -> What:
    return What(f"idea:{one.key}", one.title, one.labels[:2], where=one.where, cost=one.cost)


def times(
    partner: Partner, *, now: datetime, current_rhythm: DateRhythm | None, on: date | None = None
) -> list[datetime]:
    """The next few evenings of the rhythm, or of a usual week; or of one day."""
    tz = partner.user.tz
    recurrence = Recurrence.of(current_rhythm) if current_rhythm is not None else None
    if on is None:
        return recurrence.next(after=now, count=SHOWN) if recurrence is not None else slots.usual(now, tz)
    begins = days.instant(on, time(), tz)
    slot = recurrence.next(after=max(now, begins), count=1)[0] if recurrence is not None else None
    if slot is None or slot.astimezone(tz).date() != on:
        slot = days.instant(on, slots.USUAL_AT, tz)
    return [slot] if slot > now else []


def whens(moments: Sequence[datetime], taken: Sequence[Sequence[Entry]]) -> list[When]:
    """Times to choose from: these, each with what stands in its way."""
    return [When(at, _said(clash)) for at, clash in zip(moments, taken, strict=True)]


def first_free(partner: Partner, *, now: datetime) -> datetime | None:
    """The next evening nothing stands on."""
    moments = times(partner, now=now, current_rhythm=rhythm.current(partner.couple))
    taken = reading.taken(partner, moments, USUAL_MINUTES, now=now)
    return next((at for at, clash in zip(moments, taken, strict=True) if not clash), None)


def _said(clash: Sequence[Entry]) -> str:
    """What stands there already, in a few words."""
    if not clash:
        return ""
    return _("Taken: %(title)s") % {"title": clash[0].title}
