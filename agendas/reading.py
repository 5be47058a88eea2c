"""A talk as one of the two reads it: its lines through the doors of the rooms they come from, each with where it
comes from in words. What its writer took back, left out or never showed isn't there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from adventures import occasions, wishing
from adventures import reading as dates
from adventures.models import Wish
from adventures.occasions import Coming
from adventures.reading import Night
from agendas import goals
from agendas.models import Action, Addition, Agenda, AgendaItem, Goal, Note, Part, Saying, Topic
from challenges import reading as paths
from challenges.reading import Step
from checkins import reading, thanking
from checkins.models import Appreciation, CheckIn, SmallWin
from couples import days
from couples.models import Partner

JOINT = {"stone", "date", "planned", "day", "wish"}
A_WEEK = timedelta(days=7)  # so far back a weekday says which day it was


@dataclass(frozen=True)
class Line:
    """One line of a talk, as one of the two reads it."""

    kind: str  # as in `sources`
    text: str
    reason: str  # where it comes from, in words
    own: bool = False
    more: str = ""  # the trait a thank-you shows
    feel: str = ""
    need: str = ""
    item: UUID | None = None
    topic: Topic | None = None
    goal: Goal | None = None
    action: Action | None = None

    @property
    def joint(self) -> bool:
        """Whether it is nobody's alone."""
        return self.kind in JOINT


@dataclass(frozen=True)
class Pages:
    """The pages and rows lines come from, as far as the reader may read them."""

    evenings: dict[UUID, CheckIn] = field(default_factory=dict)
    thanks: dict[UUID, Appreciation] = field(default_factory=dict)
    wins: dict[UUID, SmallWin] = field(default_factory=dict)
    topics: dict[UUID, Topic] = field(default_factory=dict)
    goals: dict[UUID, Goal] = field(default_factory=dict)
    actions: dict[UUID, Action] = field(default_factory=dict)
    steps: dict[UUID, Step] = field(default_factory=dict)
    nights: dict[UUID, Night] = field(default_factory=dict)
    days: dict[UUID, Coming] = field(default_factory=dict)
    wishes: dict[UUID, Wish] = field(default_factory=dict)


def lines(
    partner: Partner, agenda: Agenda, parts: Collection[int], *, now: datetime
) -> dict[int, list[Line]]:
    """The lines of these parts, in their order. One query, and one for each kind of source among them."""
    items = list(AgendaItem.objects.filter(agenda=agenda, part__in=parts).laid_out())
    pages = _pages(partner, items, now)
    today = days.day_of(now, partner.user.tz)
    found: dict[int, list[Line]] = {part: [] for part in parts}
    for item in items:
        line = _line(partner, agenda, item, pages, today)
        if line is not None:
            found[item.part].append(line)
    return found


def brought(partner: Partner, agenda: Agenda, *, now: datetime) -> list[Line]:
    """The lines of what is brought: the titles, visible from the morning on."""
    return lines(partner, agenda, [Part.WEIGHING], now=now)[Part.WEIGHING]


def own_roses(partner: Partner, agenda: Agenda, *, now: datetime) -> list[tuple[Line, bool]]:
    """One's own roses of this agenda, and whether one left each out: for their writer's eyes alone."""
    items = AgendaItem.objects.filter(agenda=agenda, kind="rose").by(partner.user)
    rows = list(items.order_by("added_at", "rank", "pk"))
    pages, today = _pages(partner, rows, now), days.day_of(now, partner.user.tz)
    found = ((_line(partner, agenda, item, pages, today), item.left_out_at is not None) for item in rows)
    return [(line, out) for line, out in found if line is not None]


def notes(partner: Partner, agendas: Collection[UUID]) -> list[Note]:
    """The notes of these talks that one may read: one's own, what the other has shown, what both have ticked.

    Part by part, one's own first: no edit moves them. Of a former partner's only what was agreed on.
    """
    rows = Note.objects.readable_by(partner).in_talks(agendas).with_keys().select_related("agenda")
    found: list[Note] = _by_two(partner, rows)
    for note in found:
        if note.author_id != partner.user_id and note.agenda.couple_id != partner.couple_id:
            note.withhold()
    return sorted(found, key=lambda note: (note.part, note.author_id != partner.user_id, note.pk))


