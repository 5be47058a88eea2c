"""What stands in a log: what broke, and nothing anybody did."""

import io
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, path
from pytest_django import Settings

from accounts import signups
from accounts.models import User
from config import urls
from config.logs import Json, Lines, WithoutPeople, WithoutTokens
from couples import codes, emails
from reminders import preferences
from tests.cast import pair, person


@login_not_required  # it breaks for anybody
def breaks(request: HttpRequest, code: str) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("i/<str:code>/accept/", breaks), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What comes out of the handler as the settings make it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    for one in (WithoutPeople(), WithoutTokens()):
        handler.addFilter(one)
    logging.getLogger().addHandler(handler)
    yield said
    logging.getLogger().removeHandler(handler)


def test_the_handler_has_both_filters() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert handlers["stderr"]["filters"] == ["without people", "without tokens"]


@pytest.mark.django_db
def test_no_refused_request_is_logged(log: io.StringIO) -> None:
    """Wrong codes and links, forms without a token or with nothing in them, methods and pages there are none of."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    client, strict = Client(), Client(enforce_csrf_checks=True)
    for one in (client, strict):
        one.force_login(alice, backend="couples.access.SeatedBackend")
    for where in (
        "/i/lamp-maple-otter-4725/accept/",
        "/stop/a-token-of-somebody/",
        "/never/x/",
        "/settings/nowhere/",
    ):
        client.get(where)
    for where in (
        "/settings/part/",
        "/settings/",
        "/thanks/",
        "/partner/code/",
        "/talk/park/",
        "/out/",
        "/safety/",
    ):
        assert client.put(where).status_code == 405
        client.post(where, {"x": "y"} if where != "/settings/part/" else {"next": "x"})
        strict.post(where, {"text": "planted"})
    assert log.getvalue() == ""


@pytest.mark.django_db
def test_no_probe_that_hears_no_is_logged(log: io.StringIO, settings: Settings) -> None:
    """An orchestrator asks each second of a start, and what is logged as an error wakes somebody."""
    settings.NEARER_STATUS_TOKEN = "planted-token-of-the-tests"
    assert Client().get("/health/ready").status_code == 503
    asked = Client().get("/status/", headers={"authorization": f"Bearer {settings.NEARER_STATUS_TOKEN}"})
    assert asked.status_code == 503
    assert log.getvalue() == ""


@pytest.mark.django_db
@pytest.mark.urls(__name__)  # the installation, with a page that breaks
def test_what_broke_is_logged_without_its_address(log: io.StringIO) -> None:
    answer = Client(raise_request_exception=False).get("/i/lamp-maple-otter-4725/accept/")
    assert answer.status_code == 500
    assert "Internal Server Error" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()
    assert "/i/" not in log.getvalue()
    assert "otter" not in log.getvalue()


def lines_of(formatter: logging.Formatter) -> list[str]:
    """The lines of two requests to a page that breaks, and one outside of any."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter)
    for one in (WithoutPeople(), WithoutTokens()):
        handler.addFilter(one)
    logging.getLogger().addHandler(handler)
    try:
        for _ in range(2):
            Client(raise_request_exception=False).get("/i/lamp-maple-otter-4725/accept/")
        logging.getLogger("config.planted").error("no request")
    finally:
        logging.getLogger().removeHandler(handler)
    return [line for line in said.getvalue().splitlines() if not line.startswith((" ", "Traceback", "Zero"))]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_lines_of_a_request_bear_one_name_as_text_and_as_json() -> None:
    made: Any = settings.LOGGING["formatters"]
    first, second, outside = lines_of(Lines(made["line"]["format"], style="{"))
    names = [re.search(r" ERROR ([0-9a-f]{8}) django\.request ", line) for line in (first, second)]
    assert all(names)
    assert len({found[1] for found in names if found}) == 2
    assert " ERROR config.planted no request" in outside
    told = [json.loads(line) for line in lines_of(Json())]
    assert [set(one) for one in told[:2]] == [
        {"at", "level", "logger", "request", "message", "traceback"}
    ] * 2
    assert told[0]["request"] != told[1]["request"]
    assert "ZeroDivisionError" in told[0]["traceback"]
    assert "otter" not in json.dumps(told)
    assert "request" not in told[2]


