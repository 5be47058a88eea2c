"""Databases beside that of the tests, of the same kind: one that is empty, and one that nobody else is connected to."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.servers import environment_of_tests, postgres_binary


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a database nobody has touched."""
    with _made(tmp_path / "empty.sqlite3") as around:
        yield around


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The same, to `copy_tests_into`: to that of the tests a site or a browser of an earlier one may be connected."""
    with _made(tmp_path / "alone.sqlite3") as around:
        yield around


def copy_tests_into(around: dict[str, str]) -> None:
    """Put what the tests' PostgreSQL holds now into this empty one."""
    dump = [postgres_binary("pg_dump"), "--no-owner", server_url(environment_of_tests())]
    load = [
        postgres_binary("psql"),
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "-v",
        "ON_ERROR_STOP=1",
    ]
    held = subprocess.run(dump, check=True, capture_output=True).stdout
    subprocess.run([*load, server_url(around)], input=held, check=True, stdout=subprocess.DEVNULL)


def server_url(around: dict[str, str]) -> str:
    """The address of this environment's PostgreSQL, as libpq reads it."""
    return urlsplit(around["DATABASE_URL"])._replace(scheme="postgresql").geturl()


@contextmanager
def _made(file: Path) -> Iterator[dict[str, str]]:
    around = environment_of_tests()
    if around["DATABASE_URL"].startswith("sqlite"):
        yield around | {"DATABASE_URL": f"sqlite:///{file}"}
        return
    name = f"{file.stem}_{uuid.uuid4().hex[:12]}"
    server = urlsplit(around["DATABASE_URL"])
    with psycopg.connect(
        server._replace(scheme="postgresql", path="/postgres").geturl(), autocommit=True
    ) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield around | {"DATABASE_URL": server._replace(path=f"/{name}").geturl()}
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
