"""Talks, topics and goals that are brought in: one's own copy, in which nothing is shown to anybody or agreed on.

Notes the other wrote and both approved come as something one adds to the talk: they were joint, and are a copy now.
"""

import json
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import ngettext

from accounts.export_fields import NotTaken
from accounts.importing import Import, Importer, need_past
from agendas import goals
from agendas.models import Action, Addition, Agenda, AgendaItem, Goal, Note, Part, Saying, Topic
from checkins.models import CheckIn
from couples.importing import day_of, own_copy

CHUNK = 200  # rows written at once
Row = dict[str, Any]


def talks(coming: Import, rows: list[Row]) -> int:
    """Take talks on days on which this person held none."""
    need_past(coming, (row["day"] for row in rows))
    held = Agenda.objects.seen_by(coming.user).held()
    there = {day_of(coming, one.begun_at or one.starts_at) for one in held}
    taken: set[date] = set()
    stored = 0
    for row in rows:
        if row["day"] not in there:
            _talk(coming, row, _slot(row["day"], taken))
            stored += 1
    return stored


def _slot(day: date, taken: set[date]) -> date:
    """A day that no talk of the copy stands for yet: there may have been two on one."""
    while day in taken:
        day -= timedelta(days=1)
    taken.add(day)
    return day


def _talk(coming: Import, row: Row, slot: date) -> None:
    at = min(coming.noon(row["day"]), coming.now)
    agenda = Agenda.objects.create(
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
    _notes(coming, agenda, row)
    for number, one in enumerate(row.get("actions", ())):
        when = at + timedelta(microseconds=number)  # in their order
        done, dropped = (coming.now if name in one else None for name in ("done", "dropped"))
        Action.objects.create(
            agenda=agenda, author=coming.user, text=one["text"], who=one["who"], part=int(one["part"]),
            added_at=when, done_at=done, dropped_at=None if done else dropped,
        )  # fmt: skip  # what it is, then when
    for kind, name in ((Saying.Kind.NOTICED, "noticed"), (Saying.Kind.HOPE, "hope")):
        if name in row:
            Saying.objects.create(agenda=agenda, author=coming.user, kind=kind, text=row[name], said_at=at)
    _brought(coming, agenda, row.get("topics", []))


def _notes(coming: Import, agenda: Agenda, row: Row) -> None:
    """One's own notes; the other's, and a second one of a part, as additions to the talk."""
    parts: set[str] = set()
    added = [one["text"] for one in row.get("differently", ())]
    for one in row.get("notes", ()):
        if one.get("by", "you") != "you" or one["part"] in parts:
            added.append(one["text"])
            continue
        parts.add(one["part"])
        earlier = json.dumps(one["before"], ensure_ascii=False) if "before" in one else ""
        Note.objects.create(
            agenda=agenda, author=coming.user, part=int(one["part"]), text=one["text"], earlier=earlier,
            written_at=agenda.starts_at,
        )  # fmt: skip  # what it is, then when
    for number, text in enumerate(added):
        at = agenda.starts_at + timedelta(microseconds=number)  # in their order
        Addition.objects.create(agenda=agenda, author=coming.user, text=text, added_at=at)


def _brought(coming: Import, agenda: Agenda, rows: list[Row]) -> None:
    if len(rows) > 1:
        raise NotTaken
    for row in rows:
        if topic := _topic(coming, row):
            topic.talked_at = coming.now
            topic.save(force_insert=True)
            AgendaItem.objects.create(
                agenda=agenda, part=Part.WEIGHING, kind="topic", source=topic.pk, author=coming.user,
                added_at=agenda.starts_at, rank=1,
            )  # fmt: skip  # what it is, then when


def _topic(coming: Import, row: Row) -> Topic | None:
    """A topic of one's own, or None where it is a thorn whose page isn't here."""
    page = CheckIn.objects.own(coming.user).on(row["thorn"]).first() if "thorn" in row else None
    if page is None and "about" not in row:
        return None
    words = {name: row.get(name, "") for name in ("about", "feel", "need")}
    return Topic(author=coming.user, couple=own_copy(coming), page=page, parked_at=coming.now, **words)


def topics(coming: Import, rows: list[Row]) -> int:
    """Take topics that weren't brought to a talk. They wait for none here, either."""
    there = {_of_topic(one) for one in Topic.objects.own(coming.user).select_related("page")}
    found = {}
    for row in rows:
        topic = _topic(coming, row)
        if topic is not None and _of_topic(topic) not in there:
            found[_of_topic(topic)] = topic
    return len(Topic.objects.bulk_create(found.values(), CHUNK))


def _of_topic(topic: Topic) -> tuple[object, ...]:
    return topic.about, topic.feel, topic.need, topic.page_id


def joint_goals(coming: Import, rows: list[Row]) -> int:
    """Take goals that stand on no list of this person's."""
    seen = Goal.objects.filter(couple__partners__user=coming.user).select_related("couple__key")
    there = {one.name for one in seen}
    found = {}
    for row in rows:
        amounts = {name: _amount(row.get(name, "")) for name in ("target", "total")}
        if row["name"] not in there:
            found[row["name"]] = Goal(
                couple=own_copy(coming), by=coming.user, name=row["name"], unit=row.get("unit", ""),
                due_on=row.get("due"), added_at=coming.now, changed_at=coming.now, **amounts,
            )  # fmt: skip  # what it is, then when
    return len(Goal.objects.bulk_create(found.values(), CHUNK))


def _amount(text: str) -> str:
    """The digits of an amount, as they are stored. Raises `NotTaken`."""
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        raise NotTaken from None
    if not number.is_finite() or not 0 <= number < 10**9 or (text and text != f"{number:f}"):
        raise NotTaken
    return text


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
