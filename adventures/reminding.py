"""What a date and a day of the year promise by mail, to both: that one is today, that the other comes up."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from adventures import yearly
from adventures.models import DateNight, Occasion
from couples import days
from couples.access import seats_of
from reminders.kinds import Kind
from reminders.models import Choice, Reminder

EARLY = timedelta(days=2)  # before its Day anywhere on earth: when the mails of a date are promised
BATCH = 500


def _no_date(user: User, day: date) -> str:
    """There is nothing to remind of where it was moved, put off, called off or is over."""
    tz = user.tz
    nights = DateNight.objects.of(seats_of(user)[0].couple).standing()
    found = nights.between(days.starts(day, tz), days.ends(day, tz))
    return "" if found.exists() else "no date"


def _no_occasion(user: User, day: date) -> str:
    """There is nothing to remind of where it was taken off the list, or its mail goes out on another day by now."""
    found = Occasion.objects.of(seats_of(user)[0].couple)
    return "" if any(yearly.mailed_on(one, day) for one in found) else "no day"


DATE = Kind(
    name="date",
    title=_("Date coming up"),
    hint=_("On the day of a date"),
    mail="date",
    default_on=True,
    default_at=time(9),
    why_not=_no_date,
    occasional=True,
)
OCCASION = Kind(
    name="occasion",
    title=_("A day to remember"),
    hint=_("A few days before a birthday or an anniversary you wrote down"),
    mail="occasion",
    default_on=True,
    default_at=time(9),
    why_not=_no_occasion,
    occasional=True,
)
KINDS = (DATE, OCCASION)


def due_at(night: DateNight) -> datetime | None:
    """When the mails of a date are to be promised."""
    return night.starts_at - EARLY if night.starts_at is not None else None


def promise_due(*, now: datetime) -> int:
    """Promise the mails of what comes up, to whoever of the two wants them. Returns how many things were handled."""
    handled = 0
    for batch in (_dates, _occasions):
        while (done := batch(now)) > 0:
            handled += done
            if done < BATCH:
                break
    return handled


@transaction.atomic
def _dates(now: datetime) -> int:
    free = DateNight.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    _promise(DATE, due, now=now, about=lambda night, tz: _of_date(night, tz))
    DateNight.objects.filter(pk__in=[night.pk for night in due]).update(due_at=None)
    return len(due)


@transaction.atomic
def _occasions(now: datetime) -> int:
    free = Occasion.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    _promise(OCCASION, due, now=now, about=lambda one, tz: (yearly.mail_day(one, now), None))
    for one in due:
        one.due_at = yearly.due_at(one, after=now)
    Occasion.objects.bulk_update(due, ["due_at"])
    return len(due)


def _of_date(night: DateNight, tz: object) -> tuple[date, datetime | None]:
    starts_at = night.starts_at
    if starts_at is None:
        raise ValueError("a date without a time promises nothing")
    return days.day_of(starts_at, tz), starts_at  # type: ignore[arg-type]  # a zone


def _promise(
    kind: Kind,
    things: Collection[DateNight] | Collection[Occasion],
    *,
    now: datetime,
    about: Callable[..., tuple[date, datetime | None]],
) -> None:
    """One mail to each of the two who wants it, on the Day `about` gives on their clock. Set-based; twice is once."""
    of_couple: dict[UUID, list[DateNight | Occasion]] = {}
    for thing in things:
        of_couple.setdefault(thing.couple_id, []).append(thing)
    rows = []
    for choice in Choice.objects.wanted_in(of_couple, {kind.name: kind}):
        for thing in of_couple[choice.couple]:
            day, before = about(thing, choice.user.tz)
            due, ends = days.at(day, choice.at, choice.user.tz), days.ends(day, choice.user.tz)
            expires = min(ends, before) if before is not None else ends
            if (
                now <= due < expires
            ):  # what is agreed on later that day needs no mail, and would tell that it was
                rows.append(_row(kind, choice, thing, due, expires))
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    kind: Kind, choice: Choice, thing: DateNight | Occasion, due: datetime, expires: datetime
) -> Reminder:
    return Reminder(
        user=choice.user, kind=kind.name, channel=choice.channel, key=key(thing, due.year), due_at=due,
        expires_at=expires,
    )  # fmt: skip


def key(thing: DateNight | Occasion, year: int) -> str:
    """The thing at this very time: moved, it is another promise."""
    if isinstance(thing, DateNight):
        return f"date {thing.pk} {thing.starts_at:%Y%m%dT%H%MZ}"
    return f"day {thing.pk} {year}"


def call_off(night: DateNight, *, now: datetime) -> None:
    """What was promised for this date at the time it stands isn't any more."""
    if night.starts_at is not None:
        people: Iterable[UUID] = [seat.user_id for seat in night.couple.partners.all()]
        rows = Reminder.objects.filter(user__in=people, kind=DATE.name, key=key(night, 0))
        rows.skip("called off", now=now)
