"""Whatever stands in an address: every page answers, with its page or with a plain "not here"."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import pair, person
from tests.fuzzing import undone
from tests.months_before import live_months
from tests.private_acts import EVENING
from tests.sights import EVERY_PAGE

pytestmark = pytest.mark.journey  # with the slow ones: a thousand answers
ROOMS = ("accounts", "couples", "reminders", "checkins", "challenges", "adventures", "agendas", "today")
# The names come from the code: a parameter that a view begins to read is asked about from then on.
READS = re.compile(r"""GET(?:\.get\(|\[)["'](\w+)["']""")
FILES = [file for room in ROOMS for file in Path(room).rglob("*.py")]
FILTERS = {"where", "cost", "effort", "new", "apart"}  # read by a form
NAMES = sorted(FILTERS.union(*(READS.findall(file.read_text()) for file in FILES)))
ODD = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01",
    "9999-12",
    "2026-02-30",
    "-1",
    "9" * 400,
    "٣",
    "a\x00b",
    "../../..",
    "3f2b9c1d-0000-4000-8000-000000000000",
    "%s",
]
EACH = 1 if EVERY_PAGE else 3  # of the odd values, and of the names, so many pages later each comes again
IN_PATHS = {
    "day": ["2026-02-30", "1900-01-01", "2199-12-31", "2026-11-18"],
    "month": ["1900-01", "2199-12", "2026-13", "2026-10", "2025-11"],
    "int": ["0", "31", "9" * 30],
    "str": ["x", "a" * 300, "%00", "%ff"],
    "slug": ["x", "a" * 300],
    "uuid": ["3f2b9c1d-0000-4000-8000-000000000000"],
}
PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def ours(patterns: object = None, before: str = "") -> list[str]:
    """Every address of our rooms, as the URL configuration writes it, and whether it takes arguments."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:  # type: ignore[attr-defined]  # a resolver's
        if isinstance(one, URLResolver) and getattr(one, "app_name", None) in ROOMS:
            found += ours(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern) and patterns is not None:
            found.append(before + str(one.pattern))
    return found


@pytest.fixture(params=["alone", "of two"])
def client(request: pytest.FixtureRequest, db: None) -> Iterator[Client]:
    """The browser of somebody alone, and of one of two who have months to look back on."""
    with time_machine.travel(EVENING, tick=False):
        user = person("Alice")
        if request.param == "of two":
            bob = person("Bob")
            pair(user, bob)
            live_months(user, bob)
        client = Client(raise_request_exception=False)
        client.force_login(user, backend="couples.access.SeatedBackend")
        yield client


def ask(client: Client, address: str, **query: str) -> int:
    """What this address answers. It is undone, as one of them signs out: all that follow would lead to the door."""
    kept = SimpleCookie({name: cookie.value for name, cookie in client.cookies.items()})
    with undone():
        status = client.get(address, query).status_code
    client.cookies = kept
    return status


def answers(client: Client, address: str, **query: str) -> bool:
    return ask(client, address, **query) in {200, 204, 302, 303, 400, 404, 405}


def is_in(client: Client) -> bool:
    return client.get(reverse("today:today")).status_code == 200


@pytest.mark.parametrize("client", ["of two"], indirect=True)
def test_no_parameter_breaks_a_page(client: Client) -> None:
    assert {"before", "month", "page"} <= set(NAMES)
    pages = [f"/{address}" for address in ours() if "<" not in address]
    pages = [page for page in pages if ask(client, page) != 405]
    assert "/talks/" in pages
    broken = [
        (page, value)
        for number, page in enumerate(pages)
        for value in ODD[number % EACH :: EACH]
        if not answers(client, page, **dict.fromkeys(NAMES, value))
    ]
    broken += [
        (page, name)
        for number, page in enumerate(pages)
        for name in NAMES[number % EACH :: EACH]
        if not answers(client, page, **{name: ODD[0]})
    ]
    assert not broken
    assert is_in(client)


def test_no_part_of_an_address_breaks_it(client: Client) -> None:
    broken = []
    for address in ours():
        kinds = [kind or "str" for kind, _name in PART.findall(address)]
        for number in range(max((len(IN_PATHS[kind]) for kind in kinds), default=0)):
            path = "/" + address
            for kind in kinds:
                path = PART.sub(IN_PATHS[kind][number % len(IN_PATHS[kind])].replace("\\", ""), path, count=1)
            if not answers(client, path):
                broken.append(path)
    assert not broken
    assert is_in(client)


def test_a_moment_before_all_time_is_none(client: Client) -> None:
    assert client.get(reverse("agendas:talks"), {"before": ODD[0]}).status_code == 200
