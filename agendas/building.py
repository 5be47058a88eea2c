"""Laying out agendas: from what two people stored to the lines of their talk, for very many couples at a time.

Building adds what is new and touches nothing else, so that it may run any number of times: what somebody brought, left
out or put in its place stays as it is. One statement a kind of line, whatever the number of couples.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, UUIDField
from django.utils import timezone

from accounts.turns import GoesOn, always
from agendas import line_kinds, reminding, scheduling
from agendas.line_kinds import LineKind
from agendas.models import Agenda, AgendaItem

log = logging.getLogger(__name__)

BATCH = 1000  # couples
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code, so that nobody on SQLite loads its driver: 11 MB a process
OF_A_KIND = 1000  # more lines than one kind ever has: the kinds follow each other


class RandomId(Func):
    """A random UUID (version 4) of the database's own."""

    output_field = UUIDField()
    arity = 0
    function = "gen_random_uuid"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # SQLite keeps a UUID as 32 digits.
        halves = (
            "hex(randomblob(6)) || '4'",
            "substr(hex(randomblob(2)), 2) || '8'",
            "substr(hex(randomblob(8)), 2)",
        )
        digits = f"lower({' || '.join(halves)})"
        return self.as_sql(compiler, connection, template=digits, **context)


def build_due(*, now: datetime, goes_on: GoesOn = always) -> int:
    """Do what is due: lay out, build once more before a talk, close what is over. Returns how many were handled."""
    handled = 0
    try:
        while (done := _batch(now)) > 0:
            handled += done
            if done < BATCH or not goes_on():
                break
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        log.info("some rows are held; the agendas wait for the next round")
    return handled


@transaction.atomic
def _batch(now: datetime) -> int:
    _give_way()
    free = Agenda.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    over = [agenda for agenda in due if now >= scheduling.expires_at(agenda)]
    if over:
        scheduling.close_and_open_next(over, now=now)
    fresh = [agenda for agenda in due if agenda.closed_at is None]
    if fresh:
        lay_out(fresh, now=now)
        reminding.promise(fresh, now=now)
    return len(due)


def _give_way() -> None:
    """Whoever erases their account holds themselves and asks for their talk, a batch the other way round: a worker has
    time, so it is the batch that stops before PostgreSQL finds the deadlock (after a second).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")


def lay_out(agendas: Sequence[Agenda], *, now: datetime) -> None:
    """Build these talks' lines. Called with the agendas locked; to run it again adds what is new."""
    build([agenda.pk for agenda in agendas], now=now)
    next_due: dict[datetime, list[UUID]] = {}
    for agenda in agendas:
        agenda.laid_out_at = agenda.laid_out_at or now
        over = scheduling.expires_at(agenda)
        agenda.due_at = over if agenda.begun_at is not None else max(scheduling.next_due(agenda), now)
        next_due.setdefault(agenda.due_at, []).append(agenda.pk)
    Agenda.objects.filter(pk__in=[agenda.pk for agenda in agendas], laid_out_at__isnull=True).update(
        laid_out_at=now
    )
    for due_at, ids in next_due.items():  # talks are held at the same few times: one statement for each
        Agenda.objects.filter(pk__in=ids).update(due_at=due_at)


def build(agendas: Sequence[UUID], *, now: datetime) -> None:
    """Add to these agendas every line that isn't there yet."""
    with timezone.override(UTC):  # dates of what is read, on nobody's clock: whoever begins a talk has one
        for kind in line_kinds.every():
            _add(kind, agendas, now)


def _add(kind: LineKind, agendas: Sequence[UUID], now: datetime) -> None:
    """INSERT … SELECT: the lines go from their rooms to the agenda within the database."""
    place = F("rank") + kind.place * OF_A_KIND
    rows = kind.select(agendas).order_by().annotate(new_id=RandomId(), place=place)
    rows = rows.values_list("new_id", "talk", "pk", "whose", "place")
    sql, params = rows.query.sql_with_params()
    table = connection.ops.quote_name(AgendaItem._meta.db_table)
    at = AgendaItem._meta.get_field("added_at").get_db_prep_value(now, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            # Our own table's name, and SQL that Django compiled.
            f"""INSERT INTO {table} (id, agenda_id, source, author_id, rank, part, kind, added_at)
                SELECT line.*, %s, %s, %s FROM ({sql}) line WHERE true ON CONFLICT DO NOTHING""",  # noqa: S608  # see above
            [int(kind.part), kind.name, at, *params],
        )
