"""A worker that may be killed: plans and delivers in a loop, on a clock that runs fast so that leases are short.

Each is a process of its own, forked off one in which everything is imported: a round starts dozens, and importing is a
second each. What it is told arms a crash point (("after renewal", 3): at the third renewal from now it kills itself);
the end of what it is told ends it.
"""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

POINTS = ("after claim", "after renewal", "before sending", "after sending")
LIFE = 1200  # seconds, whoever forgot it


FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.faults.imported"])


@dataclass(frozen=True)
class Place:
    """What a worker works on: this test's database and mail server, and a clock that shows `NOW` at `epoch`."""

    database: str
    host: str
    port: int
    epoch: float
    speed: float
    connections: int = 1

    def settle(self) -> None:
        from django.conf import settings
        from django.db import connection

        connection.settings_dict["NAME"] = self.database
        settings.EMAIL_HOST, settings.EMAIL_PORT = self.host, self.port
        settings.EMAIL_CONNECTIONS = self.connections


class Clock:
    """Shows `NOW` at `epoch` and runs `speed` times too fast; the same in every process."""

    def __init__(self, epoch: float, speed: float) -> None:
        from tests.cast import NOW

        self.start, self.epoch, self.speed = NOW, epoch, speed

    def __call__(self) -> datetime:
        return self.at(time.time())

    def at(self, real: float) -> datetime:
        return self.start + timedelta(seconds=(real - self.epoch) * self.speed)


class Crash:
    """Kills this process, as hard as can be, when an armed point was passed often enough."""

    def __init__(self) -> None:
        self.point, self.left = "", 0

    def listen(self, told: Connection) -> None:
        try:
            while True:
                point, count = told.recv()
                self.left, self.point = count, point
        finally:
            os._exit(0)

    def passing(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def after(self, act: Callable[..., Any], point: str) -> Callable[..., Any]:
        def acted(*args: Any, **kwargs: Any) -> Any:
            if did := act(*args, **kwargs):
                self.passing(point)
            return did

        return acted

    def around(self, act: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
        def acted(*args: Any, **kwargs: Any) -> Any:
            self.passing(before)
            did = act(*args, **kwargs)
            self.passing(after)
            return did

        return acted


def properly(clock: Clock) -> None:
    """What production does at each tick."""
    from reminders import delivery, planning

    planning.plan(now=clock())
    delivery.deliver(clock=clock)


def naively(clock: Clock) -> None:
    """A worker as one writes it first: read what is due, send it, then mark it as sent."""
    from django.core.mail import get_connection

    from reminders import emails, planning
    from reminders.models import Reminder, State

    planning.plan(now=clock())
    due = Reminder.objects.filter(state=State.PENDING, due_at__lte=clock()).with_delivery_state()
    mails = get_connection()
    for row in list(due):
        mail = emails.reminder(row)
        mail.connection = mails
        mail.send()
        Reminder.objects.filter(pk=row.pk).update(state=State.SENT, settled_at=clock())
    mails.close()


def live(act: Callable[[Clock], None], place: Place, told: Connection, log: str) -> None:
    """The life of one worker, in its own process."""
    signal.alarm(LIFE)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    place.settle()
    from django.core.mail import EmailMultiAlternatives

    from reminders import delivery

    crash = Crash()
    delivery.claim = crash.after(delivery.claim, "after claim")
    delivery.renew = crash.after(delivery.renew, "after renewal")
    mail: Any = EmailMultiAlternatives
    mail.send = crash.around(mail.send, "before sending", "after sending")
    threading.Thread(target=crash.listen, args=(told,), daemon=True).start()
    clock = Clock(place.epoch, place.speed)
    told.send("ready")
    while True:
        act(clock)
        time.sleep(random.uniform(0.01, 0.05))
