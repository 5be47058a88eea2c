"""`/health/` says when pages could not be shown: tables or static files that are not there yet."""

import os
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


def test_a_database_that_is_behind_is_said_until_it_is_not(tmp_path: Path) -> None:
    behind, now = told(tmp_path)
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
