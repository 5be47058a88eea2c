"""`make simulate PEOPLE=100000`: everybody's reminder due within one minute, planned, claimed, sent to a sink, settled.

Real workers on a PostgreSQL and a Redis of this run; nothing is left behind. It ends by itself: when all is settled, or
after `MINUTES`, and says how far it came. What it prints beside the figures is the load of the machine while they were
measured.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import time_machine

from bench import crowd, mails, processes, sink
from bench.figures import Figure
from bench.record import Record
from bench.site import apart

PEOPLE = int(os.environ.get("PEOPLE") or 100_000)
MINUTES = float(os.environ.get("MINUTES") or 30)
WORKERS = int(os.environ.get("WORKERS") or 2)
CONNECTIONS = int(os.environ.get("EMAIL_CONNECTIONS") or 1)
MOST = 2_000_000  # rows of three tables each: some 4 GB
RING = 15.0  # seconds between two rings, as the schedule has it
AS_SERVED = ("threads", "--concurrency", "2")


def simulate() -> Iterator[Figure]:
    """Rows a second of each step, by what the ledger says once a second."""
    began = time.monotonic()
    crowd.write([*crowd.TWO_BY_TWO, *crowd.REMINDED], couples=PEOPLE // 2, now=_now() - timedelta(minutes=1))
    _say(
        f"{PEOPLE:,} people are there, after {time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.2f}"
    )
    with (
        sink.running(quick=True) as port,
        mails.workers(port, WORKERS, connections=CONNECTIONS, pool=AS_SERVED) as numbers,
    ):
        seen = _watch(numbers)
    last = seen[-1]
    planned = next((moment.at for moment in seen if moment.planned == last.planned), last.at)
    first = next((moment.at for moment in seen if moment.settled), last.at)
    raw = {
        name: [float(getattr(one, name)) for one in seen] for name in ("at", "planned", "claimed", "settled")
    }
    raw |= {"megabytes of workers": [one.megabytes for one in seen], "load": [one.load for one in seen]}
    load = f"load {min(raw['load']):.1f}-{max(raw['load']):.1f}"
    done = f"{last.settled:,} of {PEOPLE:,} settled within {last.at:.0f} s"
    yield Figure(
        "simulate-planned",
        last.planned / planned,
        ">=",
        0,
        f"a second; all within {planned:.0f} s; {load}",
        raw,
    )
    yield Figure("simulate-first", first, ">=", 0, f"seconds until the first mail was settled; {load}")
    spent = max(last.at - first, 0.001)
    yield Figure(
        "simulate-settled", last.settled / spent, ">=", 0, f"a second once they go out; {done}; {load}"
    )
    yield Figure("simulate-all", last.settled / last.at, ">=", 0, f"a second of the whole; {done}; {_size()}")


class Moment:
    """The ledger at one moment, counted."""

    def __init__(self, at: float, counted: dict[str, int], megabytes: float) -> None:
        self.at, self.megabytes, self.load = at, megabytes, os.getloadavg()[0]
        self.planned, self.claimed = sum(counted.values()), counted.get("claimed", 0)
        self.settled = sum(counted.get(state, 0) for state in ("sent", "skipped", "expired", "dead"))

    def __str__(self) -> str:
        return (
            f"{self.at:6.0f} s  planned {self.planned:>9,}  claimed {self.claimed:>5,}  settled {self.settled:>9,}"
            f"  workers {self.megabytes:.0f} MB  load {self.load:.2f}"
        )


def _watch(numbers: list[int]) -> list[Moment]:
    """Ring as the schedule does and look once a second, until all is settled or the time is up; say each tenth."""
    from reminders.tasks import tick

    began, rung, seen = time.monotonic(), 0.0, list[Moment]()
    while True:
        at = time.monotonic() - began
        if at >= rung:
            tick.delay()
            rung += RING
        seen.append(Moment(at, _counted(), sum(map(processes.resident, numbers))))
        over = seen[-1].settled >= PEOPLE or at > MINUTES * 60
        if len(seen) % 10 == 1 or over:
            _say(str(seen[-1]))
        if over:
            return seen
        time.sleep(max(1 - (time.monotonic() - began - at), 0.2))


def _counted() -> dict[str, int]:
    """How many rows of the ledger are in which state."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM reminders_reminder GROUP BY state")
        return dict(cursor.fetchall())


def _size() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), pg_total_relation_size('reminders_reminder')"
        )
        whole, ledger = cursor.fetchone()
    return f"the database has {whole / 1e6:.0f} MB, the ledger in it {ledger / 1e6:.0f}"


def _now() -> datetime:
    """By the workers' clock, which is the real one."""
    now: datetime = time_machine.escape_hatch.datetime.datetime.now(UTC)
    return now


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> int:
    if not 2 <= PEOPLE <= MOST:
        _say(f"PEOPLE is to be from 2 to {MOST:,}: more doesn't fit on a machine like the one this is for.")
        return 2
    record = Record()
    for figure in apart(simulate)():
        print(figure, flush=True)
        record.add(figure)
    print(
        f"{PEOPLE:,} people, {WORKERS} workers of {CONNECTIONS} connections each; every second in {record.place}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
