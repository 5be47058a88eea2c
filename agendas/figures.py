"""Figures of talks and goals, for whoever asks what is kept: of what both of the two can read."""

from datetime import datetime

from django.utils.translation import ngettext

from agendas.models import Agenda, Goal
from couples.models import Couple


def talks(couple: Couple, now: datetime) -> str:
    """The number of talks that were held."""
    n = Agenda.objects.of(couple).held().count()
    return ngettext("%(n)d talk", "%(n)d talks", n) % {"n": n}


def goals(couple: Couple, now: datetime) -> str:
    """The number of open goals."""
    n = Goal.objects.of(couple).open().count()
    return ngettext("%(n)d goal", "%(n)d goals", n) % {"n": n}
