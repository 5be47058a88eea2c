"""Mails to both people: on the day of a date, and so many days before a day of the year."""

from datetime import datetime, time
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.turns import GoesOn, always
from adventures import anniversaries
from adventures.models import DateNight, Occasion
from adventures.models.dates import EARLY
from couples import days
from couples.access import seat_of
from reminders import promising
from reminders.kinds import OccasionalKind, Reasons
from reminders.models import Choice, Reminder

BATCH = 500
# Of a row: what belongs to the couple its person sits in.
OF_THEIR_COUPLE = Q(couple__partners__user=OuterRef("user"), couple__partners__left_at__isnull=True)


def _no_occasion(row: Reminder) -> Reasons:
    """Reasons to skip an occasion's mail: it was taken off the list, or its mail goes out on another day by now."""
    mailed = Q()
    if row.day is not None:
        for month, day, ahead in anniversaries.mailed(row.day):
            mailed |= Q(month=month, day=day, ahead=ahead)
    return {
        "no day": ~Exists(Occasion.objects.filter(mailed, OF_THEIR_COUPLE)),
        "said already": promising.SAID,
    }


DATE = OccasionalKind(
    name="date",
    joint=True,
    title=_("Date coming up"),
    hint=_("On the day of a date"),
    mail="date",
    default_on=True,
    default_at=time(9),
    skip_when={  # moved, put off, called off or over
        "no date": ~Exists(
            DateNight.objects.standing().filter(OF_THEIR_COUPLE, starts_at=OuterRef("starts_at"))
        ),
        "said already": promising.SAID,
    },
)
OCCASION = OccasionalKind(
    name="occasion",
    joint=True,
    title=_("A day to remember"),
    hint=_("Ahead of a birthday or an anniversary on your list"),
    mail="occasion",
    default_on=True,
    default_at=time(9),
    skip_when=_no_occasion,
)
KINDS = (DATE, OCCASION)


def promise_due(*, now: datetime, goes_on: GoesOn = always) -> int:
    """Promise the mails of what comes up, to whoever of the two wants them. Returns how many things were handled."""
    handled = 0
    _bring_back(now)
    for batch in (_dates, _occasions):
        while (done := batch(now)) > 0:
            handled += done
            if done < BATCH or not goes_on():
                break
    return handled


@transaction.atomic
def _dates(now: datetime) -> int:
    free = DateNight.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    promising.promise([DATE], due, _of_date, now=now)
    DateNight.objects.filter(pk__in=[date_night.pk for date_night in due]).update(due_at=None)
    return len(due)


@transaction.atomic
def _occasions(now: datetime) -> int:
    free = Occasion.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    promising.promise([OCCASION], due, partial(_of_occasion, now=now), now=now)
    for one in due:
        one.due_at = anniversaries.due_at(one, after=now)
    Occasion.objects.bulk_update(due, ["due_at"])
    return len(due)


@transaction.atomic
def _bring_back(now: datetime) -> None:
    """Compute anew what is due years ahead: a clock that ran ahead, if only for a minute, puts days off so far."""
    far = list(Occasion.objects.out_of_reach(now).select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for one in far:
        one.due_at = anniversaries.next_due(one, now)
    Occasion.objects.bulk_update(far, ["due_at"])


def _of_date(choice: Choice, date_night: DateNight) -> Reminder:
    """The mail of a date as this person wants it: on its Day, as long as it hasn't begun."""
    if date_night.starts_at is None:
        raise ValueError("a date without a time promises nothing")
    tz = choice.user.tz
    day = days.day_of(date_night.starts_at, tz)
    return promising.mail(
        choice,
        date_night,
        day=day,
        starts_at=date_night.starts_at,
        due_at=days.at(day, choice.at, tz),
        expires_at=date_night.starts_at,
    )


def _of_occasion(choice: Choice, one: Occasion, *, now: datetime) -> Reminder:
    """The mail of a day of the year as this person wants it: so many days before it, and on that Day."""
    tz, day = choice.user.tz, anniversaries.mail_day(one, now)
    due_at, until = days.at(day, choice.at, tz), days.ends(day, tz)
    return promising.mail(choice, one, day=day, due_at=due_at, expires_at=until)


@transaction.atomic
def follow(*, choice: Choice, now: datetime) -> None:
    """Follow somebody who set their clock to another zone, or what they want of a kind: what was promised of the
    things at hand, and isn't tried yet, follows them at once. What waited for a time that their new clock is past
    already goes out now.

    The other's mails aren't touched. What was tried stays as it is: nothing is sent twice.
    """
    promising.replace(choice, _at_hand(choice, now), now=now)


def _at_hand(choice: Choice, now: datetime) -> list[Reminder]:
    """The mails of what a choice of this kind is about and is promised by now. The things are locked: a worker that is
    promising one is waited for, as it may have read the choice before it was set.
    """
    couple = seat_of(choice.user).couple
    if choice.kind == DATE.name:
        date_nights = (
            DateNight.objects.of(couple).standing().filter(starts_at__gt=now, starts_at__lte=now + EARLY)
        )
        found = date_nights.order_by("pk").select_for_update(of=("self",))
        return [_of_date(choice, date_night) for date_night in found]
    if choice.kind == OCCASION.name:
        listed = Occasion.objects.of(couple).select_for_update(of=("self",))
        return [
            _of_occasion(choice, one, now=now) for one in listed if anniversaries.next_due(one, now) <= now
        ]
    return []


def call_off(date_night: DateNight, *, now: datetime) -> None:
    """Call off what was promised for this date at the time it stands. Before it is moved."""
    promising.call_off([DATE], [date_night], now=now)


def call_off_day(one: Occasion, *, now: datetime) -> None:
    """Call off what was promised of this day of the year: it is another one, or off the list."""
    promising.call_off([OCCASION], [one], now=now)
