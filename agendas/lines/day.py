"""A day to remember that comes up."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from adventures import occasions
from adventures.models import Occasion
from adventures.occasions import Coming
from agendas.line_kinds import LineKind, Reader, TalkLine, register
from agendas.line_rows import first_few, of_couple
from agendas.models import AgendaItem, Part
from agendas.models.talks import LAID_OUT_BEFORE
from couples.models import Partner

AHEAD = 21  # days, after the talk is laid out
# Days, as if every month had as many: close enough to tell what comes up soon.
LONG_MONTH, LONG_YEAR = 31, 12 * 31


def rows(agendas: Sequence[UUID]) -> QuerySet[Occasion]:
    days = of_couple(Occasion.objects.all(), agendas).annotate(away=_away())
    found: QuerySet[Occasion] = days.filter(away__lte=AHEAD)
    return found


def _away() -> Any:
    """How many days after the talk is laid out a day of the year comes, about."""
    laid_out = ExpressionWrapper(
        F("couple__agendas__starts_at") - LAID_OUT_BEFORE, output_field=DateTimeField()
    )
    talk = ExtractMonth(laid_out, tzinfo=UTC) * LONG_MONTH + ExtractDay(laid_out, tzinfo=UTC)
    return (F("month") * LONG_MONTH + F("day") - talk + LONG_YEAR) % LONG_YEAR


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Coming]:
    found = occasions.coming(partner, partner.user.local(now).date())
    return {one.occasion.pk: one for one in found}


def line(reader: Reader, item: AgendaItem, coming: Coming) -> TalkLine:
    reason = _("on %(day)s, every year") % {"day": date_format(coming.on, "j F")}
    return TalkLine(item, coming.occasion.name, reason)


register(
    LineKind(
        name="day",
        part=Part.AHEAD,
        place=7,
        joint=True,
        rows=rows,
        picked=first_few(F("away").asc(), F("pk").asc()),
        read=read,
        line=line,
    )
)
