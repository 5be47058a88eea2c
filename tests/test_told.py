"""Errors of the parts of `make run`: told on its stderr as well, each whole, and nothing else of what they log."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from config.embedded.installation import ROOT
from config.embedded.told import Log, Terminal
from config.logs import FORMATTERS, Json, Lines
from tests.demo import OURS, begun
from tests.servers import free_port

__all__ = ["begun"]
AS_LINES = Lines(FORMATTERS["line"]["format"], style="{")


def written(formatter: logging.Formatter, level: int, text: str, *, broke: bool = False) -> str:
    error = None
    if broke:
        try:
            raise ValueError("planted")
        except ValueError:
            error = sys.exc_info()
    return formatter.format(logging.LogRecord("planted", level, "", 1, text, (), error)) + "\n"


@pytest.mark.parametrize("formatter", [AS_LINES, Json()])
def test_errors_are_told_from_the_rest_and_once(formatter: logging.Formatter, tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    file.write_text(written(formatter, logging.ERROR, "of an earlier run"))
    log = Log(file)
    said = [
        written(formatter, logging.INFO, "a beat rang, not an ERROR"),
        written(formatter, logging.ERROR, "a page broke", broke=True),
        written(formatter, logging.WARNING, "a mail waits"),
        "what a library prints by itself\n",
        written(formatter, logging.CRITICAL, "no room"),
        "Nearer does not start: SECRET_KEY is not set.\n",
    ]
    with file.open("a") as writing:
        writing.write("".join(said)[:70])
        writing.flush()
        assert log.errors() == b""  # half a line
        writing.write("".join(said)[70:])
    assert log.errors().decode() == said[1] + said[4] + said[5]
    assert log.errors() == b""


def test_a_log_that_goes_on_in_a_new_file_is_followed(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    log = Log(file)  # there is none yet
    last = written(AS_LINES, logging.ERROR, "the last of a file")
    first = written(AS_LINES, logging.ERROR, "the first of the next")
    file.write_text(written(AS_LINES, logging.INFO, "it begins"))
    assert log.errors() == b""
    with file.open("a") as writing:
        writing.write(last)
    file.rename(tmp_path / "web.log.1")
    file.write_text(first)
    assert log.errors().decode() == last + first


def test_a_terminal_that_takes_nothing_holds_nothing_up(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    log = Log(file)
    file.write_text(written(AS_LINES, logging.ERROR, "x" * 2000) * 30)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"." * 4096)
    os.set_blocking(writing, True)
    Terminal(writing).tell([log])
    assert log.errors() == b""
    for end in (reading, writing):
        os.close(end)


@pytest.mark.parametrize("gone", ["its reader", "its room"])
def test_a_stream_that_is_gone_is_no_reason_to_end(gone: str, tmp_path: Path) -> None:
    log, stream = Log(tmp_path / "web.log"), os.open("/dev/full", os.O_WRONLY)
    if gone == "its reader":
        os.close(stream)
        reading, stream = os.pipe()
        os.close(reading)
    terminal = Terminal(stream)
    for _ in range(2):
        with (tmp_path / "web.log").open("a") as writing:
            writing.write(written(AS_LINES, logging.ERROR, "a page broke"))
        terminal.tell([log])
    os.close(stream)


def test_a_long_line_is_told_to_its_end_however_slowly_it_is_taken(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log")
    lines = [written(Json(), logging.ERROR, f"{number}{'x' * 30_000}") for number in range(3)]
    reading, writing = os.pipe()
    os.write(writing, b"." * 40_000)  # of the 64 KiB it takes
    terminal = Terminal(writing)
    (tmp_path / "web.log").write_text("".join(lines[:2]))
    terminal.tell([log])
    taken = os.read(reading, 1 << 20).decode().lstrip(".")
    assert 4096 < len(taken) < len(lines[0])
    with (tmp_path / "web.log").open("a") as adding:
        adding.write(lines[2])
    terminal.tell([log])
    taken += os.read(reading, 1 << 20).decode()
    for end in (reading, writing):
        os.close(end)
    assert taken == lines[0] + lines[2]


@pytest.mark.journey  # real processes
def test_it_goes_on_where_nobody_reads_what_it_says(begun: Path, tmp_path: Path) -> None:
    var, port = tmp_path / "var", free_port()
    shutil.copytree(begun, var)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    run = subprocess.Popen(
        [sys.executable, "-m", "config.embedded"],
        cwd=ROOT,
        env=plain | {"NEARER_VAR": str(var), "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert run.stdout is not None
    try:
        while b"Ctrl-C ends it." not in (line := run.stdout.readline()):
            assert line, run.wait(120)
        run.stdout.readline()  # the last it says
        run.stdout.close()
        with (var / "demo" / "log" / "web.log").open("a") as log:
            log.write(written(AS_LINES, logging.ERROR, "a page broke"))
        time.sleep(3)
        assert run.poll() is None
    finally:
        run.send_signal(signal.SIGINT)
        assert run.wait(120) == 0


@pytest.mark.journey  # real processes
@pytest.mark.parametrize("kind", ["line", "json"])
def test_what_breaks_in_web_and_worker_is_told_where_it_was_typed(
    begun: Path, tmp_path: Path, kind: str
) -> None:
    var, port = tmp_path / "var", free_port()
    shutil.copytree(begun, var)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as output, err.open("wb") as errors:
        run = subprocess.Popen(
            [sys.executable, "-m", "config.embedded"],
            cwd=ROOT,
            env=plain | {"NEARER_VAR": str(var), "PORT": str(port), "LOG_FORMAT": kind},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
    try:
        _until(lambda: "Ctrl-C ends it." in out.read_text(), run)
        with closing(sqlite3.connect(var / "demo" / "nearer.sqlite3", timeout=120)) as database:
            for table in ("accounts_session", "reminders_tick"):
                database.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
        asked = urllib.request.Request(
            f"http://localhost:{port}/today/", headers={"Cookie": f"nearer={'a' * 32}"}
        )
        with suppress(OSError):
            urllib.request.urlopen(asked, timeout=120)
        _until(lambda: all(part in err.read_text() for part in ("accounts_session", "reminders_tick")), run)
    finally:
        run.send_signal(signal.SIGINT)
        assert run.wait(120) == 0
    assert "Sending due task" not in err.read_text()
    assert "no such table" not in out.read_text()
    assert "accounts_session" in (var / "demo" / "log" / "web.log").read_text()
    assert "reminders_tick" in (var / "demo" / "log" / "worker.log").read_text()


def _until(true: Callable[[], bool], run: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 600
    while not true():
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.2)
