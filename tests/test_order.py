"""The long tests begin first, and each worker of a run begins with one of its own."""

import os
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.scheduler import WorkStealingScheduling  # type: ignore[import-untyped]  # xdist is untyped

from tests import order

LONG = [f"{order.LONG[place]}::test_{number}" for place, number in ((0, 1), (0, 2), (1, 1), (2, 1), (2, 2))]


@dataclass(frozen=True)
class Named:
    nodeid: str


@dataclass(eq=False)
class Node:
    """A worker, as far as xdist's scheduler asks it."""

    gateway: Any
    shutting_down: bool = False
    got: list[int] = field(default_factory=list)

    def send_runtest_some(self, indices: list[int]) -> None:
        self.got += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def begun_by(workers: int, others: int) -> list[list[str]]:
    """What each worker is to run at first, by xdist's own scheduler; the long ones were collected among the others."""
    short = [f"tests/test_{number}.py::test" for number in range(others)]
    half = len(short) // 2
    tests = [Named(name) for name in (*short[:half], *reversed(LONG), *short[half:])]
    order.deal(tests, workers=workers)
    names = [test.nodeid for test in tests]
    assert sorted(names) == sorted(LONG + short)
    assert [name for name in names if name in short] == short
    config: Any = SimpleNamespace(getvalue=lambda name: ["popen"] * workers)
    scheduler = WorkStealingScheduling(config)
    nodes = [Node(SimpleNamespace(id=f"gw{number}")) for number in range(workers)]
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, names)
    scheduler.schedule()
    return [[names[index] for index in node.got] for node in nodes]


@pytest.mark.parametrize("others", [20, 101, 172])
@pytest.mark.parametrize("workers", [1, 2, 3, 4, 5])
def test_each_worker_begins_with_a_long_one_of_its_own_longest_first(workers: int, others: int) -> None:
    parts = begun_by(workers, others)
    for number, part in enumerate(parts):
        assert [name for name in part if name in LONG] == part[: len(LONG[number::workers])]
    begun = [part[0].partition("::")[0] for part in parts]
    assert begun == [order.LONG[place] for place in (0, 0, 1, 2, 2)[:workers]]


@pytest.mark.parametrize("others", range(4))
def test_a_run_of_nearly_long_ones_alone_is_dealt_too(others: int) -> None:
    parts = begun_by(4, others)
    assert sum(map(len, parts)) == len(LONG) + others
    for part in parts:
        assert part == sorted(part, key=lambda name: order.rank(Named(name)))


def test_the_long_ones_are_there(request: pytest.FixtureRequest) -> None:
    for name in order.LONG:
        assert (request.config.rootpath / name).exists(), name


def test_they_are_dealt_once_marks_have_chosen(request: pytest.FixtureRequest) -> None:
    """Each worker's part is of what is run, not of what was collected: long ones stand at its beginning alone."""
    if any(request.config.getoption(asked) for asked in ("lf", "failedfirst", "newfirst")):
        pytest.skip("what failed or is new goes first, as was asked for")
    left, workers = list(request.session.items), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for number in range(workers):
        size = len(left) // (workers - number)
        ranks = [order.rank(test) for test in left[:size]]
        assert ranks == sorted(ranks), number
        left = left[size:]
