"""There and back between the databases: exported from PostgreSQL, imported on SQLite, and from there once more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.models import User
from tests.cast import NOW, person
from tests.exports.archive import data_of, exported, files_of
from tests.exports.compared import EXPORTED, LATER, brought, same
from tests.exports.lives import live
from tests.servers import ROOT, environment_of_tests

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.journey,  # real processes
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") == "sqlite",
        reason="it takes both databases, and PostgreSQL isn't here",
    ),
]


def bring_and_export(came: Path, goes: Path) -> None:
    """Import this archive into a fresh account of the database of the settings, and write its export."""
    fresh = person(f"Fresh{came.stem}", now=NOW)
    brought(fresh, came.read_bytes())
    assert not any(brought(fresh, came.read_bytes()).values())
    goes.write_bytes(exported(fresh, private=True, now=LATER))


def nearer(around: dict[str, str], *words: str) -> None:
    command = [sys.executable, "nearer", *words]
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_was_exported_comes_to_the_other_database_and_back(
    alice: User, bob: User, tmp_path: Path
) -> None:
    live(alice, bob, evenings=EXPORTED)
    there = environment_of_tests() | {"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3"}
    nearer(there, "migrate", "-v0")
    for who in (alice, bob):
        first, second = tmp_path / f"{who.name}.zip", tmp_path / f"{who.name}-there.zip"
        first.write_bytes(exported(who, private=True, now=LATER))
        act = "from pathlib import Path; from tests.exports.test_other_database import bring_and_export; "
        act += f"bring_and_export(Path({str(first)!r}), Path({str(second)!r}))"
        nearer(there, "shell", "-v0", "-c", act)
        was, came = (json.loads(files_of(one.read_bytes())["nearer.json"]) for one in (first, second))
        assert same(was)
        assert same(came) == same(was)
        back = person(f"Back{who.name}", now=NOW)
        brought(back, second.read_bytes())
        assert same(data_of(back, private=True, now=LATER)) == same(was)
