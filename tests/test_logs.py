"""What stands in a log: what broke, and nothing anybody did."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from config.logs import WithoutPeople, WithoutTokens
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
@pytest.mark.urls(__name__)  # the installation, with a page that breaks
def test_what_broke_is_logged_without_its_address(log: io.StringIO) -> None:
    answer = Client(raise_request_exception=False).get("/i/lamp-maple-otter-4725/accept/")
    assert answer.status_code == 500
    assert "Internal Server Error" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()
    assert "/i/" not in log.getvalue()
    assert "otter" not in log.getvalue()


@pytest.mark.parametrize("name", ["celery.worker.strategy", "celery.app.trace"])
def test_no_task_is_logged_that_came_and_was_done(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger(name).isEnabledFor(logging.ERROR)


def test_a_token_is_masked_wherever_it_stands(log: io.StringIO) -> None:
    logging.getLogger("anything").warning("%s broke", "/stop/a-token/")
    assert log.getvalue() == "/stop/…/ broke\n"
