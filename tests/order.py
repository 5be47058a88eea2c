"""Which tests begin first: those that take longest, each worker with one of its own."""

from itertools import islice
from typing import Protocol, TypeVar

# The longest first, by the beginning of their ids. Some of these wait for real minutes and leave their core to others.
LONG = (
    "tests/test_moving.py",
    "tests/journeys/test_main_story.py",
    "tests/test_hosting.py",
    "tests/exports/test_other_database.py",
    "tests/journeys/test_whole_story.py",
    "tests/journeys/test_upgrade.py",
    "tests/test_embedded.py",
    "tests/test_command.py",
    "tests/journeys/test_width.py",
    "tests/journeys/test_pages.py",
    "tests/test_backup.py",
    "tests/faults/test_killed_workers.py",
    "tests/faults/test_stopped_meanwhile.py",
    "tests/faults/test_rotation.py",
    "tests/faults/test_pairing_races.py",
    "tests/faults/test_load.py",
    "tests/faults/test_outages.py",
    "tests/faults/test_slow_clients.py",
)


class Test(Protocol):
    """A collected test, as far as its place in the order is concerned."""

    @property
    def nodeid(self) -> str: ...


One = TypeVar("One", bound=Test)


def rank(test: Test) -> int:
    """The place among the long ones; their number for any other."""
    places = (place for place, name in enumerate(LONG) if test.nodeid.startswith(name))
    return next(places, len(LONG))


def deal(tests: list[One], *, workers: int) -> None:
    """Puts the long ones at the beginning of each worker's part, longest first, and leaves the others as they are.

    `--dist worksteal` hands each worker a run of neighbours, and what is stolen later comes from its end.
    """
    long = sorted((test for test in tests if rank(test) < len(LONG)), key=rank)
    others = iter([test for test in tests if rank(test) == len(LONG)])
    dealt: list[One] = []
    over: list[One] = []  # long ones for which there was no room in an earlier part
    for number in range(workers):
        size = (len(tests) - len(dealt)) // (workers - number)
        first = sorted([*over, *long[number::workers]], key=rank)
        first, over = first[:size], first[size:]
        dealt += [*first, *islice(others, size - len(first))]
    tests[:] = dealt
