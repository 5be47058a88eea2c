"""Long work: asked for once, claimed by one, begun anew where a worker died, and gone when it is over or unwanted."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.utils import timezone

from accounts import leaving, long_work, sealed_files
from accounts.long_work import LEASE, PATIENCE, PAUSE, TRIES, Kind
from accounts.models import LongWork, SealedFile, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "a picture"
Build = Callable[[User, Mapping[str, Any], datetime, BinaryIO], None]


def draws(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
    to.write(f"{user.name} {options['colour']} {now:%H:%M}".encode())


def breaks(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
    to.write(b"x" * 200_000)
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    options = {"location": str(tmp_path / "files")}
    settings.STORAGES = settings.STORAGES | {
        "sealed": {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": options}
    }
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def _own_kind() -> Iterator[None]:
    """A kind of this test's; nothing of it stays registered."""
    builds(draws)
    yield
    del long_work._kinds[KIND]


def builds(build: Build) -> None:
    long_work.register(Kind(KIND, build, timedelta(hours=24)))


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


def ask(user: User, now: datetime = NOW, colour: str = "red") -> LongWork:
    return long_work.ask(user, KIND, {"colour": colour}, now=now)


def shown(user: User, now: datetime) -> LongWork:
    row = long_work.of(user, KIND, now=now)
    assert row is not None
    return row


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def test_what_was_asked_for_is_built_and_kept_for_a_day(alice: User, clock: Hands, folder: Path) -> None:
    ask(alice)
    assert shown(alice, NOW).is_underway
    assert long_work.work_off(clock=clock) == 1
    row = shown(alice, NOW)
    assert (row.state, row.expires_at) == (LongWork.State.READY, NOW + timedelta(hours=24))
    assert row.file is not None
    assert b"".join(sealed_files.read(row.file)) == f"{alice.name} red {NOW:%H:%M}".encode()
    clock.now += timedelta(hours=24)
    assert long_work.of(alice, KIND, now=clock.now) is None
    long_work.work_off(clock=clock)
    assert not LongWork.objects.exists()
    assert not SealedFile.objects.exists()
    assert files(folder) == []


def test_what_exactly_was_asked_for_is_sealed(alice: User) -> None:
    row = ask(alice)
    stored = LongWork.objects.filter(pk=row.pk).values_list("options", flat=True)[0]
    assert b"red" not in bytes(stored)


def test_asking_twice_is_asking_once(alice: User, bob: User, clock: Hands) -> None:
    first = ask(alice)
    assert ask(alice, colour="blue").pk == first.pk
    assert ask(bob).pk != first.pk
    assert long_work.work_off(clock=clock) == 2


def test_asking_anew_drops_what_came_of_it_before(alice: User, clock: Hands, folder: Path) -> None:
    first = ask(alice)
    long_work.work_off(clock=clock)
    before = files(folder)
    assert ask(alice, colour="blue").pk != first.pk
    assert files(folder) == []
    long_work.work_off(clock=clock)
    assert len(files(folder)) == 1
    assert files(folder) != before


def test_both_of_two_at_once_and_a_third_later(alice: User, bob: User, charlie: User) -> None:
    for second, person in enumerate((alice, bob, charlie)):
        ask(person, NOW + timedelta(seconds=second))
    claimed = [long_work.claim(owner=uuid.uuid4(), now=NOW + PAUSE) for _ in range(3)]
    assert [row and row.user_id for row in claimed] == [alice.pk, bob.pk, None]


def test_a_worker_that_died_is_followed_by_another(alice: User, clock: Hands, folder: Path) -> None:
    ask(alice)
    row = long_work.claim(owner=uuid.uuid4(), now=NOW)
    assert row is not None
    half = sealed_files.begin(alice.key, now=NOW)  # as a killed one leaves it
    LongWork.objects.filter(pk=row.pk).update(file=half)
    folder.mkdir()
    (folder / str(half.pk)).write_bytes(b"half of it")
    assert long_work.work_off(clock=clock) == 0
    clock.now += LEASE + timedelta(seconds=1)
    assert long_work.work_off(clock=clock) == 1
    assert shown(alice, clock.now).state == LongWork.State.READY
    assert len(files(folder)) == 1
    assert str(half.pk) not in files(folder)


