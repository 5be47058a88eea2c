"""A disk without room: it is said, and nothing half-written is left. A real one, of a few megabytes."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from checkins.models import CheckIn
from config import errors, service_urls
from config.backups import daily, postgres
from config.backups.errors import CannotBackUp
from config.backups.making import make
from config.backups.places import Place
from config.backups.restoring import folder_for_plain
from reminders import status
from tests.cast import NOW
from tests.emptied import alone, copy_tests_into, empty
from tests.servers import ROOT, environment_of_tests, free_port
from tests.small_disk import NO_ROOM, fill, small_disk

__all__ = ["alone", "empty", "small_disk"]
A_BIT = 64 * 1024
SignIn = Callable[[User], Client]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("leave", [0, A_BIT])
def test_a_backup_is_whole_or_there_is_nothing_of_it(
    small_disk: Path, settings: Settings, leave: int, sealed: bool
) -> None:
    place = settings.NEARER_BACKUPS = small_disk / "backups"
    recipient = str(pyrage.x25519.Identity.generate().to_public()) if sealed else ""
    stone = fill(small_disk, leave=leave)
    with pytest.raises(CannotBackUp, match=f"^{NO_ROOM}: no backup was made.$"):
        make(Place(place), now=NOW, recipient=recipient)
    assert not list(place.glob("*/*"))
    stone.unlink()
    assert [make(Place(place), now=NOW, recipient=recipient)] == Place(place).names()


@pytest.mark.django_db(transaction=True)
def test_the_daily_one_is_tried_again(
    small_disk: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.NEARER_BACKUPS, once = small_disk / "backups", threading.Event()
    once.set()
    stone = fill(small_disk, leave=A_BIT)
    daily.go_on(once)
    assert f"{NO_ROOM}: no backup was made." in caplog.text
    stone.unlink()
    daily.go_on(once)
    assert len(Place(settings.NEARER_BACKUPS).names()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a PostgreSQL has a disk of its own")
def test_a_restore_that_has_no_room_leaves_an_empty_place(small_disk: Path, tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    name = make(place, now=NOW)
    around = environment_of_tests() | {
        "NEARER_BACKUPS": str(place.folder),
        "DATABASE_URL": f"sqlite:///{small_disk}/nearer.sqlite3",
    }
    for leave in (0, A_BIT, 16 * A_BIT):
        stone = fill(small_disk, leave=leave)
        refused = nearer(around, "restore", name)
        assert (refused.returncode, refused.stderr.strip().splitlines()[-1]) == (
            1,
            f"CommandError: {NO_ROOM}: nothing was restored.",
        )
        assert sorted(file.name for file in small_disk.iterdir()) == ["lock", "stone"]
        stone.unlink()
    assert nearer(around, "restore", name).returncode == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="it takes both databases")
def test_a_move_that_has_no_room_leaves_an_empty_place(
    small_disk: Path, alice: User, alone: dict[str, str], empty: dict[str, str]
) -> None:
    copy_tests_into(alone)
    there = f"sqlite:///{small_disk}/nearer.sqlite3"
    said = f"CommandError: Nothing was moved. {NO_ROOM}."
    for leave in (0, 32 * A_BIT):
        stone = fill(small_disk, leave=leave)
        refused = nearer(alone, "move", there)
        assert (refused.returncode, refused.stderr.strip().splitlines()[-1]) == (1, said), leave
        assert sorted(file.name for file in small_disk.iterdir()) == ["stone"]
        stone.unlink()
    assert nearer(alone, "move", there).returncode == 0
    fill(small_disk)
    back = nearer(alone | {"DATABASE_URL": there}, "move", empty["DATABASE_URL"])
    assert (back.returncode, back.stderr.strip().splitlines()[-1]) == (1, said)
    with postgres.connected(service_urls.database(empty["DATABASE_URL"])) as other:
        assert postgres.counts(other) == {}


def nearer(around: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "nearer", *words]
    return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)


@pytest.fixture
def full_database(transactional_db: None, alice: User) -> Iterator[None]:
    """The database refuses whatever is saved, as one without room does."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")  # pages that other tests freed would be room
            cursor.execute("PRAGMA page_count")
            ((pages,),) = cursor.fetchall()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            yield
            cursor.execute("PRAGMA max_page_count = 1073741823")
            return
        cursor.execute(
            "CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        table = CheckIn._meta.db_table
        cursor.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION pg_temp.full()"
        )
        yield
        cursor.execute(f"DROP TRIGGER full_disk ON {table}; DROP FUNCTION pg_temp.full")


@pytest.mark.every_database
def test_words_that_find_no_room_come_back_with_the_reason(
    alice: User, signed_in: SignIn, full_database: None, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(raise_request_exception=False)
    client.cookies = signed_in(alice).cookies
    words = "planted " * 120
    typed = {"rose": words, "bud": words, "thorn": words, "note": words * 5}  # more than a page of the file
    with time_machine.travel(NOW, tick=False):
        answer = client.post(reverse("checkins:save", args=[NOW.date()]), typed | {"go": "share"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert str(errors.FULL) in answer.content.decode()
    assert words.strip() in answer.content.decode()
    assert not CheckIn.objects.exists()
    assert "There is no room left on the disk: nothing can be saved." in caplog.messages


@pytest.mark.django_db
def test_it_is_said_before_it_is_full(small_disk: Path, settings: Settings) -> None:
    status.note_round(now=NOW)
    settings.NEARER_BACKUPS = small_disk / "backups" / "of ours"
    assert Client().get("/health/ready").content == b"disk\n"
    assert Client().get("/health/").content == b"ok\n"


@pytest.mark.django_db
def test_the_folder_of_sealed_files_is_looked_at_too(small_disk: Path, settings: Settings) -> None:
    status.note_round(now=NOW)
    place = settings.STORAGES["sealed"]
    settings.STORAGES = settings.STORAGES | {"sealed": place | {"OPTIONS": {"location": str(small_disk)}}}
    assert Client().get("/health/ready").content == b"disk\n"


def test_nearer_starts_with_a_sentence_or_not_at_all(small_disk: Path, tmp_path: Path) -> None:
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    around |= {"NEARER_VAR": str(small_disk), "PORT": str(free_port())}
    for leave in (0, A_BIT, 2 * A_BIT):
        stone = fill(small_disk, leave=leave)
        said = nearer(around, "run")
        assert said.returncode == 1
        assert said.stderr.startswith(NO_ROOM), said.stderr
        stone.unlink()
        secrets = small_disk / "demo" / "secrets.env"
        assert not secrets.exists() or "NEARER_KEYRING=home:" in secrets.read_text()


def test_a_disk_that_is_only_to_be_read_is_restored_from(small_disk: Path) -> None:
    place = Place(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with folder_for_plain(place) as folder:
        (Path(folder) / "opened").touch()
    assert not Path(folder).exists()