def additions(partner: Partner, notes: Iterable[Note]) -> dict[UUID, list[Addition]]:
    """The additions to those of these notes that both have ticked, as far as one may read them."""
    settled = [note.pk for note in notes if note.agreed_at is not None]
    found: dict[UUID, list[Addition]] = {}
    for addition in Addition.objects.beside(settled).readable_by(partner) if settled else []:
        if addition.note_id is not None:
            found.setdefault(addition.note_id, []).append(addition)
    return found


def actions(partner: Partner, agendas: Collection[UUID]) -> list[Action]:
    """The actions that were said in these talks, as far as one may read them."""
    found = Action.objects.readable_by(partner).in_talks(agendas).order_by("added_at", "pk")
    return _by_two(partner, found.with_keys())


def sayings(partner: Partner, agendas: Collection[UUID]) -> list[Saying]:
    """The sayings of these talks, in "what felt loving"."""
    found = Saying.objects.readable_by(partner).in_talks(agendas).order_by("said_at", "pk")
    return _by_two(partner, found.with_keys())


def _by_two(partner: Partner, rows: Any) -> list[Any]:
    """These rows with the people at hand that the request already has."""
    people: dict[UUID, User] = {partner.user_id: partner.user}
    if partner.other is not None:
        people[partner.other.user_id] = partner.other.user
    found = list(rows)
    for row in found:
        row.author = people.get(row.author_id, row.author)
    return found


def _pages(partner: Partner, items: Collection[AgendaItem], now: datetime) -> Pages:
    """Read every source once, through its own door."""
    ids: dict[str, set[UUID]] = {}
    for item in items:
        ids.setdefault(item.kind, set()).add(item.source)
    topics = _topics(partner, ids.get("topic", set()))
    evenings = ids.get("rose", set()) | ids.get("bud", set())
    evenings |= {topic.page_id for topic in topics.values() if topic.page_id is not None}
    return Pages(
        evenings=reading.pages(partner, evenings, now=now),
        thanks=thanking.lines(partner, Appreciation, ids.get("thanks", set()), now=now),
        wins=thanking.lines(partner, SmallWin, ids.get("win", set()), now=now),
        topics=topics,
        goals={goal.pk: goal for goal in goals.open_of(partner)} if "goal" in ids else {},
        actions=_actions(partner, ids.get("action", set())),
        steps=paths.steps(partner, ids.get("stone", set()), now=now),
        nights=dates.happened(partner, ids.get("date", set()) | ids.get("planned", set()), now=now),
        days=_days(partner, now) if "day" in ids else {},
        wishes=wishing.of(partner, ids.get("wish", set())),
    )


def _days(partner: Partner, now: datetime) -> dict[UUID, Coming]:
    found = occasions.coming(partner, partner.user.local(now).date())
    return {one.occasion.pk: one for one in found}


def _topics(partner: Partner, ids: Collection[UUID]) -> dict[UUID, Topic]:
    if not ids:
        return {}
    rows = Topic.objects.readable_by(partner).filter(pk__in=ids, taken_back_at__isnull=True)
    return {topic.pk: topic for topic in _by_two(partner, rows.select_related("author__key"))}


def _actions(partner: Partner, ids: Collection[UUID]) -> dict[UUID, Action]:
    if not ids:
        return {}
    rows = Action.objects.readable_by(partner).filter(pk__in=ids, taken_back_at__isnull=True)
    return {row.pk: row for row in _by_two(partner, rows.with_keys().select_related("agenda"))}


