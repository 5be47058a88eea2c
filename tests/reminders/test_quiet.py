"""How quiet hours, a pause, weekdays and changed wishes fall together on a person's own clock.

`test_reasons.py` has each alone; here are the nights, the zones and the order in which they count.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from checkins import writing
from checkins.words import CheckInText
from reminders import delivery, planning, preferences
from reminders.models import Choice, Quiet, Reminder, Suppression
from tests.cast import NOW, person, seat
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, state, wants

SignIn = Callable[[User], Client]
DAY = NOW.date()
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
DUE = NOW + 2 * A_MINUTE  # 19:02 in London
NIGHTS = [
    # (zone, noon UTC before the night the clocks change)
    ("Europe/London", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    ("Europe/London", datetime(2027, 3, 27, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 31, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 13, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 6, tzinfo=UTC)),
]


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def quiet(user: User, **fields: Any) -> None:
    Quiet.objects.update_or_create(user=user, defaults=fields)


def promised(user: User, at: time, *, now: datetime = NOW) -> Reminder:
    """Their next reminder at this time, in the ledger."""
    wants(user, at, now=now)
    due = Choice.objects.get(user=user, kind=KIND).next_at
    assert due is not None
    planning.plan(now=due)
    return Reminder.objects.get(user=user, due_at=due)


def written(user: User) -> None:
    writing.write(by=seat(user), day=DAY, words=CheckInText(rose="r"), share=False, now=NOW)


# --- Quiet hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "noon"), NIGHTS)
@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (time(22), time(7)),
        (time(23), time(0)),
        (time(0), time(4)),
        (time(23, 30), time(4)),
        (time(13), time(15)),
    ],
)
def test_they_end_when_the_clock_shows_it_whatever_the_night_does(
    zone: str, noon: datetime, begins: time, ends: time
) -> None:
    user = User(zone=zone)
    hours = Quiet(user=user, begins=begins, ends=ends)
    inside = 0
    for quarter in range(96):
        moment = noon + quarter * timedelta(minutes=15)
        over = over_by_looking_at_the_clock(hours, moment)
        assert hours.over_at(moment) == over, moment
        inside += over is not None
    assert 0 < inside < 96


def over_by_looking_at_the_clock(hours: Quiet, moment: datetime) -> datetime | None:
    then = moment
    while hours.holds(hours.user.local(then).time()):
        then += timedelta(minutes=15)
    return then if then > moment else None


def test_an_end_that_the_night_leaves_out_comes_as_much_later() -> None:
    """01:30 in London, where 01:00 to 02:00 don't exist on 28 March 2027: 02:30 by the new time."""
    hours = Quiet(user=User(zone="Europe/London"), begins=time(22), ends=time(1, 30))
    assert hours.over_at(utc("2027-03-28T00:30")) == utc("2027-03-28T01:30")


def test_an_end_that_the_night_has_twice_is_near_both_times() -> None:
    """01:30 in London on 25 October 2026, at the second 01:10."""
    hours = Quiet(user=User(zone="Europe/London"), begins=time(22), ends=time(1, 30))
    assert hours.over_at(utc("2026-10-25T00:10")) == utc("2026-10-25T00:30")
    assert hours.over_at(utc("2026-10-25T01:10")) == utc("2026-10-25T01:30")


@pytest.mark.parametrize(
    ("zone", "now", "at", "begins", "ends", "over"),
    [
        ("Europe/London", "2026-11-18T19:00", time(23, 30), time(23), time(1), "2026-11-19T01:00"),
        ("Europe/London", "2026-11-18T19:00", time(0, 30), time(0), time(3, 59), "2026-11-19T03:59"),
        ("Europe/London", "2026-10-24T19:00", time(0, 30), time(0), time(3), "2026-10-25T03:00"),
        ("Europe/London", "2027-03-27T19:00", time(0, 30), time(0), time(3), "2027-03-28T02:00"),
        ("America/Los_Angeles", "2026-11-18T19:00", time(21), time(20), time(22), "2026-11-19T06:00"),
        ("Pacific/Auckland", "2026-11-18T19:00", time(23, 30), time(22), time(2), "2026-11-19T13:00"),
    ],
)
def test_a_mail_due_in_the_night_comes_when_they_end_and_not_a_minute_before(
    smtp: Mailbox,
    clock: Traveller,
    db: None,
    zone: str,
    now: str,
    at: time,
    begins: time,
    ends: time,
    over: str,
) -> None:
    kim = person("Kim", zone=zone, now=utc(now))
    row = promised(kim, at, now=utc(now))
    quiet(kim, begins=begins, ends=ends)
    clock.move_to(row.due_at)
    deliver()
    assert state(row) == ("pending", "quiet")
    clock.move_to(utc(over) - A_MINUTE)
    assert deliver() == 0
    clock.move_to(utc(over))
    deliver()
    assert state(row) == ("sent", "")
    assert len(smtp) == 1


