"""The dates that Today asks for: near in time, asked for lately, and of a year ago. One statement."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from accounts.prepared import Prepared
from adventures.models import DateNight
from adventures.models.dates import DateNightQuerySet, within
from couples.models import Couple
from couples.returning import DATE, YEAR, wants


def _near_or_a_year_ago(
    *,
    user: UUID,
    couple: UUID,
    ago: date,
    until: date,
    begins: datetime,
    ends: datetime,
    since: datetime,
    asked_since: datetime,
) -> DateNightQuerySet:
    asked = Q(happened_at__isnull=True, asked_at__gt=asked_since)
    near = Q(starts_at__gt=since) | asked
    dates = DateNight.objects.of(Couple(pk=couple)).filter(called_off_at__isnull=True)
    year_ago = within(ago, until, begins, ends) & wants(user, YEAR, DATE)
    return dates.filter(year_ago | near)


FOR_TODAY = Prepared(
    _near_or_a_year_ago,
    user=UUID,
    couple=UUID,
    ago=date,
    until=date,
    begins=datetime,
    ends=datetime,
    since=datetime,
    asked_since=datetime,
)