@pytest.mark.parametrize("name", ["celery.worker.strategy", "celery.app.trace"])
def test_no_task_is_logged_that_came_and_was_done(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger(name).isEnabledFor(logging.ERROR)


# --- Secrets of addresses ------------------------------------------------------------------------------

SECRET = {  # by route: how one is made
    "calendar/<str:token>.ics": lambda: secrets.token_hex(24),  # as feeds.make_address does
    "stop/<str:token>/": lambda: preferences.stop_token(User(pk=uuid4()), "check_in"),
    "never/<str:token>/": lambda: emails.never_token("dana@example.test"),
    "come-in/<str:token>/": signups.token,
    "i/<str:code>/": codes.fresh,
    "i/<str:code>/accept/": codes.fresh,
}
NO_SECRETS = {"demo/mail/<str:name>/", "demo/mail/<str:name>/designed/"}  # a file's name, on a laptop


def routes(resolver: Any, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every route with the kinds of what varies in it."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        else:
            yield route, {type(kind).__name__ for kind in one.pattern.converters.values()}


def test_every_address_that_may_hold_a_secret_is_known_here() -> None:
    found = list(routes(get_resolver("config.urls")))
    free = {route for route, kinds in found if kinds & {"StringConverter", "PathConverter"}}
    assert free - NO_SECRETS == set(SECRET)
    assert not [route for route, _ in found if "(?P<" in route]


def written(route: str, secret: str) -> dict[str, str]:
    """An address as somebody may write it."""
    path = "/" + re.sub("<str:[a-z]+>", secret, route)
    each = "".join(f"%{ord(letter):02x}" for letter in secret)
    return {
        "as it is": path,
        "twice the slashes": path.replace("/", "//"),
        "in capitals": path.upper(),
        "one encoded": path.replace(secret, f"%{ord(secret[0]):02X}{secret[1:]}"),
        "all encoded": path.replace(secret, each),
        "encoded twice": path.replace(secret, each.replace("%", "%25")),
        "with more behind": f"{path}x/y.ics%00%0a",
        "with more round it": path.replace(secret, f"x{secret}9"),
        "somewhere else": f"/nowhere/{secret}",
        "in a query": f"/account/login/?next={path}",
        "as where one came from": f"Referer: http://localhost:8000{path}",
        "as an exception says it": f"ValueError({path!r})",
    }


def leftover(said: str, secret: str) -> list[str]:
    """What of a secret stands in a text, in any spelling: pieces of seven letters."""
    for _ in range(3):
        said = unquote(said)
    said, secret = said.lower(), secret.lower()
    pieces = [secret[at : at + 7] for at in range(len(secret) - 6)]
    return [piece for piece in pieces if piece in said]


@pytest.mark.parametrize("route", SECRET)
def test_no_log_holds_a_secret_however_its_address_is_written(log: io.StringIO, route: str) -> None:
    for _ in range(20):
        secret = SECRET[route]()
        for how, address in written(route, secret).items():
            log.truncate(log.seek(0))
            logging.getLogger("django.server").warning('"PROPFIND %s HTTP/1.1" 405', address)
            assert log.getvalue(), how
            assert leftover(log.getvalue(), secret) == [], how


@pytest.mark.parametrize("route", SECRET)
def test_nor_does_what_is_told_of_a_fault(log: io.StringIO, route: str) -> None:
    """The words of an exception, and of the one before it, stand below the line."""
    secret = SECRET[route]()
    for how, address in written(route, secret).items():
        log.truncate(log.seek(0))
        try:
            try:
                raise KeyError(address)
            except KeyError as first:
                raise ValueError(f"no {address} here") from first
        except ValueError:
            logging.getLogger("anything").exception("It broke.")
        assert "Traceback" in log.getvalue()
        assert leftover(log.getvalue(), secret) == [], how


EVERY_METHOD = "EVERY_METHOD" in os.environ
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "MKCOL"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", SECRET)
def test_whatever_is_asked_of_such_an_address_nothing_of_it_is_logged(log: io.StringIO, route: str) -> None:
    secret = SECRET[route]()
    addresses = list(written(route, secret).values())[:10]
    for number, method in enumerate(METHODS):
        for client in (Client(), Client(enforce_csrf_checks=True)):
            # Each address by some of the methods, and by all of them in `make full`.
            for address in addresses if EVERY_METHOD else addresses[number % 3 :: 3]:
                answer = client.generic(
                    method, address, headers={"Referer": f"http://localhost:8000{address}"}
                )
                assert answer.status_code < 500
    assert log.getvalue() == ""


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_an_address_with_spaces_is_left_out_to_its_end(log: io.StringIO) -> None:
    Client(raise_request_exception=False).get("/i/lamp%20maple%20otter%204725/accept/")
    assert "Internal Server Error" in log.getvalue()
    assert leftover(log.getvalue(), "lamp maple otter 4725") == []


@pytest.mark.parametrize(
    "line",
    [
        "Listening on port 8000",
        "connection to server at localhost.nearer.example, port 5432 failed",
        "reminders.tasks.tick[4f3c1c1e-1111-4222-8333-abcdefabcdef] raised unexpected: ConnectionError()",
        'File "/srv/nearer/site-packages/django/core/handlers/exception.py", line 55, in inner',
        'duplicate key value violates unique constraint "couples_partner_one_live_couple_a_person"',
        "the disk is 100%25 full, and %d of it is ours",
    ],
)
def test_what_helps_to_find_a_fault_stays(log: io.StringIO, line: str) -> None:
    logging.getLogger("anything").error("%s", line)
    assert log.getvalue() == f"{line}\n"


def test_no_log_but_ours_is_written() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert list(handlers) == ["stderr"]
    assert settings.ADMINS == []  # nobody is mailed what broke, with the request it broke at
    assert logging.getLogger("_granian").handlers == []
    caddy = (settings.BASE_DIR / "deploy" / "Caddyfile").read_text()
    assert "request>uri delete" in caddy
    assert "request>headers delete" in caddy
    assert not re.search(r"^\tlog\b(?! default)", caddy, re.MULTILINE)  # no requests
