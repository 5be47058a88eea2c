"""Sources an agenda is built from: for each room, which of its rows stand for which talk. Ids only; no words are
read.

Each function takes the ids of agendas and gives rows with `agenda`, `whose` (the author, if it is somebody's words) and
`rank` (the first in, first); the newest comes first, and what an earlier talk had doesn't come again.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, ExtractDay, ExtractMonth, RowNumber, TruncDate

from adventures.models import DateNight, Occasion, Wish
from agendas.models import Action, AgendaItem, Goal, Part, Topic
from agendas.models.talks import LAID_OUT_BEFORE
from challenges.models import Stone
from checkins.models import Appreciation, CheckIn, SmallWin
from couples.models import Partner

AHEAD = timedelta(days=21)  # what is planned, or comes up, within so long after a talk
LONG_MONTH, LONG_YEAR = (
    31,
    12 * 31,
)  # days, as if every month had as many: close enough to tell what comes up soon
EACH = 5  # lines of one person in one part: a talk is no reading


class Source(NamedTuple):
    """One kind of line: its part, its name, and the rows it comes from."""

    part: Part
    kind: str
    rows: QuerySet[Any]


def every(agendas: Sequence[UUID]) -> Iterator[Source]:
    """The sources there are, in the order they are laid out in."""
    yield from evening(agendas)
    yield from path(agendas)
    yield from dates(agendas)
    yield from talk(agendas)


def evening(agendas: Sequence[UUID]) -> Iterator[Source]:
    """Sources of `checkins`: thank-yous (those kept for the talk first), roses, small wins, buds."""
    thanks = Appreciation.objects.filter(taken_back_at__isnull=True)
    yield _newest(
        Part.THANKS, "thanks", _since(thanks, agendas, "goes_out_at__date"), TruncDate("goes_out_at")
    )
    yield _newest(Part.THANKS, "rose", _pages("rose", agendas), F("day"))
    wins = SmallWin.objects.filter(taken_back_at__isnull=True)
    yield _newest(Part.RIGHT, "win", _since(wins, agendas, "goes_out_at__date"), TruncDate("goes_out_at"))
    yield _newest(Part.AHEAD, "bud", _pages("bud", agendas), F("day"))


def path(agendas: Sequence[UUID]) -> Iterator[Source]:
    """The source of `challenges`: the stones that are done. Nobody's: that it is done belongs to both."""
    stones = Stone.objects.done().annotate(
        talk=F("attempt__couple__agendas"),
        since=F("attempt__couple__agendas__since_on"),
        last=F("attempt__couple__agendas__previous"),
        whose=Cast(Value(None), UUIDField()),
    )
    day = TruncDate("done_at", tzinfo=UTC)  # no finer, as below
    stones = stones.annotate(day=day).filter(talk__in=agendas, day__gte=F("since"))
    yield _joint(Part.RIGHT, "stone", stones, [F("day").desc(), F("number").desc()])


def dates(agendas: Sequence[UUID]) -> Iterator[Source]:
    """Sources of `adventures`: dates and wishes that happened; dates ahead, days to remember, wishes that both have."""
    happened = _since(DateNight.objects.happened(), agendas, "starts_at__date")
    yield _joint(Part.RIGHT, "date", happened, [F("starts_at").desc(), F("pk").asc()])
    begins = F("couple__agendas__starts_at")
    ahead = _of_couple(DateNight.objects.standing(), agendas).annotate(begins=begins)
    ahead = ahead.filter(starts_at__gte=F("begins"), starts_at__lt=F("begins") + AHEAD)
    yield _joint(Part.AHEAD, "planned", ahead, [F("starts_at").asc(), F("pk").asc()])
    days = _of_couple(Occasion.objects.all(), agendas).annotate(away=_away())
    yield _joint(Part.AHEAD, "day", days.filter(away__lte=AHEAD.days), [F("away").asc(), F("pk").asc()])
    both = _of_couple(Wish.objects.open().filter(wants__isnull=False), agendas)
    yield _joint(Part.AHEAD, "wish", both, [F("added_at").desc(), F("pk").asc()])


