"""Exports that one asks for: prepared by a worker, sealed under one's own key, there for a day, in no log."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone

from accounts import exporting, long_work, sealed_files
from accounts.keys import KeyLost, Unreadable
from accounts.models import LongWork, SealedFile, User
from accounts.prepared import Prepared

NAME = "export"
KEPT = timedelta(hours=24)


def _build(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
    exporting.write(user, private=bool(options["private"]), now=now, to=to)


KIND = long_work.Kind(NAME, _build, KEPT)


def of(user: User, *, now: datetime) -> LongWork | None:
    """The export that this person asked for, underway or over; None where there is none."""
    return long_work.of(user, NAME, now=now)


def ask(user: User, *, private: bool, now: datetime) -> LongWork:
    """Ask for an export; `private` adds what is one's own alone. It takes the place of one that is ready."""
    return long_work.ask(user, NAME, {"private": private}, now=now)


def opened(user: User, *, session: UUID, now: datetime) -> tuple[int, Iterable[bytes]] | None:
    """The size of the export that is ready, in bytes, and its pieces, for whoever is signed in by this session. None
    where there is none (any more).
    """
    work = of(user, now=now)
    if work is None or work.state != LongWork.State.READY or work.file is None or work.file.size is None:
        return None
    pieces = _while_it_may_go_out(work, work.file, session)
    try:
        first = next(pieces, None)  # whether it opens shows at the first piece
    except (sealed_files.Gone, Unreadable, KeyLost):
        return None
    return (work.file.size, chain([first], pieces)) if first is not None else None


_going_out = Prepared(
    lambda work, session, now: LongWork.objects.ready(now).for_session(session, now).filter(pk=work),
    work=UUID,
    session=UUID,
    now=datetime,
)


def _while_it_may_go_out(work: LongWork, file: SealedFile, session: UUID) -> Iterator[bytes]:
    """The pieces of this file, until it is deleted, the account is erased or this session is signed out, by a new
    password as well: then it breaks off before the next piece.
    """
    for piece in sealed_files.read(file):
        if not _going_out(work=work.pk, session=session, now=timezone.now()):
            return
        yield piece
