"""A day of a challenge that is done. Nobody's: that it is done belongs to both."""

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import first_few, nobodys
from agendas.models import AgendaItem, Part
from challenges import reading
from challenges.models import CompletedDay
from challenges.reading import DayDone


def rows(agendas: Sequence[UUID]) -> QuerySet[CompletedDay]:
    stones = CompletedDay.objects.done().annotate(
        talk=F("attempt__couple__agendas"),
        since=F("attempt__couple__agendas__since_on"),
        last=F("attempt__couple__agendas__previous"),
        whose=nobodys(),
    )
    day = TruncDate("done_at", tzinfo=UTC)  # no finer, as in `newest_of_each`
    return stones.annotate(day=day).filter(talk__in=agendas, day__gte=F("since"))


def line(reader: Reader, item: AgendaItem, done: DayDone) -> TalkLine:
    where = {"number": done.day.number, "title": done.challenge.title}
    return TalkLine(item, done.day.title, _("day %(number)d of %(title)s") % where)


register(
    LineKind(
        name="stone",
        part=Part.RIGHT,
        place=4,
        joint=True,
        rows=rows,
        picked=first_few(F("day").desc(), F("number").desc()),
        read=reading.days_done,
        line=line,
    )
)
