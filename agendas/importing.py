"""Talks, topics and goals that are brought in: one's own copy, in which nothing is shown to anybody or agreed on.

Notes the other wrote and both approved come as something one adds to the talk: they were joint, and are a copy now.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from accounts.export_fields import NotTaken
from accounts.importing import AHEAD, HAS_ONE, HERE, Import, Importer, Reason
from agendas import goals
from agendas.models import Action, Addition, Agenda, AgendaItem, Goal, Note, Part, Saying, Topic
from checkins.models import CheckIn
from couples.importing import come, day_of, own_copy

CHUNK = 200  # rows written at once
NO_EVENING = Reason(gettext_lazy("Left out, as the evening of its thorn isn’t here: %(rows)s."))
Row = dict[str, Any]


@dataclass
class _Talks:
    """Talks to be stored, with all that came of them: a kind at a time, however many they are."""

    agendas: list[Agenda] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    items: list[AgendaItem] = field(default_factory=list)

    def save(self) -> None:
        Agenda.objects.bulk_create(self.agendas, CHUNK)
        Note.objects.bulk_create(self.notes, CHUNK)
        Addition.objects.bulk_create(self.additions, CHUNK)
        Action.objects.bulk_create(self.actions, CHUNK)
        Saying.objects.bulk_create(self.sayings, CHUNK)
        Topic.objects.bulk_create(self.topics, CHUNK)
        AgendaItem.objects.bulk_create(self.items, CHUNK)


def talks(coming: Import, rows: list[Row]) -> int:
    """Take talks on days on which this person held none."""
    held = list(Agenda.objects.seen_by(coming.user).held())
    there = {day_of(coming, one.begun_at or one.starts_at) for one in held}
    rows = come(coming, rows)
    new = [row for row in rows if row["day"] not in there]
    coming.leave_out(HAS_ONE, len(rows) - len(new))
    pages, found = _pages(coming), _Talks()
    taken = {one.slot for one in held}
    for row in coming.fitting(new, held=len(held)):
        agenda = _talk(coming, row, _slot(row["day"], taken))
        found.agendas.append(agenda)
        _came_of(coming, agenda, row, found)
        _brought(coming, agenda, row.get("topics", []), pages, found)
    found.save()
    return len(found.agendas)


def _slot(day: date, taken: set[date]) -> date:
    """A day that no talk stands for yet: there may have been two on one."""
    while day in taken:
        day -= timedelta(days=1)
    taken.add(day)
    return day


def _talk(coming: Import, row: Row, slot: date) -> Agenda:
    at = coming.moment(row["day"])
    return Agenda(
        couple=own_copy(coming),
        slot=slot,
        starts_at=at,
        zone=coming.user.zone,
        minutes=row.get("minutes", 0),
        since_on=row["day"],
        laid_out_at=at,
        begun_at=at,
        touched_at=at,
        ended_at=at,
        closed_at=coming.now,
        part=Part.AHEAD,
    )


def _came_of(coming: Import, agenda: Agenda, row: Row, found: _Talks) -> None:
    """What is one's own of a talk: its notes, what was to be done, what was said."""
    at = agenda.starts_at
    _notes(coming, agenda, row, found)
    for number, one in enumerate(row.get("actions", ())):
        when = at + timedelta(microseconds=number)  # in their order
        done, dropped = (coming.now if name in one else None for name in ("done", "dropped"))
        found.actions.append(
            Action(
                agenda=agenda, author=coming.user, text=one["text"], who=one["who"], part=int(one["part"]),
                added_at=when, done_at=done, dropped_at=None if done else dropped,
            )
        )  # fmt: skip  # what it is, then when
    for kind, name in ((Saying.Kind.NOTICED, "noticed"), (Saying.Kind.HOPE, "hope")):
        if name in row:
            said = Saying(agenda=agenda, author=coming.user, kind=kind, text=row[name], said_at=at)
            found.sayings.append(said)


def _notes(coming: Import, agenda: Agenda, row: Row, found: _Talks) -> None:
    """One's own notes; the other's, and a second one of a part, as additions to the talk."""
    parts: set[str] = set()
    added = [one["text"] for one in row.get("differently", ())]
    for one in row.get("notes", ()):
        if one.get("by", "you") != "you" or one["part"] in parts:
            added.append(one["text"])
            continue
        parts.add(one["part"])
        earlier = json.dumps(one["before"], ensure_ascii=False) if "before" in one else ""
        found.notes.append(
            Note(
                agenda=agenda, author=coming.user, part=int(one["part"]), text=one["text"], earlier=earlier,
                written_at=agenda.starts_at,
            )
        )  # fmt: skip  # what it is, then when
    for number, text in enumerate(added):
        at = agenda.starts_at + timedelta(microseconds=number)  # in their order
        found.additions.append(Addition(agenda=agenda, author=coming.user, text=text, added_at=at))


