"""A talk as one of the two reads it: its lines through the doors of the rooms they come from, each with where it
comes from in words. What its writer took back, left out or never showed isn't there.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from agendas import line_kinds
from agendas.line_kinds import LineKind, Read, Reader, TalkLine
from agendas.models import Action, Addition, Agenda, AgendaItem, Note, Saying
from couples import days
from couples.models import Partner

R = TypeVar("R", Action, Addition, Saying)


def lines(
    partner: Partner, agenda: Agenda, parts: Collection[int], *, now: datetime
) -> dict[int, list[TalkLine]]:
    """The lines of these parts, in their order. One query, and one for each kind of source among them."""
    items = list(AgendaItem.objects.filter(agenda=agenda, part__in=parts).laid_out())
    found: dict[int, list[TalkLine]] = {part: [] for part in parts}
    for item, line in _read(partner, agenda, items, now):
        found[item.part].append(line)
    return found


def own_roses(partner: Partner, agenda: Agenda, *, now: datetime) -> list[tuple[TalkLine, bool]]:
    """One's own roses of this agenda, and whether one left each out: for their writer's eyes alone."""
    items = AgendaItem.objects.filter(agenda=agenda, kind="rose").by(partner.user)
    rows = list(items.order_by("added_at", "rank", "pk"))
    return [(line, item.left_out_at is not None) for item, line in _read(partner, agenda, rows, now)]


def notes(partner: Partner, agendas: Collection[UUID]) -> list[Note]:
    """The notes of these talks that one may read: one's own, what the other has shown, what both have approved.

    Part by part, one's own first: no edit moves them. Of a former partner's only what was agreed on.
    """
    found = list(Note.objects.readable_by(partner).in_talks(agendas).with_keys().select_related("agenda"))
    for note in found:
        if note.author_id != partner.user_id and note.agenda.couple_id != partner.couple_id:
            note.strip_private()
    return sorted(found, key=lambda note: (note.part, note.author_id != partner.user_id, note.pk))


def additions(partner: Partner, notes: Iterable[Note]) -> dict[UUID, list[Addition]]:
    """The additions to those of these notes that both have approved, as far as one may read them, one's own first."""
    settled = [note.pk for note in notes if note.agreed_at is not None]
    found: dict[UUID, list[Addition]] = {}
    rows: Iterable[Addition] = Addition.objects.beside(settled).readable_by(partner) if settled else []
    for addition in _own_first(partner, rows):
        if addition.note_id is not None:
            found.setdefault(addition.note_id, []).append(addition)
    return found


def actions(partner: Partner, agendas: Collection[UUID]) -> list[Action]:
    """The actions that were said in these talks, as far as one may read them, one's own first."""
    found = Action.objects.readable_by(partner).in_talks(agendas).order_by("added_at", "pk")
    return _own_first(partner, found.with_keys())


def sayings(partner: Partner, agendas: Collection[UUID]) -> list[Saying]:
    """The sayings of these talks, in "what felt loving", one's own first."""
    found = Saying.objects.readable_by(partner).in_talks(agendas).order_by("said_at", "pk")
    return _own_first(partner, found.with_keys())


def _own_first(partner: Partner, rows: Iterable[R]) -> list[R]:
    """These rows, each one's in the order they came in: which of the two came first with what, it doesn't tell."""
    return sorted(rows, key=lambda row: row.author_id != partner.user_id)


def _read(
    partner: Partner, agenda: Agenda, items: Collection[AgendaItem], now: datetime
) -> list[tuple[AgendaItem, TalkLine]]:
    """These items with their lines, but for those whose words are gone or aren't this reader's."""
    known = [(item, kind) for item in items if (kind := line_kinds.get(item.kind)) is not None]
    reader = Reader(partner, agenda, days.day_of(now, partner.user.tz), _sources(partner, known, now))
    found = ((item, kind.line_of(reader, item)) for item, kind in known)
    return [(item, line) for item, line in found if line is not None]


def _sources(
    partner: Partner, items: Collection[tuple[AgendaItem, LineKind]], now: datetime
) -> Mapping[Read, Mapping[UUID, Any]]:
    """Read every source once, through its own door: first what refers to another, then that with the rest."""
    ids: dict[Read, set[UUID]] = {}
    for item, kind in items:
        ids.setdefault(kind.read, set()).add(item.source)
    found: dict[Read, Mapping[UUID, Any]] = {}
    for read, refers_to in {kind.read: kind.refers_to for _, kind in items}.items():
        if refers_to is None:
            continue
        found[read] = read(partner, ids.pop(read), now=now)
        for row in found[read].values():
            for other, pk in refers_to(row).items():
                ids.setdefault(other, set()).add(pk)
    return found | {read: read(partner, wanted, now=now) for read, wanted in ids.items()}
