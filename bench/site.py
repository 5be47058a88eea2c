"""Nearer in this process, on a database and a Redis of its own, at a time of day that is always the same."""

import atexit
import functools
import io
import itertools
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import time_machine

from bench.figures import Figure

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from accounts.models import User

NOW = datetime(2026, 11, 18, 21, 30, tzinfo=UTC)  # an evening in Europe/London
EMPTY = "/bench/empty/"  # the empty view's path
HOST = "localhost"  # what the tests' NEARER_URL says

Measure = Callable[[], Iterator[Figure]]
_NUMBERS = itertools.count(1)


def apart(measure: Measure, *, sqlite: bool = False) -> Measure:
    """`measure` in a process, an environment and a database of its own: no row warms another's caches."""
    number = next(_NUMBERS)  # of its database at the broker

    def measured() -> Iterator[Figure]:
        settled = servers()
        ours = settled | {"REDIS_URL": f"{settled['TEST_REDIS']}/{number}"}
        with get_context("spawn").Pool(1) as pool:
            yield from pool.apply(_measure, [measure, ours, sqlite])

    return measured


@functools.cache
def servers() -> dict[str, str]:
    """Addresses of a PostgreSQL with a migrated, empty database and of a Redis; started once, ended with this process.

    Its disk is not waited for (`fsync` off, as in the tests): what is measured is ours.
    """
    from tests.servers import Servers, settle_environment

    servers = Servers()
    atexit.register(servers.stop)
    signal.signal(signal.SIGTERM, servers.stop_and_die)
    ours = dict(os.environ)
    settle_environment(servers)  # into this process's environment, from where only what runs apart gets it
    settled = {name: value for name, value in os.environ.items() if ours.get(name) != value}
    os.environ.clear()
    os.environ.update(ours)
    settled |= {"REDIS_URL": f"{settled['TEST_REDIS']}/0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    with get_context("spawn").Pool(1) as pool:
        pool.apply(_migrate, [settled])
    return settled


def _migrate(environment: dict[str, str]) -> None:
    """Make the database that every row gets a copy of, and the static files."""
    os.environ |= environment
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections

    from tests.servers import collect_static

    collect_static()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{connection.settings_dict["NAME"]}"')
    call_command("migrate", verbosity=0)
    connections.close_all()


def _measure(measure: Measure, environment: dict[str, str], sqlite: bool) -> list[Figure]:
    os.environ |= environment
    try:
        with _sqlite() if sqlite else _postgres():
            return list(measure())
    except Exception:  # it may hold rows, which whoever asked can't read: nobody set Django up there
        raise RuntimeError(traceback.format_exc()) from None


@contextmanager
def _postgres() -> Iterator[None]:
    """Nearer on a copy of the migrated and empty database, which goes at the end."""
    import psycopg

    server = urlsplit(os.environ["DATABASE_URL"])
    copy = f"bench_{os.getpid()}"
    postgres = server._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{server.path[1:]}"')
    os.environ["DATABASE_URL"] = server._replace(path=f"/{copy}").geturl()
    try:
        with _running():
            yield
    finally:
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


@contextmanager
def _sqlite() -> Iterator[None]:
    """Nearer on a file of SQLite's, migrated and empty, which goes at the end."""
    with tempfile.TemporaryDirectory(prefix="nearer-bench-") as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/nearer.sqlite3"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        with _running():
            yield


@contextmanager
def _running() -> Iterator[None]:
    """Django with `bench.urls`; the clock stands at `NOW`."""
    import django
    import redis

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.ROOT_URLCONF = "bench.urls"
    try:
        with time_machine.travel(NOW, tick=False):
            yield
    finally:
        connections.close_all()
        redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()


@contextmanager
def unchecked(cursor: "CursorWrapper") -> Iterator[None]:
    """Rows may be written without those they point to: PostgreSQL takes them for a copy of some other database's."""
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = origin")


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
