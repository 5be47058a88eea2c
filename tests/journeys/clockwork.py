"""A real worker at a real broker, in this process, so that it reads the clock a test moves; and the beat's bells."""

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
from django.db import connections
from time_machine import Traveller

from config.celery import app
from config.schedule import SCHEDULE


class Bells:
    """Rings as the beat would: by the names on its page, through the broker, until the worker is done."""

    def __init__(self, clock: Traveller) -> None:
        self.clock = clock

    def ring(self, *names: str, at: datetime) -> None:
        """Move on to that moment, and ring each of these."""
        self.clock.move_to(at)
        for name in names:
            self._ring(str(SCHEDULE[name]["task"]))

    def _ring(self, task: str) -> None:
        mine, done, how = uuid.uuid4().hex, threading.Event(), []

        def heard(task_id: str, state: str, **_: Any) -> None:
            if task_id == mine:
                how.append(state)
                done.set()

        task_postrun.connect(heard, weak=False)
        try:
            app.send_task(task, task_id=mine)
            assert done.wait(300), f"{task} wasn't done within 300 s"
            assert how == ["SUCCESS"], task
        finally:
            task_postrun.disconnect(heard)


@pytest.fixture
def bells(site: str, clock: Traveller) -> Iterator[Bells]:
    """A worker beside the site, and a hand on the bells."""
    task_postrun.connect(_hang_up, weak=False)
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="WARNING", shutdown_timeout=60):
        yield Bells(clock)
    task_postrun.disconnect(_hang_up)


def _hang_up(**_: Any) -> None:
    """The worker's thread ends with the test, and the database is dropped after it."""
    connections.close_all()
