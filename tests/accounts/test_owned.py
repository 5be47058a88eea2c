"""Root in another's folder: what it makes is theirs, and nothing that they put there is followed, changed or given."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import owned
from config.embedded.installation import write_whole

pytestmark = pytest.mark.skipif(
    "os.geteuid() != 0", reason="only the system's administrator makes what is another's"
)
NOBODY = 65534


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    return folder


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    """A file of root's, which each test finds as it was."""
    file = tmp_path / "shadow"
    file.write_text("root's own")
    return file


def owner(path: Path) -> tuple[int, int]:
    return path.lstat().st_uid, path.lstat().st_gid


def test_a_file_with_another_name_is_neither_opened_nor_given(theirs: Path, roots: Path) -> None:
    for name in ("lock", "2026-11.list", "copy"):
        os.link(roots, theirs / name)
    with pytest.raises(OSError, match="Too many links"):
        owned.lock_file(theirs / "lock")
    with pytest.raises(OSError, match="Too many links"):
        owned.open_file(theirs / "2026-11.list", os.O_RDWR | os.O_APPEND)
    for path in (theirs, theirs / "copy"):
        with pytest.raises(OSError, match="Too many links"):
            owned.give(path, to_owner_of=theirs)
    assert (owner(roots), roots.read_text()) == ((0, 0), "root's own")


def test_what_was_there_before_stays_whose_it_was(theirs: Path) -> None:
    (theirs / "lock").touch()
    owned.lock_file(theirs / "lock").close()
    assert owner(theirs / "lock") == (0, 0)


def test_what_is_made_is_the_folder_s_owner_s(theirs: Path) -> None:
    owned.make_folder(theirs / "far" / "away")
    owned.lock_file(theirs / "far" / "away" / "lock").close()
    os.close(owned.open_file(theirs / "list", os.O_RDWR))
    assert {owner(path) for path in theirs.rglob("*")} == {(NOBODY, NOBODY)}


@pytest.mark.parametrize("put", [os.link, os.symlink])
def test_a_file_of_settings_is_written_beside_whatever_lies_there(
    theirs: Path, roots: Path, put: Callable[[Path, Path], None]
) -> None:
    put(roots, theirs / ".secrets.env.new")
    write_whole(theirs / "secrets.env", "NEARER_KEYRING=planted\n")
    assert (theirs / "secrets.env").read_text() == "NEARER_KEYRING=planted\n"
    assert owner(theirs / "secrets.env") == (NOBODY, NOBODY)
    assert (owner(roots), roots.read_text()) == ((0, 0), "root's own")
