"""Months with words of one's own: how far one's own pages lead back. What was brought in may be older than the account.

`openly` leaves out what is behind the closed row of somebody alone: drafts, and what they kept from somebody before.
A thank-you is of when it goes out or, where there was nobody left to say it to, of when it was written. What goes out
in a month to come lies in this one, with what waits.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Subquery

from accounts.fields import EARLIEST
from accounts.models import User
from checkins.models import Answer, Appreciation, CheckIn, Draft, SmallWin
from couples import days
from couples.models import Partner

A_DAY = timedelta(days=1)
Rows = QuerySet[Any, Any]


def first(partner: Partner, *, openly: bool = False) -> date:
    """The first day of the month in which one came, or of the first words, if those are of before. One query."""
    came = days.day_of(partner.user.joined_at, partner.user.tz)
    return min([came, *_days(partner, _since(partner, EARLIEST, openly))]).replace(day=1)


def latest(partner: Partner, today: date) -> date:
    """The first day of the latest month with words up to that of `today`, or of that one. One query."""
    after = days.last_of_month(today) + A_DAY
    return max(_days(partner, _before(partner, after, openly=False)), default=today).replace(day=1)


def neighbours(
    partner: Partner, month: date, today: date, *, openly: bool = False
) -> tuple[date | None, date | None]:
    """The first days of the nearest months with words before and after the one that begins on `month`, up to that of
    `today`. One query.
    """
    after = days.last_of_month(month) + A_DAY
    found = _days(partner, [*_before(partner, month, openly), *_since(partner, after, openly)])
    later = (min(one, today) for one in found if one >= after)
    return (
        _month(max((one for one in found if one < month), default=None)),
        _month(min((one for one in later if one >= after), default=None)),
    )


def _month(day: date | None) -> date | None:
    return day.replace(day=1) if day is not None else None


def _before(partner: Partner, day: date, openly: bool) -> list[Rows]:
    """When one's latest words before this Day are of, of each kind."""
    return [
        rows.filter(**{f"{name}__lt": _of(name, day, partner)}).order_by(f"-{name}").values(name)[:1]
        for rows, name in _kinds(partner, openly)
    ]


def _since(partner: Partner, day: date, openly: bool) -> list[Rows]:
    """When one's first words from this Day on are of, of each kind."""
    return [
        rows.filter(**{f"{name}__gte": _of(name, day, partner)}).order_by(name).values(name)[:1]
        for rows, name in _kinds(partner, openly)
    ]


def _of(column: str, day: date, partner: Partner) -> date:
    return day if column == "day" else days.starts(day, partner.user.tz)


def _kinds(partner: Partner, openly: bool) -> Iterator[tuple[Any, str]]:
    """One's own rows of each kind, and by which column they are of a Day."""
    user, pages, answers = partner.user, CheckIn.objects.all(), Answer.objects.all()
    if openly:
        pages, answers = pages.open_alone(partner.sat_at), answers.open_alone(partner.sat_at)
    else:
        yield Draft.objects.own(user), "day"
        yield Appreciation.objects.own(user).never_said(), "written_at"
    yield pages.own(user), "day"
    yield answers.own(user), "day"
    for line in (Appreciation, SmallWin):
        yield line.objects.own(user).standing().said(), "goes_out_at"


def _days(partner: Partner, rows: Iterable[Rows]) -> list[date]:
    """The Days that these are of, each of at most one row."""
    asked: list[Subquery[Any]] = [Subquery(one) for one in rows]
    found = [one for one in User.objects.values_list(*asked).get(pk=partner.user_id) if one is not None]
    tz = partner.user.tz
    return [days.day_of(one, tz) if isinstance(one, datetime) else one for one in found]
