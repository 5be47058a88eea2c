"""Outcomes of a talk: "I'll" and "we'll", one thing noticed, one hope. Never "you", and nobody is reminded.

`own_device`: not one between the two, where only what is both's is settled.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.errors import Gone
from agendas.models import Action, Agenda, Saying
from agendas.notes import take_part
from couples.models import Partner
from couples.seats import lock


@transaction.atomic
def add_action(*, by: Partner, agenda: Agenda, who: str, part: int, text: str, now: datetime) -> Action:
    """Put down what one will do ("i") or both will ("we"). The same again changes nothing. Raises `TalkOver`."""
    take_part(by, agenda)
    for action in Action.objects.own(by.user).in_talks([agenda.pk]).open():
        if (action.who, action.text) == (who, text):
            return action
    return Action.objects.create(
        agenda=agenda, author=by.user, who=Action.Who(who), part=part, text=text, added_at=now
    )


@transaction.atomic
def done(*, by: Partner, action_id: UUID, now: datetime, own_device: bool = True) -> None:
    """Mark an action as done. One's own, or what both would do. Twice is once. Raises `Gone`."""
    action = _mine_or_ours(by, action_id, own_device)
    if action.done_at is None and action.dropped_at is None:
        action.done_at = now
        action.save(update_fields=["done_at"])


@transaction.atomic
def let_go(*, by: Partner, action_id: UUID, now: datetime, own_device: bool = True) -> None:
    """Let an action go. One's own, or what both would do. Twice is once. Raises `Gone`."""
    action = _mine_or_ours(by, action_id, own_device)
    if action.done_at is None and action.dropped_at is None:
        action.dropped_at = now
        action.save(update_fields=["dropped_at"])


@transaction.atomic
def carry_on(*, by: Partner, action_id: UUID, agenda: Agenda, own_device: bool = True) -> None:
    """Carry an action on until the next talk. One's own, or what both would do. Twice is once. Raises `Gone`."""
    action = _mine_or_ours(by, action_id, own_device)
    take_part(by, agenda)
    if action.done_at is None and action.dropped_at is None:
        action.carried_to = agenda
        action.save(update_fields=["carried_to"])


@transaction.atomic
def unsettle(*, by: Partner, action_id: UUID, agenda: Agenda | None, own_device: bool = True) -> None:
    """Take back that an action was done, let go, or carried on in this talk. Who may settle it may. Twice is once.

    Raises `Gone`.
    """
    action = _mine_or_ours(by, action_id, own_device)
    if agenda is not None and action.carried_to_id == agenda.pk:
        action.carried_to_id = None if action.agenda_id == agenda.previous_id else agenda.previous_id
    action.done_at = action.dropped_at = None
    action.save(update_fields=["carried_to", "done_at", "dropped_at"])


@transaction.atomic
def take_back(*, by: Partner, model: type[Action] | type[Saying], pk: UUID, now: datetime) -> Agenda:
    """Take one's own line back: "taken back" stays. Returns the talk it belongs to. Raises `Gone`; twice is once."""
    lock(by.user)
    row = model.objects.own(by.user).filter(pk=pk).select_related("agenda").first()
    if row is None:
        raise Gone
    if row.taken_back_at is None:
        row.text, row.taken_back_at = "", now
        withdrawals.emptied(row)
        row.save(update_fields=["text", "taken_back_at"])
    return row.agenda


@transaction.atomic
def say(*, by: Partner, agenda: Agenda, kind: str, text: str, now: datetime) -> Saying:
    """Say one thing that was noticed, or one that would do one good: one of each a talk; another takes the first back.

    Raises `TalkOver`. The same again changes nothing.
    """
    take_part(by, agenda)
    told = Saying.objects.own(by.user).in_talks([agenda.pk]).filter(kind=kind, taken_back_at__isnull=True)
    earlier = told.first()
    if earlier is not None:
        if earlier.text == text:
            return earlier
        take_back(by=by, model=Saying, pk=earlier.pk, now=now)
    return Saying.objects.create(
        agenda=agenda, author=by.user, kind=Saying.Kind(kind), text=text, said_at=now
    )


def hope_told_to(partner: Partner, agenda_id: UUID | None) -> Saying | None:
    """The hope the other told last time, of what would do them good: for the one it was told to, and nobody else."""
    if agenda_id is None or partner.other is None:
        return None
    return Saying.objects.shared_with(partner).in_talks([agenda_id]).hopes().with_people_of(partner).first()


def _mine_or_ours(by: Partner, action_id: UUID, own_device: bool) -> Action:
    """An action one may settle: one's own "I'll", or a "we'll" of the two."""
    action = Action.objects.readable_by(by).filter(pk=action_id).select_related("agenda").first()
    if action is None or action.taken_back_at is not None:
        raise Gone
    if action.who == Action.Who.I and (action.author_id != by.user_id or not own_device):
        raise Gone
    take_part(by, action.agenda)
    return Action.objects.select_for_update(of=("self",)).get(pk=action_id)
