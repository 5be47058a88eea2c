"""Nobody is sent off this site by an address that was handed in, and no form takes a field it doesn't show. Who comes
by an address that moved arrives.
"""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from itertools import product
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import User
from config.moved import MOVED
from couples import days, pairing
from tests.cast import PASSWORD
from tests.challenges.scenarios import begin_together

EVIL = "evil.example"
SHAPES = [
    "//{e}", "///{e}", "////{e}", "/\\{e}", "\\\\{e}", "\\/{e}", "/\\/{e}", "//\\{e}", "https://{e}", "http://{e}",
    "HTTPS://{e}", "https:{e}", "https:/{e}", "https:///{e}", "http:\\\\{e}", "ftp://{e}", "javascript:alert(1)",
    "javascript://{e}/%0aalert(1)", "JaVaScRiPt:alert(1)", "data:text/html,{e}", "vbscript:{e}", "//{e}@localhost:8000",
    "https://localhost:8000@{e}", "https://localhost:8000.{e}", "//localhost:8000@{e}/today/", "//{e}/today/",
    "//{e}%2f..", "/%2f{e}", "/%5c{e}", "%2f%2f{e}", "%68ttps://{e}", "\t//{e}", "/\t/{e}", "//\t{e}", " //{e}",
    "\n//{e}", "/\n/{e}", "\r\n//{e}", "\x00//{e}", "/\x00/{e}", "\x0b//{e}", "\u2028//{e}", "//{e}\\@localhost",
    "//{e}#@localhost", "//{e}?@localhost", "/./\\{e}", "/../\\{e}", "/today/..//{e}", ".//{e}", "..//{e}", "?//{e}",
    "//ⓔⓥⓘⓛ.example", "//evil。example", "https://evil。example", "//[::1]", "//0x7f000001", "//2130706433", "blob:https://{e}",
    "mailto:a@{e}", "//{e}:80", "//user:pass@{e}", "@{e}", "\ufeff//{e}", "https:\t//{e}", "ht\ttps://{e}",
]  # fmt: skip  # several values a line, to be looked through
HERE = "http://testserver/account/login/"


def leads_away(location: str) -> bool:
    """Whether a browser that is at `HERE` would leave the site for this `Location` (URL standard: \\ is /)."""
    cleaned = "".join(char for char in location.strip() if char not in "\t\r\n").replace("\\", "/")
    target = urlsplit(urljoin(HERE, cleaned))
    return (target.scheme, target.netloc) != ("http", "testserver")


def test_the_judge_knows_bad_from_good() -> None:
    assert len(SHAPES) >= 60
    assert leads_away("//evil.example")
    assert leads_away("/\\evil.example")
    assert leads_away("javascript:alert(1)")
    assert not leads_away("/today/")


@pytest.mark.parametrize("route", ["account_login", "account_logout", "account_signup"])
def test_next_never_leads_away(dana: User, signed_in: Callable[[User], Client], route: str) -> None:
    client = Client() if route == "account_login" else signed_in(dana)
    session = {key: morsel.value for key, morsel in client.cookies.items()}
    for shape, how in product(SHAPES, ("query", "field")):
        cache.clear()
        payload = shape.format(e=EVIL)
        client.cookies = SimpleCookie(session)
        data = {"login": dana.email, "password": PASSWORD}
        if how == "query":
            answer = client.post(f"{reverse(route)}?next={quote(payload)}", data)
        else:
            answer = client.post(reverse(route), {**data, "next": payload})
        assert answer.status_code == 302, (shape, how)
        assert not leads_away(answer["Location"]), (shape, how, answer["Location"])


def every_field(user: User) -> dict[str, object]:
    """Each field of User, set to something a stranger would like."""
    wanted = {
        "email": "taken@evil.example",
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "",
        "password": "x",
    }
    wanted |= {
        "id": "0" * 32,
        "pk": "0" * 32,
        "key": "1",
        "key_id": "1",
        "joined_at": "2000-01-01",
        "last_login": "",
    }
    return {
        **wanted,
        "user": "1",
        "inviter": "1",
        "accepted_by": "1",
        "owner": "1",
        "couple": "1",
        "seat": "2",
    }


