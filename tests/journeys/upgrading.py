"""Databases of their own that are brought from an earlier release to today's code, and processes that work on them."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]


def environment_of(database: str, folder: Path) -> dict[str, str]:
    """What a process finds that is to work on that database: PostgreSQL's, or a file where tests run on SQLite."""
    server = urlsplit(os.environ["DATABASE_URL"])
    address = f"sqlite:///{folder}/old.sqlite3"
    if server.scheme != "sqlite":
        address = server._replace(path=f"/{database}").geturl()
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": address}


@contextmanager
def own_database(like: str = "template1") -> Iterator[str]:
    """The name of a new PostgreSQL database that begins like another; on SQLite there is nothing to make."""
    server, name = urlsplit(os.environ["DATABASE_URL"]), f"upgrade_{uuid.uuid4().hex[:12]}"
    if server.scheme == "sqlite":
        yield name
        return
    address = server._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        yield name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def ran(environment: dict[str, str], *command: str, given: Any = None) -> str:
    """What such a process of today's code prints."""
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
