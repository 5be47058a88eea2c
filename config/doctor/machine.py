"""The machine: settings, the database, keys, workers, backups, the disk, the clock."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.utils import timezone

from accounts import keys, withdrawals
from accounts.rewrapping import lost
from config import disk, misspelled, readiness
from config.backups import postgres
from config.backups.errors import CannotBackUp
from config.backups.places import Place
from config.doctor.finding import Finding, not_checked, not_well, well
from reminders import status

SHORTEST_STATEMENT = 30  # seconds; a backup or a migration may take as long
OF_A_WORKER = 4  # connections: its threads, its beat, a backup
LATE = timedelta(hours=24)  # a backup may be, before it is said
APART = timedelta(seconds=5)  # two clocks may be
SILENT = {
    "beat": "No beat has rung lately: is it running (nearer beat)? After a start it takes half a minute.",
    "worker": "No worker has been round lately: is one running (nearer worker)? After a start it takes half a minute.",
}


def look(now: datetime) -> Iterator[Finding]:
    strange = misspelled.sentences(os.environ)
    yield (
        not_well("settings", " ".join(strange))
        if strange
        else well("settings", "Every NEARER_ setting is one.")
    )
    yield from _database(now)
    yield _backups(now)
    yield from _programs(now)
    yield _list()
    full = ", ".join(map(str, disk.nearly_full()))
    yield not_well("disk", f"Hardly any room is left: {full}.") if full else well("disk", "There is room.")


def _database(now: datetime) -> Iterator[Finding]:
    if missing := readiness.missing_for_pages():
        yield not_well("database", f"{missing}.")
        return
    yield well("database", "It answers, and is up to date.")
    if connection.vendor == "postgresql":
        yield from _server()
    else:
        yield not_checked("limits", "SQLite has none: one writes at a time, and others wait.")
    yield _keys()
    silent = status.silent(now=now)
    yield (
        not_well(silent, SILENT[silent])
        if silent
        else well("worker", "A worker was round, and the beat rings.")
    )
    yield _clock()


def _server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting::int FROM pg_settings WHERE name IN "
            "('max_connections', 'superuser_reserved_connections', 'statement_timeout')"
        )
        said = dict(cursor.fetchall())
        cursor.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user")
        ((own,),) = cursor.fetchall()
    most = said["max_connections"] - said["superuser_reserved_connections"]
    most = min(most, own) if own >= 0 else most
    needed = settings.THREADS + OF_A_WORKER
    each = f"a web process takes up to {settings.THREADS}, a worker {OF_A_WORKER}"
    sentence = f"PostgreSQL lets us have {most} connections; {each}."
    yield well("connections", sentence) if most >= needed else not_well("connections", sentence)
    seconds = said["statement_timeout"] / 1000
    if not seconds:
        yield well("statement_timeout", "None: a statement may take as long as it likes.")
    elif seconds < SHORTEST_STATEMENT:
        yield not_well(
            "statement_timeout", f"{seconds:g} s: backups and migrations may take longer, and would be ended."
        )
    else:
        yield well("statement_timeout", f"{seconds:g} s.")


def _keys() -> Finding:
    try:
        found = lost()
    except (keys.KeyLost, ImproperlyConfigured) as error:
        return not_well("keys", f"{error}.")
    if found:
        return not_well("keys", "Some don't open: nearer keys check names them.")
    return well("keys", "Every key opens.")


def _backups(now: datetime) -> Finding:
    folder, hours = settings.NEARER_BACKUPS, settings.NEARER_BACKUP_HOURS
    if folder is None or not hours:
        return not_checked("backups", "None are made by themselves (NEARER_BACKUPS, NEARER_BACKUP_HOURS).")
    if (odd := _of_a_time_to_come(Place(folder), now, timedelta(hours=hours))) is not None:
        return odd
    if (due := _due()) is not None:  # said by what makes them, wherever its folder is
        made = f"The next one is due at {due:%Y-%m-%d %H:%M} UTC."
        return (
            not_well("backups", made)
            if now - due > LATE
            else well("backups", f"{made} Are there copies elsewhere?")
        )
    try:
        last = Place(folder).newest(now=now)
    except OSError as error:
        return not_checked("backups", f"{folder} can't be read from here: {error.strerror}.")
    if last is None:
        return not_well("backups", f"There is none in {folder}.")
    if now - last > timedelta(hours=hours) + LATE:
        return not_well("backups", f"The last one is of {last:%Y-%m-%d %H:%M} UTC.")
    return well("backups", f"The last one is of {last:%Y-%m-%d %H:%M} UTC. Is there a copy elsewhere?")


def _of_a_time_to_come(place: Place, now: datetime, every: timedelta) -> Finding | None:
    """A sentence where a backup is of a moment that is still to come, or the next one too far ahead."""
    off = "this machine's clock is off, or was"
    with suppress(OSError):
        if names := place.to_come(now=now + APART):
            return not_well(
                "backups", f"{names[-1]} is of a time to come: {off}. It goes once there are newer ones."
            )
    due = _due()
    if due is not None and due - now > every + LATE:
        return not_well("backups", f"The next one is due at {due:%Y-%m-%d %H:%M} UTC: {off}.")
    return None


def _due() -> datetime | None:
    """The moment at which the next backup is due; None where nothing says so, the database being away, say."""
    try:
        return status.backup_due()
    except Error:
        return None


def _programs(now: datetime) -> Iterator[Finding]:
    """A finding about what backups of PostgreSQL are made and put back with; none where they need nothing."""
    if connection.vendor != "postgresql" or not (settings.NEARER_BACKUPS and settings.NEARER_BACKUP_HOURS):
        return
    what = "pg_dump"
    try:
        connection.ensure_connection()
        for name in (what, "pg_restore", "psql"):
            postgres.program(name, connection.connection)
    except Error:
        yield not_checked(what, "The database doesn't say of which version it is.")
    except CannotBackUp as reason:
        due = _due()
        if due is not None and now - due <= LATE:
            yield not_checked(what, f"{reason} Backups are made elsewhere.")
        else:
            yield not_well(what, str(reason))
    else:
        yield well(
            what, "The programs that make and put back a backup are here, and no older than the server."
        )


def _list() -> Finding:
    try:
        withdrawals.catch_up()
    except (OSError, Error):
        return not_well("withdrawals", "The list can't be written (NEARER_WITHDRAWALS).")
    return well("withdrawals", "The list can be written.")


def _clock() -> Finding:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            before = timezone.now()
            cursor.execute("SELECT clock_timestamp()")
            ((there,),) = cursor.fetchall()
        if not before - APART <= there <= timezone.now() + APART:
            return not_well("clock", "This machine's and the database's differ by more than five seconds.")
    synchronised = _synchronised()
    if synchronised is None:
        return not_checked(
            "clock", f"It is {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC here; nothing says whether that is so."
        )
    if not synchronised:
        return not_well(
            "clock", "This machine's isn't set by the network: authenticators and reminders follow it."
        )
    return well("clock", "This machine's is set by the network.")


def _synchronised() -> bool | None:
    if not shutil.which("timedatectl"):
        return None
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return {"yes": True, "no": False}.get(said)
