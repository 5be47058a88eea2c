"""A read that every page asks, or every mail: its SQL is compiled once, from the queryset that says what it is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)


Kind = type[UUID] | type[date]


class _Statement(NamedTuple):
    sql: str
    params: list[Any]  # a `_Place` where a value goes

    def filled(self, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        return self.sql, tuple(given[param] if isinstance(param, _Place) else param for param in self.params)

    def numbered(self) -> "_Statement":
        """The same as PostgreSQL reads it, with a number for each value: what goes to several places is sent once, and
        the driver has nothing to translate.
        """
        params, numbers = list[Any](), dict[_Place, int]()

        def number(param: Any) -> int:
            if isinstance(param, _Place) and param in numbers:
                return numbers[param]
            params.append(param)
            if isinstance(param, _Place):
                numbers[param] = len(params)
            return len(params)

        left = iter(self.params)
        sql = re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${number(next(left))}", self.sql)
        return _Statement(sql, params)


class _Compiled(NamedTuple):
    read: _Statement
    changes: list[_Statement]  # apart from the read
    objects: "_Objects"
    asked: _Statement  # the read as this database's driver takes it


class Change(NamedTuple):
    """A queryset and what its rows are set to."""

    rows: models.QuerySet[Any]
    to: Mapping[str, Any]


class Prepared(Generic[M]):
    """A queryset of one model with places for ids, dates and moments: `Prepared(build, day=date)(day=tonight)`.

    `build` gets a mark for each place, once a database; the rows are those its queryset would give, with what it
    joins (`select_related`). Building and compiling it took nine tenths of the time: 1.3 of 1.5 ms for the pages of an
    evening. PostgreSQL keeps the statement, too: planning it took as long as answering.
    """

    def __init__(self, build: Callable[..., models.QuerySet[M]], **places: Kind) -> None:
        self._build, self._places = build, places
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, **values: Any) -> list[M]:
        return self._run(self.compiled(), _given(values))

    def compiled(self) -> _Compiled:
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        return self._compiled[connection.vendor]

    def _run(self, compiled: _Compiled, given: Mapping[str, Any]) -> list[M]:
        if compiled.objects.locked and connection.get_autocommit():
            raise transaction.TransactionManagementError("a row is locked in a transaction, or not at all")
        return compiled.objects.of(_asked(*compiled.asked.filled(given)))

    def _changes(self, marks: Mapping[str, Any]) -> list[Change]:
        return []

    def _compile(self) -> _Compiled:
        marks = {name: _mark(kind, number) for number, (name, kind) in enumerate(self._places.items())}
        places = {_adapted(mark): _Place(name) for name, mark in marks.items()}

        def statement(compiler: SQLCompiler) -> _Statement:
            sql, params = compiler.as_sql()
            return _Statement(sql, [places.get(param, param) for param in params])

        queryset = self._build(**marks)
        compiler = queryset.query.get_compiler(connection=connection)
        read = statement(compiler)
        changes = [statement(_update(change)) for change in self._changes(marks)]
        return _Compiled(read, changes, _Objects(compiler), _as_driven(read))


class PreparedTogether:
    """Several `Prepared` reads asked by one statement: `PreparedTogether(pages=PAGES, replies=REPLIES)(day=tonight)`.

    What each found comes under its name, in no order. Places of one name have one value.
    """

    def __init__(self, **reads: Prepared[Any]) -> None:
        self._reads = reads
        self._compiled: dict[str, _Statement] = {}

    def __call__(self, **values: Any) -> dict[str, list[Any]]:
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        rows = _asked(*self._compiled[connection.vendor].filled(_given(values)))
        found, start = {}, 1
        for number, (name, read) in enumerate(self._reads.items()):
            objects = read.compiled().objects
            end = start + objects.width
            found[name] = objects.of(
                row[start:end] for row in rows if row[0] == number and row[start + objects.key] is not None
            )
            start = end
        return found

    def _compile(self) -> _Statement:
        """Each read's columns stand side by side; of a row all are NULL but those of the read it is of."""
        reads = [read.compiled().read for read in self._reads.values()]
        parts = " UNION ALL ".join(f"SELECT {number} AS part" for number in range(len(reads)))
        joins = (
            f"LEFT JOIN ({read.sql}) AS part_{number} ON asked.part = {number}"
            for number, read in enumerate(reads)
        )
        sql = f"SELECT * FROM ({parts}) AS asked {' '.join(joins)}"  # noqa: S608 - compiled by Django, values apart
        return _as_driven(_Statement(sql, [param for read in reads for param in read.params]))


