"""Backups of a database that is written to, and putting them back, on the database of the tests."""

import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from pytest_django import Settings

from accounts import export_requests, long_work
from accounts.models import DataKey, Session, User
from accounts.owned import give
from accounts.rewrapping import entries_in_use, rewrap
from checkins import writing
from checkins.words import CheckInText
from config import VERSION, service_urls
from config.backups import daily, manifest, postgres, sqlite
from config.backups.errors import CannotBackUp, CannotRestore
from config.backups.making import make
from config.backups.places import BEGUN, MANIFEST, Place, name_at
from config.embedded import __main__ as embedded
from config.embedded import installation
from config.embedded.installation import Refusal
from config.one_at_a_time import one_at_a_time
from couples.models import Couple
from reminders.models import Tick
from tests.cast import NOW, pair, person, seat
from tests.emptied import empty
from tests.faults.racing import track
from tests.servers import ROOT, free_port

__all__ = ["empty"]
pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Place:
    settings.NEARER_BACKUPS = tmp_path / "backups"
    return Place(tmp_path / "backups")


@pytest.fixture
def two() -> tuple[User, User]:
    """Alice and Bob, each with a page that both shared, and a session of Alice's."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    for user, rose in ((alice, "the light on the stairs"), (bob, "soup")):
        writing.write(by=seat(user), day=NOW.date(), words=CheckInText(rose=rose), share=True, now=NOW)
    Session.objects.create(
        session_key=alice.pk, session_data=b"planted session", expire_date=NOW + A_DAY, user=alice
    )
    return alice, bob


def put_back(place: Place, name: str, around: dict[str, str], folder: Path) -> list[tuple[Any, ...]]:
    """The moments and keys of all couples, from a database made of this backup by its own kind's way back."""
    words, keys = place.words(name) / f"words{suffix()}", place.keys(name) / f"keys{suffix()}"
    question = (
        "SELECT c.opened_at, k.id FROM couples_couple c LEFT JOIN accounts_datakey k ON k.id = c.key_id"
    )
    if connection.vendor == "sqlite":
        sqlite.put_back(words, keys, folder / "back.sqlite3")
        with closing(sqlite3.connect(folder / "back.sqlite3")) as back:
            return back.execute(question).fetchall()
    database = service_urls.database(around["DATABASE_URL"])
    postgres.put_back(database, words, keys)
    with postgres.connected(database) as back:
        return back.execute(question).fetchall()


def suffix() -> str:
    return sqlite.SUFFIX if connection.vendor == "sqlite" else postgres.SUFFIX


def test_it_is_of_one_moment_while_others_write(place: Place, empty: dict[str, str], tmp_path: Path) -> None:
    begun, ending = threading.Event(), threading.Event()
    first = datetime(2026, 1, 1, tzinfo=UTC)

    def write() -> int:
        number = 0
        while not ending.is_set():
            with transaction.atomic():  # a couple and its key: a backup has both or neither
                Couple.objects.create(key=DataKey.make(), opened_at=first + timedelta(seconds=number))
            number += 1
            if number == 200:
                begun.set()
        return number

    def back_up() -> tuple[str, int]:
        assert begun.wait(60)
        before = Couple.objects.count()
        try:
            return make(place, now=NOW), before
        finally:
            ending.set()

    with track(2) as lanes:
        made, written = lanes.race(back_up, write)
    assert isinstance(made, tuple), made
    assert isinstance(written, int), written
    name, before = made
    found = put_back(place, name, empty, tmp_path)
    assert before <= len(found) <= written
    assert all(key is not None for _, key in found)
    moments = sorted(str(moment) for moment, _ in found)
    stand = sorted(str(moment) for moment in Couple.objects.values_list("opened_at", flat=True))
    if connection.vendor == "sqlite":  # it writes them without the zone
        stand = [moment.removesuffix("+00:00") for moment in stand]
    assert moments == stand[: len(found)]  # none of those in between is missing


