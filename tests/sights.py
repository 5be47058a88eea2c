"""What somebody sees before and after, where most of it can't have changed.

A page is made of the clock, of the answers that the database gave while it was made, and of counts where it looked into
the cache. `Sight` notes questions and answers. Afterwards each page's questions are put once more, as plain statements:
whatever gets the same answers is the same page, and one with a single other row is asked for. So a look at thirty pages
costs the statements and the pages that an act touched; `EVERY_PAGE=1` (`make full`) asks for them all again.
`tests/test_sights.py` holds it to pages that were asked for.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.cache import OneClient

EVERY_PAGE = "EVERY_PAGE" in os.environ
BESIDE = {"SAVEPOINT", "RELEASE", "ROLLBACK"}
READS = {"SELECT", "WITH"}

Question = tuple[str, tuple[Any, ...] | None]
Answers = dict[Question, list[tuple[Any, ...]]]
Counts = dict[bytes, bytes | None]
Show = Callable[[Client, str], str]  # one page, as it is compared


@dataclass
class Sight:
    """Some pages as this browser shows them, and what each was made of."""

    show: Show
    pages: tuple[str, ...]
    bodies: dict[str, str] = field(default_factory=dict)
    questions: dict[str, list[Question] | None] = field(default_factory=dict)  # None: the page writes, too
    answers: Answers = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)
    counts: Counts = field(default_factory=lambda: counts())
    counting: set[str] = field(default_factory=set)  # the pages that look into the cache
    asked: int = 0  # how many pages the last look asked for

    @classmethod
    def of(cls, client: Client, pages: tuple[str, ...], show: Show) -> "Sight":
        """The pages, asked for one by one."""
        sight = cls(show, pages)
        for page in pages:
            with listening() as (heard, keys):
                sight.bodies[page] = show(client, page)
            sight.questions[page] = reads(heard)
            sight.counting |= {page} if keys else set()
        for question in {one for some in sight.questions.values() for one in some or ()}:
            sight.answers[question] = answer(question)
        return sight

    def again(self, client: Client) -> dict[str, str]:
        """The same pages as they are now, in a browser with the same session."""
        found, fresh = dict(self.bodies), Answers()
        every = EVERY_PAGE or timezone.now() != self.at
        touched = set(self.pages) if every else self.counting if counts() != self.counts else set()
        self.asked = 0
        for page in self.pages:
            if page in touched or self._differs(self.questions[page], fresh):
                found[page] = self.show(client, page)
                self.asked += 1
        return found

    def _differs(self, questions: list[Question] | None, fresh: Answers) -> bool:
        if questions is None:
            return True
        for question in questions:
            if question not in fresh:
                fresh[question] = answer(question)
            if fresh[question] != self.answers[question]:
                return True
        return False


def counts() -> Counts:
    """Everything that is in the cache."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as cache:
        return {key: cache.dump(key) for key in cache.scan_iter()}


@contextmanager
def listening() -> Iterator[tuple[list[tuple[str, Any]], list[Any]]]:
    """Every statement that is executed meanwhile, with its values; and every key that is looked for in the cache."""
    heard: list[tuple[str, Any]] = []
    keys: list[Any] = []
    get_client = OneClient.get_client

    def note(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        heard.append((sql, params))
        return execute(sql, params, *rest)

    def note_key(client: OneClient, key: Any = None, *, write: bool = False) -> redis.Redis:
        keys.append(key)
        return get_client(client, key, write=write)

    OneClient.get_client = note_key  # type: ignore[assignment, method-assign]  # every question to the cache begins there
    try:
        with connection.execute_wrapper(note):
            yield heard, keys
    finally:
        OneClient.get_client = get_client  # type: ignore[method-assign]  # as it was


def reads(heard: list[tuple[str, Any]]) -> list[Question] | None:
    """The questions among these statements; None if anything else is, or one can't be put again."""
    found: list[Question] = []
    for sql, params in heard:
        verb = sql.lstrip("( ").split(None, 1)[0].upper()
        if verb in READS:
            found.append((sql, None if params is None else tuple(params)))
        elif verb not in BESIDE:
            return None
    try:
        return list(dict.fromkeys(found))
    except TypeError:  # a value that is no key
        return None


def answer(question: Question) -> list[tuple[Any, ...]]:
    """The rows that the database gives now."""
    sql, params = question
    numbered = "$1" in sql  # of `accounts/prepared.py`
    with psycopg.RawCursor(connection.connection) if numbered else connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
