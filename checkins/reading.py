"""Evenings as a person may read them. The other's page comes without what they keep to themselves.

A thorn is its writer's again after thirty days: from the reader's Day that is the thorn's Day and thirty on, nobody
else reads it, nor what was added to it or stood there before. What was said back to it is, likewise, its own writer's:
the words of whoever said it. Whoever wrote the thorn goes on reading it behind the closed row of their own page.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists

from accounts.prepared import Prepared
from checkins.models import CheckIn, CheckInQuerySet, Draft
from couples import days
from couples.authored import ids_of
from couples.models import Partner
from couples.returning import BUD, PAGE, answered, sealed_answer

QUIET = 7  # after so many of their evenings with nothing shared everything open falls away
LATELY = timedelta(days=2)  # two people at the ends of the world: the later one's Day closes so long after

THORN_FOR = timedelta(days=30)  # so long the other reads a thorn, its own Day included


@dataclass(frozen=True)
class Evening:
    """One Day as one of the two sees it. `theirs` is there only when both have shared, or when it was left open."""

    day: date
    mine: CheckIn | None = None
    theirs: CheckIn | None = None
    draft: Draft | None = None
    readable: bool = False  # the other can read one's own page now
    thorns_back: bool = False  # thorns, and what was said back to them, are their writers' again

    @property
    def written(self) -> bool:
        """Whether one's own page is put away, shared or kept: from outside the two look the same."""
        return self.mine is not None and (self.mine.shared_at or self.mine.kept_at) is not None

    @property
    def shared(self) -> bool:
        """Whether there is a page both can read."""
        return self.readable or self.theirs is not None

    @property
    def keeps(self) -> bool:
        """Whether there is something of one's own that the other can't read: kept, waiting or half done."""
        return not self.readable and (self.mine is not None or self.draft is not None)

    def showable(self, partner: Partner) -> bool:
        """Whether one's own page could be shown to the other, who can't read it: the same for kept and for waiting."""
        mine = self.mine
        if mine is None or mine.taken_back_at is not None or partner.other is None or self.readable:
            return False
        return bool(mine.lines)

    @property
    def aloud(self) -> bool:
        """Whether one said it was talked about, and wrote nothing."""
        return self.mine is not None and not self.written


def evening(partner: Partner, day: date, *, now: datetime) -> Evening:
    """The evening of `day` for `partner`: their own page, and the other's if it is open to them."""
    today = days.day_of(now, partner.user.tz)
    found = side_by_side(partner, BETWEEN(**ids_of(partner), first=day, last=day), today)
    return next(iter(found), Evening(day, thorns_back=thorns_are_back(day, today)))


def thorns_are_back(day: date, today: date) -> bool:
    """Whether on a reader's Day `today` the thorns of `day` are their writers' again."""
    return today >= day + THORN_FOR


def is_open_alone(page: CheckIn | None, partner: Partner) -> bool:
    """Whether `partner` is alone and finds this page of their own among what they wrote."""
    return page is not None and not partner.couple.paired and page.is_open_alone(partner.sat_at)


@dataclass(frozen=True)
class ForToday:
    """The evenings that Today shows: tonight's, and those just before it."""

    tonight: Evening
    before: list[Evening]  # with a page, latest first


def for_today(partner: Partner, day: date) -> ForToday:
    """The evening of `day` and those just before it. One query."""
    return laid_out(partner, day, BETWEEN(**ids_of(partner), **places_of(day)))


def places_of(day: date) -> dict[str, date]:
    """The places of `BETWEEN` that a Day fills."""
    return {"first": day - LATELY, "last": day}


def laid_out(partner: Partner, day: date, pages: Iterable[CheckIn]) -> ForToday:
    """The evenings of `day` that these pages are of. No query."""
    found = {one.day: one for one in side_by_side(partner, pages, day)}
    before = [one for one in found.values() if one.day < day]
    return ForToday(found.get(day, Evening(day)), before)


def month(partner: Partner, first: date, *, now: datetime) -> list[Evening]:
    """The evenings of the month that begins on `first` and have a page or a draft, latest first. Two queries."""
    last = days.last_of_month(first)
    found = {one.day: one for one in between(partner, first, last, now=now)}
    for draft in Draft.objects.own(partner.user).between(first, last):
        one = found.get(draft.day, Evening(draft.day))
        if one.mine is None:
            found[draft.day] = replace(one, draft=draft)
    return sorted(found.values(), key=lambda one: one.day, reverse=True)


def between(partner: Partner, first: date, last: date, *, now: datetime) -> list[Evening]:
    """The evenings of these Days that have a page, latest first. One query."""
    pages = BETWEEN(**ids_of(partner), first=first, last=last)
    return side_by_side(partner, pages, days.day_of(now, partner.user.tz))


