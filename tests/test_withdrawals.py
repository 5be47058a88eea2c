"""The list of withdrawals: what is committed is listed, whatever happens, and a restored backup follows it."""

import fcntl
import json
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from accounts import leaving, withdrawals
from accounts.models import User, Withdrawal
from adventures import feeds, occasions, wishing
from adventures.models import Calendar
from checkins import drafts, replies, thanking, writing
from checkins.models import Appreciation, CheckIn, SmallWin
from checkins.words import CheckInText, FormVersion, SaidBack
from config import keeping
from config.backups.making import make
from config.backups.places import Place
from config.backups.replaying import replay
from couples import pairing, parting
from couples.codes import address_hash
from couples.models import Block
from reminders import preferences, status
from tests.cast import NOW, pair, person, seat
from tests.emptied import empty
from tests.servers import ROOT, environment_of_tests

__all__ = ["empty"]
pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)
TODAY, YESTERDAY = NOW.date(), (NOW - A_DAY).date()
WORDS = CheckInText("planted frost", "planted broth", "planted queue", note="planted note")


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.NEARER_WITHDRAWALS = tmp_path / "withdrawals"
    return tmp_path / "withdrawals"


def listed(folder: Path) -> list[dict[str, Any]]:
    lines = "".join(file.read_text() for file in sorted(folder.glob("*.list"))).splitlines()
    return [json.loads(line) for line in lines if line]


# --- writing it ----------------------------------------------------------------------------------


def test_an_act_is_listed_once_it_is_committed_and_not_before(folder: Path) -> None:
    dana = person("Dana")
    with transaction.atomic():
        pairing.block("somebody@example.test", by=dana, now=NOW)
        transaction.set_rollback(True)
    assert not folder.exists()
    with transaction.atomic():
        pairing.block("somebody@example.test", by=dana, now=NOW)
        assert not folder.exists()
    (line,) = listed(folder)
    assert (line["act"], line["person"]) == ("blocked", withdrawals.who(dana.pk))
    assert "somebody" not in json.dumps(line)
    (file,) = folder.glob("*.list")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_act_outside_of_a_transaction_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="outside of the transaction"):
        withdrawals.note("blocked")


def test_where_it_cannot_be_written_the_act_is_done_and_listed_later(folder: Path) -> None:
    dana = person("Dana")
    folder.write_text("a file where the folder should be")
    pairing.block("somebody@example.test", by=dana, now=NOW)
    leaving.erase(dana, now=NOW)
    assert not User.objects.exists()
    keeping.list_withdrawals(now=NOW)
    assert [row.act for row in Withdrawal.objects.order_by("pk") if row.listed_at is None] == [
        "blocked",
        "erased",
    ]
    folder.unlink()
    keeping.list_withdrawals(now=NOW)
    assert [line["act"] for line in listed(folder)] == ["blocked", "erased"]
    keeping.list_withdrawals(now=NOW)
    assert len(listed(folder)) == 2


