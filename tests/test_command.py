"""`nearer`, as a person types it: real processes, on an installation that is there or on none."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from config.command import HELP
from config.embedded.installation import ROOT
from tests.demo import OURS, begun
from tests.emptied import empty
from tests.servers import environment_of_tests, free_port

__all__ = ["begun", "empty"]

pytestmark = pytest.mark.journey  # real processes
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
# Becomes nobody once its own code is read, which may be where nobody can look.
AS_NOBODY = "import os, sys; from config.command import main; os.setuid(65534); sys.exit(main(sys.argv[1:]))"
ASKED = "from django.db import connection; print(connection.settings_dict['NAME'])"


def nearer(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "nearer", *words],
        cwd=ROOT,
        env={**PLAIN, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_a_command_typed_beside_make_run_opens_its_database(begun: Path, tmp_path: Path) -> None:
    var = tmp_path / "var"
    shutil.copytree(begun, var)
    for name in ("nearer", "manage.py"):
        opened = subprocess.run(
            [sys.executable, name, "shell", "-v0", "-c", ASKED],
            cwd=ROOT,
            env={**PLAIN, "NEARER_VAR": str(var)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert opened.stdout.strip() == str(var / "demo" / "nearer.sqlite3"), opened.stderr
    assert nearer("keys", "check", NEARER_VAR=str(var)).stdout == "Every key opens.\n"
    (var / "real").mkdir()
    shutil.copy(var / "demo" / "secrets.env", var / "real")
    real = nearer("shell", "-v0", "-c", ASKED, NEARER_VAR=str(var))
    assert real.stdout.strip() == str(var / "real" / "nearer.sqlite3"), real.stderr
    (var / "real" / "started.env").write_text("NEARER_URL=https://evenings.example\nDATABASE_URL=given\n")
    refused = nearer("shell", "-c", ASKED, NEARER_VAR=str(var))
    assert refused.returncode == 1
    assert refused.stderr.startswith("DATABASE_URL was set when Nearer was last started from")
    set_now = nearer(
        "shell",
        "-v0",
        "-c",
        f"{ASKED}; from django.conf import settings; print(settings.NEARER_URL)",
        NEARER_VAR=str(var),
        DATABASE_URL=f"sqlite:///{tmp_path}/its.sqlite3",
    )
    assert set_now.stdout.split() == [f"{tmp_path}/its.sqlite3", "https://evenings.example"]


def test_a_key_is_made_where_nothing_is_set_yet(tmp_path: Path) -> None:
    made = nearer("keys", "make", "k7", NEARER_VAR=str(tmp_path)).stdout
    assert re.fullmatch(r"k7:[\w+/]{43}=\n", made)
    assert len(base64.b64decode(made[3:])) == 32
    assert made != nearer("keys", "make", "k7", NEARER_VAR=str(tmp_path)).stdout
    assert re.match(r"k20\d{6}:", nearer("keys", "make", NEARER_VAR=str(tmp_path)).stdout)


def test_help_names_every_verb_and_an_unknown_one_is_said() -> None:
    said = nearer().stdout
    for verb in ("run", "serve", "worker", "beat", "migrate", "backup", "restore", "move", "keys"):
        assert re.search(rf"\b{verb}\b", said)
    unknown = nearer("dance", **environment_of_tests())
    assert unknown.returncode == 1
    assert "Unknown command: 'dance'" in unknown.stderr


OF_HELP = sorted(
    {verb for line in HELP.splitlines()[2:-2] for verb in re.findall(r"\w+", line[:20])[:1]} - {"help"}
)


@pytest.mark.parametrize(
    "asked",
    [f"{verb} --help" for verb in OF_HELP]
    + ["worker --help", "beat --help", "help run", "help serve", "help doctor"],
)
def test_what_a_verb_can_be_told_is_said_before_anything_is_set(asked: str, tmp_path: Path) -> None:
    said = nearer(*asked.split(), NEARER_VAR=str(tmp_path / "var"), NEARER_URL="nonsense")
    assert (said.returncode, said.stderr) == (0, "")
    assert f"nearer {asked.replace('help', '').strip(' -')}" in said.stdout
    assert not (tmp_path / "var").exists()


def test_asking_how_a_key_is_made_makes_none() -> None:
    assert "usage: nearer keys" in nearer("keys", "make", "--help").stdout


@pytest.mark.parametrize(
    ("content", "why"), [(None, "Permission denied"), (b"NEARER_URL=\xff", "it is no text")]
)
def test_settings_that_cannot_be_read_are_said_in_a_sentence(
    content: bytes | None, why: str, tmp_path: Path
) -> None:
    if os.geteuid():
        pytest.skip("only the system's administrator can become somebody else")
    file = tmp_path / "var" / "real" / "secrets.env"
    file.parent.mkdir(parents=True)
    file.write_bytes(content or b"SECRET_KEY=planted")
    for folder in (file.parent, *file.parent.parents):
        if "pytest" in str(folder):  # those of the tests alone
            folder.chmod(0o755)
    file.chmod(0o644 if content else 0o600)
    for verb in ("doctor", "backup", "keys"):
        said = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, verb],
            cwd=ROOT,
            env=PLAIN | {"NEARER_VAR": str(tmp_path / "var")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 1
        assert re.fullmatch(rf".*secrets\.env\b.*{why}.*\n", said.stderr), said.stderr
        assert "planted" not in said.stderr


@pytest.mark.story  # each database has a lock of its own
@pytest.mark.django_db(transaction=True)
def test_two_that_migrate_at_once_do_it_once(empty: dict[str, str]) -> None:
    command = [sys.executable, "nearer", "migrate"]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=empty, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=900)[0].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted("No migrations to apply." in one for one in said) == [False, True]


def test_a_service_outlives_a_closed_terminal(begun: Path, tmp_path: Path) -> None:
    shutil.copytree(begun, tmp_path / "var")
    said = tmp_path / "said"
    with said.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "nearer", "run"],
            cwd=ROOT,
            env=PLAIN | {"NEARER_VAR": str(tmp_path / "var"), "PORT": str(free_port())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + 600
        while b"Ctrl-C ends it." not in said.read_bytes():
            assert started.poll() is None, said.read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        started.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            started.wait(2)
        with closing(sqlite3.connect(tmp_path / "var" / "demo" / "nearer.sqlite3")) as there:
            assert there.execute("SELECT count(*) FROM accounts_user").fetchone()[0] >= 2
    finally:
        started.terminate()
        assert started.wait(120) == 0
    noted = (tmp_path / "var" / "demo" / "started.env").read_text()
    assert "NEARER_URL=http://localhost:" in noted
    assert "SECRET" not in noted


@pytest.mark.parametrize(
    "words", [("worker",), ("beat", "--schedule", "SCHEDULE"), ("serve", "--port", "PORT")]
)
def test_a_part_alone_says_everything_on_stderr_and_in_json_if_asked(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    given = {"SCHEDULE": str(tmp_path / "schedule"), "PORT": str(free_port())}
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as output, err.open("wb") as errors:
        part = subprocess.Popen(
            [sys.executable, "nearer", *(given.get(word, word) for word in words)],
            cwd=ROOT,
            env=environment_of_tests() | {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO"},
            stdout=output,
            stderr=errors,
        )
    try:
        until = time.monotonic() + 600
        while not (err.read_bytes() or _answers(given["PORT"])):
            assert part.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        part.terminate()
        part.wait(120)
    assert out.read_text() == ""
    said = [
        line
        for line in err.read_text().splitlines()
        if line and line != "worker: Warm shutdown (MainProcess)"
    ]
    for line in said:
        assert json.loads(line)["level"] in {"INFO", "WARNING"}


@pytest.mark.parametrize("told", [[], ["--schedule", "{there}/beat-schedule"]])
def test_a_beat_begins_where_no_folder_is_yet(told: list[str], tmp_path: Path) -> None:
    var, there = tmp_path / "not" / "yet", tmp_path / "volume"
    if told:  # as compose's, which may write to its volume only
        there.mkdir()
        (tmp_path / "not").touch()
    around = environment_of_tests() | {"NEARER_VAR": str(var)}
    beat = subprocess.Popen(
        [sys.executable, "nearer", "beat", *(word.format(there=there) for word in told)],
        cwd=ROOT,
        env=around,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 600
        while not list((there if told else var).glob("beat-schedule*")):
            assert beat.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        beat.terminate()
        beat.wait(120)
    (tmp_path / "file").touch(exist_ok=True)
    refused = nearer("beat", **around | {"NEARER_VAR": str(tmp_path / "file" / "var")})
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "NEARER_VAR names another folder." in refused.stderr


def _answers(port: str) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", int(port))) == 0
