"""Mails that a date and a day of the year promise, to both: that one is today, that the other comes up."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from adventures import yearly
from adventures.models import DateNight, Occasion
from couples import days
from couples.access import seats_of
from reminders.kinds import OccasionalKind
from reminders.models import Choice, Reminder, ReminderQuerySet, State

Thing = DateNight | Occasion
EARLY = timedelta(days=2)  # before its Day anywhere on earth: when the mails of a date are promised
BATCH = 500


def _no_date(user: User, day: date) -> str:
    """There is nothing to remind of where it was moved, put off, called off or is over."""
    tz = user.tz
    nights = DateNight.objects.of(seats_of(user)[0].couple).standing()
    found = nights.between(days.starts(day, tz), days.ends(day, tz))
    if not found.exists():
        return "no date"
    return "said already" if _said(user, day, "date ") else ""


def _no_occasion(user: User, day: date) -> str:
    """There is nothing to remind of where it was taken off the list, or its mail goes out on another day by now."""
    found = Occasion.objects.of(seats_of(user)[0].couple)
    if not any(yearly.mailed_on(one, day) for one in found):
        return "no day"
    return "said already" if _said(user, day, "day ") else ""


def _said(user: User, day: date, things: str) -> bool:
    """Whether a mail about one of these things went out on this Day: two of them are one mail, as it names neither."""
    begins, ends = days.starts(day, user.tz), days.ends(day, user.tz)
    sent = Reminder.objects.filter(user=user, state=State.SENT, key__startswith=things)
    return sent.filter(due_at__gte=begins, due_at__lt=ends).exists()


DATE = OccasionalKind(
    name="date",
    joint=True,
    title=_("Date coming up"),
    hint=_("On the day of a date"),
    mail="date",
    default_on=True,
    default_at=time(9),
    skip_reason=_no_date,
)
OCCASION = OccasionalKind(
    name="occasion",
    joint=True,
    title=_("A day to remember"),
    hint=_("Ahead of a birthday or an anniversary on your list"),
    mail="occasion",
    default_on=True,
    default_at=time(9),
    skip_reason=_no_occasion,
)
KINDS = (DATE, OCCASION)


def due_at(night: DateNight) -> datetime | None:
    """The moment when the mails of a date are to be promised."""
    return night.starts_at - EARLY if night.starts_at is not None else None


def promise_due(*, now: datetime) -> int:
    """Promise the mails of what comes up, to whoever of the two wants them. Returns how many things were handled."""
    handled = 0
    _bring_back(now)
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
    _promise(DATE, due, now=now)
    DateNight.objects.filter(pk__in=[night.pk for night in due]).update(due_at=None)
    return len(due)


@transaction.atomic
def _occasions(now: datetime) -> int:
    free = Occasion.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    due = list(free[:BATCH])
    _promise(OCCASION, due, now=now)
    for one in due:
        one.due_at = yearly.due_at(one, after=now)
    Occasion.objects.bulk_update(due, ["due_at"])
    return len(due)


@transaction.atomic
def _bring_back(now: datetime) -> None:
    """A clock that ran years ahead, if only for a minute, puts days off by as many years: they are reckoned anew."""
    far = list(Occasion.objects.out_of_reach(now).select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for one in far:
        one.due_at = yearly.next_due(one, now)
    Occasion.objects.bulk_update(far, ["due_at"])


def _promise(kind: OccasionalKind, things: Collection[Thing], *, now: datetime) -> None:
    """One mail of each to each of the two who wants it, on their clock. Set-based; twice is once."""
    of_couple: dict[UUID, list[Thing]] = {}
    for thing in things:
        of_couple.setdefault(thing.couple_id, []).append(thing)
    wanted = Choice.objects.wanted_in(of_couple, {kind.name: kind})
    _write((_row(choice, thing, now) for choice in wanted for thing in of_couple[choice.couple]), now)


def _write(rows: Iterable[Reminder], now: datetime) -> None:
    """Put down what isn't too late. What is agreed on later that day needs no mail, and it would tell that it was."""
    in_time = [row for row in rows if now <= row.due_at < row.expires_at]
    Reminder.objects.bulk_create(in_time, ignore_conflicts=True)


