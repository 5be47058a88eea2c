"""Commands where the disk is full or only to be read, the database away, behind or another's: a sentence, and not 0."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.around import around
from tests.servers import ROOT
from tests.small_disk import NO_ROOM, fill, small_disk

__all__ = ["small_disk"]
NOBODY = 65534
# Each as typed, in a process of its own, which has loaded already what every command loads.
TYPED = """
import gc, json, os, sys, django
from config.command import main
django.setup()
import config.urls
gc.freeze()
who, said = int(sys.argv[1]), []
for words in json.loads(sys.argv[2]):
    heard, told = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(told, 1), os.dup2(told, 2)
        os.setgid(who), os.setuid(who)
        sys.exit(main(words))
    os.close(told)
    with open(heard) as all:
        text = all.read()
    said.append([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text])
print(json.dumps(said))
"""
VERBS = ["migrate", "backup", "keys check", "keys rotate --restarted", "invite", "invite list", "doctor"]
VERBS += ["reminders_status", "destroy_unowned_keys"]


def typed(around: dict[str, str], *lines: str, who: int = 0) -> dict[str, tuple[int, str]]:
    """What each of these command lines ends with, and says."""
    command = [sys.executable, "-c", TYPED, str(who), json.dumps([line.split() for line in lines])]
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {line: (code, text) for line, (code, text) in zip(lines, json.loads(done.stdout), strict=True)}


def refuse(said: dict[str, tuple[int, str]], sentence: str) -> None:
    """Each ended with 1 and this in one line; the doctor went on to the end, and said that something isn't well."""
    for line, (code, text) in said.items():
        assert code == 1, (line, text)
        assert "Traceback" not in text, (line, text)
        last = text.strip().splitlines()[-1]
        assert line == "doctor" or sentence in last, (line, text)
        assert line != "doctor" or ("not well     database:" in text and " address:" in last), text


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation that has a database."""
    folder = tmp_path_factory.mktemp("installed")
    assert [code for code, _ in typed(around(folder), "migrate --verbosity 0").values()] == [0]
    return folder


@contextmanager
def only_to_be_read(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def test_a_full_disk_is_said(installed: Path, small_disk: Path) -> None:
    shutil.copytree(installed, small_disk, dirs_exist_ok=True)
    fill(small_disk)
    refuse(typed(around(small_disk), *VERBS), NO_ROOM)
    for file in ("nearer.sqlite3", "stone"):
        (small_disk / file).unlink()
    fill(small_disk, leave=512 * 1024)
    refuse(typed(around(small_disk), "migrate"), NO_ROOM)  # half-way


def test_a_disk_that_is_only_to_be_read_is_said(installed: Path, small_disk: Path) -> None:
    shutil.copytree(installed, small_disk, dirs_exist_ok=True)
    verbs = [verb for verb in VERBS if verb != "backup"]
    with only_to_be_read(small_disk):
        refuse(typed(around(small_disk), *verbs), "The database can't be used: ")
        refuse(typed(around(small_disk), "backup"), "Read-only file system")


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator can become somebody else")
def test_what_is_another_s_is_said(installed: Path, small_disk: Path) -> None:
    shutil.copytree(installed, small_disk, dirs_exist_ok=True)
    (small_disk / "backups" / "words").mkdir(parents=True, mode=0o700)
    small_disk.chmod(0o755)
    for folder in small_disk.parents:
        if "pytest" in str(folder):  # those of the tests alone
            folder.chmod(0o755)
    verbs = [verb for verb in VERBS if verb != "backup"]
    refuse(typed(around(small_disk), *verbs, who=NOBODY), "The database can't be used: ")
    others = "backup", "restore", "restore 2026-11-30T020000Z"  # to see none isn't that there is none
    refuse(typed(around(small_disk), *others, who=NOBODY), "Permission denied. Type it as the user who runs")


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator makes what is another's")
def test_what_root_typed_its_owner_goes_on_with() -> None:
    # Not in pytest's own folder, which every run that begins beside this one closes to others again.
    with tempfile.TemporaryDirectory(prefix="nearer-") as folder:
        home = Path(folder)
        os.chown(home, NOBODY, NOBODY)
        _go_on_with_what_root_typed(home)


def _go_on_with_what_root_typed(home: Path) -> None:
    lines = "migrate -v0", "backup", "keys check", "invite list", "destroy_unowned_keys"
    assert {code for code, _ in typed(around(home), *lines).values()} == {0}
    assert {file.stat().st_uid for file in home.rglob("*")} == {NOBODY}
    assert {file.parent.name for file in home.rglob("*")} >= {home.name, "backups", "words", "withdrawals"}
    for file in home.glob("backups/*/*"):
        shutil.rmtree(file)  # of this very second
    assert {code for code, _ in typed(around(home), *lines, who=NOBODY).values()} == {0}


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator makes what is another's")
@pytest.mark.parametrize("owned", ["demo", "."])  # what is there already, or where it would be made
def test_root_starts_nothing_in_another_s_folder(tmp_path: Path, owned: str) -> None:
    theirs = tmp_path / owned
    theirs.mkdir(exist_ok=True)
    os.chown(theirs, NOBODY, NOBODY)
    ((code, text),) = typed(
        {**around(tmp_path), "NEARER_URL": "", "EMAIL_URL": "", "NEARER_VAR": str(tmp_path)}, "run"
    ).values()
    assert (code, text) == (
        1,
        f"{theirs} belongs to nobody: start Nearer as that user, and not as root.\n",
    )
    assert not list(theirs.iterdir())


def test_what_is_neither_disk_nor_rights_nor_a_connection_says_how_to_see_more(tmp_path: Path) -> None:
    lost, away = "shell -v0 -c open('/no/such.json')", "sendtestemail somebody@example.test"
    raised = r"shell -v0 -c exec('import\tsmtplib;raise\t{}')".format
    gone, closed = raised('BrokenPipeError(32,"closed")'), raised('smtplib.SMTPServerDisconnected("closed")')
    said = typed(around(tmp_path), lost, away, gone, closed, f"{lost} --traceback")
    assert said[lost] == (1, "/no/such.json: No such file or directory. --traceback shows more.\n")
    assert said[gone] == said[closed] == (1, "closed. --traceback shows more.\n")
    assert said[away] == (1, "Connection refused.\n")
    assert "Traceback" in said[f"{lost} --traceback"][1]


@pytest.mark.parametrize("url", ["postgres://127.0.0.1:9/none", "sqlite:////no/such/folder/nearer.sqlite3"])
def test_a_database_that_is_away_is_said(url: str, tmp_path: Path) -> None:
    verbs = [verb for verb in VERBS if verb != "backup"]
    refuse(typed(around(tmp_path, DATABASE_URL=url), *verbs), "The database can't be used: ")
    away = typed(
        around(tmp_path, DATABASE_URL=url), "backup", "restore none", f"move sqlite:///{tmp_path}/other"
    )
    refuse({line: away[line] for line in away if "move" not in line or "postgres" in url}, "CommandError: ")


def test_a_database_that_is_behind_is_said(tmp_path: Path) -> None:
    said = typed(around(tmp_path), "keys check", "reminders_status", "invite list")
    refuse(said, "The database is not up to date: nearer migrate.")
