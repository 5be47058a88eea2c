"""Cost of a worker's round before a mail goes out: finding who is due, and claiming."""

import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

from bench.figures import SMOKE, Figure, median_ratio, size
from bench.site import NOW, unchecked

# People, and how many of them are due.
FEW, MANY, DUE = size(10_000, toy=20), size(1_000_000, toy=200), size(1_000, toy=10)
ROUNDS = size(45, toy=2)
FEW_OF_THEM, ALL_OF_THEM = "few", "public"  # the schemas their wishes stand in


# --- Finding who is due -------------------------------------------------------------------------


def due_query() -> Iterator[Figure]:
    """Milliseconds to find 1,000 due among a million people ÷ among ten thousand, by an index alone."""
    from reminders.models import Choice

    _people(FEW_OF_THEM, FEW)
    _people(ALL_OF_THEM, MANY)
    rounds = [(_found(ALL_OF_THEM), _found(FEW_OF_THEM)) for _ in range(ROUNDS)]
    many, few = zip(*rounds, strict=True)
    _look_in(ALL_OF_THEM)
    plan = Choice.objects.due(NOW).soonest().explain()
    assert SMOKE or "Index Only Scan" in plan, plan
    yield median_ratio(
        "due-query",
        "<=",
        2,
        over=("seconds among many", many),
        under=("seconds among few", few),
        said=f"{1000 * statistics.median(many):.2f} ms and {1000 * statistics.median(few):.2f} ms",
    )


def _people(where: str, count: int) -> None:
    """Wishes of so many people without their people: only the planner's question is asked. The first 1,000 are due."""
    from django.db import connection

    with connection.cursor() as cursor:
        if where == FEW_OF_THEM:
            cursor.execute("CREATE SCHEMA few")
            cursor.execute("CREATE TABLE few.reminders_choice (LIKE public.reminders_choice INCLUDING ALL)")
        _look_in(where)
        with unchecked(cursor):  # no person behind the wish
            cursor.execute(
                """INSERT INTO reminders_choice (id, user_id, kind, channel, wanted, at, weekdays, next_at)
                   SELECT gen_random_uuid(), gen_random_uuid(), 'check_in', 'email', true, '20:30', '0123456',
                          CASE WHEN n <= %s THEN %s::timestamptz ELSE %s::timestamptz + n * interval '1 second' END
                   FROM generate_series(1, %s) n""",
                [DUE, NOW - timedelta(minutes=1), NOW + timedelta(hours=1), count],
            )
        cursor.execute("VACUUM ANALYZE reminders_choice")


def _look_in(where: str) -> None:
    """Which of the two tables of wishes is meant from here on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, false)", [where])


def _found(where: str) -> float:
    """Seconds the question takes there."""
    from reminders.models import Choice

    _look_in(where)
    question = Choice.objects.due(NOW).soonest()
    began = time.perf_counter()
    found = list(question)
    spent = time.perf_counter() - began
    assert len(found) == DUE
    return spent


# --- Claiming -----------------------------------------------------------------------------------------

BATCH = size(500, toy=5)
CLAIMS = size(15, toy=1)


def claim() -> Iterator[Figure]:
    """Reminders claimed a second ÷ by one raw UPDATE … RETURNING, batches of 500."""
    from reminders import delivery

    _due_reminders(2 * BATCH * (CLAIMS + 2))
    ours, raw = [], []
    for _ in range(CLAIMS + 2):
        began = time.perf_counter()
        rows = delivery.claim(owner=uuid.uuid4(), now=NOW, limit=BATCH)
        ours.append(time.perf_counter() - began)
        assert len(rows) == BATCH
        began = time.perf_counter()
        assert _raw_claim() == BATCH
        raw.append(time.perf_counter() - began)
    yield median_ratio(
        "claim",
        ">=",
        0.5,
        over=("seconds by one statement", raw[2:]),  # the first two warm up
        under=("seconds by Nearer", ours[2:]),
        said=f"{BATCH / statistics.median(ours):.0f} a second",
    )


def _due_reminders(count: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        with unchecked(cursor):  # no person behind the reminder
            cursor.execute(
                """INSERT INTO reminders_reminder (id, user_id, kind, key, day, channel, due_at, expires_at, state,
                                                   attempts, message_id, reason)
                   SELECT gen_random_uuid(), gen_random_uuid(), 'check_in', '2026-11-18', %s, 'email', %s, %s,
                          'pending', 0, gen_random_uuid()::text, ''
                   FROM generate_series(1, %s)""",
                [NOW.date(), NOW - timedelta(minutes=1), NOW + timedelta(hours=6), count],
            )
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
