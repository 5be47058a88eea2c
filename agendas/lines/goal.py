"""A joint goal."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agendas import goals
from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import every_one, nobodys, of_couple
from agendas.models import AgendaItem, Goal, Part
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[Goal]:
    found: QuerySet[Goal] = of_couple(Goal.objects.open(), agendas).annotate(whose=nobodys())
    return found


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Goal]:
    return {goal.pk: goal for goal in goals.open_of(partner)}


def line(reader: Reader, item: AgendaItem, goal: Goal) -> TalkLine:
    return TalkLine(item, goal.name, _("yours together"), goal=goal)


register(
    LineKind(
        name="goal",
        part=Part.TRACK,
        place=10,
        joint=True,
        rows=rows,
        picked=every_one("added_at"),
        read=read,
        line=line,
    )
)
