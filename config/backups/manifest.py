"""The manifest of a backup: what it is, whether it is whole, and what code and keys it needs."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from accounts import keys
from accounts.models import DataKey
from config.backups.errors import CannotRestore

FORMAT = 1
PLACE = b"backup manifest counts"
NOT_READ = "The manifest of this backup can't be read."


@dataclass(frozen=True)
class Manifest:
    """The words of a backup about itself. `counts` is sealed by the keyring: of two, it would tell what was done."""

    version: str  # of Nearer
    database: str  # its kind
    made_at: str
    mark: str  # in the list of withdrawals: what stands after it isn't in here
    migrations: dict[str, list[str]]
    keyring: list[str]  # names of the entries that open its keys
    counts: str
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> Manifest:
    """The manifest in this file. Raises `CannotRestore`."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise CannotRestore("This backup was made by a newer Nearer.")
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, OSError):
        raise CannotRestore(NOT_READ) from None


def describe(file: Path) -> dict[str, Any]:
    """The name, size and hash by which this file is known."""
    return {"name": file.name, "bytes": file.stat().st_size, "sha256": digest(file)}


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def seal_counts(counts: dict[str, int]) -> str:
    entry = DataKey.objects.wrapping_entry()
    name, wrapped = keys.wrap(json.dumps(counts, sort_keys=True).encode(), PLACE, entry=entry)
    return f"{name}:{base64.b64encode(wrapped).decode()}"


def open_counts(sealed: str) -> dict[str, int]:
    """The counts again. Raises `keys.KeyLost`."""
    name, _, wrapped = sealed.partition(":")
    found: dict[str, int] = json.loads(keys.unwrap(name, base64.b64decode(wrapped), PLACE))
    return found
