"""Many at once, signed in, each page right after the other: nothing fails, and connections and memory stay small.

`LOAD_CLIENTS` is how many there are (24; 160), `LOAD_SECONDS` for how long (6; 60).
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from checkins.models import SmallWin
from tests.faults.crowd import environment_of_workers, say
from tests.faults.scripted_smtp import ScriptedSMTP
from tests.faults.signed_in import cookies_of
from tests.servers import ROOT, free_port, note_migrations

CLIENTS, SECONDS = int(os.environ.get("LOAD_CLIENTS", "24")), float(os.environ.get("LOAD_SECONDS", "6"))
WRITERS = 20
CONNECTIONS = 20  # to PostgreSQL, of one process
MEMORY = 600  # MB of all of Nearer's own processes
PATIENCE = 300  # seconds for an answer: the machine has other work
FORM = "f" * 32  # what the form's cookie and its field hold
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


class Clients:
    """So many browsers, each of somebody else, over connections that are kept."""

    def __init__(self, url: str, cookies: list[str]) -> None:
        at = urlsplit(url)
        self.host, self.port, self.cookies = at.hostname or "", at.port, cookies
        self.answers, self.written, self.slowest = Counter[int](), 0, 0.0
        self._lock, self._numbers = threading.Lock(), 0

    def go_on(self, number: int, until: float, *, reading: bool) -> None:
        headers = {"Cookie": f"nearer-form={FORM}; nearer={self.cookies[number]}"}
        door = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        while time.monotonic() < until:
            for path in ("/today/", "/shared/", "/together/") if reading else ():
                self._ask(door, "GET", path, None, headers)
            with self._lock:
                self._numbers += 1
                form = urlencode({"csrfmiddlewaretoken": FORM, "text": f"planted win {self._numbers}"})
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            if self._ask(door, "POST", "/wins/", form, headers | kind) == 302:
                with self._lock:
                    self.written += 1
        door.close()

    def _ask(
        self,
        door: http.client.HTTPConnection,
        method: str,
        path: str,
        body: str | None,
        headers: dict[str, str],
    ) -> int:
        began = time.monotonic()
        try:
            door.request(method, path, body, headers)
            answer = door.getresponse()
            answer.read()
            code = answer.status
        except (OSError, http.client.HTTPException):
            door.close()
            code = 0
        with self._lock:
            self.answers[code] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
        return code

    def all_at_once(self, *, reading: bool = True) -> None:
        until = time.monotonic() + SECONDS
        with ThreadPoolExecutor(len(self.cookies)) as lanes:
            for going in [
                lanes.submit(self.go_on, number, until, reading=reading)
                for number in range(len(self.cookies))
            ]:
                going.result()

    @property
    def failed(self) -> int:
        return sum(count for code, count in self.answers.items() if code == 0 or code >= 500)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):
            found += [one for child in (task / "children").read_text().split() for one in family(int(child))]
    return found


def megabytes(pid: int) -> float:
    """What it takes of memory, shared pages by its share of them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def connections(pid: int, port: int) -> int:
    """How many connections to that port of this machine it has open."""
    sockets = set()
    for kind in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            words = line.split()
            if int(words[2].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{words[9]}]")
    held = 0
    for file in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            held += str(file.readlink()) in sockets
    return held


class Watch:
    """The most that these processes took, looked at twice a second."""

    def __init__(self, pids: list[int], port: int) -> None:
        self.memory, self.connections, self._ended = 0.0, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pids, port))

    def _look(self, pids: list[int], port: int) -> None:
        while not self._ended.wait(0.5):
            all_of_them = [one for pid in pids for one in family(pid)]
            self.memory = max(self.memory, sum(map(megabytes, all_of_them)))
            self.connections = max(self.connections, *(connections(one, port) for one in all_of_them))

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


@contextmanager
def operated(smtp: ScriptedSMTP, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Web, worker and beat with their own defaults. Gives the address, and the processes."""
    note_migrations()
    port = free_port()
    url = f"http://localhost:{port}"
    environment = environment_of_workers(smtp) | {"NEARER_URL": url}
    verbs = (["serve", "--port", str(port)], ["worker"], ["beat", "--schedule", str(folder / "beat")])
    with ExitStack() as ending:
        started = []
        for words in verbs:
            log = ending.enter_context((folder / "log").open("ab"))
            process = subprocess.Popen(
                [sys.executable, "nearer", *words], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
            started.append(process.pid)
            ending.callback(process.wait, 180)
            ending.callback(process.terminate)
        wait_for(url)
        yield url, started


def wait_for(url: str) -> None:
    until = time.monotonic() + 600
    while True:
        with suppress(OSError), urlopen(f"{url}/health/", timeout=30):
            return
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.skipif(
    "sqlite" in os.environ["DATABASE_URL"], reason="for PostgreSQL and Redis; SQLite's is below"
)
def test_very_many_clients_on_postgresql_and_redis(smtp: ScriptedSMTP, tmp_path: Path) -> None:
    clients = cookies_of(CLIENTS)
    with operated(smtp, tmp_path) as (url, started):
        many = Clients(url, clients)
        with Watch(started, urlsplit(os.environ["DATABASE_URL"]).port or 5432) as watch:
            many.all_at_once()
    say(
        f"{CLIENTS} clients for {SECONDS:g} s: answers {dict(many.answers)}, slowest {many.slowest:.1f} s, "
        f"{many.written} written; at most {watch.connections} connections a process, {watch.memory:.0f} MB in all"
    )
    assert many.failed == 0
    assert many.answers.keys() == {200, 302}
    assert SmallWin.objects.count() == many.written > 0
    assert 0 < watch.connections <= CONNECTIONS
    assert 0 < watch.memory <= MEMORY


def test_twenty_writers_on_what_make_run_starts(tmp_path: Path) -> None:
    port = free_port()
    ours = ("NEARER_", "DATABASE_", "REDIS_", "EMAIL_", "SECRET_KEY", "STATIC_ROOT", "TEST_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "NEARER_VAR": str(tmp_path / "var"),
        "NEARER_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }
    with (tmp_path / "said.log").open("wb") as said:
        launcher = subprocess.Popen(
            [sys.executable, "nearer", "run"], cwd=ROOT, env=environment, stdout=said, stderr=said
        )
    try:
        wait_for(environment["NEARER_URL"])
        script = f"from tests.faults.signed_in import tell; tell({WRITERS})"
        told = subprocess.run(
            [sys.executable, "nearer", "shell", "-v0", "-c", script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        many = Clients(environment["NEARER_URL"], json.loads(told.stdout))
        many.all_at_once(reading=False)
        memory = sum(map(megabytes, family(launcher.pid)))
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(180)
    logged = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*.log"))
    say(
        f"embedded, {WRITERS} writers for {SECONDS:g} s: answers {dict(many.answers)}, slowest {many.slowest:.1f} s, "
        f"{many.written} written, {memory:.0f} MB in all"
    )
    assert many.answers.keys() == {302}
    assert "locked" not in logged
    assert "Traceback" not in logged
