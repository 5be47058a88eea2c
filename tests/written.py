"""What really changed in the database while something was done: a private act that changes nothing proves nothing."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User

Act = Callable[[User, datetime], object]
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What is written of whoever looks at a page in a browser of their own.
SESSIONS, SIGNED_IN = "accounts_session", "last_login"


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables in which a statement changed rows meanwhile, even if a later one took it back; sessions aside.

    Each written table is read before and after: rows are compared, as an UPDATE may put what stood there.
    """
    changed: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found = WRITES.match(sql)
        if found is None or found[1] in changed | {SESSIONS}:
            return execute(sql, *rest)
        before = _rows(found[1])
        done = execute(sql, *rest)
        if _rows(found[1]) != before:
            changed.add(found[1])
        return done

    with connection.execute_wrapper(note):
        yield changed


def perform(act: Act, user: User, now: datetime, *, empty: Collection[Act] = ()) -> None:
    """Let somebody do this where it does something: in a scene without anything to do it to, nothing could leak.

    `empty` are those that are to change nothing: looks, and what is refused.
    """
    with written() as changed:
        act(user, now)
    assert bool(changed) is (act not in empty), f"{act.__name__} changes {sorted(changed) or 'nothing'} here"


def _rows(table: str) -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a name that stands in one of our own statements
        columns = [column[0] for column in cursor.description]  # a name, by either driver
        return {
            tuple(str(value) for column, value in zip(columns, row, strict=True) if column != SIGNED_IN)
            for row in cursor.fetchall()
        }
