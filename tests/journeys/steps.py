"""Steps of journeys: browsers of people signed in, the clock, and what their pages hold."""

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ViewportSize
from time_machine import Traveller

from accounts.models import User
from tests.cast import NOW
from tests.journeys.person import Visitor

DAY = "2026-11-18"
TODAY, WRITE, SHARED, KEPT, EVENING = "/today/", "/evening/", "/shared/", "/kept/", f"/evenings/{DAY}/"
SHARE, KEEP, TALKED = "[name=go][value=share]", "[name=go][value=keep]", "[name=go][value=talked]"
TELL, START = "[name=go][value=aloud]", "[name=go][value=start]"
NOTHING = {"local": {}, "session": {}, "databases": [], "caches": [], "workers": 0}
Enter = Callable[..., Visitor]
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS = 3 * PHONE["height"]
TAP = "pointerdown"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    """It is the evening of the 18th in London; a page takes its seconds, and a test moves on by hours."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def enter(browser: Browser, site: str) -> Iterator[Enter]:
    """A browser of its own for somebody signed in. None may have had anything to complain about."""
    entered: list[Visitor] = []

    def enter(user: User, **options: Any) -> Visitor:
        entered.append(Visitor(context_of(browser, site, user, "light", 1280, **options), site))
        return entered[-1]

    yield enter
    for one in entered:
        one.context.close()
    troubles = [trouble for one in entered for trouble in one.troubles]
    assert troubles == [], "\n".join(troubles)


def path(one: Visitor) -> str:
    return urlsplit(one.page.url).path


def source(one: Visitor, where: str) -> str:
    """Everything the page holds, seen or not, its form's random parts aside."""
    one.go(where)
    return re.sub(r'(name="(csrfmiddlewaretoken|tab)" value|nonce)="[^"]*"', "", one.page.content())


def context_of(
    browser: Browser, site: str, user: User | None, scheme: str, width: int, **options: Any
) -> BrowserContext:
    """A browser in which `user` has just signed in. `options` are Playwright's."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        locale="en-GB",
        **options,
    )
    if user is not None:
        sign_in(context, site, user)
    return context


def sign_in(context: BrowserContext, site: str, user: User) -> None:
    """Gives a browser the cookie of somebody who has just signed in."""
    client = Client()
    client.force_login(user, backend="couples.access.SeatedBackend")
    session = client.session
    # As allauth notes a sign-in, for pages that ask again.
    method = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [method]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def words_of(mail: EmailMessage) -> str:
    """All that a mail says: its headers, and its parts as they are read."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    said = [part if isinstance(part, str) else part.decode() for part in parts]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *said])


class Finger:
    """Touches one thing after another on a phone. The browser itself keeps what it was given: taps, and keys."""

    def __init__(self, one: Visitor) -> None:
        self.one = one
        self.given: list[str] = []
        one.page.set_viewport_size({"width": 360, "height": 780})
        one.context.expose_binding("given", lambda source, what: self.given.append(what))
        one.context.add_init_script(
            "for (const what of ['pointerdown', 'keydown']) addEventListener(what, () => given(what), true)"
        )
        one.go(TODAY)

    def tap(self, selector: str) -> None:
        self.one.page.locator(f"{selector} >> visible=true").first.tap()

    def leave_by(self, selector: str) -> None:
        """Tap something that leads to another page, and wait for it."""
        with self.one.page.expect_navigation():
            self.tap(selector)

    def sees(self, selector: str) -> bool:
        """Whether it is drawn, wherever on the page."""
        return any(one.is_visible() for one in self.one.page.locator(selector).all())

    def type_into(self, selector: str, words: str) -> None:
        """Type where one may write at once, or else tap there first."""
        box = self.one.page.locator(selector).first
        if not box.evaluate("box => box === document.activeElement"):
            box.tap()
        self.one.page.keyboard.type(words)


def too_low(one: Visitor, *selectors: str) -> list[str]:
    """Those of `selectors` that don't end above the navigation at the foot of a phone."""
    navigation = one.page.locator(".nav-main").bounding_box()
    assert navigation is not None
    boxes = {one_of: one.page.locator(one_of).first.bounding_box() for one_of in selectors}
    return [name for name, box in boxes.items() if box is None or box["y"] + box["height"] > navigation["y"]]


def height(one: Visitor) -> float:
    """How tall the page is, in pixels."""
    tall: float = one.page.evaluate("document.documentElement.scrollHeight")
    return tall
