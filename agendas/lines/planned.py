"""A date that is ahead."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from adventures import reading
from adventures.models import DateNight
from adventures.models.dates import State
from adventures.reading import DateCard
from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import first_few, of_couple
from agendas.models import AgendaItem, Part

AHEAD = timedelta(days=21)  # after the talk


def rows(agendas: Sequence[UUID]) -> QuerySet[DateNight]:
    begins = F("couple__agendas__starts_at")
    ahead = of_couple(DateNight.objects.standing(), agendas).annotate(begins=begins)
    found: QuerySet[DateNight] = ahead.filter(starts_at__gte=F("begins"), starts_at__lt=F("begins") + AHEAD)
    return found


def line(reader: Reader, item: AgendaItem, date_card: DateCard) -> TalkLine | None:
    if date_card.date.starts_at is None or not date_card.date.stands or date_card.state is State.HAPPENED:
        return None
    at = reader.partner.user.local(date_card.date.starts_at)
    reason = _("planned for %(day)s") % {"day": date_format(at, "l j F, H:i")}
    return TalkLine(item, date_card.title, reason)


register(
    LineKind(
        name="planned",
        part=Part.AHEAD,
        place=6,
        joint=True,
        rows=rows,
        picked=first_few(F("starts_at").asc(), F("pk").asc()),
        read=reading.happened,
        line=line,
    )
)
