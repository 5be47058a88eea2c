"""Moving to another kind of database and back: raw rows, keys and sealed words as they lie, all or nothing.

The other place is empty before and after a move that fails. Nothing is opened on the way: no key is needed.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import Error, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from config import disk, service_urls
from config.backups import postgres, sqlite
from config.backups.errors import CannotRestore, NotReached
from config.backups.tables import drop_all
from config.embedded.installation import ROOT, reason
from config.values import Unfit

HERE, THERE = "default", "moved"
BATCH = 500


class CannotMove(Exception):
    """A move that isn't begun, or was undone; each line of it is a sentence."""


def move(url: str, around: dict[str, str]) -> None:
    """Copy everything into the empty database at `url`. `around` is the environment Nearer's programs find.

    Raises `CannotMove`.
    """
    _connect(url)
    if connections[HERE].vendor == connections[THERE].vendor:
        raise CannotMove("Both databases are of one kind: a backup and a restore move between those.")
    try:
        with _held():
            _move(url, around)
    except NotReached as away:
        raise CannotMove(str(away)) from None
    except CannotRestore as refused:
        raise CannotMove(f"{refused} What is written meanwhile would stay behind.") from None
    except (Error, OSError) as error:
        if disk.is_full(error):
            raise CannotMove("Nothing was moved. There is no room left on the disk.") from None
        raise CannotMove(f"Nothing was moved. {reason(error)}") from None


@contextmanager
def _held() -> Iterator[None]:
    """Hold the database that is left: by `make run`'s lock, or as a PostgreSQL that nobody else is connected to."""
    database = connections[HERE].settings_dict
    if connections[HERE].vendor == "sqlite":
        with sqlite.held(database):
            yield
    else:
        connections[HERE].close()  # or this one would be the other
        with postgres.held(database):
            postgres.refuse_unless_alone(database)
            yield


def _move(url: str, around: dict[str, str]) -> None:
    if _tables_there():
        raise CannotMove(
            "There are tables at the other place already: a move goes into an empty database only."
        )
    if connections[THERE].vendor == "postgresql" and (unfit := list(_unfit())):
        raise CannotMove("\n".join(["PostgreSQL doesn't take these; change them first:", *unfit]))
    try:
        _make_tables(url, around)
        with transaction.atomic(using=HERE), transaction.atomic(using=THERE):
            _hold(connections[HERE])
            _copy_all()
    except BaseException:
        _empty_again()
        raise
    finally:
        connections[THERE].close()


def _empty_again() -> None:
    """Leave the other place as it was found. To drop a table takes room, and a file of nothing but those takes none."""
    there = connections[THERE]
    there.close()
    if there.vendor == "sqlite":
        name = str(there.settings_dict["NAME"])
        for end in ("", *sqlite.BESIDE, ".lock"):
            Path(f"{name}{end}").unlink(missing_ok=True)
    else:
        drop_all(there)


def _tables_there() -> list[str]:
    try:
        return connections[THERE].introspection.table_names()
    except Error as error:
        raise CannotMove(f"The other place doesn't answer: {reason(error)}") from None


def _connect(url: str) -> None:
    try:
        database = service_urls.database(url)
    except Unfit as fault:
        raise CannotMove(f"The other place's address {fault}.") from None
    connections.settings[THERE] = {
        **connections.settings[HERE],
        "OPTIONS": {},
        "PASSWORD": "",
        "USER": "",
        **database,
    }


def _make_tables(url: str, around: dict[str, str]) -> None:
    """Make the tables there, in a process of its own: migrations are written for the one database they find."""
    command = [sys.executable, str(ROOT / "nearer"), "migrate", "--noinput", "--verbosity", "0"]
    done = subprocess.run(
        command, cwd=ROOT, env={**around, "DATABASE_URL": url}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["The tables could not be made there."]
        raise CannotMove(f"Nothing was moved. {said[-1].removeprefix('CommandError: ')}")


def _hold(connection: BaseDatabaseWrapper) -> None:
    """Let nobody write here meanwhile. SQLite's transactions begin so."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _models())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _copy_all() -> None:
    """Copy every table. What refers to another is looked at when all are there: foreign keys wait for the end."""
    for model in _models():
        model._base_manager.using(THERE).all()._raw_delete(THERE)
    for model in _models():
        rows = model._base_manager.using(HERE).order_by("pk").iterator(chunk_size=BATCH)
        while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
            model._base_manager.using(THERE).bulk_create(batch)
    for model in _models():
        if _digest(model, HERE) != _digest(model, THERE):
            raise CannotMove(f"{model._meta.db_table} didn't arrive as it was: nothing was moved.")
    with connections[THERE].cursor() as cursor:
        for statement in connections[THERE].ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
    connections[THERE].check_constraints()


def _digest(model: type[models.Model], using: str) -> tuple[int, str]:
    """How many rows a table has, and a hash of all of it, sealed columns as they lie."""
    names = [field.attname for field in model._meta.concrete_fields]
    count, digest = 0, hashlib.sha256()
    rows = [
        repr(tuple(map(_plain, row)))
        for row in model._base_manager.using(using).values_list(*names).iterator()
    ]
    for row in sorted(rows):
        count += 1
        digest.update(row.encode())
    return count, digest.hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytes | memoryview) else value


def _unfit() -> Iterator[str]:
    """The texts that only SQLite takes: with a NUL in them, or longer than their column. By row, never by word."""
    for model in _models():
        fields = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for pk, *values in (
            model._base_manager.using(HERE).values_list("pk", *(field.attname for field in fields))
            if fields
            else ()
        ):
            for field, value in zip(fields, values, strict=True):
                if fault := _fault(field, value):
                    yield f"{model._meta.db_table}, row {pk}: {field.column} {fault}"


def _fault(field: "models.Field[Any, Any]", value: Any) -> str:
    if isinstance(field, models.JSONField):
        return "holds a NUL" if "\\u0000" in json.dumps(value, default=str) else ""
    if isinstance(value, str) and "\0" in value:
        return "holds a NUL"
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        return f"has {len(value)} characters, and {field.max_length} are allowed"
    return ""