class PreparedChange(Prepared[M]):
    """A `Prepared` read of one row, together with changes: one statement and one moment.

    It gives the row as it was before, if the last of `changes` found its own to change; else nothing. What somebody
    else is changing just then isn't found: having changed one row, it would wait for another while they may wait for
    the first. PostgreSQL is asked once, by a statement it has planned before: planning took it seven tenths of the
    time. SQLite, without a way to a server, makes a transaction of it.
    """

    def __init__(
        self,
        build: Callable[..., models.QuerySet[M]],
        changes: Callable[..., list[Change]],
        **places: Kind,
    ) -> None:
        super().__init__(build, **places)
        self._changing = changes

    def _changes(self, marks: Mapping[str, Any]) -> list[Change]:
        return self._changing(**marks)

    def _compile(self) -> _Compiled:
        with transaction.atomic():  # Django compiles no lock outside of one
            compiled = super()._compile()
        return _together(compiled) if connection.vendor == "postgresql" else compiled

    def _run(self, compiled: _Compiled, given: Mapping[str, Any]) -> list[M]:
        if not compiled.changes:
            return super()._run(compiled, given)
        with transaction.atomic(), connection.cursor() as cursor:
            found = super()._run(compiled, given)
            for change in compiled.changes:
                cursor.execute(*change.filled(given))
            return found if cursor.rowcount else []


class _Objects:
    """What a queryset makes of its rows, worked out once (Django's `ModelIterable` does it anew for each read)."""

    def __init__(self, compiler: SQLCompiler) -> None:
        columns: Any = compiler.select
        made: Any = compiler.klass_info
        own = made["select_fields"]
        self.locked = compiler.query.select_for_update
        self._model, self._own = made["model"], slice(own[0], own[-1] + 1)
        self._names = names = [column.target.attname for column, *_ in columns[self._own]]
        self.width, self.key = len(columns), self._own.start + names.index(self._model._meta.pk.attname)
        self._joined = get_related_populators(made, columns, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stub is of Django 6
        self._beside = list((compiler.annotation_col_map or {}).items())
        # Of the columns whose values aren't yet what Python calls them.
        self._converters = compiler.get_converters([column for column, *_ in columns])
        self._converted = compiler.apply_converters

    def of(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        if self._converters:
            rows = self._converted(rows, self._converters)
        found = []
        for row in rows:
            one = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
            for joined in self._joined:
                joined.populate(row, one)
            for name, place in self._beside:
                setattr(one, name, row[place])
            found.append(one)
        return found


def _asked(sql: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of this statement. A plan that an upgrade of the database has outdated is made once more, on a
    connection of its own; in a transaction its end does that.
    """
    try:
        return _rows(sql, params)
    except NotSupportedError:  # "cached plan must not change result type"
        if connection.in_atomic_block or not connection.get_autocommit():
            raise
        connection.close()
    return _rows(sql, params)


def _rows(sql: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with _planned_cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _as_driven(statement: _Statement) -> _Statement:
    return statement.numbered() if connection.vendor == "postgresql" else statement


@cache
def _planned() -> type[Any]:
    from psycopg import RawCursor  # where this is asked for, there is one

    class Planned(RawCursor[Any]):
        def _convert_query(self, query: Any, params: Any = None) -> Any:
            self._query = super()._convert_query(query, params)  # Django's log of statements reads it here
            return self._query

    return Planned


@contextmanager
def _planned_cursor() -> Iterator[CursorWrapper]:
    """A cursor whose statements PostgreSQL keeps, and plans anew for as long as that pays (Django's have values in
    them). They end with the connection.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.prepare_threshold = 0
    with connection.wrap_database_errors:
        cursor = connection._prepare_cursor(_planned()(raw))  # type: ignore[attr-defined]  # the stub lacks it
    with cursor:
        yield cursor


def _together(compiled: _Compiled) -> _Compiled:
    """The changes and the read as one statement, all parts of which see the rows as they were when it began."""
    changes, read = compiled.changes, compiled.read
    named = [f"change{number} AS ({change.sql} RETURNING 1)" for number, change in enumerate(changes)]
    last = f"EXISTS (TABLE change{len(changes) - 1})"
    params = [param for part in (*changes, read) for param in part.params]
    asked = _as_driven(_Statement(f"WITH {', '.join(named)} {read.sql} AND {last}", params))
    return compiled._replace(asked=asked, changes=[])


def _update(change: Change) -> SQLCompiler:
    rows = change.rows
    if connection.features.has_select_for_update_skip_locked:
        free = rows.select_for_update(skip_locked=True).values("pk")
        rows = rows.model._default_manager.filter(pk__in=free)
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(dict(change.to))
    return cast("SQLCompiler", query.get_compiler(connection=connection))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_Place(name): _adapted(value) for name, value in values.items()}


class _Place(str):
    """Where a value goes."""

    __slots__ = ()


def _mark(kind: Kind, number: int) -> UUID | date:
    """A value that stands for a place while its SQL is compiled, and that nothing else in it equals."""
    if kind is UUID:
        return uuid4()
    moment = datetime(1000, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return moment if kind is datetime else moment.date()


_FIELDS: "dict[type, models.Field[Any, Any]]" = {
    UUID: models.UUIDField(),
    datetime: models.DateTimeField(),
    date: models.DateField(),
}


def _adapted(value: UUID | date | None) -> Any:
    """A value as this database's driver takes it."""
    return None if value is None else _FIELDS[type(value)].get_db_prep_value(value, connection)
