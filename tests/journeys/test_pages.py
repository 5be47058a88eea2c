"""Every page there is, in both themes and two widths: accessible, valid, silent, and nothing off the side."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.account.internal.userkit import user_id_to_str
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from checkins import writing
from couples import days, emails, pairing, parting
from reminders.choosing import stop_token
from tests.cast import pair, person, seat
from tests.journeys.site import site

__all__ = ["site"]

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# How each page is opened: colour scheme, width, and whether axe runs (it is the slow part).
WAYS = [("light", 1280, True), ("dark", 360, True), ("light", 320, False)]
PICTURES = [("dark", 1280, False), ("light", 360, False)]  # only when pictures are wanted
LONG = "An evening of some length, with words in it that go on. " * 17  # 952 characters
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
THORN = "The printer, and a word without an end: " + "o" * 180 + "."
PUBLIC = ["landing", "safety", "help", "about", "privacy", "accessibility"]
OWN = ["accounts:more", "accounts:settings", "accounts:security", "accounts:log", "accounts:delete"]
ALLAUTH_OUT = ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
ALLAUTH_IN = [
    "account_change_password",
    "account_email",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "usersessions_list",
]
PRODUCT = [
    "today:today",
    "checkins:write",
    "couples:invite",
    "couples:block",
    "reminders:settings",
    "reminders:evening",
]


def addresses(names: list[str]) -> list[str]:
    return [reverse(name) for name in names]


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of each page when SCREENSHOTS names a folder: to look at, not to compare."""
    folder = os.environ.get("SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep


def loud(text: str) -> bool:
    """Whether a console line is trouble: not Chromium's advice, nor an answer such as 404 that was asked for."""
    return not text.startswith(("verbose:", "debug:", "info:")) and "responded with a status of 4" not in text


def context_of(browser: Browser, site: str, user: User | None, scheme: str, width: int) -> BrowserContext:
    """A browser in which `user` has just signed in."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        locale="en-GB",
    )
    if user is not None:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        method = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [
            method
        ]  # as allauth notes a sign-in, for pages that ask again
        session["account_authentication_methods_user"] = user_id_to_str(user)
        session.save()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return context


def visit(
    browser: Browser,
    site: str,
    user: User | None,
    paths: list[str],
    state: str,
    shoot: Callable[[Page, str], None],
) -> tuple[list[str], dict[str, str]]:
    """Open each page in every way. Returns what is wrong, and each page's source."""
    wrong: list[str] = []
    sources: dict[str, str] = {}
    said: list[str] = []
    for scheme, width, axe in WAYS + (PICTURES if os.environ.get("SCREENSHOTS") else []):
        context = context_of(browser, site, user, scheme, width)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in paths:
            said.clear()
            page.goto(f"{site}{path}")
            name = f"{state} {path} {scheme} {width}"
            if urlsplit(page.url).path != path:
                wrong.append(f"{name}: came out at {page.url}")
            wrong += [f"{name}: console: {text}" for text in said if loud(text)]
            found = Axe().run(page, options=WCAG).response["violations"] if axe else []
            wrong += [f"{name}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
            sideways = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if sideways > 0:
                wrong.append(f"{name}: {sideways} px wider than the window")
            sources[f"{state}{urlsplit(page.url).path}"] = page.request.get(page.url).text()
            shoot(page, name.replace("/", "_").replace(" ", "-"))
        context.close()
    return wrong, sources


def check_html(sources: dict[str, str], folder: Path) -> list[str]:
    """What the Nu HTML checker (W3C) finds in these sources."""
    files = []
    for number, (name, source) in enumerate(sources.items()):
        file = folder / f"{number:03d}{name.replace('/', '_')}.html"
        file.write_text(source)
        files.append(str(file))
    jar = Path(settings.BASE_DIR) / "var" / "vnu" / "vnu.jar"
    done = subprocess.run(
        ["java", "-jar", str(jar), "--format", "gnu", "--also-check-svg", *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return [line.rsplit("/", 1)[-1] for line in done.stderr.splitlines() if line.strip()]


@pytest.fixture
def nu(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Sources gathered here are checked when the test ends."""
    sources: dict[str, str] = {}
    yield sources
    assert sources
    found = check_html(sources, tmp_path)
    assert found == [], "\n".join(found)


def test_the_checkers_do_find_something(browser: Browser, site: str, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content("<html><body><img src='data:,'><button></button></body></html>")
    assert {"image-alt", "button-name"} <= {one["id"] for one in Axe().run(page).response["violations"]}
    assert check_html({"/bad": "<!doctype html><title>x</title><p><div></p>"}, tmp_path) != []


def test_pages_that_open_to_anyone(
    browser: Browser, site: str, shoot: Callable[[Page, str], None], nu: dict[str, str]
) -> None:
    dana = person("Dana")
    code = pairing.invite(by=dana, now=timezone.now()).code
    paths = [
        *addresses([f"accounts:{name}" for name in PUBLIC]),
        *addresses(ALLAUTH_OUT),
        reverse("couples:invited", args=[code]),
        reverse("couples:invited", args=["lamp-maple-otter-0000"]),
        reverse("couples:not_now"),
        reverse("couples:never", args=[emails.never_token("dana@example.test")]),
        reverse("reminders:stop", args=[stop_token(dana, "check_in")]),
        "/nowhere/",
    ]
    wrong, sources = visit(browser, site, None, paths, "anyone", shoot)
    nu.update(sources)
    assert wrong == [], "\n".join(wrong)


def test_pages_of_somebody_alone(
    browser: Browser, site: str, shoot: Callable[[Page, str], None], nu: dict[str, str]
) -> None:
    now = timezone.now()
    dana, carol = person("Dana", now=now), person("Carol")
    wrong, sources = visit(
        browser, site, dana, addresses([*PRODUCT, *OWN, *ALLAUTH_IN, "couples:code"]), "alone", shoot
    )
    pairing.invite(by=dana, now=now)
    more = addresses(["couples:invite"])
    found, seen = visit(browser, site, dana, more, "inviting", shoot)
    wrong, sources = wrong + found, sources | seen

    asked = pairing.invite(by=carol, now=now)
    found, seen = visit(browser, site, dana, [reverse("couples:accept", args=[asked.code])], "asked", shoot)
    wrong, sources = wrong + found, sources | seen
    pairing.accept(asked.code, by=dana, now=now)
    found, seen = visit(browser, site, dana, addresses(["couples:words", "couples:invite"]), "words", shoot)
    wrong, sources = wrong + found, sources | seen
    pairing.confirm(asked.pk, by=dana, now=now)
    found, seen = visit(browser, site, dana, addresses(["couples:words"]), "said", shoot)
    wrong, sources = wrong + found, sources | seen

    day = days.day_of(now, dana.tz)
    writing.write(
        by=seat(dana), day=day, lines={"rose": LONG, "bud": "", "thorn": THORN}, share=False, now=now
    )
    found, seen = visit(browser, site, dana, addresses(["today:today", "checkins:write"]), "written", shoot)
    nu.update(sources | seen)
    assert wrong + found == [], "\n".join(wrong + found)


def test_pages_of_a_couple(
    browser: Browser, site: str, shoot: Callable[[Page, str], None], nu: dict[str, str]
) -> None:
    now = timezone.now()
    alice, bob = person("Alice"), person("B" * 50)
    pair(alice, bob)
    day = days.day_of(now, alice.tz)
    paths = addresses([*PRODUCT, *OWN, "couples:line", "couples:part"])
    wrong, sources = visit(browser, site, alice, paths, "couple", shoot)
    lines = {"rose": LONG, "bud": "Saturday.", "thorn": THORN}
    writing.write(by=seat(alice), day=day, lines=lines, share=True, now=now)
    found, seen = visit(browser, site, alice, addresses(["today:today", "checkins:write"]), "waiting", shoot)
    wrong, sources = wrong + found, sources | seen
    writing.write(by=seat(bob), day=day, lines=lines, share=True, now=now)
    found, seen = visit(browser, site, alice, addresses(["today:today"]), "revealed", shoot)
    wrong, sources = wrong + found, sources | seen
    parting.part(by=bob, now=now)
    found, seen = visit(browser, site, alice, addresses(["today:today"]), "parted", shoot)
    nu.update(sources | seen)
    assert wrong + found == [], "\n".join(wrong + found)
