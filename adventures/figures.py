"""Figures of wishes, dates and days to remember, for whoever asks what is kept: of what both of the two can read."""

from datetime import datetime

from django.utils.translation import ngettext

from adventures.models import DateNight, Occasion, Wish
from couples.models import Couple


def wishes(couple: Couple, now: datetime) -> str:
    """The number of wishes, come true or not."""
    n = Wish.objects.of(couple).not_taken_back().count()
    return ngettext("%(n)d wish", "%(n)d wishes", n) % {"n": n}


def dates(couple: Couple, now: datetime) -> str:
    """The number of dates both said yes to, ahead or over."""
    n = DateNight.objects.of(couple).agreed_on().count()
    return ngettext("%(n)d date you both said yes to", "%(n)d dates you both said yes to", n) % {"n": n}


def days(couple: Couple, now: datetime) -> str:
    """The number of days to remember."""
    n = Occasion.objects.of(couple).count()
    return ngettext("%(n)d day to remember", "%(n)d days to remember", n) % {"n": n}
