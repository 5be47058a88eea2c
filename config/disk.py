"""Room on the disks Nearer writes to, and how a full one is known by what it breaks."""

import errno
import os
import sqlite3
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from accounts.local_files import LocalFiles

DISK_FULL = "53100"  # PostgreSQL's code: nobody on SQLite loads its driver for it
# The second is what SQLite says where the file that its readers share can't be made as large as it has to be.
SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
LEAST = 100 * 1024 * 1024  # bytes; less is nearly full
FILES = 1000  # that may still be made


def nearly_full() -> list[Path]:
    """The folders of ours that there is hardly any room left in."""
    return [folder for folder in folders() if not _has_room(folder)]


def folders() -> list[Path]:
    """The folders that Nearer writes into, as far as they are on this machine; each once."""
    database = settings.DATABASES["default"]
    places = [settings.NEARER_BACKUPS, settings.NEARER_WITHDRAWALS]
    files = storages["sealed"]
    places.append(Path(files.location) if isinstance(files, LocalFiles) else None)
    if "sqlite" in database["ENGINE"] and "memory" not in str(database["NAME"]):
        places.append(Path(database["NAME"]).parent)
    return sorted({_nearest(place.absolute()) for place in places if place is not None})


def free_bytes(folder: Path) -> int:
    """The bytes that this user may still write there."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or what brought it about, came of a disk without room."""
    while error is not None:
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        if full or getattr(error, "sqlstate", None) == DISK_FULL or _is_sqlite_full(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def raise_if_full(said: str, path: Path) -> None:
    """Raise `OSError` where this is what another program says of a full disk, on which it was to write `path`."""
    if os.strerror(errno.ENOSPC) in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _is_sqlite_full(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in SQLITE_FULL


def _has_room(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:  # a share that is away
        return False
    # Some file systems count no files (btrfs, network shares): they say that there is room for none of none.
    free = found.f_bavail * found.f_frsize
    return free >= LEAST and (not found.f_files or found.f_favail >= FILES)


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that there is, as far as may be seen from here."""
    try:
        there = folder.exists()
    except PermissionError:  # it lies in somebody else's
        there = False
    return folder if there or folder.parent == folder else _nearest(folder.parent)
