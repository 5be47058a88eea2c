"""Undo of what is done to a date or to the list by one tap: it is as it was, unless something followed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.undoing import CannotUndo, Changes, changed_by, changes, put_back, state
from adventures import dating, occasions, reminding
from adventures.access import get_locked_date, lock_couple
from adventures.models import DateNight, Memory, Wish
from adventures.models.dates import EARLY
from couples.models import Partner

COLUMNS = (
    "asked_by",
    "asked_for",
    "asked_at",
    "set_aside_at",
    "withdrawn_at",
    "starts_at",
    "postponed_at",
    "called_off_at",
    "happened_at",
    "tell_asked_at",
)
UNSEEN = ("set_aside_at",)  # known only to who said it
IN_CALENDARS = {"starts_at", "postponed_at", "called_off_at"}


@transaction.atomic
def recorded(
    act: Callable[..., object], *, by: Partner, date_id: UUID, now: datetime, **what: Any
) -> Changes:
    """Do it to this date, and return what it changed; nothing where it was done already. Raises what `act` raises."""
    date_night = get_locked_date(by, date_id, live=False)
    before = state(date_night, COLUMNS)
    act(by=by, date_id=date_id, now=now, **what)
    date_night.refresh_from_db(fields=COLUMNS)
    return changes(before, state(date_night, COLUMNS))


@transaction.atomic
def undo_act(*, by: Partner, date: str, changed: Changes, now: datetime) -> None:
    """Put a date back to how it was before an act. Of what a surprise revealed, nothing is hidden again.

    Raises `CannotUndo`, once a line was left to it as well, or `Gone`.
    """
    date_night = get_locked_date(by, UUID(date), live=False)
    happened_at, others = date_night.happened_at, changed_by(changed)
    if "happened_at" in others and _has_line(date_night):
        raise CannotUndo
    if IN_CALENDARS & others and date_night.starts_at is not None:
        reminding.call_off(date_night, now=now)
        date_night.moves += 1
    put_back(date_night, changed, unseen=UNSEEN)
    ahead = date_night.stands and date_night.starts_at is not None and date_night.starts_at > now
    if IN_CALENDARS & others:
        date_night.due_at = date_night.starts_at - EARLY if ahead and date_night.starts_at else None
    if "happened_at" in others:
        date_night.told_at = date_night.told_at or (now if date_night.surprise else None)
        dating.pass_turn(date_night)
        _unfulfil(date_night, happened_at)
    date_night.save(update_fields=[*COLUMNS, "moves", "due_at", "told_at"])


@transaction.atomic
def fulfil(
    *, by: Partner, wish_id: UUID, day: date, now: datetime
) -> tuple[DateNight, str, dict[str, object]]:
    """Mark a wish as one that came true (`dating.fulfil`). Returns its date, and the Undo's name and what it is told;
    no name where it was said already.
    """
    lock_couple(by)
    of_it = DateNight.objects.of(by.couple).filter(wish=wish_id)
    before = {one.pk: state(one, COLUMNS) for one in of_it}
    date_night = dating.fulfil(by=by, wish_id=wish_id, day=day, now=now)
    if date_night.pk not in before:
        return date_night, "wish fulfilled", {"date": str(date_night.pk)}
    changed = changes(before[date_night.pk], state(date_night, COLUMNS))
    what: dict[str, object] = {"date": str(date_night.pk), "changed": changed}
    return date_night, "act on a date" if changed else "", what


@transaction.atomic
def undo_fulfil(*, by: Partner, date: str, now: datetime) -> None:
    """Put a wish back on the list that came true without a plan. Raises `CannotUndo` once it has a line, or `Gone`."""
    date_night = get_locked_date(by, UUID(date), live=False)
    if date_night.happened_on is None or _has_line(date_night):
        raise CannotUndo
    _unfulfil(date_night, date_night.happened_at)
    date_night.delete()


@transaction.atomic
def undo_wish(*, by: Partner, wish: str, now: datetime) -> None:
    """Take off the list what was put there by one tap, as if it never was. Raises `CannotUndo` once the other wants it
    too, or it was changed.
    """
    lock_couple(by)
    found = Wish.objects.of(by.couple).by(by.user).open().filter(pk=UUID(wish)).first()
    if found is None or found.wants.exists():
        raise CannotUndo
    withdrawals.removed(found)
    found.delete()


def undo_occasion(*, by: Partner, occasion: str, now: datetime) -> None:
    """Take a day off the list that was put there by one tap."""
    occasions.remove(by=by, pk=UUID(occasion), now=now)


def _has_line(date_night: DateNight) -> bool:
    return Memory.objects.filter(date=date_night).exists()


def _unfulfil(date_night: DateNight, happened_at: datetime | None) -> None:
    if date_night.wish_id is not None:
        wish = Wish.objects.of(date_night.couple).filter(pk=date_night.wish_id, lived_at=happened_at)
        wish.update(lived_at=None)
