"""A line each of what happened: left, taken back, read again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from adventures.errors import LineAlreadyLeft, NotMarkedHappened
from adventures.models import DateNight, Memory
from couples.models import Partner
from couples.seats import lock_both


@transaction.atomic
def leave_line(*, by: Partner, date_id: UUID, text: str, now: datetime) -> Memory:
    """Leave one line of a date that happened, for both. The same again changes nothing.

    Raises `NotMarkedHappened` or `LineAlreadyLeft`.
    """
    lock_both(by)
    date_night = DateNight.objects.seen_by(by.user).happened().filter(pk=date_id).first()
    if date_night is None:
        raise NotMarkedHappened
    existing = Memory.objects.own(by.user).not_taken_back().filter(date=date_night).first()
    if existing is not None:
        if existing.text != text:
            raise LineAlreadyLeft
        return existing
    return Memory.objects.create(date=date_night, author=by.user, text=text, left_at=now)


def own_line(by: Partner, pk: UUID) -> Memory | None:
    """One's own line, of whatever date, or None."""
    return Memory.objects.own(by.user).filter(pk=pk).first()


@transaction.atomic
def take_back(*, by: Partner, pk: UUID, now: datetime) -> None:
    """Take one's line back: its words go for both, "taken back" stays. Twice is once. Raises `DoesNotExist`."""
    lock_both(by)
    found = Memory.objects.own(by.user).get(pk=pk)
    if found.taken_back_at is None:
        found.text, found.taken_back_at = "", now
        withdrawals.emptied(found)
        found.save()
