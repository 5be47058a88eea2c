"""Dates as one of the two reads them: each as it stands for them. What a surprise hides isn't read here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from adventures import calendar, near
from adventures.calendar import Entry
from adventures.models import DateNight, Memory
from adventures.models.dates import LONGEST, State, within
from couples import days
from couples.authored import ids_of
from couples.models import ASK_REST, Partner

OWN_LAPSED = 100  # asks on a page
PAGE = 20  # memories on a page
SOON = timedelta(days=7)  # so long before, and after, Today shows a date
A_DAY = timedelta(days=1)

KINDS = {State.HAPPENED: "past", State.STANDS: "date", State.PASSED: "past"}  # of an entry; else "asked"

NOT_OVER = {State.STANDS, State.ASKED, State.ASKS}

When = date | datetime | None


@dataclass(frozen=True)
class DateCard:
    """A date as one of the two sees it."""

    date: DateNight
    state: State
    title: str
    own: bool  # whether one sorts it out oneself
    theirs: bool  # whether the other does
    mine: "MemoryLine | None" = None
    their: "MemoryLine | None" = None

    @cached_property
    def state_is(self) -> dict[str, bool]:
        """The state as a page asks for it: `state_is.passed`."""
        return {state.value: state is self.state for state in State}

    @property
    def when(self) -> datetime | None:
        """The time to be shown: what is asked for where that is to be answered, else what stands."""
        if self.state is State.OWN:
            return self.date.starts_at or self.date.asked_for
        return self.date.asked_for if self.state in {State.ASKS, State.ASKED} else self.date.starts_at

    @property
    def on(self) -> When:
        """The time a page says it was; of what has no hour, its date, which is the same for both."""
        return self.date.happened_on or self.when

    @property
    def ends_at(self) -> datetime | None:
        return self.when + timedelta(minutes=self.date.minutes) if self.when is not None else None

    @property
    def besides(self) -> bool:
        """Whether another time is asked for while one stands."""
        return self.state in {State.ASKS, State.ASKED} and self.date.stands


@dataclass(frozen=True)
class MemoryLine:
    """A line one of the two left of a date."""

    id: UUID
    text: str
    own: bool
    taken_back: bool


def seen(partner: Partner, date_night: DateNight, now: datetime) -> DateCard | None:
    """A date as `partner` sees it, or None where it isn't there for them (any more)."""
    state = date_night.state_for(partner, now)
    return _card(partner, date_night, state) if state is not None else None


def _card(partner: Partner, date_night: DateNight, state: State) -> DateCard:
    title = _("A surprise") if date_night.hidden else date_night.title or _("A date")
    own = date_night.planner_id == partner.user_id
    return DateCard(date_night, state, title, own, date_night.planner_id is not None and not own)


def one(partner: Partner, pk: UUID, *, now: datetime) -> DateCard | None:
    """One date of a couple one sits or sat in, with the lines one may read. Two queries.

    What is over with the couple can be read while it happened, and only so.
    """
    row = DateNight.objects.seen_by(partner.user).filter(pk=pk).select_related("couple__key").first()
    if row is None or (row.couple_id != partner.couple_id and row.happened_at is None):
        return None
    if row.couple_id == partner.couple_id:
        row.couple = partner.couple
    found = seen(partner, row, now)
    return _with_lines(partner, [found])[0] if found is not None else None


def own(partner: Partner, pk: UUID) -> DateCard | None:
    """The date one asked for oneself, in whatever couple, to be read when nothing else can be done with it. One
    query.
    """
    row = DateNight.objects.made_by(partner.user).filter(pk=pk).select_related("couple__key").first()
    return _card(partner, row, State.OWN) if row is not None and _is_own(partner, row) else None


def _is_own(partner: Partner, row: DateNight) -> bool:
    """Whether it is in one's own words alone, and one hasn't taken it back: what both said yes to either may have
    changed, unless one arranges it. That the other took back the other time they asked for takes no words of one's own.
    """
    if row.made_by_id != partner.user_id:
        return False
    if row.starts_at is not None:
        return row.planner_id == partner.user_id
    return row.withdrawn_at is None or row.asked_by_id != partner.user_id


def own_lapsed(partner: Partner, *, now: datetime) -> list[DateCard]:
    """Dates one asked for and nothing came of, in whatever couple, latest first: one's own words. One query."""
    rows = DateNight.objects.made_by(partner.user).filter(happened_at=None).select_related("couple__key")
    rows = rows.exclude(pk__in=DateNight.objects.of(partner.couple).on_the_table(now))
    rows = rows.exclude(pk__in=DateNight.objects.planned_alone_by(partner.user, now))
    found = rows.order_by("-made_at")[:OWN_LAPSED]
    return [_card(partner, row, State.OWN) for row in found if _is_own(partner, row)]


