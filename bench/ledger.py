"""What a worker's round costs: finding who is due, claiming, and the way from the ledger to the mail server."""

import os
import smtplib
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

from bench.figures import Figure
from bench.site import NOW

if TYPE_CHECKING:
    from accounts.models import User

FEW, MANY, DUE = 10_000, 1_000_000, 1_000  # people, and how many of them are due
ROUNDS = 15


# --- Finding who is due -------------------------------------------------------------------------


def due_query() -> Iterator[Figure]:
    """Milliseconds to find 1,000 due among a million people ÷ among ten thousand, by an index alone."""
    _people(0, FEW)
    few, _ = _found()
    _people(FEW, MANY)
    many, plan = _found()
    assert "Index Only Scan" in plan, plan
    yield Figure("due-query", many / few, "<=", 2, f"{1000 * many:.2f} ms and {1000 * few:.2f} ms")


def _people(first: int, last: int) -> None:
    """Wishes of so many people without their people: only the planner's question is asked. The first 1,000 are due."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no person behind the wish
        cursor.execute(
            """INSERT INTO reminders_choice (id, user_id, kind, channel, wanted, at, weekdays, next_at)
               SELECT gen_random_uuid(), gen_random_uuid(), 'check_in', 'email', true, '20:30', '0123456',
                      CASE WHEN n < %s THEN %s::timestamptz ELSE %s::timestamptz + n * interval '1 second' END
               FROM generate_series(%s, %s - 1) n""",
            [DUE, NOW - timedelta(minutes=1), NOW + timedelta(hours=1), first, last],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE reminders_choice")


def _found() -> tuple[float, str]:
    """Seconds the question takes, and how PostgreSQL answers it."""
    from reminders.models import Choice

    question = Choice.objects.due(NOW).soonest()
    spent = []
    for _ in range(ROUNDS * 3):
        began = time.perf_counter()
        found = list(question.all())
        spent.append(time.perf_counter() - began)
        assert len(found) == DUE
    return statistics.median(spent), question.explain()


# --- Claiming -----------------------------------------------------------------------------------------

BATCH = 500


def claim() -> Iterator[Figure]:
    """Reminders claimed a second ÷ by one raw UPDATE … RETURNING, batches of 500."""
    from reminders import delivery

    _due_reminders(2 * BATCH * (ROUNDS + 2))
    ours, raw = [], []
    for _ in range(ROUNDS + 2):
        began = time.perf_counter()
        rows = delivery.claim(owner=uuid.uuid4(), now=NOW, limit=BATCH)
        ours.append(time.perf_counter() - began)
        assert len(rows) == BATCH
        began = time.perf_counter()
        assert _raw_claim() == BATCH
        raw.append(time.perf_counter() - began)
    ratios = [one / other for one, other in zip(raw[2:], ours[2:], strict=True)]
    spread = f"{min(ratios):.2f}-{max(ratios):.2f}; {BATCH / statistics.median(ours):.0f} a second"
    yield Figure("claim", statistics.median(ratios), ">=", 0.5, spread)


def _due_reminders(count: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """INSERT INTO reminders_reminder (id, user_id, kind, key, channel, due_at, expires_at, state, attempts,
                                               message_id, reason)
               SELECT gen_random_uuid(), gen_random_uuid(), 'check_in', '2026-11-18', 'email', %s, %s, 'pending', 0,
                      gen_random_uuid()::text, ''
               FROM generate_series(1, %s)""",
            [NOW - timedelta(minutes=1), NOW + timedelta(hours=6), count],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE reminders_reminder")


def _raw_claim() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE reminders_reminder SET state = 'claimed', owner = %s, lease_until = %s, attempts = attempts + 1
               WHERE id IN (SELECT id FROM reminders_reminder WHERE state = 'pending' AND due_at <= %s
                            ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *""",
            [uuid.uuid4(), NOW + timedelta(seconds=30), NOW, BATCH],
        )
        return len(cursor.fetchall())


# --- Sending ------------------------------------------------------------------------------------------

MAILS = 1_000
SINK = """
import sys, time
from aiosmtpd.controller import Controller
class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"
import socket
free = socket.socket(); free.bind(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()
Controller(Sink(), hostname="127.0.0.1", port=port).start()
print(port, flush=True)
sys.stdin.read()
"""


def mails() -> Iterator[Figure]:
    """Mails a second through Celery, rendering and SMTP ÷ raw smtplib with ready messages to the same server."""
    with _sink() as port:
        people = _crowd()
        raw = statistics.median(_raw(port) for _ in range(3))
        with _worker(port) as nudge:
            ours = statistics.median(_through_celery(people, number, nudge) for number in range(3))
    yield Figure("mails", raw / ours, ">=", 0.4, f"{MAILS / ours:.0f} and {MAILS / raw:.0f} a second")


@contextmanager
def _sink() -> Iterator[int]:
    """A mail server in a process of its own that takes everything. Gives its port."""
    server = subprocess.Popen(
        [sys.executable, "-c", SINK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(10)


def _crowd() -> "list[User]":
    from tests.cast import person

    return [person(f"p{number}") for number in range(MAILS)]


def _raw(port: int) -> float:
    from reminders import emails, kinds
    from tests.cast import person

    name = f"raw{uuid.uuid4().hex[:8]}"
    kind = kinds.every()[0]
    ready = emails.of_kind(kind, person(name), at=kind.default_at).message().as_bytes(policy=SMTP)
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        began = time.perf_counter()
        for _ in range(MAILS):
            server.sendmail("post@localhost", ["somebody@example.test"], ready)
        return time.perf_counter() - began


@contextmanager
def _worker(port: int) -> Iterator[Any]:
    """One Celery worker with one process, and a way to ring for it."""
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "-l", "ERROR"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        from reminders.tasks import tick

        yield tick
    finally:
        worker.terminate()
        worker.wait(20)


def _through_celery(people: "list[User]", number: int, nudge: Any) -> float:
    """Seconds from ringing until every mail is settled as sent."""
    from django.utils import timezone

    from reminders.models import Reminder, State

    Reminder.objects.all().delete()
    now = timezone.now()
    key = (NOW.date() + timedelta(days=number)).isoformat()
    Reminder.objects.bulk_create(
        Reminder(user=user, kind="check_in", key=key, due_at=now, expires_at=now + timedelta(days=400))
        for user in people
    )
    nudge.delay_on_commit()
    began = time.perf_counter()
    while (left := Reminder.objects.unsettled().count()) > 0:
        assert time.perf_counter() - began < 300, f"{left} mails are still unsent"
        time.sleep(0.02)
    spent = time.perf_counter() - began
    assert Reminder.objects.filter(state=State.SENT).count() == MAILS
    return spent
