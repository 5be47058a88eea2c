"""Sealed files: what is written comes back, a part of it too; what was altered, moved or taken elsewhere doesn't."""

import os
import secrets
import stat
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import CASCADE, ForeignKey, Model
from django.test.utils import isolate_apps
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import leaving, local_files, sealed_files, tasks
from accounts.keys import Unreadable
from accounts.models import DataKey, SealedFile, User
from accounts.sealed_files import HEADER, PIECE, TAG
from config.schedule import SCHEDULE
from tests.fuzzing import fuzzed

WORDS = b"a line that nobody is to find on a disk"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A folder of this test's own."""
    place = tmp_path / "files"
    options = {"location": str(place)}
    settings.STORAGES = settings.STORAGES | {
        "sealed": {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": options}
    }
    return place


def sealed(key: DataKey, plain: bytes) -> SealedFile:
    file = sealed_files.begin(key, now=timezone.now())
    with sealed_files.sealing(file) as to:
        to.write(plain)
    return SealedFile.objects.get(pk=file.pk)


def whole(file: SealedFile, **part: int) -> bytes:
    return b"".join(sealed_files.read(file, **part))


SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_comes_back_and_is_nowhere_plain(alice: User, folder: Path, size: int) -> None:
    plain = (WORDS * (size // len(WORDS) + 1))[:size]
    file = sealed(alice.key, plain)
    assert file.size == size
    assert whole(file) == plain
    raw = (folder / str(file.pk)).read_bytes()
    pieces = max(1, -(-size // PIECE))
    assert len(raw) == HEADER + size + pieces * TAG
    assert WORDS not in raw


def test_only_our_own_user_may_look_into_the_folder(alice: User, folder: Path) -> None:
    file = sealed(alice.key, WORDS)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / str(file.pk)).stat().st_mode) == 0o600


def test_a_file_is_on_the_disk_and_so_is_its_name(
    alice: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Synced in this order: what is in it, then the folder that names it; the folder once more when it is deleted."""
    synced, sync = [], os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    file = sealed(alice.key, WORDS)
    assert synced == [folder.parent, folder / str(file.pk), folder]
    sealed_files.drop([file])
    sealed_files.storage().delete(str(file.pk))  # twice is once
    assert synced[3:4] == [folder]


def test_a_folder_that_cannot_be_synced_takes_files_all_the_same() -> None:
    """As some that are mounted from elsewhere; /proc is one."""
    with pytest.raises(OSError, match="Invalid argument"):
        os.fsync(os.open("/proc/self", os.O_RDONLY))
    local_files._sync(Path("/proc/self"))


@fuzzed
@given(data=st.data())
def test_any_part_is_that_part(alice: User, data: st.DataObject) -> None:
    plain = secrets.token_bytes(data.draw(st.sampled_from(SIZES)))
    file = sealed(alice.key, plain)
    start = data.draw(st.integers(0, len(plain) + 5))
    length = data.draw(st.integers(0, len(plain) + 5))
    assert whole(file, start=start, length=length) == plain[start : start + length]
    assert whole(file, start=start) == plain[start:]


def test_a_part_reads_the_piece_it_is_in_and_no_other(alice: User, folder: Path) -> None:
    file = sealed(alice.key, b"x" * 5 * PIECE)
    path = folder / str(file.pk)
    raw = bytearray(path.read_bytes())
    for number in (0, 1, 3, 4):
        raw[HEADER + number * (PIECE + TAG)] ^= 1
    path.write_bytes(raw)
    assert whole(file, start=2 * PIECE + 5, length=10) == b"x" * 10


def test_written_in_any_steps_it_is_the_same(alice: User) -> None:
    file = sealed_files.begin(alice.key, now=timezone.now())
    with sealed_files.sealing(file) as to:
        for step in (1, PIECE - 1, 7, 2 * PIECE, 0, 3):
            to.write(bytes([step % 251]) * step)
    assert whole(file) == b"".join(bytes([step % 251]) * step for step in (1, PIECE - 1, 7, 2 * PIECE, 0, 3))


def test_an_archive_can_be_written_into_it(alice: User, tmp_path: Path) -> None:
    file = sealed_files.begin(alice.key, now=timezone.now())
    with sealed_files.sealing(file) as to, zipfile.ZipFile(to, "w") as archive:
        archive.writestr("words.txt", WORDS * 5000)
    (tmp_path / "export.zip").write_bytes(whole(file))
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.read("words.txt") == WORDS * 5000


def cut_off(raw: bytes) -> bytes:
    return raw[:-1]


def a_piece_short(raw: bytes) -> bytes:
    return raw[: HEADER + 2 * (PIECE + TAG)]


def too_long(raw: bytes) -> bytes:
    return raw + b"x"


def a_piece_twice(raw: bytes) -> bytes:
    return raw[: HEADER + PIECE + TAG] + raw[HEADER:]


def swapped(raw: bytes) -> bytes:
    first, second = raw[HEADER : HEADER + PIECE + TAG], raw[HEADER + PIECE + TAG : HEADER + 2 * (PIECE + TAG)]
    return raw[:HEADER] + second + first + raw[HEADER + 2 * (PIECE + TAG) :]


def another_salt(raw: bytes) -> bytes:
    return raw[:1] + os.urandom(HEADER - 1) + raw[HEADER:]


def another_format(raw: bytes) -> bytes:
    return b"\x02" + raw[1:]


def a_bit_off(raw: bytes) -> bytes:
    return raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]


def empty(raw: bytes) -> bytes:
    return b""


ALTERED = [
    cut_off, a_piece_short, too_long, a_piece_twice, swapped, another_salt, another_format, a_bit_off, empty,
]  # fmt: skip  # several a line


@pytest.mark.parametrize("alter", ALTERED)
def test_what_was_altered_is_refused(alice: User, folder: Path, alter: Callable[[bytes], bytes]) -> None:
    file = sealed(alice.key, secrets.token_bytes(2 * PIECE + 99))
    path = folder / str(file.pk)
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(Unreadable):
        whole(file)


def test_a_shorter_size_in_the_row_is_refused_too(alice: User, folder: Path) -> None:
    file = sealed(alice.key, secrets.token_bytes(2 * PIECE + 99))
    (folder / str(file.pk)).write_bytes(a_piece_short((folder / str(file.pk)).read_bytes()))
    file.size = 2 * PIECE
    with pytest.raises(Unreadable):
        whole(file)


def test_another_file_in_its_place_is_refused(alice: User, folder: Path) -> None:
    one, two = (sealed(alice.key, secrets.token_bytes(500)) for _ in range(2))
    (folder / str(one.pk)).write_bytes((folder / str(two.pk)).read_bytes())
    with pytest.raises(Unreadable):
        whole(one)


def test_it_opens_under_its_owners_key_alone(alice: User, bob: User) -> None:
    file = sealed(alice.key, WORDS)
    SealedFile.objects.filter(pk=file.pk).update(key=bob.key)
    with pytest.raises(Unreadable):
        whole(SealedFile.objects.get(pk=file.pk))


def break_off(file: SealedFile) -> None:
    with sealed_files.sealing(file) as to:
        to.write(b"x" * 3 * PIECE)
        raise ZeroDivisionError


def test_one_that_was_not_finished_is_gone(alice: User, folder: Path) -> None:
    file = sealed_files.begin(alice.key, now=timezone.now())
    with pytest.raises(sealed_files.Gone):
        whole(file)
    with pytest.raises(ZeroDivisionError):
        break_off(file)
    assert not SealedFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_one_that_was_not_finished(alice: User, folder: Path) -> None:
    file = sealed_files.begin(alice.key, now=timezone.now())
    with pytest.raises(ZeroDivisionError):
        break_off(file)
    assert list(folder.iterdir()) == []


def erase_meanwhile(user: User, file: SealedFile) -> None:
    with sealed_files.sealing(file) as to:
        to.write(b"x" * 3 * PIECE)
        leaving.erase(user, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_erasing_takes_the_files_and_what_is_being_written(alice: User, bob: User, folder: Path) -> None:
    sealed(alice.key, WORDS)
    theirs = sealed(bob.key, WORDS)
    file = sealed_files.begin(alice.key, now=timezone.now())
    with pytest.raises(sealed_files.Gone):
        erase_meanwhile(alice, file)
    assert [one.name for one in folder.iterdir()] == [str(theirs.pk)]
    assert whole(theirs) == WORDS


def test_a_key_with_files_and_no_owner_is_still_nobodys(alice: User) -> None:
    key = DataKey.make()
    sealed(key, WORDS)
    assert key in DataKey.objects.unowned()


@pytest.mark.django_db(transaction=True)
def test_the_sweep_takes_what_nothing_has_and_what_has_no_row(alice: User, folder: Path) -> None:
    unused, kept = sealed(alice.key, WORDS), sealed(alice.key, WORDS)
    stray = folder / str(uuid.uuid4())
    stray.write_bytes(b"x")
    now = timezone.now()
    assert sealed_files.sweep(now=now) == 0  # it may be about to be used
    later = now + sealed_files.GRACE + timedelta(minutes=1)
    SealedFile.objects.filter(pk=kept.pk).update(begun_at=later)
    assert sealed_files.sweep(now=later) == 2
    assert not stray.exists()
    assert not (folder / str(unused.pk)).exists()
    assert not SealedFile.objects.filter(pk=unused.pk).exists()
    assert whole(kept) == WORDS


@pytest.mark.django_db(transaction=True)
def test_the_sweep_leaves_what_is_not_named_as_ours(folder: Path) -> None:
    folder.mkdir()
    name = str(uuid.uuid4())
    others = ["backup.tar", "stray", name.upper(), name.replace("-", ""), f"{name}.part", f"{{{name}}}"]
    for other in others:
        (folder / other).write_bytes(b"x")
    later = timezone.now() + sealed_files.GRACE + timedelta(minutes=1)
    assert sealed_files.sweep(now=later) == 0
    assert {one.name for one in folder.iterdir()} == set(others)


@pytest.mark.django_db(transaction=True)
def test_one_that_went_meanwhile_does_not_end_the_sweep(folder: Path) -> None:
    """Listed, and not there once it is asked for: as a name that leads nowhere is."""
    folder.mkdir()
    gone, strays = [str(uuid.uuid4()) for _ in range(20)], [str(uuid.uuid4()) for _ in range(5)]
    for name in gone:
        (folder / name).symlink_to(folder / "nowhere")
    for name in strays:
        (folder / name).write_bytes(b"x")
    later = timezone.now() + sealed_files.GRACE + timedelta(minutes=1)
    assert sealed_files.sweep(now=later) == len(strays)
    assert {one.name for one in folder.iterdir()} == set(gone)


def test_the_sweep_is_rung_every_day() -> None:
    rings = [ring for ring in SCHEDULE.values() if ring["task"] == "accounts.tasks.sweep_files"]
    assert [ring["schedule"] for ring in rings] == [86400.0]
    assert tasks.sweep_files.name == "accounts.tasks.sweep_files"


@pytest.mark.django_db(transaction=True)
def test_none_is_begun_where_it_could_be_rolled_back(alice: User, folder: Path) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        sealed(alice.key, WORDS)
    assert not folder.exists()
    assert not SealedFile.objects.exists()


def unseen(model: type[Model]) -> list[str]:
    """The fields that refer to sealed files and that `SealedFile.unused` can't ask: their files would be swept."""
    asked = set(SealedFile._meta.related_objects)
    referring = [field for field in model._meta.get_fields() if field.related_model is SealedFile]
    return [
        str(field)
        for field in referring
        if (field.concrete and getattr(field, "remote_field", None) not in asked)
    ]


def test_every_field_that_has_a_sealed_file_keeps_it_from_the_sweep() -> None:
    fields = [field for model in apps.get_models() for field in unseen(model)]
    assert fields == []
    assert "file" in {field.field.name for field in SealedFile._meta.related_objects}


@isolate_apps("accounts")
def test_one_that_would_not_is_found() -> None:
    class Picture(Model):  # noqa: DJ008  # nobody reads its name
        file = ForeignKey(SealedFile, on_delete=CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"

    assert unseen(Picture) == ["accounts.Picture.file"]


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_is_away_keeps_nobody_from_leaving(alice: User, folder: Path, settings: Any) -> None:
    file = sealed(alice.key, WORDS)
    (folder / str(file.pk)).unlink()
    (folder / str(file.pk)).mkdir()
    (folder / str(file.pk) / "in the way").mkdir()
    leaving.erase(alice, now=timezone.now())
    assert not User.objects.filter(pk=alice.pk).exists()


def test_the_storage_is_that_of_the_settings(folder: Path) -> None:
    assert storages["sealed"].path("x") == str(folder / "x")
