"""Cost of the way from the ledger to the mail server, beside the least that could be done on it."""

import os
import smtplib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import time_machine

from bench import sink
from bench.figures import Figure, median_ratio, size
from bench.site import NOW

if TYPE_CHECKING:
    from accounts.models import User

ROUNDS = size(5, toy=1)
MAILS = size(1_000, toy=5)
WORKERS, LATE = size(4, toy=2), 50  # workers at once; milliseconds until the server far away answers
CONNECTIONS = (2, 4)  # of one worker, beside one
MAILS_LATE = size(4 * 100, toy=5)  # a batch for each of them
PATIENCE = 300  # seconds


def mails() -> Iterator[Figure]:
    """Mails a second through Celery, rendering and SMTP ÷ raw smtplib with ready messages to the same server."""
    people = people_of(MAILS)
    with sink.running() as port, workers(port):
        through_celery(people[:1], 0)  # the worker is up, and has rendered one
        rounds = [(_raw(port), through_celery(people, number)) for number in range(1, ROUNDS + 1)]
    raw, ours = zip(*rounds, strict=True)
    yield median_ratio(
        "mails",
        ">=",
        0.4,
        over=("seconds by smtplib", raw),
        under=("seconds by Nearer", ours),
        said=f"{MAILS / min(ours):.0f} and {MAILS / min(raw):.0f} a second at best; against smtplib, same aiosmtpd",
    )


def mails_late() -> Iterator[Figure]:
    """Mails several workers send to a server that answers late ÷ as many times what one sends: they don't queue up."""
    people = people_of(MAILS_LATE)
    spent: dict[int, list[float]] = {1: [], WORKERS: []}
    with sink.running(late=LATE) as port:
        for number in range(ROUNDS):
            for count, seconds in spent.items():
                with workers(port, count):
                    through_celery(people[:1], number)
                    seconds.append(through_celery(people, number, rings=count))
    one, many = spent[1], [WORKERS * seconds for seconds in spent[WORKERS]]
    yield median_ratio(
        "mails-late",
        ">=",
        0.9,
        over=("seconds by one worker", one),
        under=(f"seconds by {WORKERS} workers, times {WORKERS}", many),
        said=f"{MAILS_LATE / min(one):.0f} a second by one; against one worker, same aiosmtpd, {LATE} ms late",
    )


def mails_connections() -> Iterator[Figure]:
    """Mails a worker sends over 2 and 4 connections to a server that answers late ÷ as many times what it sends over
    one: they don't wait for each other.
    """
    people = people_of(MAILS_LATE)
    spent: dict[int, list[float]] = {count: [] for count in (1, *CONNECTIONS)}
    with sink.running(late=LATE) as port:
        for number in range(ROUNDS):
            for count, seconds in spent.items():
                with workers(port, connections=count):
                    through_celery(people[:1], number)
                    seconds.append(through_celery(people, number))
    for count in CONNECTIONS:
        yield median_ratio(
            f"mails-connections-{count}",
            ">=",
            0.9,
            over=("seconds over one", spent[1]),
            under=(f"seconds over {count}, times {count}", [count * seconds for seconds in spent[count]]),
            said=f"{MAILS_LATE / min(spent[count]):.0f} a second, over one {MAILS_LATE / min(spent[1]):.0f}; same"
            f" aiosmtpd, {LATE} ms late",
        )


def people_of(count: int) -> "list[User]":
    from tests.cast import person

    return [person(f"p{number}") for number in range(count)]


def _raw(port: int) -> float:
    """Seconds that smtplib takes for as many mails, ready as bytes, over one connection."""
    from reminders import emails, kinds
    from tests.cast import person

    kind = kinds.every()[0]
    mail = emails.of_kind(kind, person(f"raw{uuid.uuid4().hex[:8]}"), at=kind.default_at)
    # Lines end as SMTP wants it: smtplib sends bytes as they are.
    ready = b"\r\n".join(mail.message().as_bytes().splitlines()) + b"\r\n"
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
        began = time.perf_counter()
        for _ in range(MAILS):
            server.sendmail("post@localhost", ["somebody@example.test"], ready)
        return time.perf_counter() - began


@contextmanager
def workers(
    port: int, count: int = 1, *, connections: int = 1, pool: tuple[str, ...] = ("solo",)
) -> Iterator[list[int]]:
    """Celery workers of one process each, so many, sending to this port over so many connections each.

    Yields the numbers of their processes.
    """
    from config.celery import app

    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
    environment |= {"EMAIL_CONNECTIONS": f"{connections}"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "ERROR", "--pool", *pool]
    running = [
        subprocess.Popen(
            [*command, "--hostname", f"{number}@bench"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(count)
    ]
    try:
        until = time.perf_counter() + PATIENCE
        while len(app.control.ping(timeout=1)) < count:
            assert time.perf_counter() < until, "the workers don't come up"
        yield [worker.pid for worker in running]
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(120)


def through_celery(people: "list[User]", number: int, *, rings: int = 1) -> float:
    """Seconds from ringing until every mail is settled as sent."""
    from reminders.models import Reminder, State
    from reminders.tasks import tick

    Reminder.objects.all().delete()
    now = time_machine.escape_hatch.datetime.datetime.now(UTC)  # the workers' clock is the real one
    day = NOW.date() + timedelta(days=number)
    Reminder.objects.bulk_create(
        Reminder(user=user, kind="check_in", day=day, due_at=now, expires_at=now + timedelta(days=400))
        for user in people
    )
    began = time.perf_counter()
    for _ in range(rings):
        tick.delay()
    while (left := Reminder.objects.unsettled().count()) > 0:
        assert time.perf_counter() - began < PATIENCE, f"{left} mails are still unsent"
        time.sleep(0.02)
    spent = time.perf_counter() - began
    assert Reminder.objects.filter(state=State.SENT).count() == len(people)
    return spent
