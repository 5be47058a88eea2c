"""Withdrawals: what somebody took away, and no backup that is put back may bring again.

Each is noted in the transaction of its act, so that none is without the other; once that is committed it is written
into a list outside the database, and whatever stands there no more by then (a crash, a full disk) is written at the
next withdrawal or tick. A line has ids of rows, moments and names of fields, never a word nor a person's id (ADR 17).
"""

import fcntl
import json
import logging
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import peppers
from accounts.crowd import warn_unless_few
from accounts.models import User, Withdrawal
from accounts.owned import lock_file, make_folder, open_file
from accounts.sealed import SealedTextField

log = logging.getLogger(__name__)
# A row stays for so long after it was listed: a backup made meanwhile shows by it what it holds already.
KEPT = timedelta(days=2)
BATCH = 500
PATIENCE = 2.0  # seconds; what isn't listed within them is at the next tick
ENDING = ".list"
MONTH = "[0-9][0-9][0-9][0-9]-[01][0-9]"  # a file of the list, without its ending
_silent: ContextVar[bool] = ContextVar("silent", default=False)


class NotListed(Exception):
    """A list that doesn't reach back to this mark: it is another one, or the line was too old to be kept."""


def note(act: str, **about: Any) -> None:
    """Note an act that no restored backup may undo, within its transaction."""
    if _silent.get():
        return
    if not connection.in_atomic_block:
        raise RuntimeError(f"{act} is noted outside of the transaction of its act.")
    Withdrawal.objects.create(act=act, about=about, at=timezone.now())
    transaction.on_commit(list_pending, robust=True)  # it was done, whether or not the list can be written


def emptied(row: models.Model, *plain: str, same: tuple[str, ...] = ()) -> None:
    """Note that this act emptied words of `row`, and set the fields named; to be called before it is saved.

    `same` names the fields by which another row would be the same one to a person: the page of a Day, say.
    """
    sealed = [field.name for field in row._meta.fields if isinstance(field, SealedTextField)]
    words = [name for name in sealed if row.__dict__.get(name) == ""]
    names = {"taken_back_at"} & {field.name for field in row._meta.fields}
    note("emptied", **_row(row, same), words=words, set=_values(row, sorted({*names, *plain})))


def put(row: models.Model, *plain: str, same: tuple[str, ...] = ()) -> None:
    """Note that this act puts these fields of `row`, none of them sealed, to what they hold here. `same` as above."""
    note("emptied", **_row(row, same), words=[], set=_values(row, plain))


def removed(row: models.Model, *same: str) -> None:
    """Note that this act deletes `row`. `same` as in `emptied`."""
    note("removed", **_row(row, same))


def _row(row: models.Model, same: tuple[str, ...]) -> dict[str, Any]:
    people = [name for name in same if row._meta.get_field(name).related_model is User]
    found = _values(row, same)
    found |= {f"{name}_id": who(found[f"{name}_id"]) for name in people}
    return {
        "row": row._meta.label_lower,
        "id": str(row.pk),
        "same": found,
        "people": [f"{name}_id" for name in people],
    }


def who(person: uuid.UUID) -> str:
    """A name for a person that only this database's pepper makes: of whoever was erased, no id is left anywhere."""
    return salted_hmac(
        "accounts.withdrawals", str(person), secret=peppers.secret(), algorithm="sha256"
    ).hexdigest()


def _values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    attributes = [row._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]  # a column
    return {name: getattr(row, name) for name in attributes}


@contextmanager
def silence() -> Iterator[None]:
    """Let nothing be noted meanwhile: what is done is done from the list."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def list_pending() -> None:
    """Write down what was committed and isn't listed yet. Where it can't be written it waits for the next time."""
    try:
        catch_up()
    except OSError:
        warn_unless_few(log, "the list of withdrawals can't be written: it is tried again")


def catch_up() -> None:
    """Write down what isn't listed yet, in the order it was done. Raises `OSError` where that can't be."""
    with _opened() as file:
        while rows := list(Withdrawal.objects.filter(listed_at__isnull=True).order_by("pk")[:BATCH]):
            _append(file, [_line(row.line, row.act, row.at, row.about) for row in rows])
            Withdrawal.objects.filter(pk__in=[row.pk for row in rows]).update(listed_at=timezone.now())


def mark() -> str:
    """Write a mark into the list, once all before it is listed. Returns its id: a backup begun now holds all above."""
    catch_up()
    line = uuid.uuid4()
    with _opened() as file:
        _append(file, [_line(line, "backup", timezone.now(), {})])
    return str(line)


def forget(*, now: datetime) -> None:
    """Forget rows that were listed long enough ago, and months of the list that are over for longer than it is kept.

    Where the last month before this one is that old itself, the clock may be ahead: what was too old then goes.
    """
    Withdrawal.objects.filter(listed_at__lt=now - KEPT).delete()
    now = now.astimezone(UTC)
    kept = timedelta(days=settings.NEARER_WITHDRAWALS_DAYS)
    files = list(settings.NEARER_WITHDRAWALS.glob(f"{MONTH}{ENDING}"))
    before = max((file.stem for file in files if file.stem < f"{now:%Y-%m}"), default="")
    certain = now
    if before and before < f"{now - kept:%Y-%m}":
        certain = datetime.strptime(before, "%Y-%m").replace(tzinfo=UTC)
    for file in files:
        if file.stem < f"{certain - kept:%Y-%m}":
            file.unlink()


def since(folder: Path, begun: str) -> list[dict[str, Any]]:
    """The lines of a list after this mark, in their order, each once. Raises `NotListed`."""
    found: dict[str, dict[str, Any]] = {}
    reached = False
    for line in _lines(folder):
        if line["line"] == begun:
            reached = True
        elif reached:
            found.setdefault(line["line"], line)
    if not reached:
        raise NotListed
    return list(found.values())


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(f"*{ENDING}")):
        for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:  # half a line, of a crash: what it was to say stands further down
                continue
            if isinstance(line, dict) and "line" in line:
                yield line


@contextmanager
def _opened() -> Iterator[BinaryIO]:
    """The list of this month, to be added to; nobody else adds to it meanwhile. Once the clock was put back it is the
    latest there is: what is added stands after what was.
    """
    folder = settings.NEARER_WITHDRAWALS
    make_folder(folder, mode=0o700)
    month = max(
        [f"{timezone.now().astimezone(UTC):%Y-%m}", *(file.stem for file in folder.glob(f"*{ENDING}"))]
    )
    path = folder / f"{month}{ENDING}"
    with lock_file(folder / "lock") as lock:
        _hold(lock)
        with os.fdopen(open_file(path, os.O_RDWR | os.O_APPEND), "r+b") as file:
            yield file


def _hold(lock: IO[str]) -> None:
    """Hold the list. Raises `OSError` where somebody else does for too long: a page waits for this."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _append(file: BinaryIO, lines: list[str]) -> None:
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        if file.read(1) != b"\n":  # half a line, of a crash
            lines = ["", *lines]
    file.write("".join(f"{line}\n" for line in lines).encode())
    file.flush()
    os.fsync(file.fileno())


def _line(line: uuid.UUID, act: str, at: datetime, about: dict[str, Any]) -> str:
    said = {"line": str(line), "at": at, "act": act, **about}
    return json.dumps(said, cls=DjangoJSONEncoder, separators=(",", ":"))