FORMS = {
    "accounts:settings": {
        "name": "Dana",
        "zone": "Europe/London",
        "theme": "",
        "inbox_shared": "False",
        "code_sign_in": "on",
    },
    "reminders:settings": {"check_in-wanted": "on", "check_in-at": "20:30"},
    "reminders:evening": {"check_in-wanted": "on", "check_in-at": "20:30"},
    "checkins:save": {"rose": "a line", "go": "keep"},
    "couples:block": {"address": "somebody@example.test", "go": "on"},
    "couples:code": {"code": "lamp-maple-otter-4725"},
    "couples:invite_create": {},
    "couples:invite_mail": {"to": "somebody@example.test"},
    "couples:part": {},
    "couples:notice_read": {},
}


@pytest.mark.parametrize("route", FORMS)
def test_a_form_takes_no_field_it_does_not_show(
    dana: User, signed_in: Callable[[User], Client], route: str
) -> None:
    kept = ("id", "email", "password", "is_staff", "is_superuser", "is_active", "key_id", "joined_at")
    pairing.invite(by=dana, now=timezone.now())
    client = signed_in(dana)
    before = User.objects.values(*kept).get(pk=dana.pk)
    address = reverse(route, args=[days.day_of(timezone.now(), dana.tz)] if route == "checkins:save" else [])
    answer = client.post(address, every_field(dana) | FORMS[route])
    assert answer.status_code in {302, 422}
    assert User.objects.values(*kept).get(pk=dana.pk) == before


# --- Addresses that moved -------------------------------------------------------------------------

ONE = "3f2b9c1d-0000-4000-8000-000000000000"
OLD = {  # as they stand in mails, in bookmarks and in pages that are open
    "/path/": "/challenge/",
    "/path/start/": "/challenge/start/",
    "/path/wake/": "/challenge/wake/",
    "/path/end/": "/challenge/end/",
    "/path/habits/": "/challenge/habits/",
    f"/path/habits/{ONE}/let-go/": f"/challenge/habits/{ONE}/let-go/",
    f"/path/lines/{ONE}/take-back/": f"/challenge/lines/{ONE}/take-back/",
    "/path/3/": "/challenge/3/",
    "/gesture/": "/kindness/",
    "/gesture/3/": "/kindness/3/",
    "/together/2026-11/": "/shared/2026-11/",
    "/evenings/": "/shared/",
    "/evenings/2026-11/": "/shared/2026-11/",
    "/path/3/count/": "/challenge/3/count/",
    "/path/3/uncount/": "/challenge/3/uncount/",
    "/path/3/swap/": "/challenge/3/swap/",
    "/path/3/line/": "/challenge/3/line/",
    "/path/back/": "/challenge/back/",
    f"/path/back/{ONE}/": f"/challenge/back/{ONE}/",
}


def test_of_everything_that_moved_an_address_is_tried() -> None:
    assert not [began for began in MOVED if not any(old.startswith(f"/{began}") for old in OLD)]


@pytest.mark.parametrize("old", OLD)
def test_an_old_address_leads_to_its_page_with_all_that_was_sent(client: Client, old: str) -> None:
    for ask in (client.get, client.post):
        answer = ask(f"{old}?month=2026-11&x=%C3%BC%2F")
        assert (answer.status_code, answer["Location"]) == (308, f"{OLD[old]}?month=2026-11&x=%C3%BC%2F")
    assert client.get(old)["Location"] == OLD[old]
    assert resolve(OLD[old]).url_name != "moved"


def test_an_evening_without_its_slash_is_no_month(alice: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(alice).get("/evenings/2026-11-18")["Location"] == "/evenings/2026-11-18/"


def test_a_form_that_was_open_through_the_upgrade_is_taken(
    alice: User, bob: User, signed_in: Callable[[User], Client]
) -> None:
    begin_together(alice, bob, now=timezone.now())
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(alice).cookies
    page = client.get("/path/1/", follow=True)
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="(\w+)"', page.content.decode())
    assert token
    form = {"text": "the cat timed it", "csrfmiddlewaretoken": token[1]}
    assert "the cat timed it" in client.post("/path/1/line/", form, follow=True).content.decode()
    kept = Client(enforce_csrf_checks=True).post("/path/1/line/", {"text": "a heron"}, follow=True)
    assert kept.status_code == 403
    assert "a heron" in kept.content.decode()


def test_an_old_address_never_leads_away(client: Client) -> None:
    for old, shape in product(MOVED, SHAPES):
        payload = shape.format(e=EVIL)
        for asked in (quote(payload), quote(payload, safe="/:@"), f"?next={quote(payload)}"):
            answer = client.get(f"/{old}{asked}")
            assert answer.status_code in {308, 404}
            assert not leads_away(answer.get("Location", "/")), payload
