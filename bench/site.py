"""Nearer in this process, on a PostgreSQL and a Redis of its own, at a time of day that is always the same."""

import functools
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import time_machine

from bench.figures import Figure

if TYPE_CHECKING:
    from accounts.models import User

NOW = datetime(2026, 11, 18, 21, 30, tzinfo=UTC)  # an evening in Europe/London
EMPTY = "/bench/empty/"  # the empty view's path
HOST = "localhost"  # what the tests' NEARER_URL says

Measure = Callable[[], Iterator[Figure]]


def apart(measure: Measure) -> Measure:
    """`measure` in a process and an environment of its own: the other groups start what they measure themselves."""

    def measured() -> Iterator[Figure]:
        with get_context("spawn").Pool(1) as pool:
            yield from pool.apply(_measure, [measure])

    return measured


def _measure(measure: Measure) -> list[Figure]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the parent is told to stop: end the servers too
    with _running():
        return list(measure())


@contextmanager
def _running() -> Iterator[None]:
    """Servers, Django with `bench.urls`, a migrated and empty database; the clock stands at `NOW`."""
    from tests.servers import Servers, collect_static, settle_environment

    servers = Servers()
    try:
        settle_environment(servers)
        os.environ |= {
            "REDIS_URL": f"{os.environ['TEST_REDIS']}/0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection, connections

        settings.ROOT_URLCONF = "bench.urls"
        collect_static()
        name = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        call_command("migrate", verbosity=0)
        with time_machine.travel(NOW, tick=False):
            yield
        connections.close_all()
    finally:
        servers.stop()


@functools.cache
def _application() -> Any:
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


class Browser:
    """One browser session, signed in as somebody or nobody, talking WSGI: no test client is in what is measured."""

    def __init__(self, user: "User | None") -> None:
        from django.test import Client

        client = Client()
        if user is not None:
            client.force_login(user)
        self.cookies: SimpleCookie = client.cookies

    def environ(self, path: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """A request as a server hands it on: a GET, or the POST of a form."""
        body = urlencode(form or {}).encode()
        return {
            "REQUEST_METHOD": "GET" if form is None else "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_TYPE": "" if form is None else "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": HOST,
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": f"{HOST}:8000",
            "HTTP_COOKIE": self.cookies.output(header="", sep=";", attrs=[]).strip(),
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": "en-GB",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def ask(self, environ: dict[str, Any], *, status: int = 200) -> str:
        """The body of the answer, which has to have that status. Cookies it sets are kept."""
        said: list[tuple[str, list[tuple[str, str]]]] = []
        answer = _application()(environ, lambda line, headers, *_: said.append((line, headers)))
        body = b"".join(answer).decode()
        answer.close()
        line, headers = said[0]
        assert line.startswith(str(status)), f"{environ['PATH_INFO']} answered {line}"
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return body

    def get(self, path: str) -> str:
        return self.ask(self.environ(path))
