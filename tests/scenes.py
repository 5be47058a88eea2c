"""Scenes: what takes hundreds of statements to come about is lived through once a worker, and put in place after that.

A scene is played through the real verbs the first time. What it left in the database is kept as a picture (the rows
it made, changed and removed), and the next test that begins there gets the same rows in one statement a table. A
picture only fits what it was taken on top of: wherever anything else was written before it in the same test, the scene
is played again. So nothing is committed, no test finds rows it did not ask for, and a test that flushes loses nothing.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction

Found = TypeVar("Found")
Rows = dict[str, dict[Any, tuple[Any, ...]]]  # table: primary key: row

UNTOUCHED: tuple[Hashable, ...] = ()
READS = {"SELECT", "SAVEPOINT", "RELEASE", "BEGIN"}


@dataclass
class Picture:
    """What differs in the database after a scene, as statements."""

    statements: list[tuple[str, list[Any]]] = field(default_factory=list)

    def put_in_place(self) -> None:
        with connection.cursor() as cursor:
            for sql, values in self.statements:
                cursor.execute(sql, values)


class Stage:
    """Which scenes the database of this test consists of; None once anything else was written."""

    def __init__(self) -> None:
        self.pictures: dict[tuple[Hashable, ...], tuple[Picture, Any]] = {}
        self.played: tuple[Hashable, ...] | None = UNTOUCHED

    def clear(self) -> None:
        """A test begins, on empty tables."""
        self.played = UNTOUCHED
        if self._notice not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._notice)

    def _notice(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.lstrip("( ").split(None, 1)[0].upper() not in READS:
            self.played = None
        return execute(sql, *rest)

    def play(self, scene: Hashable, live: Callable[[], Found]) -> Found:
        """Bring about what `live` does, named so that the same `scene` always means the same rows. Returns what `live`
        did when it was lived through: a plain value, as every test of this worker gets the same one.
        """
        if self.played is None or not connection.in_atomic_block:  # what others can see isn't ours to keep
            return live()
        played = (*self.played, scene)
        if played not in self.pictures:
            with transaction.atomic():
                before = _rows()
                made = live()
                self.pictures[played] = _difference(before, _rows()), made
                transaction.set_rollback(True)  # the first test, too, finds the rows as the others will
        picture, found = self.pictures[played]
        picture.put_in_place()
        self.played = played
        return found  # type: ignore[no-any-return]  # rows of the caller's model


stage = Stage()
_found: dict[Hashable, Any] = {}


def once(what: Hashable, look: Callable[[], Found]) -> Found:
    """What `look` finds where many tests begin: the scene is the same in each, so it is looked at once a worker.

    For the picture before an act, never for the one after it.
    """
    if what not in _found:
        _found[what] = look()
    found: Found = _found[what]
    return found


def _tables() -> dict[str, tuple[str, list[str]]]:
    """Of each table: its primary key and its columns."""
    models = [model._meta for model in apps.get_models(include_auto_created=True)]
    return {
        meta.db_table: (str(meta.pk.column), [str(one.column) for one in meta.local_concrete_fields])
        for meta in models
        if meta.pk is not None and meta.managed and not meta.proxy
    }


def _rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table, (key, columns) in _tables().items():
            cursor.execute(f'SELECT {_list(columns)} FROM "{table}"')  # noqa: S608 - our own tables
            place = columns.index(key)
            found[table] = {row[place]: row for row in cursor.fetchall()}
    return found


def empty_tables(_case: object = None) -> None:
    """What `flush` does after a test that committed, in a twentieth of the time: nothing is truncated, and what
    Django makes for itself (content types, permissions) stays instead of being made again.
    """
    own = {"django_content_type", "auth_permission"}
    statements = [f'DELETE FROM "{table}"' for table in _tables() if table not in own]  # noqa: S608  # names of our own tables
    connection.ops.execute_sql_flush(statements)


def _list(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _difference(before: Rows, after: Rows) -> Picture:
    picture = Picture()
    for table, (key, columns) in _tables().items():
        old, new = before[table], after[table]
        gone = [one for one in old if old[one] != new.get(one)]
        made = [row for one, row in new.items() if row != old.get(one)]
        if gone:
            marks = ", ".join(["%s"] * len(gone))
            picture.statements.append((f'DELETE FROM "{table}" WHERE "{key}" IN ({marks})', gone))  # noqa: S608  # names of our own tables
        if made:
            marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(made))
            sql = f'INSERT INTO "{table}" ({_list(columns)}) VALUES {marks}'  # noqa: S608  # names of our own tables
            picture.statements.append((sql, [_as_stored(value) for row in made for value in row]))
    return picture


def _as_stored(value: Any) -> Any:
    """SQLite keeps moments as text, gives them back as what they are, and takes no time of day again."""
    return str(value) if connection.vendor == "sqlite" and isinstance(value, date | time) else value
