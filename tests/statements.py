"""The tests that ask SQLite in `make check`: few, and between them nearly every statement that any test asks.

What a database answers differently, it answers to a statement, and most tests ask what others have asked before them.
`make on-sqlite` runs all of them on SQLite, notes which statements each one asks (as a pytest plugin, `-p
tests.statements`), and writes down, in `tests/on_sqlite.txt`, a choice in which each of these statements is asked;
those aside that only the longest tests ask. `make full` runs all of them there.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIST = Path(__file__).parent / "on_sqlite.txt"
NOTES = "statements-*.json"
LEAST = 0.02  # seconds: what any test costs
LONG = 1 / 200  # of the time of all: what takes longer is not chosen for its statements
# Names and numbers that differ from test to test.
SAVEPOINT = re.compile(r'"?s\d+_x\d+"?')
NUMBER = re.compile(r"\b\d+\b")
PLACES = re.compile(r"%s(?:, %s)+")
ROWS = re.compile(r"\(%s…?\)(?:, \(%s…?\))+")


def shape(sql: str) -> str:
    """A statement without what differs each time: how many values there are, numbers, names of savepoints."""
    plain = PLACES.sub("%s…", NUMBER.sub("0", SAVEPOINT.sub("savepoint", sql)))
    return ROWS.sub("(%s…)", plain)


@dataclass(frozen=True)
class Asked:
    """What one test asks, and the seconds it takes."""

    shapes: frozenset[str]
    seconds: float
    always: bool = False  # chosen, whatever it asks


class Notes:
    """Notes the statements of each test that runs, and writes them into a folder at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: dict[str, dict[str, Any]] = {}
        self.heard: set[str] = set()

    def _hear(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.heard.add(shape(sql))
        return execute(sql, *rest)

    def listen(self, connection: Any, **_kwargs: object) -> None:
        """Receiver of `connection_created`."""
        if self._hear not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._hear)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        from django.db import connections

        self.heard = set()
        for connection in connections.all(initialized_only=True):
            self.listen(connection)
        always = item.get_closest_marker("every_database") is not None
        self.asked[item.nodeid] = {"seconds": 0.0, "always": always}
        answer = yield
        self.asked[item.nodeid]["shapes"] = sorted(self.heard)
        return answer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self.asked:
            self.asked[report.nodeid]["seconds"] += report.duration
            if report.outcome != "passed":
                self.asked[report.nodeid]["left_out"] = True

    def pytest_sessionfinish(self) -> None:
        if self.asked:
            name = f"statements-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.json"
            (self.folder / name).write_text(json.dumps(self.asked))


def pytest_configure(config: pytest.Config) -> None:
    """Begins to listen, where `STATEMENTS` names a folder."""
    if folder := os.environ.get("STATEMENTS"):
        from django.db.backends.signals import connection_created

        notes = Notes(Path(folder))
        connection_created.connect(notes.listen, weak=False)
        config.pluginmanager.register(notes, "statements")


def read(folder: Path) -> dict[str, Asked]:
    """What each test asked, by its id, from the notes in this folder."""
    found: dict[str, Asked] = {}
    for file in sorted(folder.glob(NOTES)):
        for name, one in json.loads(file.read_text()).items():
            if not one.get("left_out") and name.isascii() and name.isprintable():
                found[name] = Asked(frozenset(one["shapes"]), one["seconds"], one["always"])
    return found


def choose(tests: Mapping[str, Asked]) -> list[str]:
    """Tests that ask all that `tests` ask, but for the longest: always the one that asks most for its time next."""
    chosen = {name for name, one in tests.items() if one.always}
    longest = LONG * sum(one.seconds for one in tests.values())
    left = {name: one for name, one in tests.items() if one.seconds <= longest and name not in chosen}
    asked = _shapes(tests[name] for name in chosen)

    def worth(name: str) -> tuple[float, str]:
        return len(left[name].shapes - asked) / (LEAST + left[name].seconds), name

    while left and left[best := max(left, key=worth)].shapes - asked:
        chosen.add(best)
        asked |= left.pop(best).shapes
    return sorted(chosen)


def _shapes(tests: Iterable[Asked]) -> set[str]:
    return {shape for one in tests for shape in one.shapes}


def main(folder: str) -> None:
    """Writes the list from the notes in `folder`."""
    tests = read(Path(folder))
    chosen = choose(tests)
    LIST.write_text("".join(f"{name}\n" for name in chosen))
    seconds = [sum(tests[name].seconds for name in names) for names in (chosen, tests)]
    asked = [len(_shapes(tests[name] for name in names)) for names in (chosen, tests)]
    print(  # noqa: T201 - a command's answer
        f"{len(chosen)} of {len(tests)} tests ask {asked[0]} of {asked[1]} statements, in {seconds[0]:.0f} of "
        f"{seconds[1]:.0f} s."
    )


if __name__ == "__main__":
    main(sys.argv[1])
