"""Cost of a page to the two who open it when very many others live in the same tables."""

import os
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import crowd
from bench.figures import Figure, median_ratio, size
from bench.site import NOW, Browser
from bench.visitor import THORN, TODAY

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

LONG = os.environ.get("LONG") == "1"
FEW, MANY = size(1_000 if LONG else 500, toy=20), size(100_000 if LONG else 20_000, toy=60)  # couples
DAYS = size(30, toy=3)
ROUNDS, PAGES = size(15, toy=2), size(40, toy=2)
FEW_OF_THEM, ALL_OF_THEM = "few", "public"  # the schemas they live in
GOAL = 1.15


def growth_today() -> Iterator[Figure]:
    """Median time of Today among 20,000 couples, each with a month of check-ins, ÷ among 500; `LONG=1`: 100,000, 1,000.

    The same two people, with everything the demo has, in two sets of tables: Rosa's cookie opens both.
    """
    from bench.pages import both_share, demo

    rosa, theo = demo()
    both_share([rosa, theo], 0)
    browser = Browser(rosa)
    _copy_to(FEW_OF_THEM)
    for where, couples in ((FEW_OF_THEM, FEW), (ALL_OF_THEM, MANY)):
        _look_in(where)
        crowd.write([*crowd.TWO_BY_TWO, crowd.EVENINGS], couples=couples, days=DAYS, now=NOW)
    _look_in(ALL_OF_THEM)
    rounds = []
    for number in range(ROUNDS + 1):
        pair = (_median(browser, ALL_OF_THEM), _median(browser, FEW_OF_THEM))
        rounds += [pair] if number else []  # the first warms up
    many, few = zip(*rounds, strict=True)
    yield median_ratio(
        "growth-today",
        "<=",
        GOAL,
        over=("seconds of Today among many", many),
        under=("seconds of Today among few", few),
        said=f"{1000 * statistics.median(many):.1f} ms among {MANY:,} couples and {2 * DAYS * MANY:,} check-ins,"
        f" {1000 * statistics.median(few):.1f} ms among {FEW:,}",
    )


def _median(browser: Browser, where: str) -> float:
    """Seconds of one page, of several opened one after the other there."""
    _look_in(where)
    spent = []
    for _ in range(PAGES):
        began = time.perf_counter()
        page = browser.get(TODAY)
        spent.append(time.perf_counter() - began)
    assert page.count(THORN) == 2, "both pages are to lie open"
    return statistics.median(spent)


# --- Two sets of tables -------------------------------------------------------------------------------


def _copy_to(where: str) -> None:
    """Make a second set of every table there, with the rows there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {where}")
        for table in _tables(cursor):
            cursor.execute(f'CREATE TABLE {where}."{table}" (LIKE public."{table}" INCLUDING ALL)')
            cursor.execute(f'INSERT INTO {where}."{table}" SELECT * FROM public."{table}"')  # noqa: S608 - our own names


def _tables(cursor: "CursorWrapper") -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in cursor.fetchall()]


def _look_in(where: str) -> None:
    """Which of the two sets of tables is meant from here on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, false)", [where])
