"""What somebody sees before and after, where most of it can't have changed.

A page is made of the clock, of the answers that the database gave while it was made, and of the counts in the cache.
`Sight` notes the questions and the answers. Afterwards each page's questions are put once more, as plain statements:
whatever got the same answers is the same page, and one with a single other row is asked for. So a look at thirty pages
costs the statements and the pages that an act touched; `EVERY_PAGE=1` (`make full`) asks for them all again.
`tests/test_sights.py` holds it to pages that were asked for.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import redis
from django.db import connection
from django.test import Client
from django.utils import timezone

EVERY_PAGE = "EVERY_PAGE" in os.environ
BESIDE = {"SAVEPOINT", "RELEASE", "ROLLBACK"}
READS = {"SELECT", "WITH"}

Question = tuple[str, tuple[Any, ...] | None]
Answers = dict[Question, list[tuple[Any, ...]]]
Show = Callable[[Client, str], str]  # one page, as it is compared


@dataclass
class Sight:
    """Some pages as this browser shows them, and what each was made of."""

    show: Show
    pages: tuple[str, ...]
    bodies: dict[str, str] = field(default_factory=dict)
    questions: dict[str, list[Question] | None] = field(default_factory=dict)  # None: the page writes, too
    answers: Answers = field(default_factory=dict)
    beside: tuple[datetime, dict[bytes, bytes | None]] | None = None
    asked: int = 0  # how many pages the last look asked for

    @classmethod
    def of(cls, client: Client, pages: tuple[str, ...], show: Show) -> "Sight":
        """The pages, asked for one by one."""
        sight = cls(show, pages, beside=beside())
        for page in pages:
            with listening() as heard:
                sight.bodies[page] = show(client, page)
            sight.questions[page] = reads(heard)
        for question in {one for some in sight.questions.values() for one in some or ()}:
            sight.answers[question] = answer(question)
        return sight

    def again(self, client: Client) -> dict[str, str]:
        """The same pages as they are now, in a browser with the same session."""
        changed, found = EVERY_PAGE or beside() != self.beside, dict(self.bodies)
        fresh: Answers = {}
        self.asked = 0
        for page in self.pages:
            if changed or self._differs(self.questions[page], fresh):
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


def beside() -> tuple[datetime, dict[bytes, bytes | None]]:
    """What a page is made of besides rows: the clock, and what the cache counts."""
    cache = redis.Redis.from_url(os.environ["REDIS_URL"])
    with cache:
        return timezone.now(), {key: cache.dump(key) for key in cache.scan_iter()}


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed meanwhile, with its values."""
    heard: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        heard.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        yield heard


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
    with connection.cursor() as cursor:
        cursor.execute(*question)
        return list(cursor.fetchall())
