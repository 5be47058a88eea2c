"""Very many slow clients from one address, and the site is as quick as ever.

`SLOW_CLIENTS` is how many there are (60; 200), `SLOW_SECONDS` for how long (8; 60).
"""

import http.client
import http.cookiejar
import os
import re
import shutil
import signal
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPSHandler, build_opener

import pytest
from django.test import Client

from config.demo.people import PASSWORD, PEOPLE
from tests.cast import person
from tests.demo import begun
from tests.faults.crowd import say
from tests.servers import ROOT, environment_of_tests, free_port

__all__ = ["begun"]
pytestmark = pytest.mark.fault
CLIENTS = int(os.environ.get("SLOW_CLIENTS", "60"))
SECONDS = float(os.environ.get("SLOW_SECONDS", "8"))
PATIENCE = 15.0  # seconds until an answer counts as none
UNCHECKED = ssl._create_unverified_context()  # noqa: S323 - Caddy's certificate for this machine


def took(url: str, path: str, cookie: str) -> float:
    """Seconds until the whole page is there, over a connection of its own."""
    at = urlsplit(url)
    where = at.hostname or "", at.port
    began = time.monotonic()
    connection = (
        http.client.HTTPSConnection(*where, timeout=PATIENCE, context=UNCHECKED)
        if at.scheme == "https"
        else http.client.HTTPConnection(*where, timeout=PATIENCE)
    )
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
    except OSError as failed:
        raise AssertionError(f"{path}: {failed!r} after {time.monotonic() - began:.1f} s") from failed
    finally:
        connection.close()
    return time.monotonic() - began


def holds(url: str, cookie: str, logs: str) -> None:
    """`/health/` and a signed-in Today come while the slow ones are there, each within PATIENCE.

    Half of them take at most a second more than twice as long: a slow machine has the slow ones' work as well, and may
    hold any one up for longer.
    """
    pages = ("/health/", "/today/")
    for page in pages:
        took(url, page, cookie)
    before = {page: statistics.median(took(url, page, cookie) for _ in range(10)) for page in pages}
    command = [sys.executable, "-m", "tests.faults.slow_clients", url, str(CLIENTS), str(SECONDS)]
    during: dict[str, list[float]] = {page: [] for page in pages}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as slow:
        try:
            assert slow.stdout is not None
            assert slow.stdout.readline() == "ready\n"
            until = time.monotonic() + SECONDS - 1
            time.sleep(1)  # all of them are on their way in
            while time.monotonic() < until:
                for page in pages:
                    during[page].append(took(url, page, cookie))
                time.sleep(0.1)
            seen = slow.stdout.read().strip()
        finally:
            slow.kill()
    for page, times in during.items():
        say(
            f"{CLIENTS} slow clients, {logs}, {page}: before {before[page] * 1000:.0f} ms, then median "
            f"{statistics.median(times) * 1000:.0f}, slowest {max(times) * 1000:.0f} of {len(times)}"
        )
    say(f"they saw {seen}")
    assert f"{CLIENTS} of {CLIENTS} to the end" in seen
    for page in pages:
        assert statistics.median(during[page]) <= 2 * before[page] + 1


def signed_in(url: str) -> str:
    """The cookie of one of the demo couple."""
    jar = http.cookiejar.CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar), HTTPSHandler(context=UNCHECKED))
    page = browser.open(f"{url}/account/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": PEOPLE[0].email, "password": PASSWORD}
    browser.open(f"{url}/account/login/", urlencode(form).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def test_the_embedded_default_stands(begun: Path, tmp_path: Path) -> None:
    shutil.copytree(begun, tmp_path / "var")
    port = free_port()
    ours = ("NEARER_", "DATABASE_", "REDIS_", "EMAIL_", "SECRET_KEY", "STATIC_ROOT", "TEST_")
    given = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with (tmp_path / "said").open("wb") as said:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "config.embedded"],
            env=given | {"NEARER_VAR": str(tmp_path / "var"), "PORT": str(port)},
            cwd=ROOT,
            stdout=said,
            stderr=said,
        )
    try:
        until = time.monotonic() + 600
        while "Ctrl-C ends it." not in (tmp_path / "said").read_text():
            assert launcher.poll() is None, (tmp_path / "said").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        url = f"http://localhost:{port}"
        holds(url, signed_in(url), "embedded")
        log = (tmp_path / "var/demo/log/web.log").read_text()
        assert "Traceback" not in log, log
        assert "ERROR" not in log, log
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(120)


@contextmanager
def running(command: list[object], log: Path, **environment: str) -> Iterator[None]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=environment_of_tests() | environment,
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


@contextmanager
def behind_caddy(folder: Path) -> Iterator[str]:
    """The server behind the Caddyfile as we ship it, but for ports and for where `web` is. Gives the address."""
    web, front, plain, health = (free_port() for _ in range(4))
    url = f"https://localhost:{front}"
    shipped = (ROOT / "deploy/Caddyfile").read_text()
    ours, count = re.subn(
        r"dynamic a web 8000 \{.*?\n\t\t\}", f"to 127.0.0.1:{web}", shipped, flags=re.DOTALL
    )
    assert count == 1
    assert ours.count("127.0.0.1:8080") == 1
    ours = ours.replace("127.0.0.1:8080", f"127.0.0.1:{health}")
    ours = ours.replace("\tadmin off\n", f"\tadmin off\n\thttps_port {front}\n\thttp_port {plain}\n")
    (folder / "Caddyfile").write_text(ours)
    caddy = Path(sys.executable).parent / "caddy"
    with (
        running([sys.executable, "-m", "config.server", "--port", web], folder / "web.log", NEARER_URL=url),
        running(
            [caddy, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
            folder / "caddy.log",
            NEARER_URL=url,
            XDG_DATA_HOME=str(folder),
            XDG_CONFIG_HOME=str(folder),
        ),
    ):
        until = time.monotonic() + 300
        while True:
            try:
                took(url, "/health/", "")
                break
            except AssertionError:
                logs = [(folder / name).read_text()[-2000:] for name in ("web.log", "caddy.log")]
                assert time.monotonic() < until, logs
                time.sleep(0.2)
        yield url


@pytest.mark.django_db(transaction=True)
def test_and_so_it_does_behind_caddy(tmp_path: Path) -> None:
    client = Client()
    client.force_login(person("Alice"), backend="couples.access.SeatedBackend")
    with behind_caddy(tmp_path) as url:
        holds(url, f"__Host-nearer={client.cookies['nearer'].value}", "behind Caddy")
        log = (tmp_path / "web.log").read_text()
        assert "Traceback" not in log, log
        assert "ERROR" not in log, log
