"""Nothing is sent to who stopped it between claiming and sending. `ROUNDS` is how many stops of each kind (20; 200)."""

import os
import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import time as wall_time
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import get_connection

from accounts.leaving import erase
from accounts.models import User
from adventures.models import Occasion
from adventures.models.occasions import Ahead, What
from checkins import writing
from couples import pairing, parting
from couples.models import Couple
from reminders import delivery, preferences
from reminders.models import Choice, Quiet, Reminder, State
from tests.cast import NOW, seat, words
from tests.faults.crowd import (
    A_DAY,
    DUE,
    KIND,
    ROUNDS,
    Hands,
    crowd,
    promise,
    say,
)
from tests.faults.racing import track
from tests.faults.scripted_smtp import ScriptedSMTP

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]

# So many stop while so many mails are delivered; half as many where a stop takes its time.
STOPS, BATCH = 20, 100
AHEAD = 12  # how far ahead of the delivery every second of them may be; the others wait anywhere behind it
LINES = {"rose": "x", "bud": "", "thorn": ""}
Stop = Callable[[User], object]


def unsubscribe(user: User) -> None:
    preferences.stop(user=user, kind=KIND, now=DUE)


def remember(couple: Couple, by: User) -> None:
    """A day on their list that is mailed about on the day of these mails."""
    on = DUE + timedelta(days=Ahead.WEEK)
    day = Occasion(couple=couple, author=by, added_at=NOW, what=What.ANNIVERSARY, ahead=Ahead.WEEK)
    day.name, day.month, day.day = "x", on.month, on.day
    day.save()


def part(user: User) -> None:
    parting.part(by=user, now=DUE)


def leave(user: User) -> None:
    erase(User.objects.get(pk=user.pk), now=DUE)  # which forgets its id


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def pause(user: User) -> None:
    Quiet(user=user, paused_until=DUE.date() + A_DAY).save()


def be_quiet(user: User) -> None:
    Quiet(user=user, begins=wall_time(19), ends=wall_time(22)).save()


def finish(user: User) -> None:
    writing.write(by=seat(user), day=DUE.date(), words=words(LINES), share=False, now=DUE)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> dict[object, float]:
    """When the last look at each person's mail began, at the earliest: it is one statement with the renewal."""
    found: dict[object, float] = {}
    renew = delivery.renew

    def watched(row: Reminder, *args: Any, **kwargs: Any) -> Reminder | None:
        found[row.user_id] = time.time()
        return renew(row, *args, **kwargs)

    monkeypatch.setattr(delivery, "renew", watched)
    return found


@dataclass
class Stopped:
    """Of the people who stopped while their batch was under way."""

    rounds: int = 0
    prevented: int = 0
    already: int = 0  # the mail was in before the stop was committed
    under_way: int = 0  # it was on its way then: the last look had been taken
    after: int = 0  # it was looked at after the stop, and sent all the same
    latest: float = 0.0  # milliseconds from the stop to the last that came in

    def count(self, committed: float, looked: float | None, arrived: float | None) -> None:
        self.rounds += 1
        if arrived is None:
            self.prevented += 1
        elif arrived <= committed:
            self.already += 1
        else:
            self.under_way += looked is not None and looked <= committed
            self.after += looked is None or looked > committed
            self.latest = max(self.latest, round(1000 * (arrived - committed), 1))


def stop_some(stop: Stop, people: list[User], smtp: ScriptedSMTP) -> dict[str, tuple[object, float]]:
    """Have people stop who come up soon or later. Returns who (by address) and when it was committed.

    How far a delivery comes while one stop is committed depends on the machine. Near ones race it; for late ones the
    mail in hand is held until they are out, so that they are sure to be prevented.
    """
    before, stopped = len(smtp.arrivals), dict[str, tuple[object, float]]()
    stops = STOPS // 2 if stop in {part, leave} else STOPS
    turns = sorted(random.sample(range(BATCH - 2 * AHEAD), stops))
    for turn, near in zip(turns, cycle([True, False]), strict=False):
        until = time.monotonic() + 20
        while len(smtp.arrivals) - before + len(stopped) < turn and time.monotonic() < until:
            time.sleep(0.0005)
        with nullcontext() if near else smtp.held():
            there = len(smtp.arrivals) - before + len(stopped)
            soon = people[turn : turn + AHEAD] if near else people[min(there + AHEAD, BATCH - STOPS) :]
            victim = random.choice([user for user in soon if user.email not in stopped])
            who = victim.pk
            stop(victim)
            stopped[victim.email] = who, time.time()
    return stopped


def race_stops(
    stop: Stop, deliver: Callable[[], object], looked: dict[object, float], smtp: ScriptedSMTP
) -> Stopped:
    """Batches of 100, and stops while they are delivered."""
    found = Stopped()
    with track(2) as lanes:
        while found.rounds < ROUNDS:
            people = crowd(BATCH)
            if stop is part:
                for one, other in zip(people[::2], people[1::2], strict=True):
                    remember(pairing.join([one, other], now=NOW - 30 * A_DAY), one)
            promise(people)
            if stop is part:  # which stops what is about the two
                for rows in (Choice.objects, Reminder.objects):
                    rows.filter(user__in=people).update(kind="occasion")
            results = lanes.race(deliver, partial(stop_some, stop, people, smtp))
            assert not any(isinstance(one, Exception) for one in results), results
            arrived = {one.to: one.at for one in smtp.arrivals}
            for address, (who, committed) in results[1].items():
                found.count(committed, looked.get(who), arrived.get(address))
            others = [user.email for user in people if user.email not in results[1]]
            assert stop is part or arrived.keys() >= set(others)
            assert set(Reminder.objects.unsettled().values_list("reason", flat=True)) <= {"quiet"}
            Reminder.objects.all().delete()
    return found


@pytest.mark.parametrize("stop", [unsubscribe, part, leave, deactivate, pause, be_quiet, finish])
def test_nothing_is_sent_to_who_stopped_between_claiming_and_sending(
    smtp: ScriptedSMTP, looked: dict[object, float], stop: Any
) -> None:
    smtp.pace = 0.01 if stop in {part, leave} else 0  # a stop takes its time: not all are in before it
    found = race_stops(stop, partial(delivery.deliver, clock=Hands()), looked, smtp)
    say(f"{stop.__name__}: {found}")
    assert found.after == 0
    assert found.prevented >= ROUNDS // 4


def test_who_looks_only_once_a_batch_sends_to_who_stopped(smtp: ScriptedSMTP) -> None:
    """The naive twin: claims, looks, then sends a hundred."""
    began: dict[object, float] = {}

    def look_once() -> None:
        owner, mails = uuid4(), get_connection()
        ids = [row.pk for row in delivery.claim(owner=owner, now=DUE)]
        found = Reminder.objects.filter(pk__in=ids).order_by("due_at")
        rows = list(found.with_delivery_state().with_last_look(found[0]))
        for row in [row for row in rows if delivery.skip_reason(row, now=DUE) is None]:
            began[row.user_id] = time.time()
            assert delivery._send(row, owner, mails, Hands())
            delivery.settle(row, owner, State.SENT, now=DUE)
        mails.close()

    found = race_stops(unsubscribe, look_once, began, smtp)
    say(f"naive twin, unsubscribe: {found}")
    assert found.after > 0
