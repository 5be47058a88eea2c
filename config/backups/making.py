"""Making a backup, while Nearer runs."""

import sqlite3
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder

from accounts import withdrawals
from accounts.rewrapping import entries_in_use
from config import VERSION, disk
from config.backups import manifest, postgres, sqlite
from config.backups.errors import CannotBackUp
from config.backups.places import MANIFEST, Place, name_at
from config.backups.sealing import seal
from config.embedded.installation import reason


def make(place: Place, *, now: datetime, recipient: str = "") -> str:
    """Make a backup of the database as it is at one moment, sealed to `recipient` if there is one. Returns its name.

    Raises `CannotBackUp`, and leaves nothing half-made behind.
    """
    try:
        with place.locked():
            return _make(place, now=now, recipient=recipient)
    except (sqlite3.Error, Error, OSError) as error:
        if disk.is_full(error):
            raise CannotBackUp("There is no room left on the disk: no backup was made.") from None
        raise CannotBackUp(f"No backup was made: {reason(error)}") from error


def _make(place: Place, *, now: datetime, recipient: str) -> str:
    name = name_at(now)
    if place.words(name).exists():
        raise CannotBackUp("A backup of this very second is there already.")
    if connection.vendor == "sqlite" and not sqlite.is_there(connection.settings_dict):
        raise CannotBackUp(f"There is no database at {connection.settings_dict['NAME']}: no backup was made.")
    with place.begun(name) as (words, keys):
        mark = withdrawals.mark()  # before the copy's moment: all that is listed above it is in it
        _fill(words, keys, mark=mark, now=now, recipient=recipient)
    try:
        place.prune(keep=settings.NEARER_BACKUP_KEEP, now=now)
    except OSError as error:
        raise CannotBackUp(
            f"{name} was made, but an older one couldn't be removed: {reason(error)}"
        ) from None
    return name


def _fill(words: Path, keys: Path, *, mark: str, now: datetime, recipient: str) -> None:
    kind = sqlite if connection.vendor == "sqlite" else postgres
    files = [words / f"words{kind.SUFFIX}", keys / f"keys{kind.SUFFIX}"]
    entries = entries_in_use()  # and after the copy: a rotation may end, or begin, meanwhile
    counts = kind.copy(connection.settings_dict, *files)
    if recipient:
        files = [seal(file, recipient) for file in files]
    said = manifest.Manifest(
        version=VERSION,
        database=connection.vendor,
        made_at=now.isoformat(),
        mark=mark,
        migrations=applied(),
        keyring=sorted(entries | entries_in_use()),
        counts=manifest.seal_counts(counts),
        files=dict(zip(("words", "keys"), map(manifest.describe, files), strict=True)),
    )
    said.write(words / MANIFEST)
    if recipient:
        seal(words / MANIFEST, recipient)


def applied() -> dict[str, list[str]]:
    """The migrations this database has been through, by room."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found
