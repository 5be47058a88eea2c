"""The keyring where this installation keeps it: the file it is written in, and what still needs each of its entries.

A rotation has two steps, since an entry must open everywhere before it wraps anywhere: it is put in front, where it
wraps nothing yet (`DataKeyQuerySet.wrapping_entry`), and once every process was restarted everything is wrapped anew.
"""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accounts import keys
from accounts.rewrapping import entries_in_use
from config.backups import manifest
from config.backups.places import KEYS_KEPT, MANIFEST, Place, made_at
from config.embedded.found import STARTED
from config.embedded.installation import ROOT, read_variables, reason

NAME = "NEARER_KEYRING"


class NotWritten(Exception):
    """A file with the keyring that can't be written, in a sentence for whoever typed the command."""


@dataclass(frozen=True)
class Ring:
    """The names of the keyring's entries, and which of them the database is wrapped with."""

    first: str
    others: tuple[str, ...]
    used: frozenset[str]

    @property
    def waits(self) -> bool:
        """Whether the first entry was put in front of others and wraps nothing yet, though one of them does."""
        return bool(self.others and self.used) and self.first not in self.used

    @property
    def is_unused(self) -> bool:
        """Whether nothing is wrapped at all: no Nearer was ever started on this database."""
        return not self.used

    @property
    def left(self) -> list[str]:
        """The entries that still wrap something, beside the first."""
        return [name for name in self.others if name in self.used]


def ring() -> Ring:
    """The keyring as it is now. Raises `ImproperlyConfigured` where it is malformed."""
    first, *others = keys.keyring()
    return Ring(first, tuple(others), frozenset(entries_in_use()))


def file_of(given: Mapping[str, str]) -> Path | None:
    """The file that this environment's keyring comes from: `.env` beside the code, or the one `make run` made."""
    var = Path(given.get("NEARER_VAR", "") or ROOT / "var").absolute()
    files = (ROOT / ".env", var / "real" / "secrets.env", var / "demo" / "secrets.env")
    told = given.get(NAME, "")
    return next((file for file in files if told and read_variables(file).get(NAME) == told), None)


def was_restarted(file: Path) -> bool | None:
    """True if Nearer was started since this file was last changed, False if not, None where that can't be known."""
    started = file.with_name(STARTED)
    if file.name != "secrets.env" or not started.exists():
        return None
    return started.stat().st_mtime_ns > file.stat().st_mtime_ns


def put_in_front(file: Path, entry: str) -> None:
    """Write this entry before the others in the file: all of it or nothing, and as readable as it was.

    Where the file is a link, what it leads to is written: others may come to that by another way. Raises `NotWritten`,
    and leaves nothing behind then.
    """
    try:
        file = file.resolve()
        was = file.stat()
        told = read_variables(file)[NAME]
        text = file.read_text(encoding="utf-8").replace(told, f"{entry},{told}", 1)
        _replace(file, text, was)
    except OSError as error:
        error.filename = file  # what it was about, whichever step of it failed
        raise NotWritten(
            f"The new entry couldn't be written, and nothing was changed. {reason(error)}"
        ) from None


def _replace(file: Path, text: str, was: os.stat_result) -> None:
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as made:
        try:
            os.fchmod(made.fileno(), stat.S_IMODE(was.st_mode))
            if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(
                    made.fileno(), was.st_uid, was.st_gid
                )  # typed by root, for a service of its own user
            made.write(text)
            made.flush()
            os.fsync(made.fileno())
            Path(made.name).rename(file)
        except BaseException:
            Path(made.name).unlink(missing_ok=True)
            raise


def needs(entries: tuple[str, ...], place: Place | None) -> Iterator[str]:
    """A sentence about each of these entries, which wrap nothing in the database: which backups need it, how long."""
    names = place.names() if place else []
    for entry in entries:
        if place is None or not names:
            yield f"{entry} is of use to older backups only, and none are here to look at: keep it for 30 days more."
        elif not all((place.words(name) / MANIFEST).exists() for name in names):
            yield f"{entry} is of use to older backups only, and those here are sealed: keep it for 30 days more."
        elif needing := [name for name in names if entry in _said(place, name).keyring]:
            yield f"{entry} opens backups until {_over(needing[-1]):%d %B %Y}: keep it until then."
        else:
            yield f"{entry} is needed by nothing here, and may be taken out."


def _said(place: Place, name: str) -> manifest.Manifest:
    return manifest.read(place.words(name) / MANIFEST)


def _over(name: str) -> datetime:
    return made_at(name) + KEYS_KEPT
