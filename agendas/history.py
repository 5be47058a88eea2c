"""Talks that were held, and what came of them: what a person may still read, after parting as well."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from agendas import reading
from agendas.models import Action, Addition, Agenda, Note, Saying, Topic
from checkins import reading as evenings
from couples.models import Couple, Partner

SHOWN = 12  # talks a page
Own = Note | Addition | Action | Saying  # of which each writer may take theirs back


@dataclass(frozen=True)
class Brought:
    """A topic that was brought, as one may still read it."""

    topic: Topic
    text: str
    own: bool


@dataclass(frozen=True)
class Held:
    """One talk and what came of it."""

    agenda: Agenda
    notes: list[Note]
    actions: list[Action]
    sayings: list[Saying]
    brought: list[Brought]
    left_over: list[Addition]  # one's own, to notes that went with their writer's account

    @property
    def own_ink(self) -> str:
        """The ink, of the two, this person wrote in, in the couple whose talk it was."""
        return "a" if self.agenda.seat == 1 else "b"

    @property
    def their_ink(self) -> str:
        return "b" if self.agenda.seat == 1 else "a"


def talks(partner: Partner, *, before: datetime | None = None) -> list[Agenda]:
    """Talks this person held, in any couple, latest first; one more than a page if there are more. One query."""
    held = Agenda.objects.seen_by(partner.user).held()
    if before is not None:
        held = held.begun_before(before)
    return list(held.order_by("-begun_at")[: SHOWN + 1])


def is_none_held(couple: Couple) -> bool:
    """Whether this couple has begun no talk yet."""
    return not Agenda.objects.of(couple).held().exists()


def talk(partner: Partner, agenda_id: UUID, *, now: datetime) -> Held | None:
    """The talk with this id, or None if this person didn't sit there."""
    agenda = Agenda.objects.seen_by(partner.user).held().filter(pk=agenda_id).first()
    if agenda is None:
        return None
    notes = reading.notes(partner, [agenda.pk])
    added = reading.additions(partner, notes)
    for note in notes:
        note.added = added.get(note.pk, [])
    return Held(
        agenda,
        notes,
        reading.actions(partner, [agenda.pk]),
        reading.sayings(partner, [agenda.pk]),
        _brought(partner, agenda, now),
        _left_over(partner, agenda),
    )


def own_row(partner: Partner, model: type[Own], pk: UUID) -> Own | None:
    """One's own row of this model, of whatever couple, or None if there is none or it isn't one's own."""
    rows: QuerySet[Own] = model.objects.own(partner.user).filter(pk=pk)
    return rows.first()


def settled_note(partner: Partner, note_id: UUID) -> Note | None:
    """A note one may read that both have approved and nobody took back, or None."""
    return Note.objects.readable_by(partner).settled().with_keys().filter(pk=note_id).first()


def _left_over(partner: Partner, agenda: Agenda) -> list[Addition]:
    return list(Addition.objects.own(partner.user).left_over(agenda))


def _brought(partner: Partner, agenda: Agenda, now: datetime) -> list[Brought]:
    topics = list(Topic.objects.readable_by(partner).brought_to(agenda).with_keys())
    pages = evenings.pages(partner, {topic.page_id for topic in topics if topic.page_id is not None}, now=now)
    found = []
    for topic in topics:
        page = pages.get(topic.page_id) if topic.page_id is not None else None
        text = topic.about if topic.page_id is None else (page.thorn if page is not None else "")
        if text or topic.taken_back_at is not None:
            found.append(Brought(topic, text, topic.author_id == partner.user_id))
    return sorted(found, key=lambda one: not one.own)  # not: who parked theirs first
