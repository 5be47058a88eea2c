"""The folder that sealed files are in, where the settings name one."""

import errno
import os
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

FOLDER_MODE, FILE_MODE = 0o700, 0o600


class LocalFiles(FileSystemStorage):
    """A folder of this machine, which only our own user may look into. What is written is on the disk once closed, by
    its name as well; what is deleted is off it.
    """

    def _open(self, name: str, mode: str = "rb") -> File:
        path = Path(self.path(name))
        if "w" not in mode:
            return File(path.open(mode))
        if not path.parent.is_dir():
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            _sync(path.parent.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        return _Synced(os.fdopen(descriptor, mode), path)

    def delete(self, name: str) -> None:
        super().delete(name)
        folder = Path(self.path(name)).parent
        if folder.is_dir():
            _sync(folder)


class _Synced(File):
    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__(file)
        self._folder = path.parent

    def close(self) -> None:
        if self.file is None or self.closed:
            return
        self.file.flush()
        os.fsync(self.file.fileno())
        super().close()
        _sync(self._folder)


def _sync(folder: Path) -> None:
    """Have the disk know which files are in this folder: a file that is synced can still lose its name. Some that are
    mounted from elsewhere know no such thing.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)
