"""The beat and a clock that is put right: real schedules, a real broker, and a clock that moves."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from celery.beat import SchedulingError
from django.db import connection

from accounts import turns
from config.beat import Scheduler
from config.celery import NudgeTask, app
from config.embedded import worker
from config.schedule import SCHEDULE
from reminders import status
from reminders.models import Tick
from tests.cast import NOW
from tests.servers import free_port

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def beat(tmp_path: Path) -> Callable[[], Scheduler]:
    """The beat as it starts on what it noted before."""
    return lambda: Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"))


def rung(scheduler: Scheduler) -> dict[str, int]:
    """How often each of ours has rung once all that is due has."""
    while scheduler.tick() == 0:
        pass
    return {name: entry.total_run_count for name, entry in scheduler.schedule.items() if name in SCHEDULE}


@pytest.mark.parametrize("restarted", [False, True])
def test_it_rings_on_when_a_clock_that_ran_ahead_is_put_right(
    beat: Callable[[], Scheduler], restarted: bool
) -> None:
    with time_machine.travel(NOW + DAY, tick=False):
        running = beat()
        assert set(rung(running).values()) == {0}
    if restarted:
        running.close()
        running = beat()
    with time_machine.travel(NOW, tick=False) as clock:
        assert set(rung(running).values()) == {1}
        clock.shift(timedelta(seconds=20))
        assert {name for name, count in rung(running).items() if count == 2} == {
            "long work",
            "reminders",
        }
        clock.shift(timedelta(seconds=60))
        assert rung(running)["talks laid out"] == 2
    running.close()


def test_it_notes_that_it_turns_and_rings_on_where_it_can_not(beat: Callable[[], Scheduler]) -> None:
    with time_machine.travel(NOW, tick=False):
        running = beat()
        running.tick()
        assert Tick.objects.get(name=status.BEAT).at == NOW
        name = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = "/none/of/these"
        try:
            running._noted = -1e9
            running.tick()
        finally:
            connection.settings_dict["NAME"] = name
    running.close()


def test_both_ways_of_starting_it_have_it(tmp_path: Path) -> None:
    assert app.Beat().scheduler_cls == "config.beat.Scheduler"  # `celery beat`, as compose runs it
    running = worker.beat(str(tmp_path / "schedule")).scheduler
    assert isinstance(running, Scheduler)
    running.close()


def test_a_second_more_or_less_rings_nothing_twice(beat: Callable[[], Scheduler]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        running = beat()
        clock.shift(timedelta(seconds=16))
        before = rung(running)
        clock.shift(timedelta(seconds=-2))
        assert rung(running) == before
        running.close()


@pytest.mark.fault  # whoever connects tries for seconds
@pytest.mark.long_story
def test_the_beat_says_that_the_broker_is_away_and_no_page_breaks(
    tmp_path: Path,
) -> None:
    nowhere = Celery(
        "away", task_cls=NudgeTask, broker=f"redis://127.0.0.1:{free_port()}", set_as_current=False
    )
    nowhere.conf.update(task_publish_retry=False, broker_transport_options={"max_retries": 1})
    nowhere.conf.beat_schedule = {"a nudge": {"task": "nudge", "schedule": timedelta(seconds=1)}}
    nudge = nowhere.task(name="nudge")(turns.always)
    assert nudge.delay() is None
    running = Scheduler(app=nowhere, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    running.setup_schedule()
    with pytest.raises(SchedulingError, match="Couldn't apply scheduled task a nudge: "):
        running.apply_async(running.schedule["a nudge"])
    running.close()