def clashing(entries: Sequence[Entry], at: datetime, minutes: int) -> list[Entry]:
    """The entries, of these, that leave no room: neither what was nor what is only asked for."""
    return calendar.clashing([entry for entry in entries if entry.kind not in {"past", "asked"}], at, minutes)


def clashes(
    partner: Partner, at: datetime, minutes: int, *, now: datetime, but: UUID | None = None
) -> list[Entry]:
    """Entries that leave no room for a date at `at`: other dates that stand, and what other rooms have then."""
    rows = DateNight.objects.of(partner.couple).live().between(at - A_DAY, at + A_DAY)
    cards = seen_of(partner, rows, now)
    entries = entries_of(partner, [card for card in cards if card.date.pk != but])
    entries += calendar.of_others(partner, at - A_DAY, at + A_DAY)
    return clashing(entries, at, minutes)


def taken(partner: Partner, slots: Sequence[datetime], minutes: int, *, now: datetime) -> list[list[Entry]]:
    """Entries that leave no room at each of these times. Read once for all."""
    if not slots:
        return []
    first, last = min(slots) - A_DAY, max(slots) + A_DAY
    cards = seen_of(partner, DateNight.objects.of(partner.couple).live().between(first, last), now)
    entries = entries_of(partner, cards) + calendar.of_others(partner, first, last)
    return [clashing(entries, slot, minutes) for slot in slots]


@dataclass(frozen=True)
class ForToday:
    """The dates that Today shows: one to answer, the next, one that may have happened, and a memory of a year ago."""

    asks: DateCard | None = None
    next: DateCard | None = None
    passed: DateCard | None = None
    year_ago: DateCard | None = None
    planned: bool = False  # one was asked for lately, whatever became of it; or is agreed on; or just was
    happened_on: date | None = None  # the latest that was, within a week


def for_today(partner: Partner, day: date, *, now: datetime) -> ForToday:
    """The dates that Today shows on this Day. One query."""
    (ago, until), tz = near.a_year_ago(day), partner.user.tz
    rows = near.FOR_TODAY(
        **ids_of(partner),
        ago=ago,
        until=until,
        begins=days.starts(ago, tz),
        ends=days.ends(until, tz),
        since=now - SOON,
        asked_since=now - ASK_REST,
    )
    cards = seen_of(partner, rows, now)
    happened = [card for card in cards if card.state is State.HAPPENED]
    a_year_ago = (ago + number * A_DAY for number in range((until - ago).days + 1))
    year_ago = next((card for on in a_year_ago for card in happened if card.date.day(tz) == on), None)

    asks = [card for card in cards if card.state is State.ASKS]
    asks.sort(key=lambda card: card.date.asked_at or now)
    passed = [card for card in cards if card.state is State.PASSED]
    passed.sort(key=lambda card: card.date.starts_at or now)
    lately = [row.day(tz) for row in rows if row.happened_at is not None and _is_since(row, now - SOON)]
    return ForToday(
        asks[-1] if asks else None,
        _next(card for card in cards if card.when is not None and card.when < now + SOON),
        passed[-1] if passed else None,
        year_ago,
        any(row.asked_at is not None or _is_since(row, now - SOON) for row in rows),
        max((on for on in lately if on is not None and on <= day), default=None),
    )


def _is_since(row: DateNight, moment: datetime) -> bool:
    return row.starts_at is not None and row.starts_at > moment


def _next(cards: Iterable[DateCard]) -> DateCard | None:
    """The next that stands, whether or not another time is asked for."""
    ahead = [card for card in cards if card.date.stands and card.state in NOT_OVER]
    times = {card.date.starts_at: card for card in reversed(ahead) if card.date.starts_at is not None}
    return times[min(times)] if times else None


def coming(partner: Partner, *, now: datetime) -> DateCard | None:
    """The date that is on, or else the next that stands, however far off. One query."""
    rows = near.STANDING(couple=partner.couple_id, since=now - timedelta(minutes=LONGEST))
    return next((card for card in seen_of(partner, rows, now) if card.state in NOT_OVER), None)


