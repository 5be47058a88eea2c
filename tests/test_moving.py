"""Moving between PostgreSQL and SQLite, there and back, row by row the same."""

import fcntl
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from checkins import writing
from checkins.words import CheckInText
from config.backups import postgres
from config.one_at_a_time import LOCK
from couples import pairing
from tests.cast import NOW, pair, person, seat
from tests.emptied import alone, copy_tests_into, empty, server_url
from tests.servers import ROOT

__all__ = ["alone", "empty"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.journey,  # real processes
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") == "sqlite",
        reason="it takes both databases, and PostgreSQL isn't here",
    ),
]


def nearer(around: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "nearer", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)


def digests(around: dict[str, str]) -> dict[str, tuple[int, str]]:
    """How many rows each table of a PostgreSQL has, and a hash of them as the server writes them."""
    found = {}
    with psycopg.connect(server_url(around)) as server:
        for (table,) in server.execute(postgres.TABLES).fetchall():
            if table != "django_migrations":  # when, too
                query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(sql.Identifier(table))
                rows = sorted(row for (row,) in server.execute(query).fetchall())
                found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.fixture
def lived(alone: dict[str, str]) -> dict[str, str]:
    """The environment of a database in which two people have lived, and to which nobody is connected."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    words = CheckInText("the light, “on” the stairs — é 漢 \U0001f56f", note="planted note")
    for user in (alice, bob):
        writing.write(by=seat(user), day=NOW.date(), words=words, share=True, now=NOW)
    pairing.block("cleo@example.test", by=alice, now=NOW)
    copy_tests_into(alone)
    return alone


def until_held(lock: Path, by: subprocess.Popen[str]) -> None:
    """Wait until no `make run` could begin beside this lock."""
    end = time.monotonic() + 300
    while True:
        assert by.poll() is None, by.communicate()
        assert time.monotonic() < end
        if lock.exists():
            with lock.open("a") as opened:
                try:
                    fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
        time.sleep(0.1)


def test_there_and_back_every_row_is_the_same(
    lived: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "moved.sqlite3"
    before = digests(lived)
    there = nearer(lived, "move", f"sqlite:///{file}")
    assert there.returncode == 0, there.stderr
    assert there.stdout.startswith("Moved, row by row the same.")
    on_sqlite = lived | {"DATABASE_URL": f"sqlite:///{file}"}
    assert nearer(on_sqlite, "keys", "check").stdout == "Every key opens.\n"
    with psycopg.connect(server_url(empty)) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # it waits there
        back = subprocess.Popen(
            [sys.executable, "nearer", "move", empty["DATABASE_URL"]],
            cwd=ROOT,
            env=on_sqlite,
            stderr=subprocess.PIPE,
            text=True,
        )
        until_held(tmp_path / "lock", back)
    said = back.communicate()
    assert back.returncode == 0, said
    after = digests(empty)
    assert {name: said for name, said in after.items() if before.get(name) != said} == {}
    assert before["checkins_checkin"][0] == 2
    ask = "from couples.models import *; from accounts.models import User; from django.utils import timezone as t; "
    ask += "print(Block.objects.create(owner=User.objects.first(), address_hash='x', blocked_at=t.now()).pk)"
    added = nearer(empty, "shell", "-v0", "-c", ask)
    with psycopg.connect(server_url(lived)) as server:
        ((last,),) = server.execute("SELECT max(id) FROM couples_block").fetchall()
    assert int(added.stdout) == last + 1, added.stderr  # numbers go on where they were
    for place in (f"sqlite:///{file}", empty["DATABASE_URL"]):
        again = nearer(lived if place.startswith("sqlite") else on_sqlite, "move", place)
        assert again.returncode == 1
        assert "There are tables at the other place already" in again.stderr
    assert "of one kind" in nearer(lived, "move", empty["DATABASE_URL"]).stderr


def test_what_postgresql_does_not_take_is_said_by_row_and_nothing_is_moved(
    lived: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "moved.sqlite3"
    assert nearer(lived, "move", f"sqlite:///{file}").returncode == 0
    with closing(sqlite3.connect(file)) as odd:
        (alice,) = odd.execute("SELECT id FROM accounts_user WHERE name = 'Alice'").fetchone()
        odd.execute("UPDATE accounts_user SET name = 'Al' || char(0) || 'ice' WHERE id = ?", [alice])
        odd.execute("UPDATE accounts_user SET theme = 'planted-theme' WHERE name = 'Bob'")
        odd.commit()
    refused = nearer(lived | {"DATABASE_URL": f"sqlite:///{file}"}, "move", empty["DATABASE_URL"])
    assert refused.returncode == 1
    assert f"accounts_user, row {alice[:8]}" in refused.stderr
    assert "name holds a NUL" in refused.stderr
    assert "theme has 13 characters, and 5 are allowed" in refused.stderr
    assert "planted" not in refused.stderr
    assert digests(empty) == {}


def test_a_place_that_does_not_answer_and_a_nearer_that_runs_are_said(
    lived: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "nearer.sqlite3"
    with psycopg.connect(server_url(lived)):
        connected = nearer(lived, "move", f"sqlite:///{file}")
    assert connected.stderr.startswith("CommandError: Others are connected to this database: stop web, ")
    nowhere = nearer(lived, "move", f"sqlite:///{tmp_path}/no/such.sqlite3")
    assert re.fullmatch(r"CommandError: The other place doesn't answer: [^\n]+\n", nowhere.stderr), (
        nowhere.stderr
    )
    on_sqlite = lived | {"DATABASE_URL": f"sqlite:///{file}"}
    with (tmp_path / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        running = nearer(on_sqlite, "move", lived["DATABASE_URL"])
    assert running.stderr.startswith(
        "CommandError: Nearer runs here, or is restored or moved: end that before."
    )
