"""An action: what each or both said last time that they would do, or carried on since."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import every_one
from agendas.models import Action, AgendaItem, Part
from couples import days
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[Action]:
    actions = Action.objects.open().annotate(
        talk=F("agenda__couple__agendas"), last=F("agenda__couple__agendas__previous")
    )
    actions = actions.filter(Q(agenda=F("last")) | Q(carried_to=F("last")), talk__in=agendas)
    return actions.annotate(whose=F("author"))


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Action]:
    found = Action.objects.readable_by(partner).filter(pk__in=ids, taken_back_at__isnull=True)
    return {row.pk: row for row in found.with_keys().select_related("agenda")}


def line(reader: Reader, item: AgendaItem, action: Action) -> TalkLine:
    begun = action.agenda.begun_at or action.added_at
    day = reader.named(days.day_of(begun, reader.partner.user.tz))
    reason = _("from %(day)s’s talk") % {"day": day}
    return TalkLine(item, action.text, reason, reader.wrote(item), action=action)


register(
    LineKind(
        name="action",
        part=Part.TRACK,
        place=11,
        rows=rows,
        picked=every_one("added_at"),
        read=read,
        line=line,
    )
)
