"""Quick exit in a real browser, while the server answers late or not at all: away at once, nobody's from then on."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.journeys.steps import context_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TODAY, EVENING, SIGN_IN = "/today/", "/evening/", "/account/login/"


class Neutral:
    """The other site: what leaving leads to, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        neutral = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/weather":
                    neutral.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Weather</title><p>Dry until noon.")

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/weather"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Late:
    """The site, which keeps whoever asks for quick exit waiting until it is told to answer."""

    def __init__(self) -> None:
        self.waiting, self.may_answer, self.answered = (threading.Event() for _ in range(3))
        self.may_answer.set()
        self.thread = LiveServerThread("localhost", static_handler=self._late)  # type: ignore[arg-type]  # the stub wants a class
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        assert not self.thread.error
        self.url = f"http://{self.thread.host}:{self.thread.port}"

    def _late(self, application: WSGIHandler) -> Callable[..., Any]:
        def answer(environ: dict[str, Any], start: Any) -> Any:
            if environ["PATH_INFO"] != "/out/":
                return application(environ, start)
            self.waiting.set()
            assert self.may_answer.wait(300)
            response = application(environ, start)
            self.answered.set()
            return response

        return answer

    def hold(self) -> None:
        self.may_answer.clear()

    def answer(self) -> None:
        self.may_answer.set()
        assert self.answered.wait(60)


@pytest.fixture
def neutral(settings: Any) -> Iterator[Neutral]:
    neutral = Neutral()
    settings.QUICK_EXIT_URL = neutral.url
    yield neutral
    neutral.close()


@pytest.fixture
def late(transactional_db: None) -> Iterator[Late]:
    late = Late()
    yield late
    late.may_answer.set()
    late.thread.terminate()


def inside(browser: Browser, site: str, user: User, **options: Any) -> Page:
    """A page of somebody signed in, who came to their evening by Today."""
    page = context_of(browser, site, user, "light", 1280, **options).new_page()
    page.goto(f"{site}{TODAY}")
    page.goto(f"{site}{EVENING}")
    return page


def click(page: Page) -> None:
    page.click("a.exit", no_wait_after=True)


def press_shift(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")


def cookies(page: Page) -> set[str]:
    return {str(cookie.get("name")) for cookie in page.context.cookies()} - {settings.CSRF_COOKIE_NAME}


@pytest.mark.parametrize("leave", [click, press_shift])
def test_leaving_waits_for_no_answer(
    browser: Browser, neutral: Neutral, late: Late, alice: User, leave: Callable[[Page], None]
) -> None:
    page = inside(browser, late.url, alice)
    entries = page.evaluate("history.length")
    late.hold()
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # no timer of the page's ends from here on
    leave(page)
    page.wait_for_url(neutral.url)

    assert late.waiting.wait(60)  # the server was told, by a request that outlives the page
    assert not late.answered.is_set()
    assert len(neutral.asked) == 1
    assert page.evaluate("history.length") == entries  # in the place of the page that was left

    # Back within that second, before the server has answered: the page before it is nobody's any more.
    page.go_back()
    assert page.url.startswith(f"{late.url}{SIGN_IN}")
    late.answer()
    page.goto(f"{late.url}{TODAY}")
    assert page.url.startswith(f"{late.url}{SIGN_IN}")
    assert cookies(page) == set()


def test_what_is_left_is_gone_once_the_server_answers(
    browser: Browser, neutral: Neutral, late: Late, alice: User
) -> None:
    page = inside(browser, late.url, alice)
    late.hold()
    click(page)
    page.wait_for_url(neutral.url)
    assert settings.LEFT_COOKIE_NAME in cookies(page)
    late.answer()
    until = time.monotonic() + 60
    while cookies(page) and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert cookies(page) == set()


def test_leaving_where_there_is_no_connection(
    browser: Browser, neutral: Neutral, late: Late, alice: User
) -> None:
    """The browser says it can't reach the other site, not this one; and this browser is nobody's when it is back."""
    page = inside(browser, late.url, alice)
    page.context.set_offline(True)
    click(page)
    expect(page).to_have_url(re.compile("^chrome-error://"))
    page.context.set_offline(False)
    assert neutral.asked == []
    page.goto(f"{late.url}{TODAY}")
    assert page.url.startswith(f"{late.url}{SIGN_IN}")
    assert cookies(page) == set()


def test_leaving_without_javascript(browser: Browser, neutral: Neutral, late: Late, alice: User) -> None:
    page = inside(browser, late.url, alice, java_script_enabled=False)
    click(page)
    page.wait_for_url(neutral.url)
    assert cookies(page) == set()
    page.goto(f"{late.url}{TODAY}")
    assert page.url.startswith(f"{late.url}{SIGN_IN}")


def test_whoever_never_signed_in_leaves_no_cookie(browser: Browser, neutral: Neutral, late: Late) -> None:
    page = browser.new_page()
    page.goto(f"{late.url}/safety/")
    late.hold()
    click(page)
    page.wait_for_url(neutral.url)
    assert cookies(page) == set()
