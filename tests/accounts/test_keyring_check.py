"""With a lost key nothing starts: one sentence, and the end."""

import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.keyring_check import refuse_if_lost
from config.embedded.installation import ROOT
from tests.cast import person
from tests.servers import environment_of_tests, free_port

pytestmark = pytest.mark.journey  # real processes
OTHER = "other:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
STARTS = {
    "web": ["-c", "import config.wsgi"],
    "server": ["nearer", "serve", "--port", "{port}", "--workers", "1"],
    "worker": ["nearer", "worker", "--pool", "solo", "--loglevel", "ERROR"],
    "beat": ["nearer", "beat", "--loglevel", "ERROR", "--schedule", "{folder}/beat"],
    "embedded worker": ["-m", "config.embedded.worker", "{folder}/beat"],
}


def start(which: str, folder: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One of the programs, on the database of the tests."""
    return subprocess.run(
        [sys.executable, *(part.format(folder=folder, port=free_port()) for part in STARTS[which])],
        cwd=ROOT,
        env={**environment_of_tests(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", [name for name in STARTS if name != "server"])
def test_no_program_starts_with_a_lost_key(which: str, tmp_path: object) -> None:
    person("Alice")
    ended = start(which, str(tmp_path), NEARER_KEYRING=OTHER)
    assert ended.returncode == 1, ended.stderr
    name = django_settings.NEARER_KEYRING[0].partition(":")[0]
    sentence = ended.stderr.strip().splitlines()[-1]
    assert sentence.startswith("Nearer does not start: NEARER_KEYRING has no key named")
    assert name in sentence
    assert "Traceback" not in ended.stderr


def test_nor_with_a_malformed_keyring(tmp_path: object) -> None:
    ended = start("web", str(tmp_path), NEARER_KEYRING="half-an-entry")
    assert ended.returncode == 1
    sentence = "NEARER_KEYRING must be name:base64 of 32 bytes, with names that differ."
    assert ended.stderr.strip().splitlines()[-1] == f"Nearer does not start: {sentence}"
    assert "Traceback" not in ended.stderr


@pytest.mark.django_db(transaction=True)
def test_the_server_ends_as_well(tmp_path: object) -> None:
    person("Alice")
    ended = start("server", str(tmp_path), NEARER_KEYRING=OTHER)
    assert ended.returncode == 1
    said = ended.stderr + ended.stdout
    assert said.count("Nearer does not start: NEARER_KEYRING has no key named") == 1  # nobody tries again
    assert "Traceback" not in said


@pytest.mark.django_db(transaction=True)
def test_asking_leaves_no_connection_behind() -> None:
    person("Alice")
    refuse_if_lost()
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_the_web_starts_with_the_right_one(tmp_path: object) -> None:
    person("Alice")
    assert start("web", str(tmp_path)).returncode == 0


def test_and_where_the_tables_are_not_there_yet(tmp_path: object) -> None:
    assert start("web", str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3").returncode == 0


def test_and_where_the_database_is_away(tmp_path: object) -> None:
    assert start("web", str(tmp_path), DATABASE_URL="postgres://nobody:no@127.0.0.1:1/none").returncode == 0
