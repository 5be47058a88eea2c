"""Whole installations, as real processes: an operator's on PostgreSQL and Redis, and one small machine's."""

import base64
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests.fixtures import Mailbox
from tests.servers import ROOT, free_port

STATUS_TOKEN = "for the monitor alone"


def status_of(url: str) -> dict[str, Any]:
    """How the installation's promises stand, as its monitor sees them."""
    question = urllib.request.Request(f"{url}/status/", headers={"Authorization": f"Bearer {STATUS_TOKEN}"})
    with urllib.request.urlopen(question, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


# Both databases are asked the same. The status page of so few says no numbers: each would be somebody's.
SETTLED = """SELECT state, reason, count(*) FROM reminders_reminder
             WHERE settled_at IS NOT NULL GROUP BY state, reason"""


def counted(rows: Iterable[Any]) -> dict[str, int]:
    return {f"{state} {reason}".strip(): count for state, reason, count in rows}


class Ear:
    """Hears everything that is said to the broker, which is also the cache: every key, value and task.

    Reads MONITOR by itself: the client gives up on a command it can't take apart, and would be deaf from there on.
    """

    def __init__(self, address: str) -> None:
        self.client = redis.Redis.from_url(address)
        self.lines: list[str] = []
        if address.startswith("unix:"):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(urlsplit(address).path)
        else:
            parts = urlsplit(address)
            self._socket = socket.create_connection((parts.hostname or "", parts.port or 6379))
        self._socket.sendall(b"MONITOR\r\n")
        self._listening = threading.Thread(target=self._hear, daemon=True)
        self._listening.start()

    def _hear(self) -> None:
        with contextlib.suppress(OSError):  # it went away, at the end
            for line in self._socket.makefile("rb"):
                self.lines.append(line.decode(errors="replace"))

    def everything(self) -> str:
        """All that was said until now: what is asked here for last was heard."""
        last = uuid.uuid4().hex
        self.client.echo(last)
        until = time.monotonic() + 60
        while last not in "".join(self.lines[-50:]):
            assert time.monotonic() < until, "deaf"
            time.sleep(0.05)
        return "".join(self.lines)

    def close(self) -> None:
        """Stop listening, and wait until nobody does."""
        with contextlib.suppress(OSError):  # the broker went first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._listening.join(60)
        self._socket.close()
        self.client.close()

    def tasks(self) -> list[str]:
        """The arguments of every task, as Celery published them."""
        bodies = re.findall(r'\\"body\\": \\"([\w+/=]+)\\"', self.everything())
        return [base64.b64decode(body).decode() for body in bodies]


class Operated:
    """Web, worker and beat against one fresh database; ended by `stop`."""

    def __init__(self, mailbox: Mailbox, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.folder = folder
        self.database = f"journey_{uuid.uuid4().hex[:12]}"
        self.server = urlsplit(os.environ["DATABASE_URL"])
        self._admin(f'CREATE DATABASE "{self.database}"')
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.server._replace(path=f"/{self.database}").geturl(),
            "REDIS_URL": f"{os.environ['TEST_REDIS']}/63",
            "NEARER_URL": self.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "NEARER_STATUS_TOKEN": STATUS_TOKEN,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ear = Ear(self.environment["REDIS_URL"])

    def _admin(self, statement: str) -> None:
        url = self.server._replace(scheme="postgresql", path="/postgres").geturl()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    def start(self) -> None:
        subprocess.run(
            [sys.executable, "nearer", "migrate", "-v0"], check=True, env=self.environment, cwd=ROOT
        )
        self._start(
            "web",
            [sys.executable, "nearer", "serve", "--port", self.port],
        )
        nearer = [sys.executable, "nearer"]
        self._start(
            "worker", [*nearer, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "WARNING"]
        )
        self._start("beat", [*nearer, "beat", "--schedule", self.folder / "beat", "--loglevel", "WARNING"])
        self._wait_for_health()

    def _start(self, name: str, command: list[object]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(part) for part in command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for_health(self, seconds: float = 600) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.url}/health/", timeout=60) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "web.log").read_text()[-4000:])

    def settled(self) -> dict[str, int]:
        """What became of the reminders, as the ledger has it."""
        url = self.server._replace(scheme="postgresql", path=f"/{self.database}").geturl()
        with psycopg.connect(url) as connection:
            return counted(connection.execute(SETTLED))

    def logs(self) -> str:
        """Everything the processes printed, to look for what must not stand there."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(8)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(60)
        self.ear.close()
        self._admin(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')


class Embedded:
    """What `make run` starts for a real couple: SQLite, its own broker, one worker, under the supervisor."""

    def __init__(self, mailbox: Mailbox, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.folder = folder
        ours = ("NEARER_", "DATABASE_", "REDIS_", "EMAIL_", "SECRET_KEY", "STATIC_ROOT", "TEST_")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "NEARER_VAR": str(folder / "var"),
            "NEARER_URL": self.url,
            "PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "NEARER_STATUS_TOKEN": STATUS_TOKEN,
        }
        self.launcher: subprocess.Popen[bytes] | None = None
        self._ending = contextlib.ExitStack()

    def start(self) -> None:
        with (self.folder / "said.log").open("wb") as said:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "config.embedded"],
                env=self.environment,
                cwd=ROOT,
                stdout=said,
                stderr=said,
            )
        until = time.monotonic() + 600  # with other work to do, a new machine takes its time
        while "Ctrl-C ends it." not in self.logs():
            assert self.launcher.poll() is None, self.logs()
            assert time.monotonic() < until, self.logs()
            time.sleep(0.1)
        self.ear = Ear(f"unix://{next(self.folder.rglob('redis.sock'))}")
        self._ending.callback(self.ear.close)

    def settled(self) -> dict[str, int]:
        """What became of the reminders, as the ledger has it."""
        with contextlib.closing(sqlite3.connect(next(self.folder.rglob("nearer.sqlite3")))) as connection:
            return counted(connection.execute(SETTLED))

    def logs(self) -> str:
        """Everything the processes printed, to look for what must not stand there."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.rglob("*.log")))

    def stop(self) -> None:
        if self.launcher is not None and self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
            self.launcher.wait(120)
        self._ending.close()


@pytest.fixture(params=[Operated, Embedded], ids=["operated", "embedded"])
def installation(request: pytest.FixtureRequest, mailbox: Mailbox) -> Iterator[Operated | Embedded]:
    """A running installation whose mails arrive in `mailbox`."""
    if request.param is Operated and not os.environ["DATABASE_URL"].startswith("postgres"):
        pytest.skip("an operator's installation runs on PostgreSQL")
    with tempfile.TemporaryDirectory(prefix="nearer-journey-") as folder:
        running = request.param(mailbox, Path(folder))
        try:
            running.start()
            yield running
        finally:
            running.stop()
