"""Memory of a worker after very many mails, and after very many talks: it ends where it was once it had warmed up."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import time_machine

from bench import agendas, crowd, mails, processes, sink
from bench.figures import Figure, size

MANY, WARM = size(10_000, toy=10), size(2_000, toy=5)
AT_A_TIME = size(1_000, toy=5)
AS_SERVED = ("threads", "--concurrency", "2")  # as `nearer worker` starts it
PATIENCE = 600  # seconds


def worker_memory() -> Iterator[Figure]:
    """Megabytes a worker has more after 10,000 mails than after the first 2,000; the same of 10,000 talks laid out."""
    if not processes.CAN_LOOK:
        return
    people = mails.people_of(AT_A_TIME)
    _seed_talks()
    with sink.running() as port, mails.workers(port, pool=AS_SERVED) as (worker,):
        numbers = iter(range(1, 1000))

        def send() -> None:
            mails.through_celery(people, next(numbers))

        yield _figure("worker-memory-mails", worker, send)
        yield _figure("worker-memory-agendas", worker, _lay_out)


def _figure(name: str, worker: int, do: Callable[[], None]) -> Figure:
    """Of a thousand at a time."""
    seen = [processes.resident(worker)]
    for _ in range(MANY // AT_A_TIME):
        do()
        seen.append(processes.resident(worker))
    warm = max(seen[: WARM // AT_A_TIME + 1])
    said = (
        f"{warm:.1f} MB after {WARM:,}, {seen[-1]:.1f} MB after {MANY:,}; {seen[0]:.1f} MB before the first"
    )
    return Figure(name, seen[-1] - warm, "<=", 1, said, {"megabytes": seen})


def _seed_talks() -> None:
    statements = [*crowd.TWO_BY_TWO, crowd.EVENINGS, *agendas.SEED]
    crowd.write(statements, couples=AT_A_TIME, days=size(30, toy=3), now=_now())


def _lay_out() -> None:
    """Have the worker lay out a thousand talks, and wait until it has."""
    from django.db import connection

    from agendas.models import Agenda
    from agendas.tasks import lay_out

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE agendas_agendaitem")
        cursor.execute(
            "UPDATE agendas_agenda SET laid_out_at = NULL, due_at = %s WHERE closed_at IS NULL", [_now()]
        )
    until = time.monotonic() + PATIENCE
    lay_out.delay()
    while Agenda.objects.filter(closed_at=None, laid_out_at=None).exists():
        assert time.monotonic() < until, "the talks are not laid out"
        time.sleep(0.1)


def _now() -> datetime:
    """By the worker's clock, which is the real one."""
    now: datetime = time_machine.escape_hatch.datetime.datetime.now(UTC)
    return now