def timeline(
    partner: Partner, *, now: datetime, page: int = 1, from_earlier_couples: bool = False
) -> tuple[list[DateCard], bool]:
    """Dates that happened, latest first, with the lines one may read; and whether there is more.

    Of this couple, or else of those one sat in earlier: they are looked up, and never come along. Two queries.
    """
    rows = DateNight.objects.seen_by(partner.user).happened().latest_first().select_related("couple__key")
    rows = rows.exclude(couple=partner.couple) if from_earlier_couples else rows.of(partner.couple)
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    cards = [card for row in found[:PAGE] if (card := seen(partner, row, now)) is not None]
    return _with_lines(partner, cards), len(found) > PAGE


def last_year(partner: Partner, today: date, *, now: datetime) -> list[DateCard]:
    """Dates that happened to these two within a week of this day, a year ago. Two queries."""
    around = near.a_year_before(today)
    first, last, tz = around - SOON, around + SOON, partner.user.tz
    around_then = within(first, last, days.starts(first, tz), days.ends(last, tz))
    rows = DateNight.objects.of(partner.couple).happened().filter(around_then)
    cards = [seen(partner, row, now) for row in rows.latest_first().select_related("couple__key")]
    return _with_lines(partner, [card for card in cards if card is not None])


def planned_alone(partner: Partner, *, now: datetime) -> list[DateCard]:
    """Dates one had planned alone before and that are still ahead: to be brought along. One query."""
    rows = DateNight.objects.planned_alone_by(partner.user, now).select_related("couple__key")
    return [card for row in rows if (card := seen(partner, row, now)) is not None]


def happened(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, DateCard]:
    """The dates, of these, that one may read: of couples this person sat in. One query."""
    if not ids:
        return {}
    rows = DateNight.objects.seen_by(partner.user).filter(pk__in=ids).select_related("couple__key")
    cards = [seen(partner, row, now) for row in rows]
    return {card.date.pk: card for card in cards if card is not None}


def seen_of(partner: Partner, rows: Iterable[DateNight], now: datetime) -> list[DateCard]:
    """The dates, of these, that are there for `partner`, in the order of their times."""
    found = []
    for row in rows:
        row.couple = partner.couple
        card = seen(partner, row, now)
        if card is not None:
            found.append(card)
    return sorted(found, key=lambda card: (card.when or now, card.date.pk))


def entries_of(partner: Partner, cards: Iterable[DateCard]) -> list[Entry]:
    """The entries of the calendar that these dates make."""
    found = []
    for card in cards:
        if card.state is State.POSTPONED:
            continue
        kind = KINDS.get(card.state, "asked")
        href = reverse("adventures:date", args=[card.date.pk])
        times = [(kind, card.when)]
        if card.besides:
            times = [("date", card.date.starts_at), ("asked", card.date.asked_for)]
        for what, at in times:
            if at is not None:
                found.append(_entry(partner, card, what, href, at))
    return found


def _entry(partner: Partner, card: DateCard, kind: str, href: str, at: datetime) -> Entry:
    if card.date.happened_on is not None:
        return Entry(kind, card.title, href, card.date.happened_on, minutes=card.date.minutes)
    local = partner.user.local(at)
    return Entry(kind, card.title, href, local.date(), at, card.date.minutes, f"{local:%H:%M}")


def _with_lines(partner: Partner, cards: Sequence[DateCard]) -> list[DateCard]:
    """These with both people's lines, as far as one may read them. One query."""
    if not cards:
        return []
    rows = Memory.objects.readable_by(partner).filter(date__in=[card.date.pk for card in cards])
    return with_these_lines(partner, cards, rows)


def with_these_lines(partner: Partner, cards: Sequence[DateCard], rows: Iterable[Memory]) -> list[DateCard]:
    """The dates with their lines, of those that were read."""
    lines: dict[tuple[UUID, bool], MemoryLine] = {}
    # The one that stands, last.
    for row in sorted(rows, key=lambda one: (one.left_at, one.taken_back_at is None)):
        own = row.author_id == partner.user_id
        lines[row.date_id, own] = MemoryLine(row.pk, row.text, own, row.taken_back_at is not None)
    return [
        replace(card, mine=lines.get((card.date.pk, True)), their=lines.get((card.date.pk, False)))
        for card in cards
    ]


def month_of(text: str, partner: Partner, *, now: datetime) -> date:
    """The first day of the month an address names ("2026-11"), or of this one."""
    today = partner.user.local(now).date()
    try:
        found = datetime.combine(date.fromisoformat(f"{text}-01"), time()).date()
    except ValueError:
        return today.replace(day=1)
    return found if abs(found.year - today.year) <= 10 else today.replace(day=1)
