"""The folder that sealed files are in, where the settings name one."""

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

FOLDER_MODE, FILE_MODE = 0o700, 0o600


class LocalFiles(FileSystemStorage):
    """A folder of this machine, which only our own user may look into. What is written is on the disk once closed."""

    def _open(self, name: str, mode: str = "rb") -> File:
        path = Path(self.path(name))
        if "w" not in mode:
            return File(path.open(mode))
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        return _Synced(os.fdopen(descriptor, mode))


class _Synced(File):
    def close(self) -> None:
        if self.file is not None and not self.closed:
            self.file.flush()
            os.fsync(self.file.fileno())
        super().close()
