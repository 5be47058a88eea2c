"""Sealed files: what is too large for a column, under its owner's key, in the storage of the settings (ADR 19).

STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance,
2015): pieces of 64 KiB, each sealed by AES-256-GCM under a key of this file's own, with a nonce of prefix, counter and
whether it is the last one. A piece that is missing, moved, of another file or of another owner's doesn't open. The
first bytes of a file are its format, the salt of its key and the prefix. Nothing plain is written anywhere.
"""

import io
import logging
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from accounts.crowd import warn_unless_few
from accounts.keys import Unreadable
from accounts.models import DataKey, SealedFile

log = logging.getLogger(__name__)
STORAGE = "sealed"  # its name in STORAGES
FORMAT = b"\x01"  # as above; a later format gets its own byte
SALT, PREFIX, TAG = 32, 7, 16  # bytes
HEADER = len(FORMAT) + SALT + PREFIX
PIECE = 64 * 1024  # bytes, unsealed
GRACE = timedelta(days=1)  # for what is being written, and for what is about to be used


class Gone(Exception):
    """A file that isn't there: it was removed, or never finished."""


class Sealing(io.RawIOBase):
    """A file being sealed as it is written, from its beginning to its end: `sealing`, or `finish`, or `abandon`."""

    def __init__(self, file: SealedFile) -> None:
        self._header = FORMAT + os.urandom(SALT + PREFIX)
        self._cipher = _cipher(file, self._header)
        self._out = cast("BinaryIO", storage().open(name_of(file), "wb"))
        self._out.write(self._header)
        self._held = bytearray()
        self._count = self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        """Take these bytes; what doesn't fill a piece yet is held in memory, and so is the last piece."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]  # bytes of any kind, as the base has it
        for start in range(0, len(view), PIECE):
            self._held += view[start : start + PIECE]
            if len(self._held) > PIECE:
                self._seal(bytes(self._held[:PIECE]), last=False)
                del self._held[:PIECE]
        self.size += len(view)
        return len(view)

    def finish(self) -> None:
        """Seal the last piece. After it nothing may be written."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def close(self) -> None:
        if not self.closed:
            self._out.close()
        super().close()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._out.write(
            self._cipher.encrypt(_nonce(self._header, self._count, last=last), plain, self._header)
        )
        self._count += 1


def storage() -> Storage:
    """The place of all sealed files, which web and workers share."""
    return storages[STORAGE]


def name_of(file: SealedFile) -> str:
    """The file's name in the storage: random, as its row's is."""
    return str(file.pk)


def begin(key: DataKey, *, now: datetime) -> SealedFile:
    """A row for a file that is to be written under this key. Raises `RuntimeError` inside a transaction: rolled back,
    it would leave a file without its row, of which nobody knows before it is swept.
    """
    with transaction.atomic(durable=True):
        return SealedFile.objects.create(key=key, begun_at=now)


@contextmanager
def sealing(file: SealedFile) -> Iterator[Sealing]:
    """Write this file: whole at the end, or nothing is left of it. `file.size` is its size afterwards, in bytes.

    Raises `Gone` where its row went meanwhile: its owner was erased.
    """
    try:
        to = Sealing(file)
    except BaseException:  # the storage is full, or away
        drop([file])
        raise
    try:
        yield to
        finish(file, to)
    except BaseException:
        abandon(file, to)
        raise


def finish(file: SealedFile, to: Sealing) -> None:
    """End this file. Raises `Gone` where its row went meanwhile; then it is to be abandoned."""
    with closing(to):
        to.finish()
    now = timezone.now()
    if not SealedFile.objects.filter(pk=file.pk).update(size=to.size, sealed_at=now):
        raise Gone
    file.size, file.sealed_at = to.size, now


def abandon(file: SealedFile, to: Sealing) -> None:
    """Leave nothing of this file, however far it was written."""
    try:
        to.close()
    finally:
        drop([file])