def _brought(
    coming: Import, agenda: Agenda, rows: list[Row], pages: dict[date, CheckIn], found: _Talks
) -> None:
    if len(rows) > 1:
        raise NotTaken
    for row in rows:
        if topic := _topic(coming, row, pages):
            topic.talked_at = coming.now
            found.topics.append(topic)
            found.items.append(
                AgendaItem(
                    agenda=agenda, part=Part.WEIGHING, kind="topic", source=topic.pk, author=coming.user,
                    added_at=agenda.starts_at, rank=1,
                )
            )  # fmt: skip  # what it is, then when


def _pages(coming: Import) -> dict[date, CheckIn]:
    """One's evenings, those of this file among them, by their days."""
    return {page.day: page for page in CheckIn.objects.own(coming.user)}


def _topic(coming: Import, row: Row, pages: dict[date, CheckIn]) -> Topic | None:
    """A topic of one's own. None, and left out, where it is a thorn whose page isn't here or hasn't come yet."""
    page = pages.get(row["thorn"]) if "thorn" in row else None
    if "thorn" in row and row["thorn"] > day_of(coming, coming.now):
        coming.leave_out(AHEAD, section="topics")
        return None
    if page is None and "about" not in row:
        coming.leave_out(NO_EVENING, section="topics")
        return None
    words = {name: row.get(name, "") for name in ("about", "feel", "need")}
    return Topic(author=coming.user, couple=own_copy(coming), page=page, parked_at=coming.now, **words)


def topics(coming: Import, rows: list[Row]) -> int:
    """Take topics that weren't brought to a talk. They wait for none here, either."""
    there = {_of_topic(one) for one in Topic.objects.own(coming.user).select_related("page")}
    pages = _pages(coming)
    found = {}
    for row in rows:
        topic = _topic(coming, row, pages)
        if topic is None:
            continue
        if _of_topic(topic) in there or _of_topic(topic) in found:
            coming.leave_out(HERE)
            continue
        found[_of_topic(topic)] = topic
    fit = coming.fitting(list(found.values()), held=len(there))
    return len(Topic.objects.bulk_create(fit, CHUNK))


def _of_topic(topic: Topic) -> tuple[object, ...]:
    return topic.about, topic.feel, topic.need, topic.page_id


def joint_goals(coming: Import, rows: list[Row]) -> int:
    """Take goals that stand on no list of this person's, as far as one may have so many."""
    seen = Goal.objects.filter(couple__partners__user=coming.user).select_related("couple__key")
    there = {one.name for one in seen}
    found = {}
    for row in rows:
        if row["name"] in there or row["name"] in found:
            coming.leave_out(HERE)
            continue
        found[row["name"]] = Goal(
            couple=own_copy(coming), by=coming.user, name=row["name"], unit=row.get("unit", ""),
            target=row.get("target", ""), total=row.get("total", ""), due_on=row.get("due"),
            added_at=coming.now, changed_at=coming.now, ended_at=coming.now if "ended" in row else None,
        )  # fmt: skip  # what it is, then when
    new = [one for one in found.values() if one.ended_at is None]
    held = Goal.objects.added_by(coming.user).open().count()
    fit = coming.fitting(new, held=held, limit=goals.EACH)
    held = Goal.objects.added_by(coming.user).filter(ended_at__isnull=False).count()
    off = [one for one in found.values() if one.ended_at is not None]
    off = coming.fitting(off, held=held)
    return len(Goal.objects.bulk_create([*off, *fit], CHUNK))


IMPORTERS = (
    Importer("talks", talks, lambda n: ngettext("%(n)d talk", "%(n)d talks", n) % {"n": n}, most=2000),
    Importer(
        "goals",
        joint_goals,
        lambda n: ngettext("%(n)d goal", "%(n)d goals", n) % {"n": n},
        most=goals.EACH * 4,
    ),
    Importer("topics", topics, lambda n: ngettext("%(n)d topic", "%(n)d topics", n) % {"n": n}, most=2000),
)
