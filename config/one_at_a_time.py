"""A lock on a whole database, held while its tables change: a second one waits until the first is through."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from accounts.owned import lock_file

LOCK = 0x6E656172  # "near": PostgreSQL's advisory locks are numbers
AGAIN = 0.2  # seconds


@contextmanager
def one_at_a_time(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold this database's lock: PostgreSQL's own, or that of a file beside SQLite's. It ends with the process."""
    if connection.vendor == "postgresql":
        with _advisory(connection):
            yield
    elif "memory" in (name := str(connection.settings_dict["NAME"])):  # nobody else sees it
        yield
    else:
        with lock_file(Path(f"{name}.lock")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def _advisory(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # Asked again rather than waited for: a statement that waits holds a snapshot, and what the first one does may wait
    # for every snapshot (an index made CONCURRENTLY).
    with connection.cursor() as cursor:
        while not _taken(cursor):
            time.sleep(AGAIN)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _taken(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    return bool(cursor.fetchone()[0])