def test_long_work_is_in_none(
    place: Place, two: tuple[User, User], empty: dict[str, str], tmp_path: Path
) -> None:
    long_work.ask(two[0], export_requests.NAME, {"private": True}, now=NOW)
    made = make(place, now=NOW)
    put_back(place, made, empty, tmp_path)
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(tmp_path / "back.sqlite3")) as back:
            found = back.execute("SELECT count(*) FROM accounts_longwork").fetchall()
    else:
        with postgres.connected(service_urls.database(empty["DATABASE_URL"])) as back:
            found = back.execute("SELECT count(*) FROM accounts_longwork").fetchall()
    assert found == [(0,)]


def test_words_and_keys_lie_apart_and_neither_tells_anything(place: Place, two: tuple[User, User]) -> None:
    name = make(place, now=NOW)
    key = two[0].key
    words = b"".join(file.read_bytes() for file in place.words(name).iterdir())
    assert (place.folder / "keys" / name).is_dir()
    if connection.vendor == "sqlite":  # what pg_dump writes is compressed
        keys = b"".join(file.read_bytes() for file in place.keys(name).iterdir())
        assert bytes(key.wrapped) in keys
        assert b"alice@example.test" in words
        assert b"alice@example.test" not in keys
    assert bytes(key.wrapped) not in words
    assert b"planted session" not in words
    assert b"the light on the stairs" not in words
    said = json.loads((place.words(name) / MANIFEST).read_text())
    assert said["version"] == VERSION
    assert said["migrations"]["couples"]
    assert set(said["files"]) == {"words", "keys"}
    assert not re.search(r'"couples_\w+": \d', json.dumps(said))  # of two, a count tells what was done
    counts = manifest.open_counts(said["counts"])
    assert (counts["checkins_checkin"], counts["accounts_session"]) == (2, 0)
    assert all(file.stat().st_mode & 0o077 == 0 for file in (place.folder, place.folder / "words"))


