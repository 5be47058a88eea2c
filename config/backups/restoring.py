"""Putting a backup back, into an empty place only: all of it, or nothing."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import keys, withdrawals
from accounts.keyring_check import check
from accounts.owned import give
from config import ahead, disk
from config.backups import manifest, postgres, sqlite
from config.backups.errors import CannotRestore
from config.backups.manifest import Manifest
from config.backups.places import MANIFEST, Place
from config.backups.replaying import Line, replay
from config.backups.sealing import SEALED, opened
from config.backups.tables import drop_all
from config.embedded.installation import reason

RESTORING = ".being-restored"


@dataclass(frozen=True)
class Backup:
    """A backup whose files are whole and open."""

    said: Manifest
    words: Path
    keys: Path


def restore(
    place: Place, name: str, *, into: Path, identity: Path | None = None, unlisted: bool = False
) -> None:
    """Put this backup where the settings say that the database is, and bring it up to date.

    What was withdrawn since is withdrawn again, before anybody can use what was put back; `unlisted` does without,
    where the list is lost. `into` is a folder for what has to be unsealed on the way. Raises `CannotRestore`, and has
    then changed nothing.
    """
    kind = sqlite if connection.vendor == "sqlite" else postgres
    try:
        with kind.held(connection.settings_dict):
            kind.refuse_unless_empty(connection.settings_dict)
            backup = read(place, name, into=into, identity=identity)
            _refuse_unfit(backup.said)
            lines = [] if unlisted else _lines(backup.said)
            connection.close()
            if kind is sqlite:
                _into_file(backup, lines)
            else:
                _into_server(backup, lines)
    except Exception as error:
        if disk.is_full(error):
            raise CannotRestore("There is no room left on the disk: nothing was restored.") from None
        if isinstance(error, OSError):
            raise CannotRestore(f"Nothing was restored. {reason(error)}") from None
        raise


def read(place: Place, name: str, *, into: Path, identity: Path | None) -> Backup:
    """The backup of this name, its files compared with what its manifest says of them. Raises `CannotRestore`."""
    found = [
        file for file in (place.words(name) / f"{MANIFEST}{end}" for end in ("", SEALED)) if file.exists()
    ]
    if not found:
        raise CannotRestore(f"There is no backup called {name} in {place.folder}.")
    said = manifest.read(opened(found[0], identity, into))
    try:
        known = [
            (folder / str(said.files[kind]["name"]), said.files[kind]["sha256"])
            for kind, folder in (("words", place.words(name)), ("keys", place.keys(name)))
        ]
    except (KeyError, TypeError):
        raise CannotRestore(manifest.NOT_READ) from None
    files = [_whole(file, digest) for file, digest in known]
    words, keys_ = (opened(file, identity, into) for file in files)
    return Backup(said, words, keys_)


def _whole(file: Path, digest: str) -> Path:
    if not file.exists():
        raise CannotRestore(f"{file.name} is missing: words and keys are copied apart, and both are needed.")
    if manifest.digest(file) != digest:
        raise CannotRestore(f"{file.name} is not what was backed up: it was damaged or changed since.")
    return file


def _refuse_unfit(said: Manifest) -> None:
    """Raise `CannotRestore` for a backup of another kind of database, of a newer Nearer, or under other keys."""
    if said.database != connection.vendor:
        raise CannotRestore(f"This backup is of {said.database}, and DATABASE_URL names {connection.vendor}.")
    if ahead.newest_unknown((app, name) for app, names in said.migrations.items() for name in names):
        raise CannotRestore(
            "This backup was made by a newer Nearer: restore it with that one, or a later one."
        )
    missing = [name for name in said.keyring if name not in keys.keyring()]
    if missing:
        raise CannotRestore(f"NEARER_KEYRING lacks what opens this backup's keys: {', '.join(missing)}.")


def _lines(said: Manifest) -> list[Line]:
    """What was withdrawn since. Raises `CannotRestore` where that isn't known."""
    try:
        return withdrawals.since(settings.NEARER_WITHDRAWALS, said.mark)
    except withdrawals.NotListed:
        raise CannotRestore(
            "The list of withdrawals (NEARER_WITHDRAWALS) doesn't reach back to this backup: whatever was taken back, "
            "removed, blocked or erased since would be there again. Where that list is lost: --without-list."
        ) from None


def _into_file(backup: Backup, lines: list[Line]) -> None:
    """Everything is done beside the place, and then moved into it at once."""
    path = Path(connection.settings_dict["NAME"])
    made = path.with_name(path.name + RESTORING)
    connection.settings_dict["NAME"] = str(made)
    try:
        _compare(sqlite.put_back(backup.words, backup.keys, made), backup.said)
        _finish(lines)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")  # nothing is left beside it
        connection.close()
        give(made, to_owner_of=path.parent)
        sqlite.refuse_unless_empty({"NAME": str(path)})  # not all that writes there asks for the lock
        made.rename(path)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(path)
        for end in ("", *sqlite.BESIDE, ".lock"):
            made.with_name(made.name + end).unlink(missing_ok=True)


def _into_server(backup: Backup, lines: list[Line]) -> None:
    database = connection.settings_dict
    counts = postgres.put_back(database, backup.words, backup.keys)
    try:
        _compare(counts, backup.said)
        _finish(lines)
    except BaseException:
        connection.close()
        drop_all(connection)
        raise


def _compare(counts: dict[str, int], said: Manifest) -> None:
    try:
        wanted = manifest.open_counts(said.counts)
    except keys.KeyLost as lost:
        raise CannotRestore(f"{lost}: NEARER_KEYRING isn't the one of this backup.") from None
    except ValueError:
        raise CannotRestore(manifest.NOT_READ) from None
    if counts != wanted:
        raise CannotRestore("What was put back isn't all that was backed up.")


def _finish(lines: list[Line]) -> None:
    try:
        check()
    except keys.KeyLost as lost:
        raise CannotRestore(f"{lost}: NEARER_KEYRING isn't the one of this backup.") from None
    call_command("migrate", interactive=False, verbosity=0)
    replay(lines, now=timezone.now())


def folder_for_plain(place: Place) -> tempfile.TemporaryDirectory[str]:
    """A folder that is gone afterwards: beside the backups, where there is room for them, or among what is temporary
    where nothing can be written there, as on a disk that is only to be read.
    """
    try:
        return tempfile.TemporaryDirectory(prefix=".opened-", dir=place.folder)
    except OSError:
        return tempfile.TemporaryDirectory(prefix="nearer-opened-")