def test_where_they_end_with_the_day_there_is_no_time_left(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    row = promised(dana, time(0, 30))
    quiet(dana, begins=time(0), ends=time(4))
    clock.move_to(row.due_at)
    deliver()
    assert state(row) == ("skipped", "quiet")


def test_waiting_again_and_again_is_never_a_try(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    row = planned(dana)
    for number in range(delivery.TRIES + 3):
        clock.move_to(DUE + number * A_MINUTE)
        ends = (DUE + (number + 1) * A_MINUTE).time()
        quiet(dana, begins=time(19), ends=ends)  # moved on each time
        assert deliver() == 1
        assert state(row) == ("pending", "quiet")
    row.refresh_from_db()
    assert row.attempts == 0
    clock.shift(A_MINUTE)
    deliver()
    assert state(row) == ("sent", "")


def test_a_try_before_them_still_counts_after_them(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    row = planned(dana)
    smtp.replies.append("450 later")
    clock.move_to(DUE)
    deliver()
    quiet(dana, begins=time(19), ends=time(20))
    clock.shift(A_MINUTE)
    deliver()
    assert state(row) == ("pending", "quiet")
    row.refresh_from_db()
    assert row.attempts == 1
    clock.move_to(NOW + timedelta(hours=1))
    deliver()
    assert state(row) == ("sent", "")


def test_ones_own_hours_are_nobody_elses(alice: User, bob: User, smtp: Mailbox, clock: Traveller) -> None:
    rows = [planned(alice), planned(bob)]
    quiet(bob, begins=time(19), ends=time(21), paused_until=DAY + A_DAY)
    clock.move_to(DUE)
    deliver()
    assert [state(row) for row in rows] == [("sent", ""), ("skipped", "paused")]


# --- The order in which they count -----------------------------------------------------------------


def answer(row: Reminder, now: datetime) -> tuple[str, str] | None:
    verdict = delivery.skip_reason(
        Reminder.objects.with_delivery_state().with_last_look(row).get(pk=row.pk), now=now
    )
    return (str(verdict[0]), verdict[1]) if verdict else None


def all_at_once(user: User) -> None:
    """Everything that can stand against a mail, at 19:02."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    EmailAddress.objects.filter(user=user).update(verified=False)
    preferences.suppress(user=user, address=user.email, now=NOW)
    Reminder.objects.filter(user=user).update(attempts=delivery.TRIES + 1)
    Choice.objects.filter(user=user).update(wanted=False, next_at=None)
    quiet(user, begins=time(19), ends=time(21), paused_until=DAY + A_DAY)
    written(user)


def lift_one_after_the_other(user: User) -> list[Callable[[], object]]:
    return [
        lambda: User.objects.filter(pk=user.pk).update(is_active=True),
        lambda: EmailAddress.objects.filter(user=user).update(verified=True),
        lambda: Suppression.objects.filter(user=user).delete(),
        lambda: Reminder.objects.filter(user=user).update(attempts=delivery.TRIES),
        lambda: Choice.objects.filter(user=user, kind=KIND).update(wanted=True, next_at=NOW + A_DAY),
        lambda: quiet(user, paused_until=DAY),
        lambda: writing.take_back(by=seat(user), day=DAY, now=NOW),
        lambda: quiet(user, begins=None, ends=None),
    ]


def test_what_can_not_be_sent_comes_before_what_is_not_wanted_and_that_before_not_yet(dana: User) -> None:
    row = planned(dana)
    all_at_once(dana)
    assert answer(row, row.expires_at) == ("expired", "too late")
    found = [answer(row, DUE)]
    for lift in lift_one_after_the_other(dana):
        lift()
        found.append(answer(row, DUE))
    assert found == [
        ("skipped", "inactive"),
        ("skipped", "unverified"),
        ("skipped", "no such address"),
        ("dead", "too many tries"),
        ("skipped", "unsubscribed"),
        ("skipped", "paused"),
        ("skipped", "done"),
        ("pending", "quiet"),
        None,
    ]


def test_asked_for_it_needs_no_more_than_somebody_to_send_it_to(dana: User) -> None:
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    row = Reminder.objects.get()
    all_at_once(dana)
    assert answer(row, row.expires_at) == ("expired", "too late")
    found = [answer(row, DUE)]
    for lift in lift_one_after_the_other(dana)[:4]:
        lift()
        found.append(answer(row, DUE))
    assert found == [
        ("skipped", "inactive"),
        ("skipped", "unverified"),
        ("skipped", "no such address"),
        ("dead", "too many tries"),
        None,
    ]


# --- Which Days ------------------------------------------------------------------------------------

# It is Wednesday evening in London, Wednesday morning in Los Angeles, Thursday morning in Auckland.
DAYS = [
    # (zone, at, weekday of the Day, due in UTC, the Day)
    ("Europe/London", time(20, 30), "2", "2026-11-18T20:30", "2026-11-18"),
    ("Europe/London", time(19), "2", "2026-11-25T19:00", "2026-11-25"),  # this minute is over
    ("Europe/London", time(0, 30), "2", "2026-11-19T00:30", "2026-11-18"),  # the night of Wednesday
    ("Europe/London", time(0, 30), "3", "2026-11-20T00:30", "2026-11-19"),
    ("Europe/London", time(3, 59), "1", "2026-11-25T03:59", "2026-11-24"),
    ("Europe/London", time(4), "3", "2026-11-19T04:00", "2026-11-19"),
    ("America/Los_Angeles", time(20, 30), "2", "2026-11-19T04:30", "2026-11-18"),
    ("America/Los_Angeles", time(0, 30), "2", "2026-11-19T08:30", "2026-11-18"),
    ("Pacific/Auckland", time(20, 30), "2", "2026-11-25T07:30", "2026-11-25"),
    ("Pacific/Auckland", time(20, 30), "3", "2026-11-19T07:30", "2026-11-19"),
    ("Pacific/Auckland", time(8, 30), "3", "2026-11-18T19:30", "2026-11-19"),  # in UTC still Wednesday
    ("Pacific/Auckland", time(0, 30), "2", "2026-11-25T11:30", "2026-11-25"),
]


@pytest.mark.parametrize(("zone", "at", "weekday", "due", "day"), DAYS)
def test_a_weekday_is_that_of_the_evening_it_belongs_to(
    db: None, zone: str, at: time, weekday: str, due: str, day: str
) -> None:
    kim = person("Kim", zone=zone)
    preferences.choices_of(kim)[KIND].set(wanted=True, at=at, weekdays=weekday, now=NOW)
    planning.plan(now=utc(due) - timedelta(minutes=6))
    assert not Reminder.objects.filter(user=kim, kind=KIND).exists()
    planning.plan(now=utc(due))
    row = Reminder.objects.get(user=kim, kind=KIND)
    assert (row.due_at, row.key) == (utc(due), day)
    assert str(date.fromisoformat(day).weekday()) == weekday


@pytest.mark.parametrize(("zone", "at", "weekday", "due", "day"), DAYS)
@pytest.mark.parametrize("paused", [True, False])
def test_a_pause_ends_with_the_evening_before_its_day(
    smtp: Mailbox,
    clock: Traveller,
    db: None,
    zone: str,
    at: time,
    weekday: str,
    due: str,
    day: str,
    paused: bool,
) -> None:
    kim = person("Kim", zone=zone)
    preferences.choices_of(kim)[KIND].set(wanted=True, at=at, weekdays=weekday, now=NOW)
    planning.plan(now=utc(due))
    quiet(kim, paused_until=date.fromisoformat(day) + (A_DAY if paused else timedelta()))
    clock.move_to(utc(due))
    deliver()
    row = Reminder.objects.get(user=kim, kind=KIND)
    assert state(row) == (("skipped", "paused") if paused else ("sent", ""))


# --- Another wish ----------------------------------------------------------------------------------


def rows(user: User) -> list[tuple[str, str, str]]:
    found = Reminder.objects.filter(user=user).order_by("due_at")
    return [(f"{row.due_at:%d %H:%M}", row.state, row.reason) for row in found]


def run(clock: Traveller, until: datetime) -> None:
    """The worker's rounds, every two minutes."""
    moment = NOW
    while moment <= until:
        clock.move_to(moment)
        planning.plan(now=moment)
        deliver()
        moment += 2 * A_MINUTE


def choose(user: User, now: datetime, *, wanted: bool = True, **wish: Any) -> None:
    preferences.choices_of(user)[KIND].set(now=now, wanted=wanted, **wish)


def test_a_later_time_today_is_today_and_once(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    choose(dana, NOW, at=time(19, 30))
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:30", "sent", "")]


def test_a_time_gone_by_is_tomorrow(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    choose(dana, NOW, at=time(18, 30))
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == []
    assert Choice.objects.get(user=dana, kind=KIND).next_at == utc("2026-11-19T18:30")


def test_what_was_sent_today_is_not_sent_again_at_the_new_time(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    planned(dana)
    clock.move_to(DUE)
    deliver()
    choose(dana, DUE, at=time(19, 30))
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:02", "sent", "")]
    planning.plan(now=NOW + A_DAY + 30 * A_MINUTE)
    assert rows(dana)[1:] == [("19 19:30", "pending", "")]


def test_other_weekdays_take_today_away(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    choose(dana, NOW, weekdays="45")
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == []
    assert Choice.objects.get(user=dana, kind=KIND).next_at == utc("2026-11-20T19:02")


def test_off_and_on_again_before_it_is_due_it_comes_once(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    preferences.stop(user=dana, kind=KIND, now=NOW)
    assert rows(dana) == [("18 19:02", "skipped", "unsubscribed")]
    choose(dana, NOW)
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:02", "sent", "")]
    assert len(smtp) == 1


def test_off_by_hand_what_is_planned_finds_out(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    choose(dana, NOW, wanted=False)
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:02", "skipped", "unsubscribed")]


def test_what_is_in_a_workers_hands_is_left_to_it(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    row = planned(dana)
    delivery.claim(owner=row.pk, now=DUE)
    choose(dana, NOW, at=time(19, 30))
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:02", "sent", "")]  # that worker died; another took it over


# --- Send me one now -------------------------------------------------------------------------------


def test_one_asked_for_is_beside_the_evenings_own(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    planned(dana)
    preferences.choices_of(dana)[KIND].set(wanted=True, weekdays="2", now=NOW)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    run(clock, NOW + timedelta(hours=1))
    assert rows(dana) == [("18 19:00", "sent", "")] * 2 + [("18 19:02", "sent", "")]
    promised = Reminder.objects.values_list("day", flat=True)
    assert sorted(day is None for day in promised) == [False, True, True]
    assert len({mail["Message-ID"] for mail in smtp.messages}) == 3


def test_one_asked_for_on_another_weekday_and_switched_off(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    preferences.choices_of(dana)[KIND].set(wanted=False, weekdays="0", now=NOW)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    deliver()
    assert rows(dana) == [("18 19:00", "sent", "")]
    assert not Choice.objects.get(user=dana, kind=KIND).wanted  # asking for one is no subscription


def test_into_an_unproven_inbox_not_even_one_asked_for(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    EmailAddress.objects.filter(user=dana).update(verified=False)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    deliver()
    assert rows(dana) == [("18 19:00", "skipped", "unverified")]


def test_a_few_an_hour_are_each_persons_own(dana: User, bob: User, signed_in: SignIn) -> None:
    cache.clear()
    address = reverse("reminders:send_now", args=[KIND])
    for _ in range(7):
        signed_in(dana).post(address)
    signed_in(bob).post(address)
    assert (Reminder.objects.filter(user=dana).count(), Reminder.objects.filter(user=bob).count()) == (5, 1)
