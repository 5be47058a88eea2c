"""A date that happened."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from adventures import reading
from adventures.models import DateNight
from adventures.reading import DateCard
from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import first_few, since
from agendas.models import AgendaItem, Part


def rows(agendas: Sequence[UUID]) -> QuerySet[DateNight]:
    return since(DateNight.objects.happened(), agendas, "starts_at__date")


def line(reader: Reader, item: AgendaItem, date_card: DateCard) -> TalkLine | None:
    if date_card.date.starts_at is None:
        return None
    day = date_card.date.day(reader.partner.user.tz)
    reason = _("it was %(day)s") % {"day": reader.on(day)} if day is not None else ""
    return TalkLine(item, date_card.title, reason)


register(
    LineKind(
        name="date",
        part=Part.RIGHT,
        place=5,
        joint=True,
        rows=rows,
        picked=first_few(F("starts_at").desc(), F("pk").asc()),
        read=reading.happened,
        line=line,
    )
)
