"""Sections of the talk in an export: what came of each, one's own words, and what both agreed on.

Of the other's words only notes that both approved and each "we'll" are in it. Notes nobody was shown, and topics that
weren't brought to a talk, are in a private export alone.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.export_fields import (
    BY,
    Amount,
    Chosen,
    Day,
    Earlier,
    Json,
    Mark,
    Number,
    Rows,
    Words,
    filled,
    plain,
)
from accounts.exporting import Reader, Section
from accounts.fields import LINE_LIMIT
from agendas import goals, notes, reading
from agendas.models import Action, Addition, Agenda, Goal, Note, Part, Rhythm, Saying, Topic
from agendas.models.talks import Every
from checkins.reading import thorns_are_back
from couples.access import seat_of
from couples.exporting import day_of, seats_of, shared
from couples.models import Partner

PART = Chosen(_("Part"), needed=True, words={str(one.value): one.label for one in Part})
NOTE = {
    "part": PART,
    "text": Words(_("Notes"), limit=notes.LIMIT, needed=True),
    "by": BY,
    "before": Earlier(_("Before they were changed"), limit=notes.LIMIT),
    "agreed": Mark(_("You both approved them")),
}
ACTION = {
    "part": PART,
    "text": Words(_("What"), limit=LINE_LIMIT, needed=True),
    "who": Chosen(_("Who"), needed=True, words={"i": _("I will"), "we": _("We will")}),
    "by": BY,
    "done": Mark(_("Done")),
    "dropped": Mark(_("Let go")),
}
TOPIC = {
    "about": Words(_("It was about"), limit=LINE_LIMIT),
    "thorn": Day(_("The thorn of")),
    "feel": Words(_("You felt"), limit=LINE_LIMIT),
    "need": Words(_("You needed"), limit=LINE_LIMIT),
}
TALK = {
    "day": Day(_("Day"), needed=True),
    "minutes": Number(_("Minutes"), most=600),
    "topics": Rows(_("What you brought"), fields=TOPIC),
    "notes": Rows(_("Notes"), fields=NOTE),
    "differently": Rows(
        _("What you see differently now"),
        fields={"text": Words(_("Added later"), limit=notes.LIMIT, needed=True)},
    ),
    "actions": Rows(_("What was to be done"), fields=ACTION),
    "noticed": Words(_("What you noticed"), limit=LINE_LIMIT),
    "hope": Words(_("What would do you good"), limit=LINE_LIMIT),
    "shared": Mark(_("Shared")),
}
GOAL = {
    "name": Words(_("Goal"), limit=goals.NAME_LIMIT, needed=True),
    "target": Amount(_("How much in all"), least=goals.LEAST, most=goals.MOST),
    "total": Amount(_("How far you are"), most=goals.MOST),
    "unit": Words(_("Of what"), limit=goals.UNIT_LIMIT),
    "due": Day(_("By")),
    "ended": Mark(_("Off the list")),
    "shared": Mark(_("Shared")),
}
RHYTHM = {
    "every": Chosen(_("How often"), needed=True, words={"week": _("Every week"), "month": _("Every month")}),
    "minutes": Number(_("Minutes"), most=600, needed=True),
}


def talks(reader: Reader) -> Iterator[Json]:
    """Talks that were held, and what came of each."""
    here = seat_of(reader.user)
    for seat in seats_of(reader):
        for agenda in Agenda.objects.of(seat.couple).held().order_by("begun_at", "pk"):
            row: dict[str, Any] = {"minutes": agenda.minutes, **_came_of(reader, here, agenda)}
            day = day_of(reader, agenda.begun_at or agenda.starts_at)
            yield {"day": day.isoformat()} | filled(row | {"shared": shared(reader, seat)})


def _came_of(reader: Reader, here: Partner, agenda: Agenda) -> dict[str, Any]:
    said = {
        one.kind: one.text
        for one in Saying.objects.own(reader.user).in_talks([agenda.pk]).order_by("said_at", "pk")
        if one.taken_back_at is None
    }
    return {
        "topics": [_topic(one, whole=_is_whole(reader, one, agenda)) for one in _brought(reader, agenda)],
        "notes": [_note(reader, one) for one in _notes(reader, here, agenda)],
        "differently": [
            {"text": one.text}
            for one in Addition.objects.own(reader.user).in_talk(agenda)
            if one.taken_back_at is None
        ],
        "actions": [_action(reader, one) for one in _actions(reader, here, agenda)],
        "noticed": said.get(Saying.Kind.NOTICED, ""),
        "hope": said.get(Saying.Kind.HOPE, ""),
    }


def _notes(reader: Reader, here: Partner, agenda: Agenda) -> Iterator[Note]:
    """One's own notes, in a default export those that were shown; the other's, where both approved them."""
    for note in reading.notes(here, [agenda.pk]):
        own = note.author_id == reader.user.pk
        may = (reader.private or note.shown_at is not None) if own else note.agreed_at is not None
        if may and note.taken_back_at is None and note.text:
            yield note


def _note(reader: Reader, note: Note) -> dict[str, Any]:
    own = note.author_id == reader.user.pk
    return filled(
        {
            "part": str(note.part),
            "text": note.text,
            "by": "you" if own else "them",
            "before": note.revisions if own else [],
            "agreed": note.agreed_at is not None,
        }
    )


def _actions(reader: Reader, here: Partner, agenda: Agenda) -> Iterator[Action]:
    for action in reading.actions(here, [agenda.pk]):
        own = action.author_id == reader.user.pk
        if action.taken_back_at is None and (own or action.who == Action.Who.WE):
            yield action


def _action(reader: Reader, action: Action) -> dict[str, Any]:
    return filled(
        {
            "part": str(action.part),
            "text": action.text,
            "who": action.who,
            "by": "you" if action.author_id == reader.user.pk else "them",
            "done": action.done_at is not None,
            "dropped": action.dropped_at is not None,
        }
    )


def _brought(reader: Reader, agenda: Agenda) -> Iterator[Topic]:
    """The topic one brought; a thorn as long as it stands in the export of its evening."""
    for topic in Topic.objects.own(reader.user).brought_to(agenda).select_related("page"):
        if _has_words(reader, topic):
            yield topic


def _has_words(reader: Reader, topic: Topic) -> bool:
    """Whether there is something to say of it: it wasn't taken back, nor was the page whose thorn it is."""
    page = topic.page
    if topic.taken_back_at is not None or page is None:
        return topic.taken_back_at is None
    page.author = reader.user
    if page.taken_back_at is not None:
        return False
    return reader.private or (bool(page.thorn) and not thorns_are_back(page.day, day_of(reader, reader.now)))


