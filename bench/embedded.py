"""Start and memory of what `make run` starts, in a copy of the project with a folder of its own."""

import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import SMOKE, Figure, size
from config.embedded import leftovers
from config.embedded.installation import ROOT, free_port

WARM_ROUNDS = size(5, toy=1)
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
        while not _answers(f"{address}/"):
            if make.poll() is not None or time.monotonic() - began > 300:
                raise RuntimeError("`make run` did not come up")
            time.sleep(0.05)
        yield time.monotonic() - began, make.pid, address
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


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
    if not Path("/proc/self/smaps_rollup").exists():
        return
    with tempfile.TemporaryDirectory(prefix="nearer-bench-") as folder:
        with running(ROOT, NEARER_VAR=folder) as (_, session, address):
            for _ in range(size(50, toy=1)):
                for page in ("/", "/account/login/", "/account/signup/", "/safety/", "/help/", "/demo/mail/"):
                    assert _answers(address + page), page
            time.sleep(size(20, toy=0))  # the beat has rung, the worker has worked
            megabytes = _resident(session, Path(folder))
            yield Figure("memory", megabytes, "<=", 300, raw={"megabytes": [megabytes]})


def _resident(session: int, folder: Path) -> float:
    """Resident megabytes of the launcher's group and of every recorded program's."""
    records = (folder / "demo" / "run").glob("*.json")
    groups = {session, *(int(re.findall(r'"number": (\d+)', file.read_text())[0]) for file in records)}
    kilobytes = 0
    for process in leftovers.processes():
        if process.alive and process.group in groups and not process.command.startswith("make"):
            status = Path(f"/proc/{process.number}/status").read_text()
            kilobytes += int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
    return kilobytes / 1024
