"""The Nu HTML checker (W3C) as a server: it reads its schemas once for all the pages that all workers look at."""

import fcntl
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers import free_port

# Compiling thoroughly and collecting in threads costs as much as the work itself.
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m")
# `cat` ends when nobody has the pipe open any more, killed or not.
WHILE_NEEDED = 'needed=$1; shift; "$@" & cat "$needed"; kill $!'


def _start(needed: Path, port: int) -> None:
    os.mkfifo(needed)
    jar = Path(settings.BASE_DIR) / "var" / "vnu" / "vnu.jar"
    server = ("-cp", str(jar), "-Dnu.validator.servlet.bind-address=127.0.0.1", "nu.validator.servlet.Main")
    with needed.with_suffix(".log").open("wb") as log:
        subprocess.Popen(
            ["sh", "-c", WHILE_NEEDED, "sh", str(needed), *JAVA, *server, str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(port: int) -> bool:
    try:
        check(f"http://127.0.0.1:{port}", "<!doctype html><html lang='en'><title>x</title>")
    except OSError:
        return False
    return True


def _wait(port: int, log: Path, seconds: float = 600) -> None:
    until = time.monotonic() + seconds
    while not _answers(port):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="session")
def html_checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. The first worker that needs one starts it, and it ends when the last is done."""
    home = tmp_path_factory.getbasetemp()
    shared = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home
    place = shared / "html-checker"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            held = os.open(place, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # there is none, or none any more
            place.unlink(missing_ok=True)
            port = free_port()
            _start(place, port)
            held = os.open(place, os.O_WRONLY)
            _wait(port, place.with_suffix(".log"))
            place.with_suffix(".port").write_text(str(port))
    yield f"http://127.0.0.1:{place.with_suffix('.port').read_text()}"
    os.close(held)


def check(checker: str, source: str) -> list[str]:
    """What it finds in a page: errors, warnings and advice, a line each with its place."""
    question = urllib.request.Request(
        f"{checker}/?out=gnu", source.encode(), {"Content-Type": "text/html; charset=utf-8"}
    )
    with urllib.request.urlopen(question, timeout=300) as answer:
        lines = answer.read().decode().splitlines()
    return [line for line in lines if line.strip()]
