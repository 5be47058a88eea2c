"""Workers that are killed and stopped, and many at once: nothing lost, doubled or stale.

`FAULT_MAILS` is how many mails the kills are about (240; 2000 in full), with a fault to ten mails.
"""

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from accounts.smtp import LEASE
from reminders import delivery, planning
from reminders.models import Choice, Reminder, State
from tests.cast import NOW
from tests.faults.crowd import (
    A_DAY,
    A_MINUTE,
    DUE,
    SPEED,
    Hands,
    crowd,
    promise,
    say,
    wait_until_settled,
)
from tests.faults.racing import track
from tests.faults.scripted_smtp import ScriptedSMTP
from tests.faults.worker import FORKED, POINTS, Clock, Place, live, naively, properly

MAILS = int(os.environ.get("FAULT_MAILS", "240"))
PATIENCE = 30  # seconds

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]

Act = Callable[[Clock], None]


@dataclass(frozen=True)
class Outcome:
    """What became of the mails people wanted, as the mail server saw it."""

    lost: int  # wanted, never arrived, and nobody can say why
    extra: int  # copies beyond the first
    stale: int  # arrived after their Day was over
    unsettled: int
    dead: int  # given up, with a reason
    untried: int  # of these, how many the mail server never heard of

    @classmethod
    def of(cls, people: list[User], smtp: ScriptedSMTP, clock: Clock) -> "Outcome":
        rows = {row.message_id: row for row in Reminder.objects.all()}
        copies = smtp.copies()
        arrived = {rows[message].user_id for message in copies}
        dead = {row.user_id for row in rows.values() if row.state == State.DEAD and row.reason} - arrived
        return cls(
            lost=len({user.pk for user in people} - arrived - dead),
            extra=sum(copies.values()) - len(copies),
            stale=sum(clock.at(one.at) >= rows[one.message_id].expires_at for one in smtp.arrivals),
            unsettled=Reminder.objects.unsettled().count(),
            dead=len(dead),
            untried=sum(user.pk in dead and not smtp.tries[user.email] for user in people),
        )


class Worker:
    """One worker's place: a process, and the next one when it was killed."""

    lock = threading.Lock()  # the library reads a process's end once, whichever thread asks

    def __init__(self, act: Act, place: Place, smtp: ScriptedSMTP, log: Path) -> None:
        self.act, self.place, self.smtp, self.log = act, place, smtp, log
        self.process: ForkServerProcess | None = None
        self.reached: Counter[str] = Counter()

    def start(self) -> ForkServerProcess:
        with self.lock:
            if self.process is None or not self.process.is_alive():
                self.orders, theirs = FORKED.Pipe()
                self.process = FORKED.Process(target=live, args=(self.act, self.place, theirs, str(self.log)))
                self.process.start()
                theirs.close()
                try:
                    assert self.orders.recv() == "ready"
                except EOFError as ended:
                    raise AssertionError(self.log.read_text()) from ended
            return self.process

    def kill(self) -> None:
        with self.lock:
            if self.process is not None:
                self.process.kill()
                self.process.join(60)
                self.orders.close()

    def ended(self) -> int | None:
        with self.lock:
            return self.process.exitcode if self.process is not None else None

    def reaches(self, process: ForkServerProcess) -> bool:
        """Whether it dies as armed. It is given up on when many mails went by without, or none for some seconds.

        There is always work: so long without a mail only means that the machine has other work, too.
        """
        began = seen = len(self.smtp.arrivals)
        until = time.monotonic() + PATIENCE
        while not wait([process.sentinel], timeout=0.05):
            if len(self.smtp.arrivals) > seen:
                seen, until = len(self.smtp.arrivals), time.monotonic() + PATIENCE
            if seen > began + 60 or time.monotonic() > until:
                return False
        return True

    def suffer(self, fault: str) -> None:
        process = self.start()
        if fault in POINTS:
            often = 1 if fault == "after claim" else random.randint(1, 4)  # one claim takes many mails
            self.orders.send((fault, often))
            fault = fault if self.reaches(process) else "kill"  # nothing was left to do there
        else:
            time.sleep(random.uniform(0.02, 0.4))
        assert self.ended() in (None, -signal.SIGKILL), self.log.read_text()
        if fault == "stop":
            os.kill(process.pid or 0, signal.SIGSTOP)
            time.sleep(1.15 * LEASE.total_seconds() / SPEED)
            os.kill(process.pid or 0, signal.SIGCONT)
        else:
            self.kill()
        self.reached[fault] += 1


@contextmanager
def two_workers(
    act: Act, smtp: ScriptedSMTP, *, speed: float = SPEED, connections: int = 1
) -> Iterator[tuple[list[Worker], Clock]]:
    database = str(connection.settings_dict["NAME"])
    place = Place(database, smtp.host, smtp.port, time.time(), speed, connections)
    clock = Clock(place.epoch, place.speed)
    with tempfile.TemporaryDirectory(prefix="nearer-faults-") as folder:
        workers = [Worker(act, place, smtp, Path(folder) / f"{number}.log") for number in range(2)]
        try:
            yield workers, clock
        finally:
            for worker in workers:
                worker.kill()


