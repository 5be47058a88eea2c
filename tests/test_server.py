"""The web server itself, as a process: what it takes, what it hands on, and how it ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.servers import ROOT, environment_of_tests, free_port

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TOKEN = "f" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"nearer-form={TOKEN}"}
SIGN_IN = "/account/login/"


def typed(size: int) -> bytes:
    """A sign-in nobody has, of so many bytes."""
    form = urlencode({"csrfmiddlewaretoken": TOKEN, "login": "nobody@example.test", "password": ""})
    return (form + "x" * (size - len(form))).encode()


class Web:
    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def ask(
        self, method: str, path: str, body: object = None, *, host: str = "127.0.0.1", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(host, self.port, timeout=120)
        given = {"Host": f"localhost:{self.port}", **headers}
        chunked: Any = {"encode_chunked": not isinstance(body, bytes | None)}
        try:
            connection.request(method, path, body, given, **chunked)  # type: ignore[arg-type]  # a keyword that is a bool
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(log: Path, *options: str, **environment: str) -> Iterator[Web]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.server", "--port", str(port), *options],
            env=environment_of_tests() | {"NEARER_URL": f"http://localhost:{port}"} | environment,
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    web = Web(port, process)
    try:
        until = time.monotonic() + 180
        while True:
            try:
                web.ask("GET", "/health/")
                break
            except OSError:
                assert time.monotonic() < until, log.read_text()
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield web
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with serving(tmp_path / "log") as started:
        yield started


def test_bodies_are_taken_up_to_a_limit_and_a_sentence_says_so(web: Web) -> None:
    assert web.ask("POST", SIGN_IN, typed(60_000), **FORM)[0].status == 200
    over, words = web.ask("POST", SIGN_IN, typed(70_000), **FORM)
    assert over.status == 413
    assert words.startswith(b"This was more than one page can take")
    assert over.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    with_session = FORM | {"Cookie": f"nearer-form={TOKEN}; nearer={'x' * 32}"}
    assert web.ask("POST", SIGN_IN, typed(1_000_000), **with_session)[0].status == 200
    too_much = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + 1
    assert web.ask("POST", SIGN_IN, typed(too_much), **with_session)[0].status == 413
    assert (
        web.ask("POST", SIGN_IN, typed(8_000_000), **FORM)[0].status == 413
    )  # heard out, or nobody would read it


def test_a_body_without_a_length_arrives_as_well(web: Web) -> None:
    answer, page = web.ask("POST", SIGN_IN, iter([typed(3000)[:1500], typed(3000)[1500:]]), **FORM)
    assert (
        answer.status == 200
    )  # the form, with what is wrong in it; an empty one would be refused for its token
    assert b"nobody@example.test" in page
    over, _ = web.ask("POST", SIGN_IN, iter([typed(50_000)] * 2), **FORM)
    assert over.status == 413


def test_a_body_that_makes_no_sense_is_their_mistake(web: Web) -> None:
    with socket.create_connection(("127.0.0.1", web.port), 60) as connection:
        host = f"Host: localhost:{web.port}"
        connection.sendall(
            f"POST {SIGN_IN} HTTP/1.1\r\n{host}\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".encode()
        )
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_long_answers_come_whole_and_head_has_no_body(web: Web) -> None:
    name = "/static/django_htmx/htmx-2.js"
    file = (Path(settings.STATIC_ROOT) / "django_htmx/htmx-2.js").read_bytes()
    assert len(file) > 2 * 64 * 1024
    answer, body = web.ask("GET", name)
    assert body == file
    head, nothing = web.ask("HEAD", name)
    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(file))
    assert dict(head.headers) | {"date": ""} == dict(answer.headers) | {"date": ""}


def test_only_what_a_proxy_writes_counts_as_its_word(tmp_path: Path) -> None:
    """X_Forwarded_Proto is not X-Forwarded-Proto, which the proxy overwrites."""
    with serving(tmp_path / "log", NEARER_URL="https://nearer.example") as web:
        host = {"Host": "nearer.example"}
        assert web.ask("GET", "/safety/", **host, X_Forwarded_Proto="https")[0].status == 301
        assert web.ask("GET", "/safety/", **host, **{"X-Forwarded-Proto": "https"})[0].status == 200


def test_it_finishes_what_it_has_begun_and_ends(web: Web) -> None:
    words = typed(500)
    with socket.create_connection(("127.0.0.1", web.port), 60) as connection:
        headers = FORM | {"Host": f"localhost:{web.port}", "Content-Length": str(len(words))}
        headers |= {"Expect": "100-continue"}  # it says so once it has begun
        lines = [f"POST {SIGN_IN} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(words[:250])
        web.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(words[250:])
        assert connection.recv(12) == b"HTTP/1.1 200"
    assert web.process.wait(60) == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", web.port), 1)


def test_several_processes_share_one_door(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--workers", "2", "--threads", "2") as web:
        children = Path(f"/proc/{web.process.pid}/task/{web.process.pid}/children")
        if children.exists():
            assert len(children.read_text().split()) == 2
        assert all(web.ask("GET", "/health/")[0].status == 200 for _ in range(20))
