"""Rows that stand for a talk: of its couple, of its Days, and of these the few there is room for. Ids only; no words
are read.

The newest comes first, and what an earlier talk had doesn't come again.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, RowNumber

from agendas.line_kinds import LineKind
from agendas.models import AgendaItem

EACH = 5  # lines of one person in one part: a talk is no reading

Pick = Callable[[LineKind, QuerySet[Any]], QuerySet[Any]]


# --- Of a talk ------------------------------------------------------------------------------------


def of_couple(rows: QuerySet[Any], agendas: Sequence[UUID]) -> QuerySet[Any]:
    """Rows of the couples these talks are of, once for each of these talks. (One annotate: one join.)"""
    talks = rows.annotate(
        talk=F("couple__agendas"),
        since=F("couple__agendas__since_on"),
        last=F("couple__agendas__previous"),
        laid_out_at=F("couple__agendas__laid_out_at"),
    )
    found: QuerySet[Any] = talks.filter(talk__in=agendas)
    return found


def since(rows: QuerySet[Any], agendas: Sequence[UUID], day: str) -> QuerySet[Any]:
    """Rows of the Days a talk is built from. What an earlier talk had is told by its line, not by the date: the bound
    is a Day of one clock, the row's perhaps of another."""
    return of_couple(rows, agendas).filter(**{f"{day}__gte": F("since")})


def nobodys() -> Any:
    """The author (`whose`) of what is nobody's alone."""
    return Cast(Value(None), UUIDField())


# --- Which of them, in which order ----------------------------------------------------------------


def newest_of_each(at: Any) -> Pick:
    """The newest few of each person: as many as there is room for. By date, and no finer: two people's lines of one day
    don't tell who wrote theirs first.
    """

    def pick(kind: LineKind, rows: QuerySet[Any]) -> QuerySet[Any]:
        there = _there().filter(part=kind.part, author=OuterRef("author"))
        fresh = _fresh(rows, kind.name).annotate(whose=F("author"))
        newest = [at.desc(), F("pk").asc()]
        of_each = Window(RowNumber(), partition_by=[F("talk"), F("author")], order_by=newest)
        rank = Window(RowNumber(), partition_by=[F("talk")], order_by=newest)
        ranked = fresh.annotate(rank=rank, of_each=of_each, room=_room(there))
        found: QuerySet[Any] = ranked.filter(of_each__lte=F("room"))
        return found

    return pick


def first_few(*order: Any) -> Pick:
    """The first few in this order of what is nobody's: as many as there is room for."""

    def pick(kind: LineKind, rows: QuerySet[Any]) -> QuerySet[Any]:
        rank = Window(RowNumber(), partition_by=[F("talk")], order_by=order)
        fresh = _fresh(rows, kind.name).annotate(whose=nobodys())
        ranked = fresh.annotate(rank=rank, room=_room(_there().filter(kind=kind.name)))
        found: QuerySet[Any] = ranked.filter(rank__lte=F("room"))
        return found

    return pick


def every_one(at: str) -> Pick:
    """Every one of them, in the order they came about. Whose each is (`whose`), the rows say themselves."""

    def pick(kind: LineKind, rows: QuerySet[Any]) -> QuerySet[Any]:
        place = Window(RowNumber(), partition_by=[F("talk")], order_by=[F(at).asc(), F("pk").asc()])
        ranked: QuerySet[Any] = rows.annotate(rank=place)
        return ranked

    return pick


def _fresh(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Those that neither this talk nor the one before has."""
    lines = AgendaItem.objects.filter(kind=kind, source=OuterRef("pk"))
    # Two equalities rather than one "or": each is a look into the index, whatever the database knows of the table.
    found: QuerySet[Any] = rows.filter(
        ~Exists(lines.filter(agenda=OuterRef("talk"))), ~Exists(lines.filter(agenda=OuterRef("last")))
    )
    return found


def _there() -> QuerySet[AgendaItem]:
    """The lines a talk has already."""
    return AgendaItem.objects.filter(agenda=OuterRef("talk")).order_by()


def _room(there: QuerySet[AgendaItem]) -> Any:
    """For how many lines there is room beside these."""
    number = there.values("agenda").annotate(number=Count("pk")).values("number")
    return EACH - Coalesce(Subquery(number), 0, output_field=IntegerField())
