"""`python -m bench.scan [name]`: does an answer's time tell who has an account? One line for each door and comparison.

A real web server, PostgreSQL, Redis and mail server; every try is a browser and a source of its own. Known, unknown and
never-verified addresses take turns, each turn in another order, so that what else the machine does hits all alike.
`TRIES` (150) says how many of each. Ends with 1 if a median is off by more than a tenth.
"""

import http.client
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import sink

GOAL = 1.1  # the slower median ÷ the quicker one
TRIES = int(os.environ.get("TRIES", "150"))
WARM_UP = 8
KINDS = ("known", "unknown", "unverified")


@dataclass
class Visitor:
    """A fresh browser behind a proxy of ours, from an address nobody else has."""

    connection: http.client.HTTPConnection
    source: str
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, float]:
        """Status, body and the seconds it took."""
        body = urlencode(form) if form else None
        headers = {
            "X-Forwarded-For": self.source,
            "Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items()),
        }
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request("POST" if form else "GET", path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read().decode()
        took = time.perf_counter() - began
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(cookie)
        return answer.status, said, took

    def submit(self, path: str, form: Mapping[str, str]) -> tuple[int, float]:
        """Open the form as a browser does, send it filled in, and say how long the answer to that took."""
        status, page, _ = self.ask(path)
        assert status == 200, f"{path} answered {status}"
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        status, _, took = self.ask(path, {"csrfmiddlewaretoken": token[1], **form})
        return status, took


@dataclass(frozen=True)
class Door:
    """One form that takes an address, and the answer it gives to everybody."""

    path: str
    form: Callable[[str], dict[str, str]]
    status: int = 302


DOORS = {
    "code": Door("/account/login/code/", lambda address: {"email": address}),
    "reset": Door("/account/password/reset/", lambda address: {"email": address}),
    "password": Door(
        "/account/login/", lambda address: {"login": address, "password": "not this one at all"}, status=200
    ),
    "sign-up": Door(
        "/account/signup/",
        lambda address: {
            "name": "Gwen",
            "email": address,
            "password1": "a lamp in the evening",
            "zone": "Europe/Berlin",
            "inbox_shared": "False",
        },
    ),
}


def measure(door: Door, port: int) -> dict[str, list[float]]:
    """Seconds of each answer, by kind of address."""
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(TRIES + WARM_UP):
        for kind in random.sample(KINDS, len(KINDS)):
            source = ".".join(str(random.randrange(1, 255)) for _ in range(4))  # noqa: S311  no secret
            visitor = Visitor(connection, source)
            status, took = visitor.submit(door.path, door.form(address_of(kind, number)))
            assert status == door.status, f"{door.path} answered {status} to {kind}"
            if number >= WARM_UP:
                taken[kind].append(took)
    return taken


def address_of(kind: str, number: int) -> str:
    return f"{kind}{number}@example.test"


def report(name: str, taken: Mapping[str, list[float]]) -> bool:
    """Print each comparison of one door; True if none tells."""
    medians = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    good = True
    for kind in ("known", "unverified"):
        ratio = medians[kind] / medians["unknown"]
        fine = max(ratio, 1 / ratio) <= GOAL
        good = good and fine
        both = f"{medians[kind] * 1000:.1f} and {medians['unknown'] * 1000:.1f} ms, {len(taken[kind])} tries each"
        print(
            f"scan {name}-{kind} {ratio:.3f} goal {1 / GOAL:.2f}-{GOAL:g} {'ok' if fine else 'short'} # {both}",
            flush=True,
        )
    return good


# --- the installation that is scanned -----------------------------------------------------------------


@contextmanager
def installation() -> Iterator[int]:
    """The web server `make run` starts, on servers of its own, with everybody in it. Yields its port."""
    from tests.servers import Servers, collect_static, settle_environment

    servers = Servers()
    signal.signal(signal.SIGTERM, servers.stop_and_die)
    try:
        settle_environment(servers)
        with sink.running() as mail_port, _web(servers.folder, mail_port) as port:
            collect_static()
            yield port
    finally:
        servers.stop()


@contextmanager
def _web(folder: Path, mail_port: int) -> Iterator[int]:
    from config.embedded.installation import ROOT, Installation, free_port
    from config.embedded.supervise import programs

    port = free_port()
    given = {
        **os.environ,
        "REDIS_URL": f"{os.environ['TEST_REDIS']}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "NEARER_PROXY_COUNT": "1",  # so that each try has a source of its own
    }
    at = Installation(
        demo=False,
        url=f"http://localhost:{port}",
        bind="127.0.0.1",
        port=port,
        folder=folder,
        mail_port=None,
        given=given,
    )
    os.environ |= at.environment() | {"STATIC_ROOT": os.environ["STATIC_ROOT"]}
    _fill()
    command = next(program.command for program in programs(at) if program.name == "web")
    with (folder / "web.log").open("ab") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(f"http://localhost:{port}/health/")
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _fill() -> None:
    """A migrated database in which the known are known and the never-verified wait for their code."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from tests.cast import person

    name: Any = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for number in range(TRIES + WARM_UP):
            person(f"known{number}")
            person(f"unverified{number}", verified=False)
    connection.cursor().execute("ANALYZE")
    connection.close()


def main(names: list[str]) -> int:
    unknown = set(names) - DOORS.keys()
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(DOORS)}.", file=sys.stderr)
        return 2
    with installation() as port:
        told = [not report(name, measure(DOORS[name], port)) for name in names or DOORS]
    return int(any(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