def _row(choice: Choice, thing: Thing, now: datetime) -> Reminder:
    """The mail about this thing as this person wants it. Unsaved."""
    tz = choice.user.tz
    if isinstance(thing, Occasion):
        day = yearly.mail_day(thing, now)
        key, until = f"{_key(thing)}{day}", days.ends(day, tz)
    else:
        until = _starts_at(thing)  # which is within its Day
        key, day = _key(thing), days.day_of(until, tz)
    due = days.at(day, choice.at, tz)
    return Reminder(
        user=choice.user, kind=choice.kind, channel=choice.channel, key=key, due_at=due, expires_at=until
    )


def _starts_at(night: DateNight) -> datetime:
    if night.starts_at is None:
        raise ValueError("a date without a time promises nothing")
    return night.starts_at


def _key(thing: Thing) -> str:
    """What the mails about this thing go by: of a date as it is agreed on, moved or agreed on anew it is another
    promise; of a day of the year how they begin, its mail's Day follows.
    """
    if isinstance(thing, Occasion):
        return f"day {thing.pk} "
    return f"date {thing.pk} {_starts_at(thing):%Y%m%dT%H%MZ} {thing.moves}"


@transaction.atomic
def follow(*, choice: Choice, now: datetime) -> None:
    """Follow somebody who set their clock to another zone, or what they want of a kind: what was promised of the
    things at hand, and isn't tried yet, follows them at once. What waited for a time that their new clock is past
    already goes out now.

    The other's mails aren't touched. What was tried stays as it is: nothing is sent twice.
    """
    rows = [_row(choice, thing, now) for thing in _at_hand(choice, now)]
    ledger = Reminder.objects.of(choice.user, choice.kind).filter(key__in=[row.key for row in rows])
    untried = _untried(ledger)
    waiting = set(untried.filter(state=State.PENDING).values_list("key", flat=True))
    untried.delete()
    if choice.wanted:
        for row in rows:
            if row.key in waiting:
                row.due_at = max(row.due_at, now)
        _write(rows, now)


def _at_hand(choice: Choice, now: datetime) -> list[Thing]:
    """What a choice of this kind is about and is promised by now, locked: a worker that is promising it is waited for,
    as it may have read the choice before it was set.
    """
    if choice.kind not in {kind.name for kind in KINDS}:
        return []
    couple = seats_of(choice.user)[0].couple
    if choice.kind == DATE.name:
        nights = DateNight.objects.of(couple).standing().filter(starts_at__gt=now, starts_at__lte=now + EARLY)
        return list(nights.order_by("pk").select_for_update(of=("self",)))
    found = Occasion.objects.of(couple).select_for_update(of=("self",))
    return [one for one in found if yearly.next_due(one, now) <= now]


def _untried(rows: ReminderQuerySet) -> ReminderQuerySet:
    """Of these the ones that no mail server was ever offered."""
    return rows.filter(state__in=[State.PENDING, State.SKIPPED], attempts=0)


def call_off(night: DateNight, *, now: datetime) -> None:
    """Call off what was promised for this date at the time it stands. Before it is moved."""
    if night.starts_at is not None:
        rows = Reminder.objects.filter(user__in=_people(night), kind=DATE.name, key=_key(night))
        rows.skip("called off", now=now)


def call_off_day(one: Occasion, *, now: datetime) -> None:
    """Call off what was promised of this day of the year: it is another one, or off the list."""
    rows = Reminder.objects.filter(user__in=_people(one), kind=OCCASION.name, key__startswith=_key(one))
    rows.skip("called off", now=now)
    _untried(rows).delete()  # corrected back, it is promised again


def _people(thing: Thing) -> list[UUID]:
    return [seat.user_id for seat in thing.couple.partners.all()]
