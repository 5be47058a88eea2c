"""The dates that pages ask for: Today those near in time, asked for lately, and of a year ago; the page of dates all it
shows; Together the next.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.prepared import Prepared, PreparedTogether
from adventures import occasions, rhythm
from adventures.models import DateNight, Memory
from adventures.models.dates import DateNightQuerySet, within
from couples import days
from couples.models import Couple, Partner
from couples.returning import DATE, YEAR, wants

A_DAY = timedelta(days=1)
LATELY = 3  # memories beside the month
EACH_DAY = 5  # dates that may be over within the longest one, before the next


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


def _latest(couple: UUID) -> QuerySet[DateNight, Any]:
    """Those that happened last. A subquery."""
    return DateNight.objects.of(Couple(pk=couple)).happened().latest_first().values("pk")[:LATELY]


def _on_the_board(
    *, couple: UUID, first: date, last: date, begins: datetime, ends: datetime, **moments: datetime
) -> DateNightQuerySet:
    dates = DateNight.objects.of(Couple(pk=couple))
    in_month = within(first, last, begins, ends)
    return dates.filter(Q(pk__in=dates.open_since(**moments)) | in_month | Q(pk__in=_latest(couple)))


_DATES = Prepared(
    _on_the_board,
    couple=UUID,
    first=date,
    last=date,
    begins=datetime,
    ends=datetime,
    now=datetime,
    asked_since=datetime,
    stood_since=datetime,
)

# Of the latest dates, as far as one may read them.
_LINES = Prepared(
    lambda user, couple: Memory.objects.readable_by(Partner(user=User(pk=user), couple_id=couple)).filter(
        date__in=_latest(couple)
    ),
    user=UUID,
    couple=UUID,
)

BOARD = PreparedTogether(dates=_DATES, lines=_LINES, occasions=occasions.OF_COUPLE, rhythm=rhythm.CURRENT)


STANDING = Prepared(
    lambda couple, since: DateNight.objects.of(Couple(pk=couple)).standing().after(since)[:EACH_DAY],
    couple=UUID,
    since=datetime,
)


def a_year_before(day: date) -> date:
    """The date a year before `day`; of a 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def a_year_ago(day: date) -> tuple[date, date]:
    """The first and the last Day that come back on `day`: a 29 February with the 28th, where its year has no other.

    On a 29 February none does: the 28th came back the evening before. The last is before the first then.
    """
    ago = a_year_before(day)
    if ago.day != day.day:
        return ago, ago - A_DAY
    return ago, days.last_of_month(ago) if day == days.last_of_month(day) else ago
