"""Why a mail isn't sent, or not yet: quiet hours, a pause, other weekdays, nothing to say. And "send me one now"."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from checkins import drafts, writing
from checkins.words import CheckInText, FormVersion
from couples import days, parting
from reminders import delivery, planning, preferences
from reminders.models import Choice, Quiet, Reminder
from tests.cast import NOW, person, seat
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, skip_reason, state

SignIn = Callable[[User], Client]
DAY = NOW.date()
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
DUE = NOW + 2 * A_MINUTE  # 19:02 in London


def quiet(user: User, **fields: object) -> None:
    found = preferences.quiet_of(user)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()


# --- Quiet hours and pauses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "wall", "inside"),
    [
        (time(22), time(7), time(22), True),
        (time(22), time(7), time(23, 59), True),
        (time(22), time(7), time(0), True),
        (time(22), time(7), time(6, 59), True),
        (time(22), time(7), time(7), False),
        (time(22), time(7), time(21, 59), False),
        (time(13), time(15), time(13), True),
        (time(13), time(15), time(15), False),
        (None, None, time(3), False),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_the_last(
    begins: time | None, ends: time | None, wall: time, inside: bool
) -> None:
    assert Quiet(begins=begins, ends=ends).holds(wall) is inside


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        # 22:00 to 07:00 in London; the clocks go back on 25 October 2026 and forward on 28 March 2027.
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),
        (datetime(2026, 11, 18, 21, 59, tzinfo=UTC), None),
    ],
)
def test_they_end_on_the_persons_clock_through_both_changes(
    dana: User, moment: datetime, over: datetime | None
) -> None:
    assert Quiet(user=dana, begins=time(22), ends=time(7)).over_at(moment) == over


def test_what_is_due_in_quiet_hours_waits_for_their_end_and_that_is_no_try(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    row = planned(dana)
    quiet(dana, begins=time(19), ends=time(21))
    clock.move_to(DUE)
    assert deliver() == 1
    assert state(row) == ("pending", "quiet")
    row.refresh_from_db()
    assert (row.not_before, row.attempts) == (NOW + timedelta(hours=2), 0)
    assert len(smtp) == 0
    clock.move_to(NOW + timedelta(hours=2))
    deliver()
    assert state(row) == ("sent", "")


def test_where_they_end_after_the_day_it_is_skipped(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    row = planned(dana)
    quiet(dana, begins=time(19), ends=time(9))
    clock.move_to(DUE)
    deliver()
    assert state(row) == ("skipped", "quiet")
    assert len(smtp) == 0


@pytest.mark.parametrize(("until", "sent"), [(DAY + A_DAY, False), (DAY, True)])
def test_a_pause_holds_until_its_day(
    dana: User, smtp: Mailbox, clock: Traveller, until: date, sent: bool
) -> None:
    row = planned(dana)
    quiet(dana, paused_until=until)
    clock.move_to(DUE)
    deliver()
    assert state(row) == (("sent", "") if sent else ("skipped", "paused"))
    assert len(smtp) == sent


# --- Weekdays ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize("at", [time(20, 30), time(0, 30)])
def test_only_on_the_weekdays_that_were_chosen(db: None, zone: str, at: time) -> None:
    user = person("Dana", zone=zone)
    choice = preferences.choices_of(user)[KIND]
    choice.set(wanted=True, at=at, weekdays="16", now=NOW)  # Tuesdays and Sundays
    found = []
    for _ in range(4):
        assert choice.next_at is not None
        found.append(days.day_of(choice.next_at, ZoneInfo(zone)))
        assert choice.next_at.astimezone(ZoneInfo(zone)).time() == at
        choice.compute_next_at(after=choice.next_at)
    assert [day.weekday() for day in found] in ([6, 1, 6, 1], [1, 6, 1, 6])
    assert found == sorted(set(found))


def test_another_time_moves_what_is_in_the_ledger_already(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    planned(dana)
    preferences.choices_of(dana)[KIND].set(wanted=True, at=time(19, 30), now=NOW)
    clock.move_to(DUE)
    planning.plan(now=DUE)
    assert deliver() == 0
    clock.move_to(NOW + 30 * A_MINUTE)
    planning.plan(now=NOW + 30 * A_MINUTE)
    assert deliver() == 1
    assert len(smtp) == 1


# --- Nothing to say ------------------------------------------------------------------------------------


def write(user: User, *, share: bool = True, day: date = DAY) -> None:
    words = CheckInText(rose="r")
    writing.write(by=seat(user), day=day, words=words, share=share, now=NOW - (DAY - day))


def test_the_evening_is_done_however_it_was_done(alice: User, bob: User) -> None:
    assert skip_reason("check_in", alice) == ""
    write(bob)
    assert skip_reason("check_in", alice) == ""
    write(alice, share=False)
    assert skip_reason("check_in", alice) == "done"
    writing.talk(by=seat(bob), day=DAY, now=NOW)
    assert skip_reason("check_in", bob) == "done"


def test_both_pages_open_is_said_only_when_both_are(alice: User, bob: User) -> None:
    assert skip_reason("pages_open", alice) == "not open"
    write(alice)
    assert skip_reason("pages_open", alice) == skip_reason("pages_open", bob) == "not open"
    write(bob)
    assert skip_reason("pages_open", alice) == skip_reason("pages_open", bob) == ""
    parting.part(by=bob, now=NOW)
    assert skip_reason("pages_open", alice) == "not open"


def test_a_letter_only_after_a_week_with_something_in_it(alice: User, bob: User) -> None:
    assert skip_reason("week_letter", alice) == "nothing written"
    write(bob)
    assert skip_reason("week_letter", alice) == "nothing written"
    write(alice)
    assert skip_reason("week_letter", alice, DAY + timedelta(days=6)) == ""
    assert skip_reason("week_letter", alice, DAY + timedelta(days=7)) == "nothing written"


def test_the_letter_of_the_week_the_other_left_is_that_of_any_week(alice: User, bob: User) -> None:
    words = CheckInText(rose="r", open=True)  # the other may read it without a page of their own
    writing.write(by=seat(alice), day=DAY, words=words, share=True, now=NOW)
    before = skip_reason("week_letter", bob)
    parting.part(by=alice, now=NOW)
    assert skip_reason("week_letter", bob) == before == "nothing written"


@pytest.mark.parametrize("kind", ["check_in", "pages_open", "week_letter"])
def test_the_others_private_acts_are_no_reason(alice: User, bob: User, kind: str) -> None:
    before = skip_reason(kind, alice)
    drafts.keep(by=seat(bob), day=DAY, words=CheckInText(rose="r"), base=FormVersion(0, "tab", 1), now=NOW)
    assert skip_reason(kind, alice) == before
    write(bob, share=False)
    assert skip_reason(kind, alice) == before


# --- Send me one now -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["check_in", "pages_open", "week_letter"])
def test_asked_for_it_comes_whatever_else_is_set(
    dana: User, smtp: Mailbox, clock: Traveller, kind: str
) -> None:
    quiet(dana, begins=time(0), ends=time(23, 59), paused_until=DAY + 9 * A_DAY)
    write(dana, share=False)
    preferences.ask_now(user=dana, kind=kind, now=NOW)
    deliver()
    assert [mail["To"] for mail in smtp.messages] == [dana.email]
    assert Reminder.objects.get().state == "sent"


def test_it_is_one_row_a_press_and_a_few_an_hour(dana: User, signed_in: SignIn) -> None:
    cache.clear()
    client, address = signed_in(dana), reverse("reminders:send_now", args=["check_in"])
    for _ in range(20):
        assert client.post(address)["Location"] == reverse("reminders:settings")
    assert 1 <= Reminder.objects.count() < 20
    assert "a few in a row" in client.get(reverse("reminders:settings")).content.decode()
    assert Client().post(address).status_code == 302
    assert client.post(reverse("reminders:send_now", args=["no-such"])).status_code == 404


def test_stopped_it_goes_out_no_more(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    preferences.stop(user=dana, kind=KIND, now=NOW)
    deliver()
    assert len(smtp) == 0
    assert not Choice.objects.get(user=dana, kind=KIND).wanted


def test_its_time_is_short(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    clock.move_to(NOW + timedelta(minutes=15))
    delivery.deliver(clock=lambda: NOW + timedelta(minutes=15))
    assert Reminder.objects.get().state == "expired"
    assert len(smtp) == 0
