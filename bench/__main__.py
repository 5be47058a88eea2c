"""`python -m bench [name…]`: prints every figure, or some groups'. Ends with 1 if any is short of its goal.

`SMOKE=1`: every row at toy size, to see that none crashes; its figures aren't judged.
"""

import os
import sys
from collections.abc import Callable, Iterator

from bench import agendas, embedded, ledger, mails, pages, testing
from bench.figures import Figure
from bench.record import Record
from bench.site import apart

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "today-queries": apart(pages.today_queries),
    "today-cpu": apart(pages.today_cpu),
    "checkin-post": apart(pages.checkin_post),
    "due-query": apart(ledger.due_query),
    "claim": apart(ledger.claim),
    "mails": apart(mails.mails),
    "mails-late": apart(mails.mails_late),
    "agendas": apart(agendas.agendas),
    "start": embedded.start,
    "memory": embedded.memory,
    "suite": testing.suite,
}


def main(names: list[str]) -> int:
    unknown = set(names) - GROUPS.keys()
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    short, record = 0, Record()
    print(f"bench on {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; every round in {record.place}")
    for name in names or GROUPS:
        for figure in GROUPS[name]():
            print(figure, flush=True)
            record.add(figure)
            short += not figure.reached
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
