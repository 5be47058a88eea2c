"""Long work: what takes longer than a page may, done by a worker, and shown meanwhile to whoever asked (ADR 20).

One row a person and kind. It is claimed by a conditional update, kept by a lease that is renewed while there is
progress, and settled only by whoever still holds it. A killed worker loses its lease; the next tick begins anew. What
comes of it is a sealed file, which goes with its row.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from django.db import IntegrityError, transaction

from accounts import sealed_files
from accounts.crowd import warn_unless_few
from accounts.models import LongWork, SealedFile, User
from accounts.turns import GoesOn, always

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
LEASE = timedelta(minutes=1)
RENEW = 5.0  # seconds between two looks whether the work is still wanted
AT_ONCE = 2  # in the whole installation: where two are, neither sees by waiting that the other has asked
TRIES = 3
PAUSE = timedelta(minutes=1)  # after a failed try
PATIENCE = timedelta(days=1)  # how long it may wait for a worker, or say that it failed


class TakenOver(Exception):
    """The work is somebody else's by now, or nobody's: its person took it back or erased their account."""


@dataclass(frozen=True)
class Kind:
    """A kind of long work. `build` writes what comes of it to a stream, from the beginning to the end.

    It holds no transaction while it does: the look whether it is still wanted goes over the same connection.
    """

    name: str
    build: Callable[
        [User, Mapping[str, Any], datetime, BinaryIO], None
    ]  # for whom, options, as of when, to where
    kept: timedelta  # how long what came of it is there


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind. Registering the same one twice is harmless."""
    _kinds[kind.name] = kind


def of(user: User, kind: str, *, now: datetime) -> LongWork | None:
    """The work of this kind, underway or over, that this person has; None once its time is over."""
    row = LongWork.objects.of(user, kind).select_related("file", "user__key").first()
    return row if row is not None and row.expires_at > now else None


def ask(user: User, kind: str, options: Mapping[str, Any], *, now: datetime) -> LongWork:
    """Ask for this work. One that is underway stays, whatever its options; what came of an earlier one goes."""
    wanted = LongWork(
        user=user, kind=kind, options=json.dumps(options), asked_at=now, due_at=now, expires_at=now + PATIENCE
    )
    try:
        with transaction.atomic():
            former = LongWork.objects.of(user, kind).select_for_update().first()
            if former is not None:
                if former.is_underway and former.expires_at > now:
                    return former
                _drop(former)
            wanted.save(force_insert=True)
    except IntegrityError:  # asked twice in the same moment
        return LongWork.objects.of(user, kind).get()
    return wanted


def cancel(work: LongWork) -> None:
    """Drop the work and what came of it. Whoever does it just now finds out, and leaves nothing."""
    with transaction.atomic():
        _drop(work)


def work_off(*, clock: Clock, goes_on: GoesOn = always) -> int:
    """Do everything that is due, one after the other, and drop what is over. Returns how many were done or given up."""
    drop_over(now=clock())
    done = 0
    while (row := claim(owner=uuid.uuid4(), now=clock())) is not None:
        _do(row, clock)
        done += 1
        if not goes_on():
            break
    return done


def drop_over(*, now: datetime) -> int:
    """Drop work whose time is over. Returns how much."""
    rows = list(LongWork.objects.over(now).select_related("file"))
    for row in rows:
        cancel(row)
    return len(rows)


@transaction.atomic
def claim(*, owner: uuid.UUID, now: datetime) -> LongWork | None:
    """Take the next due work for `owner` until their lease runs out. None while `AT_ONCE` are in hand."""
    if LongWork.objects.in_hand(now).count() >= AT_ONCE:
        return None
    free = LongWork.objects.claimable(now).select_for_update(of=("self",), skip_locked=True)
    row = free.select_related("user__key", "file").first()
    if row is None:
        return None
    left, row.file = row.file, None  # by whoever held it before and was killed
    row.state, row.owner, row.lease_until = LongWork.State.CLAIMED, owner, now + LEASE
    row.attempts, row.written = row.attempts + 1, 0
    row.save(update_fields=["file", "state", "owner", "lease_until", "attempts", "written"])
    if left is not None:
        sealed_files.drop([left])
    return row


def _do(row: LongWork, clock: Clock) -> None:
    """Do work that is claimed, and settle it."""
    if row.attempts > TRIES:  # each was killed over it
        _fail(row, clock())
        return
    try:
        file = _build(row, clock)
    except (TakenOver, sealed_files.Gone):
        return
    except Exception as error:  # whatever it is: the person is told, the operator of a few isn't
        warn_unless_few(log, "long work failed (%s)", type(error).__name__)
        _put_back(row, clock())
        return
    kept = _kinds[row.kind].kept
    if not _settle(row, LongWork.State.READY, expires_at=clock() + kept):
        sealed_files.drop([file])


def _build(row: LongWork, clock: Clock) -> SealedFile:
    """The file that comes of it. Raises `TakenOver`, and whatever the building raises."""
    kind = _kinds[row.kind]
    file = sealed_files.begin(row.user.key, now=clock())
    if not LongWork.objects.claimed_by(_owner(row)).update(file=file):
        sealed_files.drop([file])
        raise TakenOver
    with sealed_files.sealing(file) as to:
        watched = cast("BinaryIO", _Watched(to, row, clock))
        kind.build(row.user, json.loads(row.options), row.asked_at, watched)
    return file


class _Watched:
    """A stream that, every few seconds, looks whether the work is still wanted, and notes how far it has come."""

    def __init__(self, to: sealed_files.Sealing, row: LongWork, clock: Clock) -> None:
        self._to, self._row, self._clock = to, row, clock
        self._looked = time.monotonic()

    def write(self, data: bytes) -> int:
        if time.monotonic() - self._looked > RENEW:
            self._look()
        return self._to.write(data)

    def flush(self) -> None:
        self._to.flush()

    def _look(self) -> None:
        held = LongWork.objects.claimed_by(_owner(self._row))
        if not held.update(written=self._to.size, lease_until=self._clock() + LEASE):
            raise TakenOver
        self._looked = time.monotonic()


def _settle(row: LongWork, state: LongWork.State, **further: Any) -> bool:
    """Write what became of the work, only if it is still whoever's claimed it."""
    held = LongWork.objects.claimed_by(_owner(row))
    return bool(held.update(state=state, owner=None, lease_until=None, **further))


def _put_back(row: LongWork, now: datetime) -> None:
    if row.attempts >= TRIES:
        _fail(row, now)
    else:
        _settle(row, LongWork.State.WAITING, due_at=now + PAUSE, file=None, written=0)


def _fail(row: LongWork, now: datetime) -> None:
    _settle(row, LongWork.State.FAILED, expires_at=now + PATIENCE, file=None, written=0)


def _drop(row: LongWork) -> None:
    file = row.file
    row.delete()
    if file is not None:
        sealed_files.drop([file])


def _owner(row: LongWork) -> uuid.UUID:
    return cast("uuid.UUID", row.owner)
