"""Talks as they stand in the month: those that are ahead or were begun, and the evenings of the rhythm after them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.prepared import Prepared, PreparedTogether
from adventures.calendar import Entry
from agendas import rhythm
from agendas.models import Agenda
from agendas.plan import TalkPlan
from couples.models import Couple, Partner

_IN_CALENDAR = PreparedTogether(
    talks=Prepared(
        lambda couple, first, last: Agenda.objects.of(Couple(pk=couple)).in_calendar(first, last),
        couple=UUID,
        first=datetime,
        last=datetime,
    ),
    rhythm=rhythm.CURRENT,
)


def entries(partner: Partner, first: datetime, last: datetime) -> Iterator[Entry]:
    """Talks that begin from `first` to before `last`. One query, none for a person alone."""
    if not partner.couple.paired:
        return
    found = _IN_CALENDAR(couple=partner.couple_id, first=first, last=last)
    talks = sorted(found["talks"], key=lambda one: one.starts_at)
    for agenda in talks:
        href = reverse("agendas:held", args=[agenda.pk]) if agenda.ended_at else reverse("agendas:talk")
        yield _entry(partner, agenda.starts_at, agenda.minutes, href)
    ahead = next((agenda for agenda in talks if agenda.closed_at is None), None)
    if ahead is None or not found["rhythm"]:
        return
    current = found["rhythm"][0]
    for moment in takewhile(lambda one: one < last, TalkPlan.of(current).after(ahead.slot)):
        yield _entry(partner, moment, current.minutes, reverse("agendas:talk"))


def _entry(partner: Partner, at: datetime, minutes: int, href: str) -> Entry:
    local = partner.user.local(at)
    return Entry("talk", _("Talk"), href, local.date(), at, minutes, f"{local:%H:%M}")
