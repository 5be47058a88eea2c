"""Changing to a new entry of the keyring, step by step: each says which one follows, and none can be taken too soon."""

import base64
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import keyring_entries, keys
from accounts.models import DataKey
from accounts.rewrapping import entries_in_use
from config import keyring
from config.backups import manifest
from config.backups.places import KEYS_KEPT, MANIFEST, Place, made_at, name_at
from config.embedded.installation import read_variables

pytestmark = pytest.mark.django_db


def entry(name: str) -> str:
    return f"{name}:{base64.b64encode(name.encode().ljust(32)).decode()}"


def said(*words: str) -> str:
    """What `nearer keys …` prints, or the sentence it ends with."""
    text = StringIO()
    try:
        call_command("keys", *words, stdout=text)
    except SystemExit as end:
        return f"ended: {end}"
    return text.getvalue().strip()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """The file of a `make run` that was started after it was made; the keyring is the one in it."""
    file = tmp_path / "real" / "secrets.env"
    file.parent.mkdir()
    file.write_text(f"# Made once.\nSECRET_KEY=x\nNEARER_KEYRING={entry('home')}\n")
    file.chmod(0o600)
    monkeypatch.setenv("NEARER_VAR", str(tmp_path))
    start(file, monkeypatch, settings)
    DataKey.make()
    return file


