"""The export: everything one may take along, in one ZIP, written as it is read.

Rooms say what they have by a `Section` each, which their `AppConfig.ready` registers. By default a section gives what
both could read and nothing else, and what is left out leaves no gap; with `private` it gives everything of one's own.
`docs/export.md` says what is in it, to people and to programs.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from accounts.export_fields import Field, Json, Text, row_schema, written_row
from accounts.models import NAME_LIMIT, User

FORMAT, VERSION = "nearer", 1
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
CHUNK = 200  # rows read at once
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP knows: nothing says when it was made
FOR_ITS_OWNER = 0o600 << 16


@dataclass(frozen=True)
class Reader:
    """The person an export is for, as of `now`, and whether it holds what is theirs alone."""

    user: User
    private: bool
    now: datetime


@dataclass(frozen=True)
class Section:
    """A section of the export: a list of rows of one kind.

    `models` are those it speaks of, by their labels: a test fails for a model with words that no section has.
    """

    name: str
    title: Text
    place: int
    fields: Mapping[str, Field]
    rows: Callable[[Reader], Iterable[Json]]
    models: tuple[str, ...]
    heading: str = ""  # the field that a row is headed by
    private: bool = False  # wholly one's own: in no other export

    def read(self, reader: Reader) -> Iterator[Json]:
        """The rows, for whom this export is."""
        rows = self.rows(reader) if reader.private or not self.private else ()
        return (written_row(self.fields, row) for row in rows)


@dataclass(frozen=True)
class File:
    """A further file of the ZIP, in pieces."""

    name: str
    pieces: Callable[[Reader], Iterable[bytes]]


@dataclass
class _Registered:
    sections: dict[str, Section] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)


_registered = _Registered()


def register(*found: Section | File) -> None:
    """Take these into every export."""
    for one in found:
        if isinstance(one, File):
            _registered.files[one.name] = one
        else:
            _registered.sections[one.name] = one


def sections() -> list[Section]:
    """The sections there are, in their order."""
    return sorted(_registered.sections.values(), key=lambda one: one.place)


def write(user: User, *, private: bool, now: datetime, to: BinaryIO) -> None:
    """Write the whole ZIP of `user` to a stream that need not be seekable. The same rows give the same bytes.

    Rows are read as they are written, a few at a time, and in no transaction: on SQLite one would keep everybody else
    from writing.
    """
    from accounts import export_page  # it draws what is said here

    reader = Reader(user, private, now)
    made = [File("index.html", export_page.pieces), File("nearer.json", _json)]
    with zipfile.ZipFile(_Forward(to), "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted([*made, *_registered.files.values()], key=lambda file: file.name):
            _put(archive, one, reader)


def _put(archive: zipfile.ZipFile, file: File, reader: Reader) -> None:
    info = zipfile.ZipInfo(file.name, LONG_AGO)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, FOR_ITS_OWNER
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in file.pieces(reader):
            member.write(piece)


def _json(reader: Reader) -> Iterator[bytes]:
    head = {"format": FORMAT, "version": VERSION, "name": reader.user.name}
    yield _dump(head).removesuffix("}").encode()
    for section in sections():
        before = f',\n"{section.name}":[\n'
        for row in section.read(reader):
            yield (before + _dump(row)).encode()
            before = ",\n"
        if before == ",\n":
            yield b"\n]"
    yield b"\n}\n"


def _dump(row: Json) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def schema() -> dict[str, Any]:
    """The JSON Schema of nearer.json, which `docs/export.schema.json` holds."""
    head = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "name": {"type": "string", "maxLength": NAME_LIMIT},
    }
    lists = {
        one.name: {
            "title": str(one.title),
            "type": "array",
            "minItems": 1,
            "items": row_schema(one.fields),
        }
        for one in sections()
    }
    return {
        "$schema": SCHEMA,
        "title": "nearer.json",
        "type": "object",
        "additionalProperties": False,
        "required": sorted(head),
        "properties": head | lists,
    }


class _Forward(io.RawIOBase):
    """A stream that only goes on: a ZIP on it is the same bytes wherever it is written."""

    def __init__(self, to: BinaryIO) -> None:
        super().__init__()
        self._to = to

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._to.write(piece)
        return len(piece)

    def flush(self) -> None:
        self._to.flush()
