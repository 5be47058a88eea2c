"""An empty database beside that of the tests, of the same kind."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.servers import environment_of_tests


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a database nobody has touched."""
    around = environment_of_tests()
    if around["DATABASE_URL"].startswith("sqlite"):
        yield around | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
        return
    name = f"empty_{uuid.uuid4().hex[:12]}"
    server = urlsplit(around["DATABASE_URL"])._replace(scheme="postgresql")
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield around | {"DATABASE_URL": server._replace(path=f"/{name}").geturl()}
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
