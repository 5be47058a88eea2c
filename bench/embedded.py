"""Start and memory of what `make run` starts, in a copy of the project with a folder of its own."""

import atexit
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import processes
from bench.figures import SMOKE, Figure, size
from config.embedded import leftovers
from config.embedded.installation import ROOT, free_port

WARM_ROUNDS = size(5, toy=1)
IDLE_ROUNDS, IDLE_SECONDS = size(5, toy=1), size(60, toy=1)
OURS = ("NEARER_", "DATABASE_", "REDIS_", "EMAIL_", "SECRET_KEY", "STATIC_ROOT", "PORT", "DJANGO_", "MAKE")


@contextmanager
def running(project: Path, **environment: str) -> Iterator[tuple[float, int, str]]:
    """`make run` in `project`: seconds until its first page, the launcher's session, its address."""
    port = free_port()
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    began = time.monotonic()
    make = subprocess.Popen(
        ["make", "run"],
        cwd=project,
        env={**plain, "PORT": str(port), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://localhost:{port}"
        while not answers(f"{address}/"):
            if make.poll() is not None or time.monotonic() - began > 900:
                raise RuntimeError("`make run` did not come up")
            time.sleep(0.05)
        yield time.monotonic() - began, make.pid, address
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(120)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=60) as page:
            return bool(page.status == 200)
    except OSError:
        return False


class Running(NamedTuple):
    """One Nearer as `make run` starts it: the launcher's session, the folder it keeps everything in, its address."""

    session: int
    folder: Path
    address: str


@contextmanager
def demo() -> Iterator[Running]:
    """One with its demo couple, in a folder of its own. It believes one proxy: a visitor may come from anywhere. At toy
    size one serves all rows, which take less than its start.
    """
    if SMOKE:
        yield _SHARED.running()
        return
    with _apart() as one:
        yield one


@contextmanager
def _apart() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="nearer-bench-") as folder:
        with running(ROOT, NEARER_VAR=folder, NEARER_PROXY_COUNT="1") as (_, session, address):
            yield Running(session, Path(folder), address)


class _Shared:
    """One for every row that asks, which ends with this process."""

    def __init__(self) -> None:
        self._lock, self._stack = threading.Lock(), ExitStack()
        self._running: Running | None = None

    def running(self) -> Running:
        with self._lock:
            if self._running is None:
                atexit.register(self._stack.close)
                self._running = self._stack.enter_context(_apart())
            return self._running


_SHARED = _Shared()


@contextmanager
def _clone() -> Iterator[Path]:
    """What git would bring to a new machine: no .venv, no var."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    with tempfile.TemporaryDirectory(prefix="nearer-bench-") as folder:
        for name in filter(None, map(os.fsdecode, names)):
            if (ROOT / name).is_file():
                target = Path(folder) / "clone" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        (Path(folder) / "home").mkdir()
        yield Path(folder) / "clone"


def start() -> Iterator[Figure]:
    """Seconds from the command to the first page: on a new machine, and again."""
    with _clone() as project:
        if SMOKE:  # what there is to install is installed already
            (project / ".venv").symlink_to(ROOT / ".venv")
        home = str(project.parent / "home")
        with running(project, HOME=home) as (seconds, _, _):
            yield Figure("start-cold", seconds, "<=", 60, raw={"seconds": [seconds]})
        rounds = []
        for _ in range(WARM_ROUNDS):
            with running(project, HOME=home) as (seconds, _, _):
                rounds.append(seconds)
        spread = f"{min(rounds):.2f}-{max(rounds):.2f}"
        yield Figure("start-warm", statistics.median(rounds), "<=", 5, spread, {"seconds": rounds})


def memory() -> Iterator[Figure]:
    """Megabytes resident in all processes, launcher and supervisor too, after some use. Linux only."""
    if not processes.CAN_LOOK:
        return
    with demo() as one:
        _use(one.address)
        time.sleep(size(20, toy=0))  # the beat has rung, the worker has worked
        found = _processes(one)
        megabytes = [processes.resident(number) for number in found.values()]
        raw = {f"megabytes of {name}": [processes.resident(number)] for name, number in found.items()}
        yield Figure("memory", sum(megabytes), "<=", 280, raw=raw)


def idle() -> Iterator[Figure]:
    """Percent of a core that `make run` takes with nobody there, and how often it wakes up a minute. Linux only."""
    if not processes.CAN_LOOK:
        return
    with demo() as one:
        _use(one.address)
        time.sleep(size(30, toy=0))
        found = list(_processes(one).values())
        rounds = [_minute(found) for _ in range(IDLE_ROUNDS)]
    percent, wakes = (list(measured) for measured in zip(*rounds, strict=True))
    for name, goal, measured in (("idle-cpu", 2, percent), ("idle-wakes", 3000, wakes)):
        spread = f"{min(measured):.3g}-{max(measured):.3g} in {len(measured)} rounds of {IDLE_SECONDS} s"
        raw = {"percent of a core" if name == "idle-cpu" else "wake-ups a minute": measured}
        yield Figure(name, statistics.median(measured), "<=", goal, spread, raw)


def _use(address: str) -> None:
    for _ in range(size(50, toy=1)):
        for page in ("/", "/account/login/", "/account/signup/", "/safety/", "/help/", "/demo/mail/"):
            assert answers(address + page), page


def _minute(found: list[int]) -> tuple[float, float]:
    """Percent of a core these processes take while nobody asks for anything, and their wake-ups a minute."""
    before = [(processes.cpu_seconds(number), processes.wakes(number)) for number in found]
    time.sleep(IDLE_SECONDS)
    after = [(processes.cpu_seconds(number), processes.wakes(number)) for number in found]
    spent = sum(late[0] - early[0] for late, early in zip(after, before, strict=True))
    woken = sum(late[1] - early[1] for late, early in zip(after, before, strict=True))
    return 100 * spent / IDLE_SECONDS, woken * 60 / IDLE_SECONDS


def _processes(one: Running) -> dict[str, int]:
    """Numbers of the launcher's processes and of every recorded program's, by what they are."""
    records = {file.stem: file.read_text() for file in (one.folder / "demo" / "run").glob("*.json")}
    groups = {int(re.findall(r'"number": (\d+)', text)[0]): name for name, text in records.items()}
    groups[one.session] = "launcher"
    return {
        f"{groups[process.group]} {process.number}": process.number
        for process in leftovers.processes()
        if process.alive and process.group in groups and not process.command.startswith("make")
    }