def _line(partner: Partner, agenda: Agenda, item: AgendaItem, pages: Pages, today: date) -> Line | None:
    """The line of an item, or nothing where its words are gone or aren't this reader's."""
    own = item.author_id == partner.user_id
    if item.kind in {"rose", "bud"}:
        return _evening_line(item, pages.evenings.get(item.source), own, today)
    if item.kind == "topic":
        return _topic_line(partner, item, pages.topics.get(item.source), pages, today)
    if item.kind == "goal":
        goal = pages.goals.get(item.source)
        return Line("goal", goal.name, _("yours together"), item=item.pk, goal=goal) if goal else None
    if item.kind == "action":
        return _action_line(item, pages.actions.get(item.source), own, today, partner)
    if item.kind in JOINT:
        return _joint_line(item, pages, today, partner)
    said = pages.thanks.get(item.source) or pages.wins.get(item.source)
    if said is None:
        return None
    kept = agenda.begun_at is not None and said.goes_out_at == agenda.begun_at
    day = days.day_of(said.goes_out_at, partner.user.tz)
    reason = _("kept for this talk") if kept else _("said %(day)s") % {"day": on(day, today)}
    if item.kind == "win":
        reason = _("noted %(day)s") % {"day": on(day, today)}
    return Line(item.kind, said.text, reason, own, more=getattr(said, "trait", ""), item=item.pk)


def _joint_line(item: AgendaItem, pages: Pages, today: date, partner: Partner) -> Line | None:
    """What is nobody's: a stone of the path, a date, a day of the year, a wish of both."""
    step, wish = pages.steps.get(item.source), pages.wishes.get(item.source)
    night, coming = pages.nights.get(item.source), pages.days.get(item.source)
    if step is not None:
        return Line(item.kind, step.day.title, _step_reason(step), item=item.pk)
    if wish is not None and (wish.matched or wish.lived_at is not None):
        return Line(item.kind, wish.title, _("you would both like this"), item=item.pk)
    if coming is not None:
        reason = _("on %(day)s, every year") % {"day": date_format(coming.on, "j F")}
        return Line(item.kind, coming.occasion.name, reason, item=item.pk)
    if night is None or night.date.starts_at is None:
        return None
    if item.kind == "planned":
        if not night.date.stands or night.state == "happened":
            return None
        at = partner.user.local(night.date.starts_at)
        reason = _("planned for %(day)s") % {"day": date_format(at, "l j F, H:i")}
        return Line(item.kind, night.title, reason, item=item.pk)
    day = night.date.day(partner.user.tz)
    reason = _("it was %(day)s") % {"day": on(day, today)} if day is not None else ""
    return Line(item.kind, night.title, reason, item=item.pk)


def _step_reason(step: Step) -> str:
    where = {"number": step.day.number, "title": step.challenge.title}
    return _("day %(number)d of %(title)s") % where


def _evening_line(item: AgendaItem, page: CheckIn | None, own: bool, today: date) -> Line | None:
    text = getattr(page, item.kind) if page is not None else ""
    if page is None or not text:
        return None
    words = _("%(day)s’s rose") if item.kind == "rose" else _("%(day)s’s bud")
    return Line(item.kind, text, words % {"day": named(page.day, today)}, own, item=item.pk)


def _topic_line(
    partner: Partner, item: AgendaItem, topic: Topic | None, pages: Pages, today: date
) -> Line | None:
    if topic is None:
        return None
    own = topic.author_id == partner.user_id
    by = _("you") if own else topic.author.name
    if topic.page_id is None:
        reason = _("parked for this talk by %(name)s") % {"name": by}
        return Line(
            "topic", topic.about, reason, own, feel=topic.feel, need=topic.need, item=item.pk, topic=topic
        )
    page = pages.evenings.get(topic.page_id)
    if page is None or not page.thorn:
        return None
    words = _("%(day)s’s thorn, chosen to bring by %(name)s")
    reason = words % {"day": named(page.day, today), "name": by}
    return Line("topic", page.thorn, reason, own, item=item.pk, topic=topic)


def _action_line(
    item: AgendaItem, action: Action | None, own: bool, today: date, partner: Partner
) -> Line | None:
    if action is None:
        return None
    begun = action.agenda.begun_at or action.added_at
    day = named(days.day_of(begun, partner.user.tz), today)
    return Line(
        "action", action.text, _("from %(day)s’s talk") % {"day": day}, own, item=item.pk, action=action
    )


def named(day: date, today: date) -> str:
    """The name of a day: "Tuesday" in the last seven days, "3 November" before."""
    near = timedelta(0) <= today - day < A_WEEK
    return date_format(day, "l" if near else "j F")


def on(day: date, today: date) -> str:
    """A day within a sentence: "on Tuesday", "today", "on 3 November"."""
    if day == today:
        return _("today")
    return _("on %(day)s") % {"day": named(day, today)}
