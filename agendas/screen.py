"""The screen of a talk that goes on, as one of the two sees it: the part they are in, its lines, and what was said."""

from dataclasses import dataclass
from datetime import datetime

from agendas import reading
from agendas.line_kinds import TalkLine
from agendas.meeting import State
from agendas.models import Action, Agenda, Note, Part, Saying
from couples.models import Partner


@dataclass(frozen=True)
class Screen:
    """The state and the words of a talk that its page shows at a moment."""

    agenda: Agenda
    state: State
    lines: list[TalkLine]
    goals: list[TalkLine]  # of these
    carried: list[TalkLine]  # of these: actions of last time
    brought: list[TalkLine]
    mine: Note | None  # one's own notes of the part
    theirs: list[Note]  # as far as they are shown
    shown: list[Note]  # one's own that the other can read
    before: list[Note]  # what both agreed on in the talk before this one
    actions: list[Action]
    sayings: list[Saying]
    seats: list[Partner]  # in the order of their numbers; none for one alone


def of(partner: Partner, agenda: Agenda, state: State, *, now: datetime) -> Screen:
    """The screen of this talk, which was begun."""
    lines = reading.lines(partner, agenda, {state.part, Part.WEIGHING}, now=now)
    earlier = [agenda.previous_id] if state.part == Part.WEIGHING and agenda.previous_id else []
    notes = reading.notes(partner, [agenda.pk, *earlier])
    here = [note for note in notes if note.agenda_id == agenda.pk]
    own = [note for note in here if note.author_id == partner.user_id]
    loving = state.part == Part.LOVING or state.over
    two = (partner, partner.other) if partner.other is not None else ()
    return Screen(
        agenda=agenda,
        state=state,
        lines=lines[state.part],
        goals=[line for line in lines[state.part] if line.goal is not None],
        carried=[line for line in lines[state.part] if line.action is not None],
        brought=lines[Part.WEIGHING],
        mine=next((note for note in own if note.part == state.part), None),
        theirs=[note for note in here if note.author_id != partner.user_id],
        shown=[note for note in own if note.shown_at is not None],
        before=[note for note in notes if note.agenda_id != agenda.pk and note.agreed_at is not None],
        actions=reading.actions(partner, [agenda.pk]),
        sayings=reading.sayings(partner, [agenda.pk]) if loving else [],
        seats=sorted(two, key=lambda seat: seat.seat),
    )