def faults(count: int, points: tuple[str, ...]) -> deque[str]:
    """Stops, kills at random and at each named point, mixed."""
    kinds = ["stop", "kill", *points, *points, "stop", "kill"]
    every = [kinds[number % len(kinds)] for number in range(count)]
    random.shuffle(every)
    return deque(every)


def break_them(
    act: Act,
    smtp: ScriptedSMTP,
    mails: int,
    points: tuple[str, ...] = POINTS,
    *,
    connections: int = 1,
) -> tuple[Outcome, Counter[str]]:
    """So many mails, a fault to ten of them, two workers; ends when the workers, left in peace, have settled all."""
    people, count = crowd(mails), mails // 10
    promise(
        crowd(mails // 10), due=NOW - A_DAY, expires=NOW - timedelta(hours=1)
    )  # theirs is over: never to go out
    waiting, ahead = deque(people), faults(count, points)

    def release(number: int, now: datetime) -> None:
        ids = [waiting.popleft().pk for _ in range(min(number, len(waiting)))]
        Choice.objects.filter(user__in=ids).update(next_at=now)

    def suffer(worker: Worker) -> None:
        while ahead:
            worker.suffer(ahead.popleft())

    with two_workers(act, smtp, connections=connections) as (workers, clock), ThreadPoolExecutor(2) as lanes:
        began = time.monotonic()
        running = [lanes.submit(suffer, worker) for worker in workers]
        while not all(lane.done() for lane in running):
            done = sum(worker.reached.total() for worker in workers)
            release(
                mails * (done + 2) // count - (len(people) - len(waiting)), clock()
            )  # there is always work
            if not Reminder.objects.unsettled().exists():
                if not waiting:  # a slow machine's faults outlast them
                    more = crowd(10)
                    people.extend(more)
                    waiting.extend(more)
                release(1, clock())
            time.sleep(0.05)
        for lane in running:
            lane.result()
        release(len(waiting), clock())
        for worker in workers:
            worker.start()
        wait_until_settled(300, clock)
        reached = workers[0].reached + workers[1].reached
        outcome = Outcome.of(people, smtp, clock)
        say(
            f"{act.__name__}: {mails} mails, {reached.total()} faults {dict(reached)}, two workers: {outcome}"
            f" in {time.monotonic() - began:.0f} s"
        )
    return outcome, reached


def test_killed_and_stopped_workers_lose_nothing_and_double_no_more_than_the_faults(
    smtp: ScriptedSMTP,
) -> None:
    outcome, reached = break_them(properly, smtp, MAILS)
    assert reached.total() == MAILS // 10
    assert set(reached) == {"stop", "kill", *POINTS}
    assert (outcome.lost, outcome.stale, outcome.unsettled, outcome.untried) == (0, 0, 0, 0)
    assert outcome.dead <= 1  # one that every worker died over, five times, may look like the reason
    assert outcome.extra <= reached.total() + smtp.unanswered


def test_over_several_connections_a_fault_doubles_no_more_than_one_each(smtp: ScriptedSMTP) -> None:
    outcome, reached = break_them(properly, smtp, max(100, MAILS // 4), connections=3)
    assert (outcome.lost, outcome.stale, outcome.unsettled, outcome.untried) == (0, 0, 0, 0)
    assert outcome.dead <= 3
    assert outcome.extra <= 3 * reached.total() + smtp.unanswered


def test_the_naive_twin_breaks_under_the_same_faults(smtp: ScriptedSMTP) -> None:
    outcome, _ = break_them(naively, smtp, max(100, MAILS // 4), POINTS[2:])  # it neither claims nor renews
    assert outcome.stale > 0
    assert outcome.extra > 0


def test_three_planners_and_three_deliverers_at_once(smtp: ScriptedSMTP) -> None:
    people = crowd(120, next_at=DUE)
    with track(6) as lanes:
        began = time.monotonic()
        for number in range(4):
            plan = partial(planning.plan, now=DUE + number * A_MINUTE)
            deliver = partial(delivery.deliver, clock=Hands(DUE + number * A_MINUTE))
            results = lanes.race(plan, deliver, plan, deliver, plan, deliver)
            assert all(isinstance(one, int) for one in results), results
    copies = smtp.copies()
    extra, lost = copies.total() - len(copies), len(people) - len(copies)
    say(f"six at once: {len(people)} mails, {extra} twice, {lost} lost in {time.monotonic() - began:.1f} s")
    assert (extra, lost) == (0, 0)
    assert {smtp.to(user.email) for user in people} == {1}
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}


def test_two_workers_left_in_peace_send_each_mail_once(smtp: ScriptedSMTP) -> None:
    people = crowd(120, next_at=NOW)
    with two_workers(properly, smtp, speed=1) as (
        workers,
        clock,
    ):  # a busy machine may stop one for two seconds
        for worker in workers:
            worker.start()
        wait_until_settled(300, clock)
        outcome = Outcome.of(people, smtp, clock)
    say(f"two workers in peace: {len(people)} mails: {outcome}")
    assert outcome == Outcome(lost=0, extra=0, stale=0, unsettled=0, dead=0, untried=0)
