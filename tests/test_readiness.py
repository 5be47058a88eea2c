"""`/health/` says when pages could not be shown: tables or static files that are not there yet."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import readiness
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
    answer = Client().get("/health/", headers={"host": "localhost"})
    print(answer.status_code, answer.content.decode().strip(), flush=True)

ask()
call_command("migrate", fake="fake" in sys.argv, verbosity=0)
ask()
"""


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
    behind, now = migrated_once[1]
    assert behind == f"503 {readiness.MIGRATIONS}"
    assert now == "200 ok"


def test_static_files_that_are_not_there_are_said(tmp_path: Path) -> None:
    assert told(tmp_path, "fake", STATIC_ROOT=str(tmp_path / "none"))[-1] == f"503 {readiness.STATIC_FILES}"


@pytest.mark.django_db
def test_once_all_is_there_it_costs_one_query() -> None:
    readiness._Found.missing = None
    assert Client().get("/health/").content == b"ok\n"
    with CaptureQueriesContext(connection) as asked:
        assert Client().get("/health/").status_code == 200
    assert len(asked) == 1


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
