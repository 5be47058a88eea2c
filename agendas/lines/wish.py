"""A wish that both have."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from adventures import wishing
from adventures.models import Wish
from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import first_few, of_couple
from agendas.models import AgendaItem, Part
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[Wish]:
    return of_couple(Wish.objects.open().filter(wants__isnull=False), agendas)


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Wish]:
    return wishing.of(partner, ids)


def line(reader: Reader, item: AgendaItem, wish: Wish) -> TalkLine | None:
    if not wish.matched and wish.lived_at is None:
        return None
    return TalkLine(item, wish.title, _("you would both like this"))


register(
    LineKind(
        name="wish",
        part=Part.AHEAD,
        place=8,
        joint=True,
        rows=rows,
        picked=first_few(F("added_at").desc(), F("pk").asc()),
        read=read,
        line=line,
    )
)
