"""A thank-you; those kept for the talk come first."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import newest_of_each, since
from agendas.models import AgendaItem, Part
from checkins import thanking
from checkins.models import Appreciation
from couples import days
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[Appreciation]:
    return since(Appreciation.objects.filter(taken_back_at__isnull=True), agendas, "goes_out_at__date")


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Appreciation]:
    return thanking.lines(partner, Appreciation, ids, now=now)


def line(reader: Reader, item: AgendaItem, thanks: Appreciation) -> TalkLine:
    kept = reader.agenda.begun_at is not None and thanks.goes_out_at == reader.agenda.begun_at
    day = days.day_of(thanks.goes_out_at, reader.partner.user.tz)
    reason = _("kept for this talk") if kept else _("said %(day)s") % {"day": reader.on(day)}
    return TalkLine(item, thanks.text, reason, reader.wrote(item), more=thanks.trait)


register(
    LineKind(
        name="thanks",
        part=Part.THANKS,
        place=0,
        rows=rows,
        picked=newest_of_each(TruncDate("goes_out_at")),
        read=read,
        line=line,
    )
)
