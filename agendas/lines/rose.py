"""The rose of an evening that both can read."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import newest_of_each, since
from agendas.models import AgendaItem, Part
from checkins import reading
from checkins.models import CheckIn


def rows(agendas: Sequence[UUID]) -> QuerySet[CheckIn]:
    return since(CheckIn.objects.revealed().holding("rose"), agendas, "day")


def line(reader: Reader, item: AgendaItem, page: CheckIn) -> TalkLine | None:
    if not page.rose:
        return None
    reason = _("%(day)s’s rose") % {"day": reader.named(page.day)}
    return TalkLine(item, page.rose, reason, reader.wrote(item))


register(
    LineKind(
        name="rose",
        part=Part.THANKS,
        place=1,
        rows=rows,
        picked=newest_of_each(F("day")),
        read=reading.pages,
        line=line,
    )
)