def test_a_list_that_somebody_holds_keeps_nobody_waiting(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "PATIENCE", 0.1)
    dana = person("Dana")
    folder.mkdir()
    with (folder / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        pairing.block("somebody@example.test", by=dana, now=NOW)
        assert Block.objects.count() == 1
    assert not list(folder.glob("*.list"))
    keeping.list_withdrawals(now=NOW)
    assert [line["act"] for line in listed(folder)] == ["blocked"]


KILLED = """
import os, signal, django
django.setup()
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from accounts import leaving
with transaction.atomic():
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    leaving.erase(User.objects.get(), now=timezone.now())
"""


@pytest.mark.journey  # a real process, killed
@pytest.mark.story
def test_what_was_committed_as_the_process_was_killed_is_caught_up(folder: Path) -> None:
    dana = person("Dana")
    around = environment_of_tests() | {"NEARER_WITHDRAWALS": str(folder)}
    ended = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=around, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not User.objects.exists()
    assert not folder.exists()
    keeping.list_withdrawals(now=NOW)
    assert [(line["act"], line["person"]) for line in listed(folder)] == [
        ("erased", withdrawals.who(dana.pk))
    ]


def test_half_a_line_of_a_crash_spoils_no_other(folder: Path) -> None:
    dana, begun = person("Dana"), withdrawals.mark()
    (file,) = folder.glob("*.list")
    with file.open("a") as torn:
        torn.write('{"line":"7b0c')
    pairing.block("somebody@example.test", by=dana, now=NOW)
    pairing.block("another@example.test", by=dana, now=NOW)
    assert [line["act"] for line in withdrawals.since(folder, begun)] == ["blocked", "blocked"]
    with file.open("a") as doubled:  # listed twice, by two machines at once
        doubled.write(file.read_text())
    assert len(withdrawals.since(folder, begun)) == 2
    with pytest.raises(withdrawals.NotListed):
        withdrawals.since(folder, str(dana.pk))


def test_a_clock_that_is_put_back_leaves_the_order_as_it_was(folder: Path) -> None:
    dana = person("Dana")
    with time_machine.travel(NOW + A_DAY * 90):
        begun = withdrawals.mark()
    pairing.block("somebody@example.test", by=dana, now=NOW)
    assert [line["act"] for line in withdrawals.since(folder, begun)] == ["blocked"]


def test_it_is_kept_for_as_long_as_it_is_set_and_its_rows_for_two_days(
    folder: Path, settings: Settings
) -> None:
    settings.NEARER_WITHDRAWALS_DAYS = 60
    dana = person("Dana")
    with time_machine.travel(datetime(2026, 9, 30, tzinfo=UTC)):
        pairing.block("somebody@example.test", by=dana, now=NOW)
        keeping.list_withdrawals(now=datetime(2026, 10, 1, 23, tzinfo=UTC))
        assert Withdrawal.objects.count() == 1  # a backup made now is known by it to hold the block
        keeping.list_withdrawals(now=datetime(2026, 11, 29, tzinfo=UTC))
    assert [file.name for file in folder.glob("*.list")] == ["2026-09.list"]
    assert not Withdrawal.objects.exists()
    december = datetime(2026, 12, 1, tzinfo=UTC)
    (folder / "2026-06.list").touch()
    keeping.list_withdrawals(now=december)
    assert (folder / "2026-09.list").exists()  # nothing was listed since: a clock that is ahead sees the same
    assert not (folder / "2026-06.list").exists()  # which it was too old for in September
    (folder / "2026-11.list").touch()
    keeping.list_withdrawals(now=december)
    assert "2026-09.list" not in [file.name for file in folder.glob("*.list")]


def test_a_list_that_cannot_be_written_is_said_whether_or_not_there_is_anything_to_write(
    folder: Path,
) -> None:
    status.note_round(now=NOW)
    keeping.list_withdrawals(now=NOW)
    folder.rename(folder.with_name("moved"))
    folder.write_text("a file where the folder should be")
    later = NOW + timedelta(minutes=20)
    status.note_round(now=later)
    status._tick(status.ANSWERED, later)
    keeping.list_withdrawals(now=later)
    assert status.report(now=later).why == ["The list of withdrawals can't be written (NEARER_WITHDRAWALS)."]


# --- following it --------------------------------------------------------------------------------


def test_what_the_backup_holds_already_is_not_done_again(folder: Path) -> None:
    dana, begun = person("Dana"), withdrawals.mark()
    pairing.block("somebody@example.test", by=dana, now=NOW)
    lines = withdrawals.since(folder, begun)
    Block.objects.all().delete()  # as the row of the act is in this database, it was undone since
    replay(lines, now=NOW)
    assert not Block.objects.exists()
    Withdrawal.objects.all().delete()
    replay(lines, now=NOW)
    assert Block.objects.get().blocked_at == datetime.fromisoformat(lines[0]["at"])
    assert not Withdrawal.objects.exists()  # what is done from the list isn't noted again


def test_the_last_word_counts(folder: Path) -> None:
    dana, begun = person("Dana"), withdrawals.mark()
    pairing.block("somebody@example.test", by=dana, now=NOW)
    pairing.unblock("somebody@example.test", by=dana)
    for wanted in (False, True):
        preferences.choose(preferences.choices_of(dana)["check_in"], wanted=wanted, now=NOW)
    Withdrawal.objects.all().delete()
    preferences.stop(user=dana, kind="check_in", now=NOW)
    replay(withdrawals.since(folder, begun)[:-1], now=NOW)
    assert not Block.objects.exists()
    assert preferences.choices_of(dana)["check_in"].wanted


def test_a_page_that_was_never_shared_then_loses_its_words_all_the_same(folder: Path) -> None:
    alice, bob, begun = person("Alice"), person("Bob"), withdrawals.mark()
    pair(alice, bob)
    for user in (alice, bob):
        writing.write(by=seat(user), day=TODAY, words=WORDS, share=True, now=NOW)
    writing.take_back(by=seat(alice), day=TODAY, now=NOW)
    Withdrawal.objects.all().delete()
    page = CheckIn.objects.own(alice).get()
    page.rose, page.shared_at, page.kept_at, page.taken_back_at, page.couple = (
        "planted frost",
        None,
        NOW,
        None,
        None,
    )
    page.save()
    replay(withdrawals.since(folder, begun), now=NOW)
    page = CheckIn.objects.own(alice).with_keys().get()
    assert (page.rose, page.taken_back_at, page.note) == ("", None, "planted note")


# --- the drill -----------------------------------------------------------------------------------

AFTERWARDS = """
import json
from accounts.models import User
from adventures.models import Calendar, Occasion, Want, Wish
from checkins.models import Appreciation, CheckIn, Draft, Reply, SmallWin
from couples.models import Block, Couple, Invitation, NeverWrite
from reminders import preferences

def words(model, *names):
    return sorted(word for row in model.objects.all() for word in (getattr(row, name) for name in names) if word)

pages = CheckIn.objects.select_related("author__key")
found = {
    "people": sorted(User.objects.values_list("name", flat=True)),
    "pages": {f"{page.author.name} {page.day}": [page.rose, page.note, page.taken_back_at is not None,
              page.shared_at is not None] for page in pages},
    "drafts": Draft.objects.count(),
    "thanks": words(Appreciation, "text"),
    "wins": words(SmallWin, "text"),
    "replies": words(Reply, "back"),
    "wishes": words(Wish, "title"),
    "wants": Want.objects.count(),
    "occasions": Occasion.objects.count(),
    "couples": sorted("+".join(sorted(one.user.name for one in couple.partners.live()))
                      for couple in Couple.objects.filter(closed_at__isnull=True)),
    "blocks": Block.objects.count(),
    "never": NeverWrite.objects.count(),
    "calendars": Calendar.objects.filter(address_hash__isnull=False).count(),
    "invitations": Invitation.objects.filter(ended_at__isnull=True, paired_as__isnull=True).count(),
    "evening mails": {user.name: preferences.choices_of(user)["check_in"].wanted for user in User.objects.all()},
}
print(json.dumps(found))
"""


def nearer(around: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "nearer", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)


class Lives:
    """Alice and Bob, Charlie and Cleo, Dana and Erin, up to the night of the backup, and what they do after it."""

    def __init__(self) -> None:
        names = ("Alice", "Bob", "Charlie", "Cleo", "Dana", "Erin")
        self.alice, self.bob, self.charlie, self.cleo, self.dana, self.erin = (person(name) for name in names)
        self.ids = [str(user.pk) for user in User.objects.all()]
        pair(self.alice, self.bob)
        pair(self.charlie, self.cleo)
        for user in (self.alice, self.bob):
            writing.write(by=seat(user), day=YESTERDAY, words=WORDS, share=True, now=NOW - A_DAY)
        writing.write(by=seat(self.alice), day=TODAY, words=WORDS, share=True, now=NOW)
        writing.write(by=seat(self.charlie), day=TODAY, words=WORDS, share=True, now=NOW)
        base = FormVersion(0, "a tab", 1)
        drafts.keep(by=seat(self.erin), day=TODAY, words=WORDS, base=base, now=NOW)
        say = {"trait": "", "keep": False, "now": NOW - A_DAY}
        self.thanks = thanking.say_thanks(by=seat(self.alice), text="planted thanks", **say)  # type: ignore[arg-type]  # keywords of several types
        self.win = thanking.note_win(by=seat(self.bob), text="planted win", now=NOW)
        self.reply = replies.reply(by=seat(self.bob), day=YESTERDAY, said=SaidBack("planted reply"), now=NOW)
        self.wish = wishing.wish(by=seat(self.alice), words=wishing.WishWords("planted wish"), now=NOW)
        self.kite = wishing.wish(by=seat(self.alice), words=wishing.WishWords("a kite"), now=NOW)
        wishing.want(by=seat(self.bob), wish_id=self.kite.pk, now=NOW)
        day = occasions.OccasionWords("other", "planted day", 5, 1)
        self.occasion = occasions.add(by=seat(self.alice), words=day, now=NOW)
        feeds.make_address(by=seat(self.bob))
        pairing.invite(by=self.dana, now=NOW)
        preferences.choose(preferences.choices_of(self.alice)["check_in"], wanted=True, now=NOW)

    def withdraw(self) -> None:
        writing.take_back(by=seat(self.alice), day=YESTERDAY, now=NOW)
        writing.take_back(by=seat(self.alice), day=TODAY, now=NOW)  # nobody had read it
        writing.write(by=seat(self.charlie), day=TODAY, words=WORDS, share=False, now=NOW)
        drafts.discard(by=seat(self.erin), day=TODAY)
        thanking.take_back(by=seat(self.alice), model=Appreciation, pk=self.thanks.pk, now=NOW)
        thanking.take_back(by=seat(self.bob), model=SmallWin, pk=self.win.pk, now=NOW)
        replies.take_back(by=seat(self.bob), reply_id=self.reply.pk, now=NOW)
        wishing.take_back(by=seat(self.alice), wish_id=self.wish.pk, now=NOW)
        wishing.unwant(by=seat(self.bob), wish_id=self.kite.pk)
        occasions.remove(by=seat(self.alice), pk=self.occasion.pk, now=NOW)
        feeds.revoke(by=seat(self.bob), pk=Calendar.objects.get().pk)
        pairing.block("cleo@example.test", by=self.alice, now=NOW)
        pairing.never_write(address_hash("never@example.test"), now=NOW)
        token = preferences.stop_token(self.alice, "check_in")
        assert Client().post(f"/stop/{token}/").status_code in {200, 302}
        parting.part(by=self.cleo, now=NOW)
        leaving.erase(self.dana, now=NOW)


@pytest.mark.journey  # real processes
@pytest.mark.story
def test_what_was_withdrawn_after_the_backup_stays_withdrawn(
    empty: dict[str, str], folder: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.NEARER_BACKUPS = tmp_path / "backups"
    lives, place = Lives(), Place(tmp_path / "backups")
    name = make(place, now=NOW)
    lives.withdraw()
    written = "".join(file.read_text() for file in folder.iterdir())
    assert [never for never in ("planted", "example.test", *lives.ids) if never in written] == []
    around = empty | {"NEARER_BACKUPS": str(place.folder), "NEARER_WITHDRAWALS": str(folder)}
    back = nearer(around, "restore", name)
    assert back.returncode == 0, back.stderr
    said = "Restored. What was withdrawn since is withdrawn again. Everybody signs in once more.\n"
    assert back.stdout == said  # and no word of who, or how much
    looked = nearer(around, "shell", "-v0", "-c", AFTERWARDS)
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    assert found == {
        "people": ["Alice", "Bob", "Charlie", "Cleo", "Erin"],
        "pages": {
            f"Alice {YESTERDAY}": ["", "planted note", True, True],
            f"Bob {YESTERDAY}": ["planted frost", "planted note", False, True],
            f"Charlie {TODAY}": ["planted frost", "planted note", False, False],
        },
        "drafts": 0,
        "thanks": [],
        "wins": [],
        "replies": [],
        "wishes": ["a kite"],
        "wants": 0,
        "occasions": 0,
        "couples": ["Alice+Bob", "Charlie", "Cleo", "Erin"],
        "blocks": 1,
        "never": 1,
        "calendars": 0,
        "invitations": 0,
        "evening mails": {"Alice": False, "Bob": True, "Charlie": True, "Cleo": True, "Erin": True},
    }
    assert nearer(around, "keys", "check").stdout == "Every key opens.\n"


@pytest.mark.journey
@pytest.mark.story
def test_without_the_list_it_is_refused_unless_it_is_said(
    empty: dict[str, str], tmp_path: Path, settings: Settings
) -> None:
    settings.NEARER_BACKUPS = tmp_path / "backups"
    person("Dana")
    name = make(Place(tmp_path / "backups"), now=NOW)
    around = empty | {
        "NEARER_BACKUPS": str(tmp_path / "backups"),
        "NEARER_WITHDRAWALS": str(tmp_path / "lost"),
    }
    refused = nearer(around, "restore", name)
    assert refused.returncode == 1
    assert "doesn't reach back to this backup" in refused.stderr
    assert "--without-list" in refused.stderr
    done = nearer(around, "restore", name, "--without-list")
    assert done.stdout == "Restored. Everybody signs in once more.\n"
