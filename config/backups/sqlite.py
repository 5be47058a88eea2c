"""Copies of a SQLite database that is written to, by its own online backup: one moment, whole, and nobody waits.

A copy of its file isn't one: what was written lately lies in another file beside it.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from accounts.owned import lock_file
from config.backups.errors import CannotBackUp, CannotRestore
from config.backups.tables import KEYS, LEFT_OUT

SUFFIX = ".sqlite3"
BESIDE = ("-wal", "-shm", "-journal")


def copy(database: dict[str, Any], words: Path, keys: Path) -> dict[str, int]:
    """Copy this database into two files: all but the keys, and the keys. Returns how many rows each table has."""
    _empty_file(words)
    _empty_file(keys)
    with closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True, timeout=60)) as source:
        with closing(sqlite3.connect(words)) as target:
            source.backup(
                target
            )  # in one step: a step of so many pages begins again whenever somebody writes
    with closing(sqlite3.connect(words, isolation_level=None)) as copied:
        copied.execute("PRAGMA journal_mode=DELETE")
        copied.execute("PRAGMA secure_delete=ON")
        if copied.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise CannotBackUp("The database is damaged: no backup was made of it.")
        copied.execute("ATTACH ? AS keys", [str(keys)])
        statement = copied.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", [KEYS]).fetchone()[0]
        copied.execute(statement.replace(f'"{KEYS}"', f'keys."{KEYS}"', 1))
        _of(copied, "INSERT INTO keys.{} SELECT * FROM main.{}", KEYS)
        for table in LEFT_OUT:
            _of(copied, "DELETE FROM main.{}", table)
        found = _counts(copied)
        _of(copied, "DELETE FROM main.{}", KEYS)
        copied.execute("DETACH keys")
        copied.execute("VACUUM")
    return found


def is_there(database: dict[str, Any]) -> bool:
    """Whether there is such a database: to open it would make an empty one."""
    name = str(database["NAME"])
    return "memory" in name or Path(name).exists()


def _of(database: sqlite3.Connection, statement: str, table: str) -> sqlite3.Cursor:
    """Do this to a table; its name is our own."""
    return database.execute(statement.replace("{}", f'"{table}"'))


def _empty_file(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    tables = database.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {
        name: int(_of(database, "SELECT count(*) FROM main.{}", name).fetchone()[0])
        for (name,) in tables.fetchall()
    }


def refuse_unless_empty(database: dict[str, Any]) -> None:
    """Raise `CannotRestore` unless nothing is where this database is to be."""
    path = Path(database["NAME"])
    for end in BESIDE:
        if path.with_name(path.name + end).exists():
            raise CannotRestore(
                f"{path.name}{end} lies there: what it holds would be written into the restored database. Is Nearer "
                "running? End it, and move that file away."
            )
    if path.exists() and path.stat().st_size:
        raise CannotRestore(
            f"{path.name} is there already: a backup is only put into an empty place. Move it away."
        )


@contextmanager
def held(database: dict[str, Any]) -> Iterator[None]:
    """Hold the place of this database, so that no second restore and no `make run` comes in. Raises `CannotRestore`.

    It is held by the lock that `make run` takes as long as it lives; on a new machine that is made here.
    """
    with lock_file(Path(database["NAME"]).with_name("lock")) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRestore("Nearer runs here, or is restored or moved: end that before.") from None
        except OSError:
            pass  # a share, on which nothing can be locked
        yield


def put_back(words: Path, keys: Path, into: Path) -> dict[str, int]:
    """Make a database of these two files. Returns how many rows each table has. Raises `CannotRestore`."""
    into.unlink(missing_ok=True)
    _empty_file(into)
    try:
        with closing(sqlite3.connect(words)) as source, closing(sqlite3.connect(into)) as target:
            source.backup(target)
        with closing(sqlite3.connect(into, isolation_level=None)) as made:
            made.execute("ATTACH ? AS keys", [str(keys)])
            _of(made, "INSERT INTO main.{} SELECT * FROM keys.{}", KEYS)
            made.execute("DETACH keys")
            whole = made.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not whole or made.execute("PRAGMA foreign_key_check").fetchone():
                raise CannotRestore("The backup is damaged: words and keys don't fit each other.")
            return _counts(made)
    except sqlite3.Error:
        raise CannotRestore("The backup is damaged: it is no database.") from None
