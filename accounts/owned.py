"""Files and folders that root makes in somebody else's: theirs, as what lies there is, or a service couldn't write.

Whoever owns a folder may have put anything there. Root follows no link in it, and neither writes nor gives away a file
that has another name as well: it may be a file of somebody else's.
"""

import errno
import os
import stat
from pathlib import Path
from typing import IO


def open_file(path: Path, flags: int, *, mode: int = 0o600) -> int:
    """A descriptor of this file, made where there is none. Raises `OSError` where root would follow a link."""
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        number = new_file(path, flags, mode=mode)
    except FileExistsError:
        number = os.open(path, flags)
        try:
            _refuse_another_name(number, path)
        except OSError:
            os.close(number)
            raise
    return number


def lock_file(path: Path) -> IO[str]:
    """A file to be locked, made where there is none. Raises `OSError` as `open_file`."""
    return os.fdopen(open_file(path, os.O_RDWR, mode=0o666), "r+")


def new_file(path: Path, flags: int, *, mode: int = 0o600) -> int:
    """A descriptor of this file, which wasn't there before. Raises `FileExistsError`."""
    number = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(number, owner.st_uid, owner.st_gid)
    return number


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make this folder and those it lies in, where they aren't there."""
    if not folder.exists():
        make_folder(folder.parent)
        folder.mkdir(mode=mode, exist_ok=True)
        give(folder, to_owner_of=folder.parent)


def give(path: Path, *, to_owner_of: Path) -> None:
    """Give what root made here to whoever owns that folder. What lies within a folder goes first: until it is theirs
    itself, they can put nothing there. A link is given itself, and never what it leads to.
    """
    if os.geteuid() == 0:
        owner = to_owner_of.stat()
        for _, folders, files, number in os.fwalk(path, topdown=False, follow_symlinks=False):
            for name in (*folders, *files):
                _give_one(Path(name), owner, within=number)
        _give_one(path, owner)


def _give_one(path: Path, owner: os.stat_result, *, within: int | None = None) -> None:
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=within)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        os.chown(path, owner.st_uid, owner.st_gid, dir_fd=within, follow_symlinks=False)
        return
    try:
        _refuse_another_name(number, path)
        os.fchown(number, owner.st_uid, owner.st_gid)
    finally:
        os.close(number)


def _refuse_another_name(number: int, path: Path) -> None:
    found = os.fstat(number)
    if os.geteuid() == 0 and stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise OSError(errno.EMLINK, os.strerror(errno.EMLINK), str(path))
