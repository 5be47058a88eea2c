"""From release 28ff24e to today's code, by `migrate` as an operator runs it: everybody is still signed in."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.story, pytest.mark.django_db]


@dataclass(frozen=True)
class Upgraded:
    """An old installation that was brought to today's code: what people held of it, and all that it had stored."""

    folder: Path
    database: str
    held: Any
    stored: bytes


def _address(database: str, folder: Path) -> str:
    """A database of its own: on PostgreSQL, or a file on SQLite where tests run on that."""
    server = urlsplit(os.environ["DATABASE_URL"])
    if server.scheme == "sqlite":
        return f"sqlite:///{folder}/old.sqlite3"
    return server._replace(path=f"/{database}").geturl()


def _environment(database: str, folder: Path) -> dict[str, str]:
    """What a process finds that is to work on that database."""
    address = _address(database, folder)
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": address}


@contextmanager
def _database(like: str = "template1") -> Iterator[str]:
    """The name of a new PostgreSQL database that begins like another; on SQLite there is nothing to make."""
    server, name = urlsplit(os.environ["DATABASE_URL"]), f"upgrade_{uuid.uuid4().hex[:12]}"
    if server.scheme == "sqlite":
        yield name
        return
    address = server._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        yield name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """Built and migrated once: each test has a copy."""
    folder = tmp_path_factory.mktemp("old")
    with _database() as database:
        environment = _environment(database, folder)
        held = json.loads(ran(environment, "-m", "tests.journeys.old_installation", "build"))
        stored = _stored(environment, folder)
        ran(environment, "manage.py", "migrate", "-v0")
        yield Upgraded(folder, database, held, stored)


@pytest.fixture
def environment(upgraded: Upgraded, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a process finds that is to work on a copy of what was upgraded."""
    for file in upgraded.folder.glob("old.sqlite3*"):
        shutil.copy(file, tmp_path)
    with _database(like=upgraded.database) as database:
        yield _environment(database, tmp_path)


def ran(environment: dict[str, str], *command: str, given: Any = None) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_upgrade_signs_nobody_out_and_leaves_no_key_behind(
    upgraded: Upgraded, environment: dict[str, str], tmp_path: Path
) -> None:
    held = upgraded.held
    assert held["cookies"]["alice"].encode() in upgraded.stored
    stored = _stored(environment, tmp_path)
    for who, cookie in held["cookies"].items():
        assert cookie.encode() not in stored, who
    assert b"BCDF-GHJK" not in stored
    answers = json.loads(ran(environment, "-m", "tests.journeys.old_installation", "look", given=held))
    assert not {"django_session", "usersessions_usersession"} & set(answers.pop("tables"))
    assert answers == {
        "alice": 200,
        "planted": "a heron",
        "device": True,
        "bob, before the last release": 200,
        "half way": 200,
        "nobody": 302,
        "run out": 302,
        "erased, half way": 302,
        "feed": [200, "BEGIN:VCALENDAR"],
        "stop": 200,
        "path": [6, False, [4]],
        "dates": [["2026-01-17", "17 12:00"], ["2026-01-18", "18 12:00"], ["2026-01-19", "19 12:00"]],
        "kept": {"block": True, "never": True, "suppressed": True},
    }
    ran(environment, "manage.py", "migrate", "-v0")  # and again: nothing to do


def test_an_upgrade_keeps_what_was_hashed_when_the_server_changes_afterwards(
    upgraded: Upgraded, environment: dict[str, str]
) -> None:
    """Another SECRET_KEY after the upgrade, the keyring kept: the cookies end, and nothing else."""
    held = upgraded.held
    ran(environment, "-c", "import config.wsgi")  # once started with the old one, as `docs/keys.md` says
    moved = {**environment, "SECRET_KEY": "made anew on the new server, " * 3}
    ran(moved, "-c", "import config.wsgi")
    answers = json.loads(ran(moved, "-m", "tests.journeys.old_installation", "look", given=held))
    assert answers["kept"] == {"block": True, "never": True, "suppressed": True}
    assert answers["feed"] == [200, "BEGIN:VCALENDAR"]
    assert answers["stop"] == 200
    assert answers["alice"] == 302


def _stored(environment: dict[str, str], folder: Path) -> bytes:
    """Everything the database holds: its files on SQLite, every column of every table on PostgreSQL."""
    if environment["DATABASE_URL"].startswith("sqlite"):
        return b"".join(path.read_bytes() for path in folder.glob("old.sqlite3*"))
    rows = []
    with psycopg.connect(environment["DATABASE_URL"].replace("postgres://", "postgresql://")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows += connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()  # noqa: S608  # names of our own tables
    return "\n".join(row for (row,) in rows).encode()
