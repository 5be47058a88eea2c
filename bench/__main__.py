"""`python -m bench [name…]`: prints every figure, or some groups'. Ends with 1 if any is short of its goal.

`SMOKE=1`: every row at toy size, to see that none crashes; its figures aren't judged, so several are made at once.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from bench import (
    agendas,
    any_page,
    browsers,
    embedded,
    exports,
    growth,
    ledger,
    load,
    mails,
    page_cpu,
    pages,
    rate,
    testing,
    workers,
)
from bench.figures import SMOKE, Figure, NotRun
from bench.record import Record
from bench.site import apart, servers

Rows = Iterator[Figure | NotRun]
GROUPS: dict[str, Callable[[], Rows]] = {
    "today-queries": apart(pages.today_queries),
    "today-cpu": apart(pages.today_cpu),
    "pages-cpu": apart(page_cpu.pages_cpu),
    "pages-cpu-sqlite": apart(page_cpu.pages_cpu, sqlite=True),
    "today-rps": rate.today_rps,
    "any-page-queries": apart(any_page.any_page_queries),
    "growth-today": apart(growth.growth_today),
    "checkin-post": apart(pages.checkin_post),
    "feed": apart(pages.feed),
    "page-weight": browsers.page_weight,
    "lighthouse": browsers.lighthouse,
    "due-query": apart(ledger.due_query),
    "claim": apart(ledger.claim),
    "mails": apart(mails.mails),
    "mails-late": apart(mails.mails_late),
    "mails-connections": apart(mails.mails_connections),
    "agendas": apart(agendas.agendas),
    "export-memory": apart(exports.export_memory),
    "worker-memory": apart(workers.worker_memory),
    "load": apart(load.load),
    "password-queue": load.password_queue,
    "start": embedded.start,
    "memory": embedded.memory,
    "idle": embedded.idle,
    "suite": testing.suite,
}


def main(names: list[str]) -> int:
    unknown = set(names) - GROUPS.keys()
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    short, record = 0, Record()
    print(f"bench on {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; every round in {record.place}")
    for figure in (_at_once if SMOKE else _in_turn)(names or list(GROUPS)):
        print(figure, flush=True)
        record.add(figure)
        short += not figure.reached
    return 1 if short else 0


def _in_turn(names: list[str]) -> Rows:
    for name in names:
        yield from GROUPS[name]()


def _at_once(names: list[str]) -> Rows:
    """Figures in the same order, made three groups at a time; the last take longest, and begin first."""
    servers()  # which hear of this process's end in its first thread alone
    with ThreadPoolExecutor(3) as lanes:
        groups = {name: lanes.submit(lambda name: list(GROUPS[name]()), name) for name in reversed(names)}
        for name in names:
            yield from groups[name].result()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
