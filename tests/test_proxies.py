"""What a server in front forgot to pass on is named in the log."""

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config import proxies


@pytest.fixture(autouse=True)
def _nothing_said(settings: Any) -> None:
    proxies._said.clear()
    settings.NEARER_URL, settings.SECURE = "https://nearer.example", True
    settings.ALLOWED_HOSTS = ["nearer.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^health/"]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "config.proxies"]


def test_a_host_that_is_not_passed_on_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    for host in ("127.0.0.1:8000", "web:8000", "a\tb", "elsewhere.example"):
        assert (
            Client().get("/safety/", headers={"host": host, "x-forwarded-proto": "https"}).status_code == 400
        )
    (line,) = lines(caplog)
    assert "`Host`" in line
    assert "https://nearer.example" in line
    assert "elsewhere" not in line


def test_a_scheme_that_is_not_passed_on_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/", "/safety/", "/today/"):
        assert Client().get(path, headers={"host": "nearer.example"}).status_code == 301
    (line,) = lines(caplog)
    assert "`X-Forwarded-Proto`" in line


@pytest.mark.django_db
def test_what_is_passed_on_is_not_spoken_of(caplog: pytest.LogCaptureFixture) -> None:
    def asks(path: str, proto: str) -> int:
        headers = {"host": "nearer.example", "x-forwarded-proto": proto}
        return Client().get(path, headers=headers).status_code

    assert asks("/safety/", "https") == 200
    assert asks("/safety/", "http") == 301  # somebody came without TLS, and the proxy says so
    for path in ("/health/", "/health/live", "/health/ready"):  # asked on the machine itself, without TLS
        assert Client().get(path, headers={"host": "nearer.example"}).status_code in {200, 503}
    assert lines(caplog) == []


def test_it_is_said_again_after_an_hour(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    middleware = proxies.say_what_is_missing(lambda request: HttpResponse(status=400))
    request: HttpRequest = RequestFactory().get("/", headers={"host": "elsewhere.example"})
    middleware(request)
    middleware(request)
    assert len(lines(caplog)) == 1
    proxies._said["Host"] -= proxies.AGAIN
    middleware(request)
    assert len(lines(caplog)) == 2
    assert caplog.records[-1].levelno == logging.WARNING
