"""The figure of evenings for whoever asks what is kept: of what both of the two can read."""

from django.utils.translation import ngettext

from checkins.models import CheckIn
from couples.models import Couple


def evenings(couple: Couple) -> str:
    """The number of evenings with a page that both can read, whoever wrote it."""
    n = CheckIn.objects.revealed().in_couples([couple.pk]).values("day").distinct().count()
    said = ngettext(
        "%(n)d evening with a page open to you both", "%(n)d evenings with a page open to you both", n
    )
    return said % {"n": n}