def _is_whole(reader: Reader, topic: Topic, agenda: Agenda) -> bool:
    """Whether more is said of it than its title. The other reads the title from the morning, the rest once the two
    come to it.
    """
    return reader.private or topic.talked_at is not None or agenda.was_weighed


def _topic(topic: Topic, *, whole: bool) -> dict[str, Any]:
    thorn: date | None = topic.page.day if topic.page is not None else None
    words = {"about": topic.about} | ({"feel": topic.feel, "need": topic.need} if whole else {})
    return filled(words | {"thorn": thorn.isoformat() if thorn else ""})


def topics(reader: Reader) -> Iterator[Json]:
    """Topics that weren't brought to a talk, by what they are about."""
    brought: set[UUID] = set()
    for seat in seats_of(reader):
        for agenda in Agenda.objects.of(seat.couple).held():
            brought |= {one.pk for one in Topic.objects.own(reader.user).brought_to(agenda)}
    rows = Topic.objects.own(reader.user).select_related("page").order_by("parked_at", "pk")
    return (_topic(one, whole=True) for one in rows if one.pk not in brought and _has_words(reader, one))


def joint_goals(reader: Reader) -> Iterator[Json]:
    """Goals, those that were taken off the list as well: reached or let go, they were both's."""
    for seat in seats_of(reader):
        for goal in Goal.objects.of(seat.couple):
            goal.couple = seat.couple
            # Older rows have them as they were typed: 1E+3.
            amounts = {"target": _plain(goal.target), "total": _plain(goal.total)}
            row = {"name": goal.name, **amounts, "unit": goal.unit}
            due = goal.due_on.isoformat() if goal.due_on else ""
            ended = goal.ended_at is not None
            yield filled(row | {"due": due, "ended": ended, "shared": shared(reader, seat)})


def _plain(amount: str) -> str:
    return plain(Decimal(amount)) if amount else ""


def rhythm(reader: Reader) -> Iterator[Json]:
    """The rhythm of talks the two agreed on."""
    here = [seat.couple_id for seat in seats_of(reader) if seat.left_at is None]
    return (
        {"every": Every(one.every).value, "minutes": one.minutes} for one in Rhythm.objects.current().of(here)
    )


SECTIONS = (
    Section(
        "talks", _("Talks"), 300, TALK, talks,
        ("agendas.Agenda", "agendas.Note", "agendas.Addition", "agendas.Saying", "agendas.Action"), heading="day",
    ),
    Section("goals", _("Goals"), 310, GOAL, joint_goals, ("agendas.Goal",), heading="name"),
    Section("talk_rhythm", _("How often you hold your talk"), 320, RHYTHM, rhythm, ("agendas.Rhythm",)),
    Section(
        "topics", _("Topics not brought to a talk"), 950, TOPIC, topics, ("agendas.Topic",),
        heading="about", private=True,
    ),
)  # fmt: skip  # a section a line, to be looked through
