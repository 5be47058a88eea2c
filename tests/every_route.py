"""Every route there is, and the promise that a GET only reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

SESSION_TABLES = ("accounts_session",)


class Wrote(Exception):
    """A request that must only read tried to write."""


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuses every statement that changes something, but for session tables."""

    def refuse(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        verb = sql.lstrip("( ").split(None, 1)[0].upper()
        harmless = verb in {"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "WITH"}
        if not harmless and not any(f'"{table}"' in sql for table in SESSION_TABLES):
            raise Wrote(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every route of the URL configuration, allauth's included."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"
        else:
            yield from routes(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