def talk(agendas: Sequence[UUID]) -> Iterator[Source]:
    """Sources of the talk itself: what each brings, joint goals, and what was said last time that each or both would
    do.
    """
    readable = Q(page__isnull=True) | Exists(CheckIn.objects.revealed().filter(pk=OuterRef("page")))
    # "That morning or not in this talk": what is brought is settled as it is laid out.
    topics = _of_couple(Topic.objects.wanted().filter(readable), agendas).filter(laid_out_at__isnull=True)
    # By seat, one of each at most: an order that doesn't tell who parked theirs when.
    seat = Partner.objects.filter(couple=OuterRef("couple"), user=OuterRef("author")).values("seat")
    topics = topics.annotate(whose=F("author"), seat=Subquery(seat))
    yield Source(Part.WEIGHING, "topic", _ranked(topics, "seat"))
    goals = _of_couple(Goal.objects.open(), agendas).annotate(whose=Cast(Value(None), UUIDField()))
    yield Source(Part.TRACK, "goal", _ranked(goals, "added_at"))
    actions = Action.objects.open().annotate(
        talk=F("agenda__couple__agendas"), last=F("agenda__couple__agendas__previous")
    )
    actions = actions.filter(Q(agenda=F("last")) | Q(carried_to=F("last")), talk__in=agendas)
    yield Source(Part.TRACK, "action", _ranked(actions.annotate(whose=F("author")), "added_at"))


def _pages(kind: str, agendas: Sequence[UUID]) -> QuerySet[CheckIn]:
    """Evenings that both can read, with words in this line."""
    return _since(CheckIn.objects.revealed().holding(kind), agendas, "day")


def _of_couple(rows: QuerySet[Any], agendas: Sequence[UUID]) -> QuerySet[Any]:
    """Rows of the couples these talks are of, once for each of these talks. (One annotate: one join.)"""
    talks = rows.annotate(
        talk=F("couple__agendas"),
        since=F("couple__agendas__since_on"),
        last=F("couple__agendas__previous"),
        laid_out_at=F("couple__agendas__laid_out_at"),
    )
    found: QuerySet[Any] = talks.filter(talk__in=agendas)
    return found


def _since(rows: QuerySet[Any], agendas: Sequence[UUID], day: str) -> QuerySet[Any]:
    """Rows of the Days a talk is built from. What an earlier talk had is told by its line, not by the date: the bound
    is a Day of one clock, the row's perhaps of another."""
    return _of_couple(rows, agendas).filter(**{f"{day}__gte": F("since")})


def _newest(part: Part, kind: str, rows: QuerySet[Any], at: Any) -> Source:
    """The newest few of each person: as many as there is room for. By date, and no finer: two people's lines of one day
    don't tell who wrote theirs first.
    """
    there = _there().filter(part=part, author=OuterRef("author"))
    fresh = _fresh(rows, kind).annotate(whose=F("author"))
    newest = [at.desc(), F("pk").asc()]
    of_each = Window(RowNumber(), partition_by=[F("talk"), F("author")], order_by=newest)
    rank = Window(RowNumber(), partition_by=[F("talk")], order_by=newest)
    return Source(
        part,
        kind,
        fresh.annotate(rank=rank, of_each=of_each, room=_room(there)).filter(of_each__lte=F("room")),
    )


def _joint(part: Part, kind: str, rows: QuerySet[Any], order: Sequence[Any]) -> Source:
    """The first few in this order of what is nobody's: as many as there is room for."""
    rank = Window(RowNumber(), partition_by=[F("talk")], order_by=order)
    fresh = _fresh(rows, kind).annotate(whose=Cast(Value(None), UUIDField()))
    fresh = fresh.annotate(rank=rank, room=_room(_there().filter(kind=kind)))
    return Source(part, kind, fresh.filter(rank__lte=F("room")))


def _away() -> Any:
    """How many days after the talk is laid out a day of the year comes, about."""
    laid_out = ExpressionWrapper(
        F("couple__agendas__starts_at") - LAID_OUT_BEFORE, output_field=DateTimeField()
    )
    talk = ExtractMonth(laid_out, tzinfo=UTC) * LONG_MONTH + ExtractDay(laid_out, tzinfo=UTC)
    return (F("month") * LONG_MONTH + F("day") - talk + LONG_YEAR) % LONG_YEAR


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


def _ranked(rows: QuerySet[Any], at: str) -> QuerySet[Any]:
    """In the order they came about."""
    place = Window(RowNumber(), partition_by=[F("talk")], order_by=[F(at).asc(), F("pk").asc()])
    ranked: QuerySet[Any] = rows.annotate(rank=place)
    return ranked
