"""Every route, for every kind of visitor, by every method: the right answer, no writing on GET, nobody else's words."""

import os
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from accounts.prepared import Prepared, PreparedTogether
from checkins.models import CheckIn, CheckInQuerySet
from couples.models import Partner
from tests.access_table import TABLE, Verdict
from tests.every_route import Wrote, reading_only, routes
from tests.objects import all_there_are
from tests.world import World, world

__all__ = ["world"]

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
# Everybody reads. The other methods meet the same gates, so that one visitor of each group asks by them (and whoever is
# halfway through signing up sends forms), and everybody in `make full`.
EVERY_METHOD = "EVERY_METHOD" in os.environ
ASKS_BY = {"anonymous": METHODS, "ex": METHODS, "other": METHODS, "unverified": ("GET", "POST")}
# Somebody halfway through signing up is no member yet, but has a code to type.
STEP = "account_email_verification_sent"
UNVERIFIED = {
    STEP: Verdict("200 200 200 405", "", ""),
    "account_login": Verdict(STEP, "", ""),
    "account_request_login_code": Verdict(STEP, "", ""),
    "mfa_login_webauthn": Verdict(STEP, "", ""),
}


def answer(response: HttpResponse) -> str:
    """A response as the table writes it: a status, or the name of the page it leads to."""
    if response.status_code not in {301, 302, 303}:
        return str(response.status_code)
    target = response["Location"].split("?")[0]
    return "away" if target == settings.QUICK_EXIT_URL.split("?")[0] else str(resolve(target).view_name)


def ask(client: Client, method: str, path: str) -> HttpResponse | str:
    """One request, undone afterwards. Returns the response, or what it did that it must not."""
    cache.clear()  # rate limits count what is asked here, and would answer in its place
    with transaction.atomic():
        try:
            if method in {"GET", "HEAD"}:
                with reading_only():
                    return getattr(client, method.lower())(path)  # type: ignore[no-any-return]  # a response
            return getattr(client, method.lower())(path)  # type: ignore[no-any-return]  # a response
        except Wrote as wrote:
            return f"writes: {wrote}"
        finally:
            transaction.set_rollback(True)


def findings(world: World) -> list[str]:
    """Everything that differs from the table, writes on GET, or shows somebody else's words."""
    found = []
    for name in sorted(set(routes()) & set(TABLE)):
        path = reverse(name, args=world.arguments.get(name, []))
        for who, client in world.clients.items():
            signed_in = {key: morsel.value for key, morsel in client.cookies.items()}
            for method in METHODS if EVERY_METHOD else ASKS_BY.get(who, ("GET",)):
                client.cookies = SimpleCookie(signed_in)  # what the last answer did to them is undone, too
                response = ask(client, method, path)
                where = f"{method} {name} as {who}"
                if isinstance(response, str):
                    found.append(f"{where} {response}")
                    continue
                verdict = UNVERIFIED.get(name, TABLE[name]) if who == "unverified" else TABLE[name]
                expected = verdict.answer(world.groups[who], method)
                if answer(response) != expected:
                    found.append(f"{where}: {answer(response)}, not {expected}")
                body = response.content.decode()
                found += [
                    f"{where} shows {plant}" for plant in world.plants - world.may_see[who] if plant in body
                ]
            client.cookies = SimpleCookie(signed_in)
    return found


def test_every_route_has_a_verdict_and_every_verdict_a_route() -> None:
    assert set(routes()) == set(TABLE)


VISITORS = ("anonymous", "unverified", "stranger", "ex", "solo", "other", "owner", "staff")


@pytest.mark.parametrize("some", [VISITORS[0:2], VISITORS[2:4], VISITORS[4:6], VISITORS[6:8]], ids=", ".join)
def test_each_visitor_gets_what_the_table_says(world: World, some: tuple[str, ...]) -> None:
    assert set(VISITORS) == set(world.clients)
    world.clients = {who: world.clients[who] for who in some}
    found = findings(world)
    assert found == [], "\n".join(found)


def test_the_plants_are_there_to_be_seen(world: World) -> None:
    owner = world.clients["owner"]
    pages = [
        owner.get(reverse(name, args=world.arguments.get(name, [])))
        for name in ("today:today", "checkins:write")
    ]
    seen = "".join(page.content.decode() for page in pages)
    for words in (
        ">planted-Bob-shared<",
        ">planted-Alice-shared<",
        "Alice-shared-kept-line",
        "Alice-shared-note",
    ):
        assert words in seen
    assert "planted-Alice-shared-draft" in seen
    looking_back = ("today:month_page", "today:looking_back", "today:looked_forward")
    for page, words in zip(looking_back, ("Cleo-rose-22", "Cleo-rose-33", "Charlie-bud-22"), strict=True):
        shown = world.clients["stranger"].get(reverse(page, args=world.arguments.get(page, [])))
        assert f"planted-{words}" in shown.content.decode()


def _open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.WordsKeptLoginRequired.process_view", lambda *args: None)


def _forget_that_both_must_share(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: CheckInQuerySet, partner: Any) -> CheckInQuerySet:
        return self.filter(~Q(author=partner.user_id))

    monkeypatch.setattr(CheckInQuerySet, "_shared_with", careless)


def _forget_whose_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckInQuerySet, "own", lambda self, user: self.all())


def _seat_everyone_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Partner.objects.live().filter(user__name="Charlie").get()
    monkeypatch.setattr("couples.access._seats", lambda pk: (first, None))


def _compile_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the prepared reads, which were compiled with the gate in place, and afterwards those without it."""
    for one in all_there_are():
        if issubclass(type(one), Prepared | PreparedTogether):
            monkeypatch.setattr(one, "_compiled", {})


@pytest.mark.parametrize(
    "gate", [_open_everything, _forget_that_both_must_share, _forget_whose_words, _seat_everyone_everywhere]
)
def test_without_a_gate_the_table_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, gate: Callable[[pytest.MonkeyPatch], None]
) -> None:
    for who in set(world.clients) - {"anonymous", "owner", "solo"}:
        del world.clients[who]
    gate(monkeypatch)
    _compile_anew(monkeypatch)
    monkeypatch.setattr(
        "tests.test_access.TABLE", {name: TABLE[name] for name in ("checkins:shared", "accounts:log")}
    )
    for client in world.clients.values():
        client.raise_request_exception = False
    assert findings(world) != []


def test_a_page_that_writes_on_get_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "today.context.tonight.of", lambda seat, day, now: CheckIn.objects.update(kept_at=None)
    )
    response = ask(world.clients["owner"], "GET", reverse("today:today"))
    assert str(response).startswith("writes: UPDATE")
