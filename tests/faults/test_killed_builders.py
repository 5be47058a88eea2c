"""Workers that are killed in the middle of long work: it begins again or says that it failed, and no file is left.

`FAULT_KILLS` is how many are killed (4; 20 in full).
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import export_requests, long_work, sealed_files
from accounts.models import LongWork, SealedFile, User
from tests.cast import NOW
from tests.faults.builder import KIND, PIECE, PIECES, SPEED, live
from tests.faults.crowd import say
from tests.faults.worker import FORKED, Clock

KILLS = int(os.environ.get("FAULT_KILLS", "4"))
PATIENCE = 300  # seconds

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    entry = {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = settings.STORAGES | {"sealed": entry}
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@contextmanager
def worker(folder: Path, epoch: float, *, ends: bool = True) -> Iterator[Any]:
    """A worker in a process of its own, killed at the end as hard as can be; one that `ends` comes that far by then."""
    ours, theirs = FORKED.Pipe()
    process = FORKED.Process(
        target=live, args=(str(connection.settings_dict["NAME"]), str(folder), epoch, theirs, ends)
    )
    process.start()
    theirs.close()
    try:
        assert ours.recv() == process.pid
        yield process
    finally:
        process.kill()
        process.join(60)
        ours.close()


def wait_for(*states: str) -> LongWork:
    until = time.monotonic() + PATIENCE
    while (row := LongWork.objects.get()).state not in states:
        assert time.monotonic() < until, row.state
        time.sleep(0.02)
    return row


def test_killed_workers_leave_no_file_and_nobody_waiting(alice: User, folder: Path) -> None:
    clock, reached, failed = Clock(time.time(), SPEED), 0, 0
    long_work.ask(alice, KIND, {}, now=clock())
    for _ in range(KILLS):
        with worker(folder, clock.epoch, ends=False):
            row = wait_for("claimed", "failed")
            if row.state == "claimed":
                time.sleep(random.uniform(0.0, 0.7))  # of about a second's work, and then it hangs
        row = LongWork.objects.get()
        reached += row.state == "claimed"
        assert len(list(folder.iterdir())) <= 1  # the half one: the next claim takes it away
        if not row.is_underway:
            failed += row.state == "failed"
            assert row.state == "ready" or list(folder.iterdir()) == []
            long_work.ask(alice, KIND, {}, now=clock())
    with worker(folder, clock.epoch):
        row = wait_for("ready", "failed")
        if row.state == "failed":
            failed += 1
            long_work.ask(alice, KIND, {}, now=clock())
            row = wait_for("ready")
    say(
        f"{KILLS} builders killed, {reached} of them in the middle, {failed} times it was said to have failed"
    )
    assert reached >= KILLS // 2
    # One that was killed before it wrote a byte leaves a row, which the daily sweep takes away.
    sealed_files.sweep(now=timezone.now() + sealed_files.GRACE + timedelta(hours=1))
    assert SealedFile.objects.count() == len(list(folder.iterdir())) == 1
    file = SealedFile.objects.select_related("key").get()
    assert sum(map(len, sealed_files.read(file))) == PIECES * len(PIECE)
    long_work.cancel(row)
    assert list(folder.iterdir()) == []


def test_whoever_erases_their_account_under_a_killed_worker_leaves_nothing(alice: User, folder: Path) -> None:
    from accounts import leaving

    clock = Clock(time.time(), SPEED)
    long_work.ask(alice, KIND, {}, now=clock())
    with worker(folder, clock.epoch) as process:
        wait_for("claimed")
        until = time.monotonic() + PATIENCE
        while not list(folder.iterdir()):
            assert time.monotonic() < until
            time.sleep(0.01)
        leaving.erase(alice, now=clock())
        until = time.monotonic() + PATIENCE
        while list(folder.iterdir()):  # whoever builds it finds out, and takes away what it had begun
            assert time.monotonic() < until
            time.sleep(0.02)
        assert process.is_alive()
    assert not SealedFile.objects.exists()
    assert not LongWork.objects.exists()


def test_the_page_says_that_it_begins_again(alice: User, folder: Path, signed_in: Any) -> None:
    client: Client = signed_in(alice)
    client.post(reverse("accounts:export"))
    LongWork.objects.update(
        state="claimed", owner=alice.pk, lease_until=NOW - timedelta(minutes=5), attempts=1
    )  # as a killed one leaves it
    assert "Your file is being prepared" in client.get(reverse("accounts:export")).content.decode()
    from django.utils import timezone

    assert long_work.work_off(clock=timezone.now) == 1
    assert export_requests.of(alice, now=timezone.now()) is not None
    assert "Your file is ready" in client.get(reverse("accounts:export")).content.decode()
