"""The broker that `make run` brings, started and ended for real."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.embedded.installation import Installation
from config.embedded.supervise import programs


@pytest.fixture
def at(tmp_path: Path) -> Installation:
    found = Installation(True, "http://localhost:8000", "localhost", 8000, tmp_path / "demo", 1, {})
    found.make_folders()
    return found


@contextlib.contextmanager
def broker(at: Installation, *, end: signal.Signals) -> Iterator[redis.Redis]:
    (command,) = [program.command for program in programs(at) if program.name == "broker"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = redis.Redis(unix_socket_path=str(at.socket))
    try:
        until = time.monotonic() + 120
        while not _answers(client):
            assert server.poll() is None, "it ended by itself"
            assert time.monotonic() < until, "it never answered"
            time.sleep(0.02)
        yield client
    finally:
        client.close()
        server.send_signal(end)
        server.wait(60)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_what_was_queued_is_there_after_a_restart(at: Installation) -> None:
    with broker(at, end=signal.SIGTERM) as client:
        client.lpush("celery", "a nudge")
    with broker(at, end=signal.SIGTERM) as client:
        assert client.lrange("celery", 0, -1) == [b"a nudge"]


def test_it_starts_on_what_a_power_cut_leaves(at: Installation) -> None:
    """A file that was being added to ends in zeros: its length was written, what stood there wasn't."""
    with broker(at, end=signal.SIGTERM) as client:
        client.lpush("celery", "a nudge")
    with broker(at, end=signal.SIGKILL) as client:
        client.lpush("celery", "another")
    for file in at.folder.rglob("*.aof"):
        with file.open("ab") as output:
            output.write(bytes(512))
    with broker(at, end=signal.SIGTERM) as client:
        assert b"a nudge" in client.lrange("celery", 0, -1)
