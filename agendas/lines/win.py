"""A small win."""

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
from checkins.models import SmallWin
from couples import days
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[SmallWin]:
    return since(SmallWin.objects.filter(taken_back_at__isnull=True), agendas, "goes_out_at__date")


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, SmallWin]:
    return thanking.lines(partner, SmallWin, ids, now=now)


def line(reader: Reader, item: AgendaItem, win: SmallWin) -> TalkLine:
    day = days.day_of(win.goes_out_at, reader.partner.user.tz)
    return TalkLine(item, win.text, _("noted %(day)s") % {"day": reader.on(day)}, reader.wrote(item))


register(
    LineKind(
        name="win",
        part=Part.RIGHT,
        place=2,
        rows=rows,
        picked=newest_of_each(TruncDate("goes_out_at")),
        read=read,
        line=line,
    )
)
