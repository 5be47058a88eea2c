"""`/health/` says when pages could not be shown: tables or static files that are not there yet. `/health/ready` has the
word for whatever isn't well.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import Traveller

from config import readiness
from reminders import status
from tests.cast import NOW
from tests.servers import ROOT

SCRIPT = """
import logging, sys
import django; django.setup()
logging.disable(logging.CRITICAL)
from django.core.management import call_command
from django.test import Client
from config import readiness
readiness.AGAIN = 0

def ask():
    for path in ("/health/", "/health/live", "/health/ready"):
        answer = Client().get(path, headers={"host": "localhost"})
        print(answer.status_code, answer.content.decode().strip(), flush=True)

ask()
call_command("migrate", fake="fake" in sys.argv, verbosity=0)
ask()
"""


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def told(folder: Path, *arguments: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3"}
        | {"DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A database through all its migrations, and what was said before and after them."""
    folder = tmp_path_factory.mktemp("migrated")
    return folder / "empty.sqlite3", told(folder)


def test_a_database_that_is_behind_is_said_until_it_is_not(
    migrated_once: tuple[Path, list[str]],
) -> None:
    behind, now = migrated_once[1][:3], migrated_once[1][3:]
    assert behind == [f"503 {readiness.MIGRATIONS}", "200 ok", "503 migrations"]
    assert now == ["200 ok", "200 ok", "503 beat"]


def test_static_files_that_are_not_there_are_said(tmp_path: Path) -> None:
    said = told(tmp_path, "fake", STATIC_ROOT=str(tmp_path / "none"))[-3:]
    assert said == [f"503 {readiness.STATIC_FILES}", "200 ok", "503 static"]


@pytest.mark.django_db
def test_once_all_is_there_it_costs_one_query() -> None:
    readiness._Found.missing = None
    assert Client().get("/health/").content == b"ok\n"
    with CaptureQueriesContext(connection) as asked:
        assert Client().get("/health/").status_code == 200
    assert len(asked) == 1


def ready() -> str:
    answer = Client().get("/health/ready")
    assert answer.status_code == (200 if answer.content == b"ok\n" else 503)
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    return answer.content.decode().strip()


@pytest.mark.django_db
def test_the_one_that_has_not_been_heard_of_is_said(clock: Traveller) -> None:
    assert ready() == "beat"
    status.note_round(now=NOW)  # as an older Nearer's, whose beat kept no note
    assert ready() == "ok"
    status.note_beat(now=NOW)
    assert ready() == "ok"
    later = NOW + status.SILENT + timedelta(seconds=1)
    clock.move_to(later)
    assert ready() == "beat"
    status.note_beat(now=later)
    assert ready() == "worker"
    status.note_listed(now=later)  # a worker that is long at its round does other things meanwhile
    assert ready() == "ok"
    clock.move_to(NOW - timedelta(days=1))  # the clock ran ahead: what is noted is nobody's of today
    assert ready() == "beat"


@pytest.mark.django_db
def test_it_costs_one_query_and_says_the_same_to_everybody(clock: Traveller, settings: Settings) -> None:
    status.note_round(now=NOW)
    assert ready() == "ok"
    with CaptureQueriesContext(connection) as asked:
        assert ready() == "ok"
    assert len(asked) == 1
    assert Client().head("/health/ready").status_code == 200
    assert Client().get("/health/ready/").status_code == 404  # being sent on would be taken for a yes


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_said_and_the_process_lives(clock: Traveller) -> None:
    assert Client().get("/health/").status_code == 200
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "none/of/these"
    try:
        assert ready() == "database"
        answer = Client().get("/health/")
        assert (answer.status_code, answer.content.decode().strip()) == (503, readiness.DATABASE)
        assert Client().get("/health/live").content == b"ok\n"
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


def migrated(folder: Path) -> subprocess.CompletedProcess[str]:
    """`nearer migrate`, as compose runs it."""
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3"}
    command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_older_one_does_not_take_up_what_a_newer_one_wrote(
    tmp_path: Path, migrated_once: tuple[Path, list[str]]
) -> None:
    shutil.copy(migrated_once[0], tmp_path)
    database = sqlite3.connect(tmp_path / "empty.sqlite3")
    note = "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-11-29')"
    # What was taken together since, and what a library did, is no newer Nearer.
    database.executemany(note, [("checkins", "0001_as_it_was"), ("account", "0999_of_allauth")])
    database.commit()
    assert migrated(tmp_path).returncode == 0
    database.execute(note, ("checkins", "0999_of_a_newer_nearer"))
    database.commit()
    database.close()
    refused = migrated(tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "Nearer does not start: a newer one has written this database (checkins 0999_of_a_newer_nearer). "
        "Start that one again, or restore a backup."
    )
