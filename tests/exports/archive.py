"""An export as tests read it."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from accounts import exporting
from accounts.models import User


class Pipe(io.RawIOBase):
    """A stream that goes one way, as a download does."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.written += piece
        return len(piece)


def exported(user: User, *, private: bool, now: datetime) -> bytes:
    """The whole ZIP of this person."""
    pipe = Pipe()
    exporting.write(User.objects.again(user), private=private, now=now, to=pipe)  # type: ignore[arg-type]  # one way
    return bytes(pipe.written)


def files_of(archive: bytes) -> dict[str, str]:
    """The files of a ZIP, by their names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def data_of(user: User, *, private: bool, now: datetime) -> dict[str, Any]:
    """What nearer.json of this person holds."""
    found: dict[str, Any] = json.loads(files_of(exported(user, private=private, now=now))["nearer.json"])
    return found