def coming_back(partner: Partner, on: Collection[date], *, now: datetime) -> list[Evening]:
    """The evenings, of these Days, that have a page, latest first, but for what this person wants to see no more. Each
    page comes with the `sealed_answer` to its bud.

    One query, or none for no Days.
    """
    if not on:
        return []
    pages = CheckIn.objects.on_any(on).exclude(answered(partner.user_id, PAGE))
    pages = pages.exclude(its_evening_is_answered(partner.user_id))
    pages = pages.annotate(**sealed_answer(partner.user_id, BUD))
    return _evenings(partner, pages, days.day_of(now, partner.user.tz))


def pages(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, CheckIn]:
    """The pages, of these, that `partner` may read, one's own or the other's, but for those taken back. One query."""
    today = days.day_of(now, partner.user.tz)
    return by_id(partner, CheckIn.objects.filter(pk__in=ids).readable_by(partner), today) if ids else {}


def by_id(partner: Partner, pages: Iterable[CheckIn], today: date) -> dict[UUID, CheckIn]:
    """The pages, of these that `partner` may read, but for those taken back. No query of its own."""
    found = side_by_side(partner, pages, today)
    both = (page for one in found for page in (one.mine, one.theirs))
    return {page.pk: page for page in both if page is not None and page.taken_back_at is None}


def with_draft(partner: Partner, day: date, *, now: datetime) -> Evening:
    """The evening of `day`, with one's own draft of it."""
    found = evening(partner, day, now=now)
    return replace(found, draft=Draft.objects.own(partner.user).on(day).first())


def quiet_from(partner: Partner, day: date) -> date:
    """The Day seven of their evenings before `day`: if nothing was shared or said since, `day` is quiet."""
    return days.back(day, QUIET, [int(number) for number in partner.couple.evenings])


def _evenings(partner: Partner, pages: CheckInQuerySet, today: date) -> list[Evening]:
    return side_by_side(partner, pages.readable_by(partner), today)


def its_evening_is_answered(user: UUID) -> Exists:
    """A condition on pages: whether this person wants their own page of that Day to come back no more. The other's may
    have been shown to them only later.
    """
    return answered(user, PAGE, CheckIn.objects.own(user).of_the_same_day())


# One's latest evening that was said aloud, or whose page the other can read: what is kept, or waits, never shows, not
# even by Today going quiet. A page on another day than their evenings is one; nothing on another is no gap.
WROTE = Prepared(
    lambda user, quiet_since, quiet_until, kept_since: (
        CheckIn.objects.own(user)
        .between(quiet_since, quiet_until)
        .heard(kept_since)
        .order_by("-day")
        .only("day")[:1]
    ),
    user=UUID,
    quiet_since=date,
    quiet_until=date,
    kept_since=datetime,
)

BETWEEN = Prepared(
    lambda user, couple, first, last: CheckIn.objects.between(first, last).readable_by(
        Partner(user_id=user, couple_id=couple)
    ),
    user=UUID,
    couple=UUID,
    first=date,
    last=date,
)


def side_by_side(
    partner: Partner, pages: Iterable[CheckIn], today: date, *, thorns: bool = True
) -> list[Evening]:
    """Put these pages side by side, Day by Day, latest first, as read on a reader's Day `today`: of the other, none of
    a Day that the reader hasn't reached, as it would tell their clock. The people are at hand already, so that no page
    is joined to its author.

    Without `thorns` the pages came without them.
    """
    mine: dict[date, CheckIn] = {}
    theirs: dict[date, CheckIn] = {}
    for page in pages:
        if page.author_id == partner.user_id:
            page.author = partner.user
            page.thorn_is_back = partner.other is not None and thorns_are_back(page.day, today)
            mine[page.day] = page
        elif partner.other is not None and page.author_id == partner.other.user_id and page.day <= today:
            page.author = partner.other.user
            page.strip_private()
            if thorns and thorns_are_back(page.day, today):
                page.strip_thorn()
            theirs[page.day] = page
    both = sorted(mine.keys() | theirs.keys(), reverse=True)
    return [_evening(partner, day, mine.get(day), theirs.get(day), today) for day in both]


def _evening(
    partner: Partner, day: date, mine: CheckIn | None, theirs: CheckIn | None, today: date
) -> Evening:
    readable = False
    if mine is not None and partner.other is not None and mine.couple_id == partner.couple_id:
        readable = mine.shared_at is not None and (theirs is not None or mine.open_at is not None)
    return Evening(day, mine, theirs, readable=readable, thorns_back=thorns_are_back(day, today))
