"""The figure of evenings for whoever asks what is kept: of what both of the two can read."""

from datetime import datetime

from django.utils.translation import ngettext

from checkins.models import CheckIn
from couples import days
from couples.models import Couple


def evenings(couple: Couple, now: datetime) -> str:
    """The number of evenings with a page that both can read, whoever wrote it, among those that are over everywhere:
    a page of an evening that has begun for one of the two alone would tell the other's clock.
    """
    pages = CheckIn.objects.revealed().in_couples([couple.pk]).filter(day__lt=days.earliest(now))
    n = pages.values("day").distinct().count()
    said = ngettext(
        "%(n)d evening with a page open to you both", "%(n)d evenings with a page open to you both", n
    )
    return said % {"n": n}
