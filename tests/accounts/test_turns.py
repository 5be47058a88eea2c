"""Turns: whose work takes longer than one rings again, behind whatever else waits, and did something before."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
import time_machine
from celery import Task
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.tasks import work_off
from accounts.turns import TURN, Turn
from adventures.tasks import promise as promise_dates
from agendas.tasks import lay_out
from reminders import delivery, planning
from reminders.models import Choice, Reminder
from reminders.tasks import tick
from tests.cast import NOW
from tests.faults.crowd import DUE, crowd, promise

Rung = Callable[[], list[dict[str, Any]]]


class SlowServer(EmailBackend):
    """A mail server that takes a fifth of a second for each mail."""

    clock: time_machine.Traveller

    def send_messages(self, messages: Any) -> int:
        self.clock.shift(timedelta(seconds=0.2 * len(messages)))
        return super().send_messages(messages)


@pytest.fixture
def clock(settings: Any) -> Iterator[time_machine.Traveller]:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    with time_machine.travel(DUE, tick=False) as traveller:
        SlowServer.clock = traveller
        yield traveller


@pytest.fixture
def rung(db: None, settings: Any) -> Iterator[Rung]:
    """What rang since the last look, as workers would find it."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:

        def taken() -> list[dict[str, Any]]:
            rows = client.lrange("celery", 0, -1)
            client.delete("celery")
            return [json.loads(row)["headers"] for row in rows]

        taken()
        yield taken
        taken()


def sent() -> int:
    return Reminder.objects.filter(state="sent").count()


def test_it_is_over_when_its_time_is_and_cut_short_if_somebody_asked() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        turn = Turn()
        clock.shift(TURN * 0.9)
        assert turn.goes_on()
        clock.shift(TURN * 0.1)
        assert not turn.is_cut_short
        assert not turn.goes_on()
        assert turn.is_cut_short


def test_many_reminders_leave_room_for_others(
    clock: time_machine.Traveller, rung: Rung, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    promise(crowd(delivery.BATCH + 5))
    for done in (50, 100):  # as many as a turn has time for
        with django_capture_on_commit_callbacks(execute=True):
            tick()
        assert sent() == done
        assert Reminder.objects.filter(state="pending").count() == delivery.BATCH + 5 - done
        (again,) = rung()
        assert again["task"] == tick.name
        assert datetime.fromisoformat(again["expires"]) == timezone.now() + TURN
    with django_capture_on_commit_callbacks(execute=True):
        tick()
    assert sent() == delivery.BATCH + 5
    assert rung() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("connections", [1, 2])
def test_a_turn_that_is_over_before_it_began_sends_a_mail(
    clock: time_machine.Traveller, settings: Any, connections: int
) -> None:
    settings.EMAIL_CONNECTIONS = connections
    promise(crowd(5))
    handled = delivery.deliver(clock=timezone.now, goes_on=lambda: False)
    assert 1 <= handled <= connections
    assert sent() == handled
    assert Reminder.objects.filter(state="pending").count() == 5 - handled


def test_planning_leaves_the_rest_to_the_next_turn(db: None) -> None:
    crowd(planning.BATCH + 5, next_at=DUE)
    with time_machine.travel(DUE, tick=False):
        assert planning.plan(now=DUE, goes_on=lambda: False) == planning.BATCH
        assert Choice.objects.due(DUE).count() == 5
        assert planning.plan(now=DUE) == 5


@pytest.mark.parametrize("task", [lay_out, promise_dates, tick, work_off])
def test_nothing_to_do_rings_for_nothing(
    clock: time_machine.Traveller,
    rung: Rung,
    task: Task,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        task()
    assert rung() == []
