"""What the talk promises by mail, to whom, and when not."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from accounts.models import User
from agendas import building, meeting, reminding, scheduling
from agendas.models import Agenda
from couples import asking, parting
from reminders import delivery, preferences
from reminders.models import Quiet, Reminder
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree
from tests.cast import NOW, seat
from tests.fixtures import Mailbox

NINE = LAYS_OUT.replace(hour=9)
SOON = STARTS - timedelta(hours=1)


@pytest.fixture
def talk(alice: User, bob: User) -> Agenda:
    """Sunday's, of two who want both mails."""
    for user in (alice, bob):
        preferences.choices_of(user)["talk_soon"].set(wanted=True, now=NOW)
    return agree(alice, bob, now=NOW)


def deliver(now: datetime) -> int:
    return delivery.deliver(clock=lambda: now)


def planned(user: User) -> list[tuple[str, datetime]]:
    rows = Reminder.objects.filter(user=user, state="pending").order_by("due_at")
    return list(rows.values_list("kind", "due_at"))


def sent(user: User) -> list[str]:
    return list(
        Reminder.objects.filter(user=user, state="sent").order_by("due_at").values_list("kind", flat=True)
    )


def test_both_are_promised_once_it_is_laid_out(alice: User, bob: User, talk: Agenda) -> None:
    assert planned(alice) == []
    for _ in range(2):
        Agenda.objects.update(due_at=LAYS_OUT)
        building.build_due(now=LAYS_OUT)
        assert planned(alice) == planned(bob) == [("talk_laid_out", NINE), ("talk_soon", SOON)]


def test_they_arrive_at_their_times_and_say_nothing(
    alice: User, bob: User, talk: Agenda, smtp: Mailbox
) -> None:
    building.build_due(now=LAYS_OUT)
    assert deliver(NINE - timedelta(seconds=1)) == 0
    assert deliver(NINE) == 2
    assert deliver(SOON - timedelta(seconds=1)) == 0
    assert deliver(SOON) == 2
    assert deliver(STARTS) == 0
    subjects = [mail["Subject"] for mail in smtp.to("alice@example.test")]
    assert subjects == ["Set out for later today", "In about an hour"]
    for mail in smtp.to("alice@example.test"):
        text = mail.as_string()
        assert "Bob" not in text
        assert "Alice" not in text


def test_at_ones_own_time_on_ones_own_clock(alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(zone="America/New_York")
    alice.refresh_from_db()
    preferences.choices_of(alice)["talk_laid_out"].set(wanted=True, at=time(7, 30), now=NOW)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    assert planned(alice) == [("talk_laid_out", LAYS_OUT.replace(hour=12, minute=30))]
    assert planned(bob) == [("talk_laid_out", NINE)]


def test_a_time_after_the_talk_promises_nothing(alice: User, bob: User) -> None:
    preferences.choices_of(alice)["talk_laid_out"].set(wanted=True, at=time(20), now=NOW)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    assert planned(alice) == []


def skips(alice: User, talk: Agenda) -> None:
    scheduling.skip(by=seat(alice), agenda_id=talk.pk, now=LAYS_OUT)


def begins(alice: User, talk: Agenda) -> None:
    meeting.begin(by=seat(alice), now=LAYS_OUT)


def parts(alice: User, talk: Agenda) -> None:
    parting.part(by=alice, now=LAYS_OUT)


def unsubscribes(alice: User, talk: Agenda) -> None:
    for kind in reminding.KINDS:
        preferences.stop(user=alice, kind=kind.name, now=LAYS_OUT)


def pauses(alice: User, talk: Agenda) -> None:
    Quiet.objects.create(user=alice, paused_until=LAYS_OUT.date() + timedelta(days=1))


@pytest.mark.parametrize("act", [skips, begins, parts, unsubscribes, pauses])
def test_then_nothing_comes(
    alice: User, bob: User, talk: Agenda, smtp: Mailbox, act: Callable[[User, Agenda], None]
) -> None:
    building.build_due(now=LAYS_OUT)
    act(alice, talk)
    for now in (NINE, SOON, STARTS):
        deliver(now)
    assert sent(alice) == []


def test_moved_it_is_another_promise(alice: User, bob: User, talk: Agenda, smtp: Mailbox) -> None:
    building.build_due(now=LAYS_OUT)
    deliver(NINE)
    to = STARTS + timedelta(hours=2)
    scheduling.suggest_move(by=seat(alice), agenda_id=talk.pk, to=to, now=NINE)
    ask = asking.awaiting(seat(bob), scheduling.move_kind(talk), now=NINE)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NINE)
    deliver(SOON)
    assert "talk_soon" not in sent(alice)
    deliver(to - timedelta(hours=1))
    assert sent(alice).count("talk_soon") == 1