def test_a_rotation_that_ends_while_it_is_made_leaves_both_entries_needed(
    place: Place, two: tuple[User, User], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = settings.NEARER_KEYRING[0].partition(":")[0]
    kind = sqlite if connection.vendor == "sqlite" else postgres
    copy = kind.copy

    def copy_and_rotate(*given: Any) -> dict[str, int]:
        counts: dict[str, int] = copy(*given)  # the old entry wraps what is in there
        settings.NEARER_KEYRING = [f"new:{base64.b64encode(bytes(32)).decode()}", *settings.NEARER_KEYRING]
        assert rewrap().lost == []
        return counts

    monkeypatch.setattr(kind, "copy", copy_and_rotate)
    name = make(place, now=NOW)
    assert entries_in_use() == {"new"}
    assert manifest.read(place.words(name) / MANIFEST).keyring == sorted([old, "new"])


def test_the_version_is_the_project_s() -> None:
    assert f'\nversion = "{VERSION}"\n' in (ROOT / "pyproject.toml").read_text()


def test_the_oldest_go_and_none_outlives_thirty_days(place: Place, settings: Settings) -> None:
    settings.NEARER_BACKUP_KEEP = 3
    made = [make(place, now=NOW + A_DAY * number) for number in range(5)]
    assert place.names() == made[2:]
    assert sorted(folder.name for folder in (place.folder / "keys").iterdir()) == made[2:]
    late = make(place, now=NOW + A_DAY * 40)
    assert place.names() == [
        *made[3:],
        late,
    ]  # the machine was off, or its clock is ahead: not before a day went by
    later = make(place, now=NOW + A_DAY * 41)
    assert place.names() == [late, later]
    assert sorted(folder.name for folder in (place.folder / "keys").iterdir()) == [late, later]


def test_made_less_often_than_once_in_thirty_days_the_last_but_one_goes(place: Place) -> None:
    monthly = [make(place, now=NOW + A_DAY * 31 * number) for number in range(4)]
    assert place.names() == monthly[-2:]
    assert sorted(folder.name for folder in (place.folder / "keys").iterdir()) == monthly[-2:]
    with time_machine.travel(NOW + A_DAY * 31 * 3 + timedelta(hours=1)):
        call_command("backup", stdout=StringIO())
    assert place.names()[:-1] == monthly[-2:]


def test_one_that_was_killed_leaves_nothing_that_counts(place: Place) -> None:
    with place.locked():
        begun = place.words(f"{BEGUN}{name_at(NOW)}")
        begun.mkdir()
        (begun / "words.part").write_bytes(b"half of it")
        with pytest.raises(CannotBackUp, match="being made already"):
            make(place, now=NOW)
    assert place.names() == []
    assert place.newest(now=NOW) is None
    name = make(place, now=NOW)
    assert place.names() == [name]
    assert not list(place.folder.glob("*/.*"))


def test_they_are_made_by_themselves_when_they_are_due(place: Place, settings: Settings) -> None:
    assert daily.make_if_due(now=NOW)
    assert not daily.make_if_due(now=NOW + timedelta(hours=23))
    assert daily.make_if_due(now=NOW + timedelta(hours=24))
    assert daily.make_if_due(
        now=NOW - A_DAY * 9
    )  # the clock was put right: what is to come is no backup of today
    assert Tick.objects.get(name="next backup").at == NOW - A_DAY * 8
    settings.NEARER_BACKUP_HOURS = 0
    assert not daily.make_if_due(now=NOW + A_DAY * 9)
    assert not Tick.objects.filter(name="next backup").exists()


def test_a_clock_that_was_ahead_costs_no_backup_of_other_days(place: Place, settings: Settings) -> None:
    settings.NEARER_BACKUP_KEEP = 3
    odd = make(place, now=NOW + A_DAY * 300)
    made = []
    for day in range(4):
        assert daily.make_if_due(now=NOW + A_DAY * day)
        made += [name_at(NOW + A_DAY * day)]
        for minute in (5, 10):  # it used to make one at each look, until none of another day was left
            assert not daily.make_if_due(now=NOW + A_DAY * day + timedelta(minutes=minute))
        if day == 0:
            assert place.names() == [*made, odd]
    assert place.names() == made[1:]  # the one of a time to come was the oldest


@pytest.mark.parametrize("ahead", [20, 31, 4000])
def test_a_clock_that_is_ahead_costs_no_good_backup(place: Place, ahead: int) -> None:
    for day in range(10):
        make(place, now=NOW + A_DAY * day)
    good = place.names()
    with time_machine.travel(NOW + A_DAY * (9 + ahead)) as clock:
        for _ in range(3):
            call_command("backup", stdout=StringIO())
            clock.shift(timedelta(hours=4))
    assert place.names()[:-3] == good
    with time_machine.travel(NOW + A_DAY * 10):  # put right
        call_command("backup", stdout=StringIO())
    assert set(good) < set(place.names())


def test_an_older_one_that_cannot_be_removed_is_said_truly(
    place: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NEARER_BACKUP_KEEP = 1
    old = make(place, now=NOW)
    monkeypatch.setattr(shutil, "rmtree", os.rmdir)  # which the system refuses: there is something in it
    later = NOW + A_DAY
    with pytest.raises(
        CannotBackUp, match=f"^{name_at(later)} was made, but an older one couldn't be removed: "
    ):
        make(place, now=later)
    assert place.names() == [old, name_at(later)]


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="only SQLite's is a file that opening it would make"
)
def test_where_there_is_no_database_none_is_made(place: Place, empty: dict[str, str], tmp_path: Path) -> None:
    refused = nearer(empty | {"NEARER_BACKUPS": str(place.folder)}, "backup")
    assert refused.returncode == 1
    assert "CommandError: There is no database at " in refused.stderr
    assert not (tmp_path / "empty.sqlite3").exists()


def nearer(around: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "nearer", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)


ROSES = """
from checkins.models import CheckIn
print(sorted(page.rose for page in CheckIn.objects.with_keys().select_related("author__key")))
"""


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator makes what is another's")
def test_what_root_types_belongs_to_whoever_runs_it(place: Place, tmp_path: Path) -> None:
    place.folder.mkdir()
    os.chown(place.folder, 65534, 65534)
    name = make(place, now=NOW)
    made = [
        place.folder / "lock",
        place.words(name),
        place.keys(name),
        place.folder / "words",
        place.folder / "keys",
    ]
    made += [*place.words(name).iterdir(), *place.keys(name).iterdir()]
    assert len(made) == 8
    assert {(file.stat().st_uid, file.stat().st_gid) for file in made} == {(65534, 65534)}


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator makes what is another's")
def test_so_do_all_the_folders_that_root_made_on_the_way(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with Place(tmp_path / "kept" / "by us" / "backups").locked():
        made = list(tmp_path.rglob("*"))
    assert len(made) == 6
    assert {(file.stat().st_uid, file.stat().st_gid) for file in made} == {(65534, 65534)}


@pytest.mark.skipif("os.geteuid() != 0", reason="only the system's administrator could give them away")
def test_root_gives_away_nothing_that_a_link_leads_to(place: Place, tmp_path: Path) -> None:
    theirs, roots = tmp_path / "theirs", tmp_path / "root's"
    for folder in (theirs, roots, place.folder):
        folder.mkdir()
    (roots / "shadow").touch()
    for folder in (theirs, place.folder):
        os.chown(folder, 65534, 65534)
    for link in (theirs / "nearer.sqlite3.lock", theirs / "lock", theirs / "copy", place.folder / "lock"):
        link.symlink_to(roots / "shadow")
    (theirs / "all").symlink_to(roots)
    give(theirs, to_owner_of=theirs)
    give(theirs / "all", to_owner_of=theirs)
    database = {"NAME": str(theirs / "nearer.sqlite3")}
    with pytest.raises(OSError, match="symbolic links"), one_at_a_time(DatabaseWrapper(database)):
        pass
    with pytest.raises(OSError, match="symbolic links"), sqlite.held(database):
        pass
    with pytest.raises(CannotBackUp, match=r"^No backup was made: .*symbolic links"):
        make(place, now=NOW)
    assert {file.stat().st_uid for file in (roots, roots / "shadow")} == {0}
    assert (theirs / "all").lstat().st_uid == (theirs / "copy").lstat().st_uid == 65534


@pytest.mark.journey  # real processes
@pytest.mark.story
@pytest.mark.skipif(
    "connection.vendor != 'sqlite' or os.geteuid() != 0", reason="only SQLite's is a file of somebody's"
)
def test_a_database_that_root_puts_back_belongs_to_whoever_runs_it(
    two: tuple[User, User], place: Place, empty: dict[str, str], tmp_path: Path
) -> None:
    name = make(place, now=NOW)
    os.chown(tmp_path, 65534, 65534)
    assert nearer(empty | {"NEARER_BACKUPS": str(place.folder)}, "restore", name).returncode == 0
    assert (tmp_path / "empty.sqlite3").stat().st_uid == 65534
    assert nearer(empty, "migrate").returncode == 0
    assert (tmp_path / "empty.sqlite3.lock").stat().st_uid == 65534


@pytest.mark.journey  # real processes
@pytest.mark.story
def test_there_and_back(two: tuple[User, User], place: Place, empty: dict[str, str], tmp_path: Path) -> None:
    name = make(place, now=NOW)
    around = empty | {"NEARER_BACKUPS": str(place.folder)}
    assert nearer(around, "restore").stdout.split() == [name]
    back = nearer(around, "restore", name)
    assert back.returncode == 0, back.stderr
    assert back.stdout.startswith("Restored. ")
    assert nearer(around, "shell", "-v0", "-c", ROSES).stdout.strip() == "['soup', 'the light on the stairs']"
    assert nearer(around, "keys", "check").stdout == "Every key opens.\n"
    again = nearer(around, "restore", name)
    assert again.returncode == 1
    assert "already: a backup is only put into an empty" in again.stderr
    made = nearer(around, "backup", "--to", tmp_path / "second")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Made 20")


@pytest.mark.journey
@pytest.mark.story
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(
    two: tuple[User, User], place: Place, empty: dict[str, str]
) -> None:
    name = make(place, now=NOW)
    around = empty | {"NEARER_BACKUPS": str(place.folder)}
    words, keys = next(place.words(name).glob("words*")), next(place.keys(name).glob("keys*"))
    other = around | {"NEARER_KEYRING": "other:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
    assert (
        "NEARER_KEYRING lacks what opens this backup's keys: tests." in nearer(other, "restore", name).stderr
    )
    wrong = around | {"NEARER_KEYRING": "tests:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
    assert "NEARER_KEYRING isn't the one of this backup." in nearer(wrong, "restore", name).stderr
    assert "There is no backup called none" in nearer(around, "restore", "none").stderr
    whole = keys.read_bytes()
    keys.unlink()
    assert f"{keys.name} is missing" in nearer(around, "restore", name).stderr
    keys.write_bytes(whole)
    changed = bytearray(words.read_bytes())
    changed[len(changed) // 2] ^= 1
    words.write_bytes(changed)
    assert f"{words.name} is not what was backed up" in nearer(around, "restore", name).stderr
    changed[len(changed) // 2] ^= 1
    words.write_bytes(changed)
    said = json.loads((place.words(name) / MANIFEST).read_text())
    said["migrations"]["couples"].append("9999_later")
    (place.words(name) / MANIFEST).write_text(json.dumps(said))
    assert "made by a newer Nearer" in nearer(around, "restore", name).stderr
    said["migrations"]["couples"].pop()
    (place.words(name) / MANIFEST).write_text(json.dumps(said))
    assert nearer(around, "restore", name).returncode == 0  # nothing was there yet


@pytest.mark.journey
@pytest.mark.story
def test_two_restores_at_once_are_one(two: tuple[User, User], place: Place, empty: dict[str, str]) -> None:
    name = make(place, now=NOW)
    around = empty | {"NEARER_BACKUPS": str(place.folder)}
    command = [sys.executable, "nearer", "restore", name]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=900) for one in both]
    assert sorted(one.returncode for one in both) == [0, 1], said
    (refused,) = [error for out, error in said if not out]
    too_early, too_late = (
        "(Nearer runs here|This database is being)",
        "(There are tables|empty.sqlite3 is there)",
    )
    assert re.fullmatch(rf"CommandError: ({too_early}|{too_late})[^\n]+\n", refused), refused
    assert nearer(around, "shell", "-v0", "-c", ROSES).stdout.strip() == "['soup', 'the light on the stairs']"


def refused(*words: object) -> str:
    with pytest.raises(CommandError) as found:
        call_command("restore", *map(str, words))
    return str(found.value)


def test_a_wrong_folder_is_said(two: tuple[User, User], place: Place, tmp_path: Path) -> None:
    name = make(place, now=NOW)
    for folder in (tmp_path / "nowhere", place.folder / "words", place.folder / "words" / name):
        for words in ((name,), ()):
            assert refused(*words, "--from", folder) == (
                f"{folder} holds no backups: --from takes the folder that has both, words/ and keys/."
            )


def test_a_manifest_that_was_half_copied_is_said(
    two: tuple[User, User], place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kind = sqlite if connection.vendor == "sqlite" else postgres
    monkeypatch.setattr(kind, "refuse_unless_empty", lambda database: None)  # the tests' own isn't
    name = make(place, now=NOW)
    file = place.words(name) / MANIFEST
    whole = json.loads(file.read_text())
    halves = [file.read_text()[:200], "", "[]", json.dumps(whole | {"files": {}})]
    halves += [json.dumps({key: value for key, value in whole.items() if key != "keyring"})]
    for half in halves:
        file.write_text(half)
        assert refused(name) == manifest.NOT_READ
    file.unlink()
    file.mkdir()
    assert refused(name) == manifest.NOT_READ


@pytest.mark.journey
@pytest.mark.story
def test_a_database_that_does_not_answer_is_said(
    two: tuple[User, User], place: Place, empty: dict[str, str], tmp_path: Path
) -> None:
    name = make(place, now=NOW)
    nowhere = f"sqlite:///{tmp_path}/no/such.sqlite3"
    if connection.vendor == "postgresql":
        nowhere = f"postgres://127.0.0.1:{free_port()}/none"
    around = empty | {"NEARER_BACKUPS": str(place.folder), "DATABASE_URL": nowhere}
    for words in (("restore", name), ("backup",)):
        said = nearer(around, *words)
        assert said.returncode == 1
        assert re.fullmatch(r"CommandError: [A-Z][^\n]+\n", said.stderr), said.stderr


@pytest.mark.journey
@pytest.mark.story
def test_a_sealed_one_opens_with_its_private_key_alone(
    two: tuple[User, User], place: Place, empty: dict[str, str], tmp_path: Path
) -> None:
    import pyrage

    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for file, key in ((tmp_path / "ours", identity), (tmp_path / "theirs", other)):
        file.write_text(f"# made by age-keygen\n{key}\n")
    name = make(place, now=NOW, recipient=str(identity.to_public()))
    files = [file for folder in (place.words(name), place.keys(name)) for file in folder.iterdir()]
    assert {file.suffix for file in files} == {".age"}
    assert all(file.read_bytes().startswith(b"age-encryption.org/v1") for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    around = empty | {"NEARER_BACKUPS": str(place.folder)}
    assert "say where its private key is" in nearer(around, "restore", name).stderr
    refused = nearer(around, "restore", name, "--identity", tmp_path / "theirs")
    assert "The private key doesn't open this backup." in refused.stderr
    assert nearer(around, "restore", name, "--identity", tmp_path / "ours").returncode == 0
    assert "soup" in nearer(around, "shell", "-v0", "-c", ROSES).stdout
    assert not list(place.folder.glob(".opened-*"))


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="only SQLite keeps what was written in a file beside"
)
def test_a_log_left_beside_the_place_is_refused_and_so_is_a_running_nearer(tmp_path: Path) -> None:
    database = {"NAME": str(tmp_path / "nearer.sqlite3")}
    sqlite.refuse_unless_empty(database)
    with sqlite.held(database):  # as `make run` does, as long as it lives
        with pytest.raises(CannotRestore, match="Nearer runs here"), sqlite.held(database):
            pass
    (tmp_path / "nearer.sqlite3-wal").write_bytes(b"somebody else's evenings")
    with pytest.raises(CannotRestore, match=r"nearer\.sqlite3-wal lies there"):
        sqlite.refuse_unless_empty(database)


def test_while_a_restore_is_under_way_on_a_new_machine_nearer_does_not_start(tmp_path: Path) -> None:
    at = installation.from_environment({"NEARER_VAR": str(tmp_path)})
    at.make_folders()
    with (
        sqlite.held({"NAME": str(at.folder / "nearer.sqlite3")}),
        pytest.raises(Refusal, match="already runs"),
    ):
        embedded._lock(at)
    with embedded._lock(at):
        pass


@pytest.mark.journey  # real processes
@pytest.mark.story
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a server's load fails by itself then")
def test_what_was_begun_there_meanwhile_is_not_restored_over(
    two: tuple[User, User], place: Place, empty: dict[str, str], tmp_path: Path
) -> None:
    name = make(place, now=NOW)
    begun = tmp_path / "empty.sqlite3"
    begun.write_bytes(b"somebody's first evening")
    ask = "from pathlib import Path; from config.backups import places, restoring; "
    ask += f"place = places.Place(Path({str(place.folder)!r})); "
    ask += f"found = restoring.read(place, {name!r}, into=Path({str(tmp_path)!r}), identity=None); "
    ask += "restoring._into_file(found, [])"
    done = nearer(empty, "shell", "-v0", "-c", ask)
    assert "CannotRestore: empty.sqlite3 is there already" in done.stderr
    assert begun.read_bytes() == b"somebody's first evening"
    assert not list(tmp_path.glob("*.being-restored*"))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only a server has others connected to it")
def test_a_database_that_others_are_connected_to_is_refused(empty: dict[str, str]) -> None:
    database = service_urls.database(empty["DATABASE_URL"])
    postgres.refuse_unless_empty(database)
    with postgres.connected(database), pytest.raises(CannotRestore, match="stop web, worker and beat"):
        postgres.refuse_unless_empty(database)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only a server has others connected to it")
def test_a_connection_that_is_ending_is_waited_for(empty: dict[str, str]) -> None:
    database = service_urls.database(empty["DATABASE_URL"])
    with ExitStack() as ending:
        ending.enter_context(postgres.connected(database))
        later = threading.Timer(2, ending.pop_all().close)
        later.start()
        postgres.refuse_unless_empty(database)
        later.join()
