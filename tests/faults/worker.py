"""A worker that may be killed: plans and delivers in a loop, on a clock that runs fast so that leases are short.

`python -m tests.faults.worker MODULE:FUNCTION` runs that function over and over. A line on stdin arms a crash point
("after renewal 3": at the third renewal from now this process kills itself); the end of stdin ends it.
`FAULT_EPOCH` is when (unix time) its clock shows `NOW`, `FAULT_SPEED` how many times too fast it runs.
"""

import importlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

POINTS = ("after claim", "after renewal", "before sending", "after sending")
LIFE = 300  # seconds, whoever forgot it


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

    def listen(self) -> None:
        for line in sys.stdin:
            point, count = line.rsplit(maxsplit=1)
            self.left, self.point = int(count), point
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


def main(what: str) -> None:
    signal.alarm(LIFE)
    import django

    django.setup()
    from django.core.mail import EmailMultiAlternatives

    from reminders import delivery

    crash = Crash()
    delivery.claim = crash.after(delivery.claim, "after claim")
    delivery.renew = crash.after(delivery.renew, "after renewal")
    mail: Any = EmailMultiAlternatives
    mail.send = crash.around(mail.send, "before sending", "after sending")
    threading.Thread(target=crash.listen, daemon=True).start()
    module, name = what.split(":")
    clock = Clock(float(os.environ["FAULT_EPOCH"]), float(os.environ["FAULT_SPEED"]))
    act = getattr(importlib.import_module(module), name)
    os.write(1, b"ready\n")
    while True:
        act(clock)
        time.sleep(random.uniform(0.01, 0.05))


if __name__ == "__main__":
    main(sys.argv[1])
