"""What every response carries, under production settings, scored by the MDN HTTP Observatory's chart.

The chart (github.com/mdn/mdn-http-observatory, `src/grader/charts.js`): 100 to start with, modifiers added for each
test. Only what this application answers for is scored; the site's own scan also looks at the TLS in front of it.
"""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sessions import SessionStore
from tests.cast import PASSWORD, seat
from tests.every_route import reading_only

SCRIPT = """
import json, os, sys, logging
import django
django.setup()
logging.disable(logging.CRITICAL)
from django.test import Client
from django.core.management import call_command
from django.urls import path
from config import urls

call_command("migrate", fake=True, verbosity=0)  # the pages asked for below need no table

def broken(request):
    raise RuntimeError("for the test")
broken.login_required = False
urls.urlpatterns.append(path("broken/", broken))
client = Client(raise_request_exception=False, headers={"host": "nearer.example", "x-forwarded-proto": "https"})
strict = Client(enforce_csrf_checks=True, headers={"host": "nearer.example", "x-forwarded-proto": "https"})
elsewhere = Client(headers={"host": "elsewhere.example", "x-forwarded-proto": "https"})
asked = {
    "landing": client.get("/"), "safety": client.get("/safety/"), "sign in": client.get("/account/login/"),
    "redirect": client.get("/today/"), "404": client.get("/nowhere/"), "405": client.put("/safety/"),
    "403": strict.post("/account/login/", {"login": "x"}), "400": elsewhere.get("/"), "500": client.get("/broken/"),
    "quick exit": client.get("/out/"), "health": client.get("/health/"), "static": client.get("/static/favicon.svg"),
}
print(json.dumps({name: {
    "status": answer.status_code,
    "headers": {key.lower(): value for key, value in answer.items()},
    "cookies": [morsel.OutputString() for morsel in answer.cookies.values()],
} for name, answer in asked.items()}))
"""


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Responses of the application as production runs it (https), from a process of its own."""
    folder = tmp_path_factory.mktemp("production")
    environment = {
        **os.environ,
        "NEARER_URL": "https://nearer.example",
        "DATABASE_URL": f"sqlite:///{folder}/nearer.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def policy(headers: dict[str, str]) -> dict[str, list[str]]:
    parts = [part.split() for part in headers.get("content-security-policy", "").split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def score(answer: dict[str, Any]) -> int:
    """The Observatory's points for one response."""
    headers, csp, points = answer["headers"], policy(answer["headers"]), 100
    unsafe = any("unsafe" in source for sources in csp.values() for source in sources)
    if not csp:
        points -= 25
    elif unsafe:
        points -= 20
    elif csp.get("default-src") == ["'none'"]:
        points += 10
    else:
        points += 5
    cookies = [
        cookie for cookie in answer["cookies"] if "Max-Age=0" not in cookie
    ]  # one that is taken away is none
    if not all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies):
        points -= 20
    elif cookies and all("SameSite" in cookie for cookie in cookies):
        points += 5
    points += 10 if headers.get("cross-origin-resource-policy") in {"same-origin", "same-site"} else 0
    seconds = re.match(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    points += 0 if seconds and int(seconds[1]) >= 15768000 else -20
    points += 5 if headers.get("referrer-policy") in {"no-referrer", "same-origin", "strict-origin"} else 0
    points += 0 if headers.get("x-content-type-options") == "nosniff" else -5
    points += 5 if csp.get("frame-ancestors") == ["'none'"] else (0 if "x-frame-options" in headers else -20)
    return points


def test_every_response_scores_as_high_as_it_can(answers: dict[str, Any]) -> None:
    statuses = {name: answer["status"] for name, answer in answers.items()}
    assert statuses == {
        "landing": 200, "safety": 200, "sign in": 200, "redirect": 302, "404": 404, "405": 405, "403": 403,
        "400": 400, "500": 500, "quick exit": 303, "health": 200, "static": 200,
    }  # fmt: skip  # several values a line, to be looked through
    scored = {name: score(answer) for name, answer in answers.items()}
    assert min(scored.values()) >= 130, scored


def test_the_score_notices_what_is_missing(answers: dict[str, Any]) -> None:
    whole = answers["landing"]
    for header in ("content-security-policy", "strict-transport-security", "x-content-type-options"):
        fewer = {key: value for key, value in whole["headers"].items() if key != header}
        assert score({**whole, "headers": fewer}) < score(whole), header


def test_the_content_policy_is_closed_and_its_nonce_is_used_once(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        csp = policy(answer["headers"])
        assert csp["default-src"] == ["'none'"], name
        assert csp["frame-ancestors"] == ["'none'"], name
        assert csp["base-uri"] == ["'none'"], name
        assert not [
            source for sources in csp.values() for source in sources if "unsafe" in source or "*" in source
        ]
    seen = re.findall(r"'nonce-([^']+)'", json.dumps(answers))
    assert len(set(seen)) >= 3


def test_public_pages_set_no_cookie_and_private_ones_are_not_kept(answers: dict[str, Any]) -> None:
    assert answers["landing"]["cookies"] == answers["safety"]["cookies"] == []
    for name, answer in answers.items():
        if name != "static":
            assert "no-store" in answer["headers"]["cache-control"], name
        assert answer["headers"]["cross-origin-opener-policy"] == "same-origin", name


def test_cookies_follow_the_scheme(answers: dict[str, Any]) -> None:
    (form,) = answers["sign in"]["cookies"]
    assert form.startswith("__Host-nearer-form=")
    assert "Path=/" in form
    assert "Domain" not in form
    assert (
        settings.SESSION_COOKIE_NAME == "nearer"
    )  # over plain http, as here, a prefixed one would be dropped


@pytest.mark.django_db
def test_pages_of_somebody_signed_in_are_not_kept(alice: User, signed_in: Any) -> None:
    client = signed_in(alice)
    for name in ("today:today", "checkins:write", "accounts:settings", "couples:invite"):
        assert client.get(reverse(name))["Cache-Control"] == "no-store", name
    assert seat(alice).couple.paired


def test_quick_exit_leaves_at_once_and_writes_nothing(alice: User, signed_in: Any) -> None:
    client = signed_in(alice)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with reading_only():
        answer = client.get(reverse("accounts:out"))
    assert (answer.status_code, answer["Location"]) == (303, settings.QUICK_EXIT_URL)
    assert "Clear-Site-Data" not in answer  # a browser would empty its cache before it goes on: up to 1.6 s
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert SessionStore(key).load()
    assert client.get(reverse("today:today")).status_code == 302  # this browser is signed out
    assert Client().get(reverse("accounts:out")).status_code == 303


@pytest.mark.parametrize("where", ["today:today", "accounts:out", "accounts:landing"])
def test_whoever_left_is_nobody_before_the_server_has_heard_of_it(
    alice: User, signed_in: Any, where: str
) -> None:
    """The script's cookie alone signs this browser out, and the first answer clears it all away."""
    client = signed_in(alice)
    client.cookies[settings.DEVICE_COOKIE_NAME] = "sealed"
    client.cookies[settings.LEFT_COOKIE_NAME] = "1"
    with reading_only():
        answer = client.get(reverse(where))
    if where == "today:today":
        assert answer["Location"].startswith(reverse("account_login"))
    for name in (settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME, settings.LEFT_COOKIE_NAME):
        assert answer.cookies[name]["max-age"] == 0, name


def test_somebody_who_left_signs_in_again(alice: User) -> None:
    client = Client()
    client.cookies[settings.LEFT_COOKIE_NAME] = "1"
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    assert client.cookies[settings.LEFT_COOKIE_NAME]["max-age"] == 0
    assert client.get(reverse("today:today")).status_code == 200


def test_only_a_browser_that_carries_something_is_marked(alice: User, signed_in: Any) -> None:
    page = signed_in(alice).get(reverse("accounts:safety")).content.decode()
    mark = f"{settings.LEFT_COOKIE_NAME}=1; path=/; max-age=7776000; samesite=lax"
    assert f'data-to="{settings.QUICK_EXIT_URL}" data-mark="{mark}"' in page
    assert 'data-mark=""' in Client().get(reverse("accounts:safety")).content.decode()


@pytest.mark.django_db
def test_a_wrong_host_is_refused_also_for_somebody_signed_in(alice: User, signed_in: Any) -> None:
    """It is refused before anybody looks whose session it is: the page must not ask."""
    assert signed_in(alice).get("/today/", headers={"host": "evil.example"}).status_code == 400