def start(file: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """What a start does: it reads the file, and notes that it did."""
    reread(file, monkeypatch, settings)
    started = file.with_name("started.env")
    started.write_text("PORT=8000\n")
    later = file.stat().st_mtime_ns + 1_000_000
    os.utime(started, ns=(later, later))


def reread(file: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """What a command typed beside it does."""
    told = read_variables(file)["NEARER_KEYRING"]
    monkeypatch.setenv("NEARER_KEYRING", told)
    settings.NEARER_KEYRING = told.split(",")


def test_beside_make_run_the_file_is_changed_and_a_restart_is_waited_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    assert "stands in front" in said("rotate", "k2")
    written = read_variables(home)["NEARER_KEYRING"].split(",")
    assert [one.partition(":")[0] for one in written] == ["k2", "home"]
    assert written[1] == entry("home")
    assert read_variables(home)["SECRET_KEY"] == "x"
    assert stat.S_IMODE(home.stat().st_mode) == 0o600
    assert [path.name for path in home.parent.iterdir() if path.suffix != ".env"] == []

    reread(home, monkeypatch, settings)
    for words in (("rotate",), ("rotate", "--restarted")):  # the web has not read it
        assert said(*words).startswith("ended: k2 wraps nothing yet: Nearer wasn't started since")
    assert DataKey.make().keyring_name == "home"
    assert "k2 wraps nothing yet" in said("check")
    start(home, monkeypatch, settings)
    assert said("rotate") == "Wrapped anew. When home may be taken out: nearer keys check"
    assert set(DataKey.objects.values_list("keyring_name", flat=True)) == {"k2"}
    assert said("rotate").startswith("Everything is wrapped by k2 already.")


def test_where_the_file_is_a_link_what_it_leads_to_is_changed(tmp_path: Path) -> None:
    real, link = tmp_path / "etc" / "nearer.env", tmp_path / "opt" / ".env"
    for folder in (real.parent, link.parent):
        folder.mkdir()
    real.write_text(f"NEARER_KEYRING={entry('k1')}\n")
    real.chmod(0o640)
    link.symlink_to("../etc/nearer.env")
    keyring.put_in_front(link, entry("k2"))
    assert link.is_symlink()
    assert real.read_text() == f"NEARER_KEYRING={entry('k2')},{entry('k1')}\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [file.name for folder in (real.parent, link.parent) for file in folder.iterdir()] == [
        "nearer.env",
        ".env",
    ]


@contextmanager
def of_another_user() -> Iterator[None]:
    """What follows is done by nobody: as far as the system has it, the rest is root's."""
    if os.geteuid():
        pytest.skip("only the system's administrator can become somebody else")
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def on_a_full_disk() -> Iterator[None]:
    """No file may grow past nothing, which the system says as it says a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def open_to_all(folder: Path) -> None:
    for above in (folder, *folder.parents):
        if "pytest" in str(above):  # those of the tests alone
            above.chmod(0o755)


@pytest.mark.parametrize("why", ["another's folder", "another's file", "full"])
def test_a_file_that_cannot_be_written_is_said_in_a_sentence_and_stays_as_it_was(
    home: Path, why: str, tmp_path: Path
) -> None:
    before = home.read_text()
    open_to_all(home.parent)
    home.chmod(0o644)
    if why == "another's file":  # whoever may write beside it could replace it, and would then own it
        home.parent.chmod(0o777)
    with on_a_full_disk() if why == "full" else of_another_user():
        ended = said("rotate", "k2")
    assert ended.startswith("ended: The new entry couldn't be written, and nothing was changed. ")
    assert str(home) in ended
    assert ("as root." in ended) == (why != "full")
    assert home.read_text() == before
    assert sorted(file.name for file in home.parent.iterdir()) == ["secrets.env", "started.env"]


def test_where_nothing_is_wrapped_yet_there_is_nothing_to_rotate(settings: Settings) -> None:
    DataKey.objects.all().delete()
    for ring in ([entry("k1")], [entry("k2"), entry("k1")]):
        settings.NEARER_KEYRING = ring
        first = ring[0].partition(":")[0]
        for words in (("rotate",), ("rotate", "--restarted")):
            assert said(*words).startswith(
                f"Nothing is wrapped yet, so there is nothing to rotate: {first} wraps"
            )
    assert said("check").startswith("Every key opens.\nk1 is of use to older backups only")


def test_where_it_is_set_by_hand_the_line_is_printed_and_a_restart_is_asked_about(settings: Settings) -> None:
    settings.NEARER_KEYRING = [entry("k1")]
    DataKey.make()
    first = said("rotate")
    line = next(line for line in first.splitlines() if line.endswith(","))
    settings.NEARER_KEYRING = [line.rstrip(","), entry("k1")]
    assert len(keys.keyring()) == 2
    assert said("rotate").startswith("ended: ")
    assert DataKey.objects.get().keyring_name == "k1"
    assert said("rotate", "--restarted").startswith("Wrapped anew.")
    assert DataKey.objects.get().keyring_name != "k1"


def test_two_of_one_day_have_two_names(settings: Settings) -> None:
    name = keyring_entries.fresh_entry().partition(":")[0]
    assert keyring_entries.fresh_entry(beside=[name]).startswith(f"{name}-2:")
    settings.NEARER_KEYRING = [entry(name)]
    DataKey.make()
    assert f"{name}-2:" in said("rotate")


def test_it_says_how_long_backups_need_what_the_database_does_not(settings: Settings, tmp_path: Path) -> None:
    settings.NEARER_KEYRING, settings.NEARER_BACKUPS = [entry("k1")], tmp_path
    DataKey.make()
    settings.NEARER_KEYRING = [entry("k2"), entry("k1")]
    name = backed_up(Place(tmp_path), days_ago=2)
    said("rotate", "--restarted")
    until = made_at(name) + KEYS_KEPT
    assert said("check") == f"Every key opens.\nk1 opens backups until {until:%d %B %Y}: keep it until then."
    backed_up(Place(tmp_path), days_ago=1)
    assert f"until {until:%d %B %Y}" in said("check")
    shutil.rmtree(Place(tmp_path).words(name))
    assert said("check") == "Every key opens.\nk1 is needed by nothing here, and may be taken out."
    settings.NEARER_BACKUPS = tmp_path / "elsewhere"
    assert "none are here to look at" in said("check")


def backed_up(place: Place, *, days_ago: int) -> str:
    """The name of a backup with no more to it than its manifest, whose counts open with what it says that it needs."""
    name, names = name_at(timezone.now() - timedelta(days=days_ago)), sorted(entries_in_use())
    counts = manifest.seal_counts({})
    assert [counts.partition(":")[0]] == names
    place.words(name).mkdir(parents=True)
    manifest.Manifest("1", "sqlite", name, "", {}, names, counts).write(place.words(name) / MANIFEST)
    return name