def test_it_fails_after_so_many_died_over_it(alice: User, clock: Hands) -> None:
    ask(alice)
    for _ in range(TRIES):
        assert long_work.claim(owner=uuid.uuid4(), now=clock.now) is not None
        clock.now += LEASE + timedelta(seconds=1)
    long_work.work_off(clock=clock)
    assert shown(alice, clock.now).state == LongWork.State.FAILED
    assert ask(alice, clock.now).is_underway
    long_work.work_off(clock=clock)
    assert shown(alice, clock.now).state == LongWork.State.READY


def test_one_that_breaks_is_tried_again_and_then_fails(
    alice: User, clock: Hands, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    builds(breaks)
    ask(alice)
    for _ in range(TRIES):
        assert long_work.work_off(clock=clock) == 1
        assert long_work.work_off(clock=clock) == 0  # not at once
        clock.now += PAUSE
    assert shown(alice, clock.now).state == LongWork.State.FAILED
    assert files(folder) == []
    assert not SealedFile.objects.exists()
    assert caplog.records == []  # few use this: whoever runs it may be the other of the two
    clock.now += PATIENCE
    assert long_work.of(alice, KIND, now=clock.now) is None


def test_one_that_is_taken_back_or_erased_meanwhile_leaves_nothing(
    alice: User, bob: User, clock: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "RENEW", 0.0)

    def cancelled(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
        long_work.cancel(LongWork.objects.get())
        to.write(b"x" * 200_000)
        pytest.fail("it goes on")

    def erased(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
        to.write(b"x" * 200_000)
        leaving.erase(User.objects.get(pk=user.pk), now=now)
        to.write(b"x" * 200_000)
        pytest.fail("it goes on")

    def erased_at_the_end(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
        monkeypatch.setattr(long_work, "RENEW", 60.0)
        to.write(b"x" * 200_000)
        leaving.erase(User.objects.get(pk=user.pk), now=now)

    for build, user in ((cancelled, alice), (erased, alice), (erased_at_the_end, bob)):
        builds(build)
        ask(user)
        assert long_work.work_off(clock=clock) == 1
        assert not LongWork.objects.exists()
        assert not SealedFile.objects.exists()
        assert files(folder) == []


def test_what_is_so_far_is_shown_and_keeps_the_lease(
    alice: User, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "RENEW", 0.0)
    seen = []

    def slowly(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
        for _ in range(5):
            clock.now += LEASE * 0.9
            time.sleep(0.001)
            to.write(b"x" * 100_000)
            assert long_work.claim(owner=uuid.uuid4(), now=clock.now) is None
            seen.append(LongWork.objects.get().written)

    builds(slowly)
    ask(alice)
    assert long_work.work_off(clock=clock) == 1
    assert shown(alice, clock.now).state == LongWork.State.READY
    assert seen == sorted(seen)
    assert seen[-1] == 400_000


def test_a_stopped_worker_that_goes_on_spoils_nothing(alice: User, clock: Hands, folder: Path) -> None:
    def stopped(user: User, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
        builds(draws)
        clock.now += LEASE * 2
        assert long_work.work_off(clock=clock) == 1  # another one, meanwhile
        to.write(b"late")

    builds(stopped)
    ask(alice)
    long_work.work_off(clock=clock)
    row = shown(alice, clock.now)
    assert row.state == LongWork.State.READY
    assert row.file is not None
    assert b"".join(sealed_files.read(row.file)).startswith(alice.name.encode())
    assert len(files(folder)) == 1


def test_nobody_waits_for_ever(alice: User, clock: Hands) -> None:
    ask(alice)
    clock.now += PATIENCE
    assert long_work.of(alice, KIND, now=clock.now) is None
    assert long_work.work_off(clock=clock) == 0
    assert not LongWork.objects.exists()
    assert ask(alice, clock.now).asked_at == clock.now


def test_it_is_done_on_time_by_the_real_clock(alice: User) -> None:
    ask(alice, timezone.now())
    assert long_work.work_off(clock=timezone.now) == 1