def read(file: SealedFile, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Pieces of this file, unsealed, from byte `start` on: all of it, or `length` bytes.

    Holds no database cursor, so that each piece may be asked for by another thread. Raises `Gone`, and `Unreadable`
    where anything about key, place, order or length differs; what came before that is as it was written.
    """
    if file.size is None:
        raise Gone
    end = file.size if length is None else min(file.size, start + length)
    first = min(start, file.size) // PIECE
    with closing(_opened(file, 0)) as beginning:
        header = _exactly(beginning, HEADER)
        cipher = _cipher(file, header)
        if first == 0:
            yield from _pieces(beginning, cipher, header, file.size, start, end)
            return
    with closing(_opened(file, HEADER + first * (PIECE + TAG))) as there:
        yield from _pieces(there, cipher, header, file.size, start, end)


def _pieces(raw: BinaryIO, cipher: AESGCM, header: bytes, size: int, start: int, end: int) -> Iterator[bytes]:
    last = max(size - 1, 0) // PIECE
    for number in range(start // PIECE, last + 1):
        begins = number * PIECE
        if begins >= end and number:
            return
        length = min(PIECE, size - begins)
        sealed = _exactly(raw, length + TAG)
        if number == last and raw.read(1):
            raise Unreadable("a sealed file goes on after its end")
        try:
            plain = cipher.decrypt(_nonce(header, number, last=number == last), sealed, header)
        except Exception as error:
            raise Unreadable("a piece of a sealed file") from error
        if wanted := plain[max(start - begins, 0) : end - begins]:
            yield wanted


def drop(files: Iterable[SealedFile]) -> None:
    """Drop these files: their rows now, what is in the storage once that is committed."""
    files = list(files)
    SealedFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    forget_on_commit([name_of(file) for file in files])


def forget_on_commit(names: list[str]) -> None:
    """Delete what the storage has by these names, once it is nobody's for certain."""
    if names:
        transaction.on_commit(lambda: _delete(names), robust=True)


def _delete(names: list[str]) -> None:
    """Delete these from the storage. Where that can't be (it is away, say) the sweep finds them."""
    for name in names:
        try:
            storage().delete(name)
        except Exception:  # of whichever kind the storage has
            warn_unless_few(log, "a sealed file couldn't be deleted: the daily sweep tries again")


def sweep(*, now: datetime) -> int:
    """Drop files that nothing has, and delete from the storage what has no row. Returns how many went.

    Whatever isn't named as ours are is somebody else's, who shares the place, and stays.
    """
    unused = list(SealedFile.objects.unused(before=now - GRACE))
    drop(unused)
    place = storage()
    try:
        names = place.listdir("")[1]
    except FileNotFoundError:  # no file was ever written
        return len(unused)
    known = {str(pk) for pk in SealedFile.objects.values_list("pk", flat=True).iterator()}
    strays = [name for name in names if is_ours(name) and name not in known and _is_old(place, name, now)]
    _delete(strays)
    return len(unused) + len(strays)


def is_ours(name: str) -> bool:
    """Whether a file is named as `name_of` names them."""
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _is_old(place: Storage, name: str, now: datetime) -> bool:
    try:
        return place.get_modified_time(name) < now - GRACE
    except Exception:  # it went meanwhile, as each storage has it; or the next sweep asks again
        return False


def _cipher(file: SealedFile, header: bytes) -> AESGCM:
    """The key of this file alone. Raises `Unreadable` for a format we don't know."""
    if header[: len(FORMAT)] != FORMAT:
        raise Unreadable("a sealed file of an unknown format")
    place = f"{file._meta.db_table}.{file.pk}.{file.key_id}".encode()
    return file.key.derived(salt=header[len(FORMAT) : len(FORMAT) + SALT], place=place)


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[-PREFIX:] + number.to_bytes(4, "big") + bytes([last])


def _opened(file: SealedFile, offset: int) -> BinaryIO:
    """What the storage has of this file, from byte `offset` on. Raises `Gone`."""
    place = storage()
    try:
        if hasattr(place, "open_at"):  # where seeking would fetch everything
            return cast("BinaryIO", place.open_at(name_of(file), offset))
        opened = place.open(name_of(file))
    except FileNotFoundError:
        raise Gone from None
    opened.seek(offset)
    return cast("BinaryIO", opened)


def _exactly(raw: BinaryIO, count: int) -> bytes:
    """The next `count` bytes. Raises `Unreadable` where there are fewer."""
    found = raw.read(count)
    while len(found) < count and (more := raw.read(count - len(found))):
        found += more
    if len(found) < count:
        raise Unreadable("a sealed file breaks off")
    return found
