"""From release 28ff24e to today's code, by `migrate` as an operator runs it: everybody is still signed in."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.journeys.upgrading import environment_of, own_database, ran

pytestmark = [pytest.mark.journey, pytest.mark.story, pytest.mark.django_db]


@dataclass(frozen=True)
class Upgraded:
    """An old installation that was brought to today's code: what people held of it, and all that it had stored."""

    folder: Path
    database: str
    held: Any
    stored: bytes


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """Built and migrated once: each test has a copy."""
    folder = tmp_path_factory.mktemp("old")
    with own_database() as database:
        environment = environment_of(database, folder)
        held = json.loads(ran(environment, "-m", "tests.journeys.old_installation", "build"))
        stored = _stored(environment, folder)
        ran(environment, "manage.py", "migrate", "-v0")
        yield Upgraded(folder, database, held, stored)


@pytest.fixture
def environment(upgraded: Upgraded, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a process finds that is to work on a copy of what was upgraded."""
    for file in upgraded.folder.glob("old.sqlite3*"):
        shutil.copy(file, tmp_path)
    with own_database(like=upgraded.database) as database:
        yield environment_of(database, tmp_path)


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
