"""Fifty people at once, for a while; and people signing in while others read."""

import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

import time_machine

from bench import embedded, processes
from bench.figures import Figure, size
from bench.visitor import EVENING, TODAY, Visitor
from config.demo.people import PEOPLE
from config.embedded.installation import ROOT, free_port

LONG = os.environ.get("LONG") == "1"
COUPLES = size(25, toy=2)
SECONDS = size(600 if LONG else 30, toy=2)
PATH = [TODAY, EVENING, TODAY, "/dates/", "/together/", TODAY, "/talk/", "/settings/"]


def load() -> Iterator[Figure]:
    """Answers other than expected of fifty people who read and write for 30 s (`LONG=1`: 10 min), and how much the
    servers' memory grows from the second fifth to the last. On PostgreSQL, two web processes; a page every two seconds.
    """
    with time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(UTC), tick=True):
        cookies = _cookies()
    with _served() as (address, group):
        crowd, memory = _Crowd(), list[float]()
        threads = [threading.Thread(target=crowd.live, args=[address, cookie]) for cookie in cookies]
        for thread in threads:
            thread.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if processes.CAN_LOOK:
                memory.append(sum(map(processes.resident, processes.of_group(group))))
            time.sleep(SECONDS / 50)
        crowd.over.set()
        for thread in threads:
            thread.join()
    spent = sorted(crowd.spent)
    said = f"{len(spent)} answers, {len(spent) / SECONDS:.0f} a second; p50 {1000 * statistics.median(spent):.0f} ms, "
    said += f"p99 {1000 * spent[int(len(spent) * 0.99)]:.0f} ms"
    wrong = f"; {', '.join(sorted(set(crowd.wrong))[:3])}" if crowd.wrong else ""
    yield Figure("load-errors", len(crowd.wrong), "=", 0, said + wrong, {"seconds": spent})
    if memory:
        fifth = max(len(memory) // 5, 1)
        growth = statistics.median(memory[-fifth:]) / statistics.median(memory[fifth : 2 * fifth] or memory)
        yield Figure(
            "load-memory", growth, "<=", 1.05, f"{memory[-1]:.0f} MB at the end", {"megabytes": memory}
        )


class _Crowd:
    """What they saw."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.spent: list[float] = []
        self.wrong: list[str] = []

    def live(self, address: str, cookie: str) -> None:
        """Read and write as one of them, until it is over."""
        pace = random.Random(cookie)  # noqa: S311 - only when they turn a page
        self.over.wait(2 * pace.random())
        with Visitor(address, cookie=cookie) as visitor:
            written = False
            while not self.over.is_set():
                for path in PATH:
                    if path == EVENING and not written:
                        written = self._ask(path, visitor.share_evening)
                    else:
                        self._ask(path, lambda path=path: visitor.get(path))  # type: ignore[misc]  # mypy can't infer it
                    if self.over.wait(1 + 2 * pace.random()):
                        return

    def _ask(self, path: str, act: Callable[[], object]) -> bool:
        began = time.perf_counter()
        try:
            act()
        except (AssertionError, OSError, HTTPException) as error:
            self.wrong.append(f"{path}: {error}")
            return False
        finally:
            self.spent.append(time.perf_counter() - began)
        return True


def _cookies() -> list[str]:
    """Cookies of as many people, two by two, each with a month of evenings behind them."""
    from bench.site import Browser
    from tests.cast import pair, person

    now, cookies = datetime.now(UTC), []
    for number in range(COUPLES):
        couple = [person(f"{name}{number}", now=now) for name in ("Alice", "Bob")]
        pair(couple[0], couple[1], now=now - timedelta(days=30))
        for user in couple:
            browser = Browser(user)
            cookies.append(browser.cookies.output(header="", sep=";", attrs=[]).strip())
    return cookies


@contextmanager
def _served() -> Iterator[tuple[str, int]]:
    """Nearer's server on this row's PostgreSQL and Redis, two processes: its address and its process group."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "config.server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "2",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 600
    try:
        while not embedded.answers(f"{address}/health/"):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server did not come up")
            time.sleep(0.05)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(120)


# --- Signing in -------------------------------------------------------------------------------------

ROUNDS, SIGNERS, PAGES = size(5, toy=1), 8, size(60, toy=3)


def password_queue() -> Iterator[Figure]:
    """Median time of Today while eight others sign in over and over ÷ while nobody does. They wait for one another's
    password to be hashed, or are told at once to press again; nothing else may come of it.
    """
    with embedded.demo() as (_, _, address), Visitor(address) as reader:
        reader.sign_in(PEOPLE[0].email)
        _read(reader)
        alone, beside, tail = [], [], []
        queue = _Queue(address)
        for _ in range(ROUNDS):
            alone.append(statistics.median(_read(reader)))
            with queue.moving():
                spent = sorted(_read(reader))
            beside.append(statistics.median(spent))
            tail.append(spent[int(len(spent) * 0.95)])
    assert not queue.wrong, queue.wrong[:3]
    ratio = statistics.median(one / other for one, other in zip(beside, alone, strict=True))
    said = f"{1000 * statistics.median(alone):.0f} ms alone, {1000 * statistics.median(beside):.0f} beside them, 95 %"
    said += f" within {1000 * statistics.median(tail):.0f}; {queue.signed_in} signed in, {queue.asked_again} were asked"
    said += " to press again"
    yield Figure("password-queue", ratio, "<=", 4, said, {"seconds alone": alone, "seconds beside": beside})


def _read(reader: Visitor) -> list[float]:
    spent = []
    for _ in range(PAGES):
        began = time.perf_counter()
        reader.get(TODAY)
        spent.append(time.perf_counter() - began)
    return spent


class _Queue:
    """People who sign in, each try from somewhere else."""

    def __init__(self, address: str) -> None:
        self.address, self.signed_in, self.asked_again = address, 0, 0
        self.wrong: list[str] = []
        self._sources = random.Random(23)  # noqa: S311 - made-up addresses

    @contextmanager
    def moving(self) -> Iterator[None]:
        over = threading.Event()
        threads = [threading.Thread(target=self._sign_in_until, args=[over]) for _ in range(SIGNERS)]
        for thread in threads:
            thread.start()
        time.sleep(size(1, toy=0))
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _sign_in_until(self, over: threading.Event) -> None:
        while not over.is_set():
            source = ".".join(str(self._sources.randrange(1, 255)) for _ in range(4))
            with Visitor(self.address, source=source) as visitor:
                answer = visitor.sign_in(PEOPLE[1].email)
            if answer.status == 302:
                self.signed_in += 1
            elif answer.status == 503:
                self.asked_again += 1
                over.wait(1)
            else:
                self.wrong.append(f"{answer.status}")