def test_moved_to_another_day_the_morning_is_that_days(
    alice: User, bob: User, talk: Agenda, smtp: Mailbox
) -> None:
    building.build_due(now=LAYS_OUT)
    to = STARTS + timedelta(days=1)
    scheduling.suggest_move(by=seat(alice), agenda_id=talk.pk, to=to, now=LAYS_OUT)
    ask = asking.awaiting(seat(bob), scheduling.move_kind(talk), now=LAYS_OUT)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=LAYS_OUT)
    deliver(NINE)
    assert sent(alice) == []
    deliver(NINE + timedelta(days=1))
    assert sent(alice) == ["talk_laid_out"]


def test_never_after_it_began(alice: User, bob: User, talk: Agenda, smtp: Mailbox) -> None:
    """After an outage: what wasn't sent in time isn't sent at all."""
    building.build_due(now=LAYS_OUT)
    deliver(STARTS)
    assert sent(alice) == []
    assert set(Reminder.objects.values_list("state", flat=True)) == {"expired"}


def test_laid_out_late_it_is_still_said(alice: User, bob: User, talk: Agenda, smtp: Mailbox) -> None:
    late = NINE + timedelta(hours=3)
    building.build_due(now=late)
    deliver(late)
    assert sent(alice) == ["talk_laid_out"]


def test_in_quiet_hours_it_waits(alice: User, bob: User, talk: Agenda, smtp: Mailbox) -> None:
    Quiet.objects.create(user=alice, begins=time(8), ends=time(10))
    building.build_due(now=LAYS_OUT)
    deliver(NINE)
    assert sent(alice) == []
    deliver(NINE + timedelta(hours=1))
    assert sent(alice) == ["talk_laid_out"]


def test_switched_on_it_is_wanted_and_never_due(alice: User, bob: User) -> None:
    choice = preferences.choices_of(alice)["talk_soon"]
    choice.set(wanted=True, now=NOW)
    assert (choice.wanted, choice.next_at) == (True, None)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    choice.set(wanted=True, now=LAYS_OUT)  # saving the settings again loses nothing
    assert ("talk_soon", SOON) in planned(alice)


def test_moved_and_moved_back_it_is_promised_again(
    alice: User, bob: User, talk: Agenda, smtp: Mailbox
) -> None:
    building.build_due(now=LAYS_OUT)
    for minute, to in enumerate((STARTS + timedelta(hours=2), STARTS)):
        now = LAYS_OUT + timedelta(minutes=minute)
        scheduling.suggest_move(by=seat(alice), agenda_id=talk.pk, to=to, now=now)
        ask = asking.awaiting(seat(bob), scheduling.move_kind(talk), now=now)
        assert ask is not None
        asking.agree(by=seat(bob), ask_id=ask.pk, now=now)
    assert planned(alice) == planned(bob) == [("talk_laid_out", NINE), ("talk_soon", SOON)]
    deliver(SOON)
    assert sent(bob) == ["talk_laid_out", "talk_soon"]
