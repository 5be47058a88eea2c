"""`python -m bench [name]`: prints every figure, or one group's. Ends with 1 if any is short of its goal."""

import sys
from collections.abc import Callable, Iterator

from bench import embedded, ledger, pages, talks, testing
from bench.figures import Figure
from bench.site import apart

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "today-queries": apart(pages.today_queries),
    "today-cpu": apart(pages.today_cpu),
    "checkin-post": apart(pages.checkin_post),
    "due-query": apart(ledger.due_query),
    "claim": apart(ledger.claim),
    "mails": apart(ledger.mails),
    "agendas": apart(talks.agendas),
    "start": embedded.start,
    "memory": embedded.memory,
    "suite": testing.suite,
}


def main(names: list[str]) -> int:
    unknown = set(names) - GROUPS.keys()
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    short = 0
    for name in names or GROUPS:
        for figure in GROUPS[name]():
            print(figure, flush=True)
            short += not figure.reached
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
