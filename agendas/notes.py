"""Notes of a talk: the writer's until both approved them, each from their own sign-in; then added to, not changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.errors import Gone
from agendas.errors import (
    NoteChanged,
    NoteChangedSinceRead,
    NoteGone,
    NoteSavedTooOften,
    NoteSettled,
    NoteTakenBack,
    TalkOver,
    WritersDeviceOnly,
)
from agendas.models import Addition, Agenda, Note
from couples.models import Partner
from couples.seats import lock, lock_both

LIMIT = 5000  # characters
CHANGES = 20  # of a note that could already be read


@transaction.atomic
def write(
    *, by: Partner, agenda: Agenda, part: int, text: str, stood: str, now: datetime, own_device: bool = True
) -> Note | None:
    """Put down one's notes of this part. `stood` names what was written on ("": nothing). None: nothing to put down.

    The same again changes nothing. Raises `TalkOver`, `NoteChanged`, `NoteSettled`, `NoteTakenBack` or
    `NoteSavedTooOften`; on a device that both use, `WritersDeviceOnly` for what the other reads as this person's.
    """
    take_part(by, agenda)
    note = Note.objects.own(by.user).on(agenda, part).select_for_update(of=("self",)).first()
    if note is None:
        if not text:
            return None
        return Note.objects.create(agenda=agenda, author=by.user, part=part, text=text, written_at=now)
    if note.text == text:
        return note
    if note.taken_back_at is not None:
        raise NoteTakenBack
    if note.agreed_at is not None:
        raise NoteSettled
    if note.shown != stood:
        raise NoteChanged(note)
    if note.shown_at is not None:
        if not own_device:
            raise WritersDeviceOnly
        if len(note.revisions) >= CHANGES:
            raise NoteSavedTooOften
        note.keep_revision()
    note.text, note.written_at = text, now
    note.save()
    return note


@transaction.atomic
def approve(*, by: Partner, note_id: UUID, stood: str, now: datetime) -> Note:
    """Approve a note, "I'm happy with these notes": the writer's yes shows it to the other; the other's settles it.
    Twice is once.

    `stood` names what was read. Raises `NoteGone` or `NoteChangedSinceRead`.
    """
    note = _readable(by, note_id)
    own = note.author_id == by.user_id
    if note.taken_back_at is not None or not note.text:
        raise NoteGone
    if (own and note.shown_at is not None) or note.agreed_at is not None:
        return note
    if note.shown != stood:
        raise NoteChangedSinceRead(note)
    if own:
        note.shown_at = now
    else:
        note.agreed_at = now
    note.save(update_fields=["shown_at", "agreed_at"])
    return note


@transaction.atomic
def undo_approve(*, by: Partner, note_id: UUID) -> None:
    """Take back one's yes to the other's note, while their talk goes on and nothing was added to it. Twice is once.

    Raises `NoteGone`.
    """
    note = _readable(by, note_id)
    added = Addition.objects.filter(note=note).exists()
    if note.author_id == by.user_id or note.agenda.closed_at is not None or added:
        raise NoteGone
    if note.agreed_at is not None and note.taken_back_at is None:
        note.agreed_at = None
        note.save(update_fields=["agreed_at"])


@transaction.atomic
def take_back(*, by: Partner, note_id: UUID, now: datetime) -> None:
    """Take one's own note back: gone where nobody could read it, else "taken back" stays. Raises `Gone`."""
    lock(by.user)
    note = Note.objects.own(by.user).filter(pk=note_id).select_for_update(of=("self",)).first()
    if note is None:
        raise Gone
    if note.shown_at is None:
        withdrawals.removed(note)
        note.delete()
    elif note.taken_back_at is None:
        note.text = note.earlier = ""
        note.taken_back_at = now
        withdrawals.emptied(note)
        note.save()


@transaction.atomic
def see_differently(*, by: Partner, note_id: UUID, text: str, now: datetime) -> Addition:
    """Add to a note that both have approved, whoever's it is. The same again changes nothing. Raises `NoteGone`."""
    note = _readable(by, note_id)
    if note.agreed_at is None or note.taken_back_at is not None:
        raise NoteGone
    for addition in Addition.objects.own(by.user).filter(note=note, taken_back_at__isnull=True):
        if addition.text == text:
            return addition
    return Addition.objects.create(note=note, agenda=note.agenda, author=by.user, text=text, added_at=now)


@transaction.atomic
def take_addition_back(*, by: Partner, addition_id: UUID, now: datetime) -> None:
    """Take back what one added. Raises `Gone`; twice is once."""
    lock(by.user)
    addition = Addition.objects.own(by.user).filter(pk=addition_id).first()
    if addition is None:
        raise Gone
    if addition.taken_back_at is None:
        addition.text, addition.taken_back_at = "", now
        withdrawals.emptied(addition)
        addition.save(update_fields=["text", "taken_back_at"])


def take_part(by: Partner, agenda: Agenda) -> None:
    """Lock the two whose talk this is. Raises `TalkOver` unless it is theirs, was begun, and they are still two."""
    if not _locks_both_of(by, agenda):
        raise TalkOver


def _locks_both_of(by: Partner, agenda: Agenda) -> bool:
    return lock_both(by) and agenda.couple_id == by.couple_id and agenda.begun_at is not None


def _readable(by: Partner, note_id: UUID) -> Note:
    """A note of this couple that `by` can read, locked."""
    note = Note.objects.readable_by(by).filter(pk=note_id).select_related("agenda", "author__key").first()
    if note is None or not _locks_both_of(by, note.agenda):
        raise NoteGone
    fresh = Note.objects.filter(pk=note_id).select_for_update(of=("self",)).first()
    if fresh is None:
        raise NoteGone
    fresh.author, fresh.agenda = note.author, note.agenda
    return fresh
