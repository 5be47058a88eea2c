"""Whose tries are counted together: strangers who guess must not lock out whoever owns the account."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import browsers
from accounts.clients import address_of
from accounts.models import User
from tests.accounts.desk import RESET, RESET_CONFIRM, SIGN_IN, code_in, is_in, sign_in
from tests.cast import NOW, PASSWORD

WRONG = "not this one at all"
REAUTHENTICATE = "/account/reauthenticate/"


def guess(address: str, times: int, **where: Any) -> list[str]:
    """Wrong passwords for `address` from somewhere else, each in a fresh browser. Returns the pages."""
    return [
        Client(**where).post(SIGN_IN, {"login": address, "password": WRONG}).content.decode()
        for _ in range(times)
    ]


def peers(count: int) -> list[str]:
    return [f"198.51.100.{number}" for number in range(1, count + 1)]


# --- who is locked out ------------------------------------------------------------------------------


def test_a_strangers_wrong_passwords_lock_the_stranger_out_alone(dana: User) -> None:
    assert "Too many tries" in guess(dana.email, 6, REMOTE_ADDR="198.51.100.7")[-1]
    owner = Client(REMOTE_ADDR="203.0.113.5")
    sign_in(owner, dana.email)
    assert is_in(owner)
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(stranger, dana.email)
    assert not is_in(stranger)


def test_one_stranger_trying_many_accounts_is_stopped(dana: User) -> None:
    pages = [guess(f"p{number}@example.test", 1, REMOTE_ADDR="198.51.100.7")[0] for number in range(11)]
    assert "Too many tries" not in pages[9]
    assert "Too many tries" in pages[10]


def test_a_network_of_ipv6_counts_as_one_source(dana: User) -> None:
    pages = [guess(dana.email, 1, REMOTE_ADDR=f"2001:db8:1:2::{number}")[0] for number in range(1, 7)]
    assert "Too many tries" in pages[-1]
    assert "Too many tries" not in guess(dana.email, 1, REMOTE_ADDR="2001:db8:1:3::1")[0]


def test_many_strangers_reach_an_end_and_a_known_browser_still_gets_in(dana: User) -> None:
    """A hundred an hour: far beyond a person, far below what a password of ten characters has to stand."""
    laptop = Client(REMOTE_ADDR="203.0.113.5")
    sign_in(laptop, dana.email)
    laptop.post("/account/logout/")
    for peer in peers(20):
        guess(dana.email, 5, REMOTE_ADDR=peer)
    assert "Too many tries" in guess(dana.email, 1, REMOTE_ADDR="198.51.100.200")[0]
    sign_in(laptop, dana.email)
    assert is_in(laptop)


def test_a_browser_that_signed_in_before_gets_through_from_the_strangers_own_source(dana: User) -> None:
    """They may live in the same flat: the stranger there uses up neither its tries nor its source's."""
    laptop, here = Client(REMOTE_ADDR="198.51.100.7"), {"REMOTE_ADDR": "198.51.100.7"}
    sign_in(laptop, dana.email)
    laptop.post("/account/logout/")
    guess(dana.email, 20, **here)
    sign_in(laptop, dana.email)
    assert is_in(laptop)


def test_a_known_browser_has_an_end_of_its_own(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    client.post("/account/logout/")
    pages = [sign_in(client, dana.email, WRONG).content.decode() for _ in range(11)]
    assert "Too many tries" not in pages[9]
    assert "Too many tries" in pages[10]


def test_a_browser_known_for_one_account_is_a_stranger_to_another(dana: User, erin: User) -> None:
    client = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(client, erin.email)
    client.post("/account/logout/")
    pages = [sign_in(client, dana.email, WRONG).content.decode() for _ in range(6)]
    assert "Too many tries" in pages[-1]


def test_somebody_signed_in_can_say_who_they_are_whatever_strangers_did(dana: User) -> None:
    laptop = Client(REMOTE_ADDR="203.0.113.5")
    laptop.force_login(dana)  # from before there was such a cookie
    for peer in peers(20):
        guess(dana.email, 5, REMOTE_ADDR=peer)
    assert laptop.post(REAUTHENTICATE, {"password": PASSWORD}).status_code == 302


def test_right_passwords_use_nothing_up(dana: User) -> None:
    for _ in range(12):
        client = Client()
        sign_in(client, dana.email)
        assert is_in(client)


def test_no_address_stands_in_the_cache(dana: User, client: Client) -> None:
    guess(dana.email, 2)
    sign_in(client, dana.email, WRONG)
    server = cache._cache.get_client(write=True)  # type: ignore[attr-defined]  # Redis itself, not our way to it
    kept = b" ".join(server.keys("*"))
    assert re.fullmatch(rb"(nearer:[0-9a-f]{64} ?)+", kept)
    for plain in (dana.email, f"localhost:{dana.email}", f"localhost:8000:{dana.email}"):
        assert hashlib.sha256(plain.encode()).hexdigest().encode() not in kept


@pytest.mark.parametrize(
    ("page", "form", "done"),
    [
        ("/settings/data/export/", {}, 302),
        ("/settings/privacy/", {"address": "somebody@example.test"}, 302),
        ("/partner/code/", {"code": "lamp-maple-otter-4725"}, 422),
    ],
)
def test_nobody_reads_in_the_cache_who_did_what_for_themselves(
    dana: User, page: str, form: dict[str, str], done: int
) -> None:
    """An export, a block and a code that leads nowhere: somebody did something, which also writing reminders does."""
    client = Client()
    sign_in(client, dana.email)
    cache.clear()
    assert client.post(page, form).status_code == done
    server = cache._cache.get_client(write=True)  # type: ignore[attr-defined]  # Redis itself, not our way to it
    kept = {key: server.ttl(key) for key in server.keys("*")}
    assert all(re.fullmatch(rb"nearer:[0-9a-f]{64}", key) for key in kept)
    assert sorted(round(seconds / 100) * 100 for seconds in kept.values()) == [3600, 86400]


# --- the cookie -------------------------------------------------------------------------------------


def carried(client: Client) -> str:
    return client.cookies[settings.DEVICE_COOKIE_NAME].value


def test_the_cookie_names_nobody_and_looks_the_same_for_one_and_for_two(
    dana: User, erin: User, client: Client
) -> None:
    sign_in(client, dana.email)
    first = carried(client)
    client.post("/account/logout/")
    sign_in(client, dana.email)
    again = carried(client)
    client.post("/account/logout/")
    sign_in(client, erin.email)
    both = carried(client)
    assert len(first) == len(again) == len(both)
    assert len({first[:20], again[:20], both[:20]}) == 3
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == browsers.KEPT.total_seconds()
    for address in (dana.email, erin.email):
        assert _known(both, address)
    assert not _known(both, "nobody@example.test")


def _known(cookie: str, address: str, **later: float) -> bool:
    request = RequestFactory().get("/")
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = cookie
    found = browsers.of(request, now=timezone.now() + timedelta(**later))
    return found is not None and found.knows(address)


def test_a_forged_old_or_foreign_cookie_is_a_strangers(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    good = carried(client)
    assert _known(good, dana.email.upper())
    assert _known(good, dana.email, days=89)
    assert not _known(good, dana.email, days=91)
    assert not _known(good, dana.email, days=-1)  # from the future: nobody here made it
    for bad in (
        "",
        "x",
        "é",
        good[:-8],
        good[:40] + "AAAA" + good[44:],
        good[1:],
        "A" * len(good),
        "A" * 9000,
    ):
        assert not _known(bad, dana.email), bad


def test_the_fifth_account_pushes_the_first_out(db: None) -> None:
    request = RequestFactory().get("/")
    for number in range(5):
        response = HttpResponse()
        browsers.remember(response, request, f"p{number}@example.test", now=NOW)
        request.COOKIES = {settings.DEVICE_COOKIE_NAME: response.cookies[settings.DEVICE_COOKIE_NAME].value}
    found = browsers.of(request, now=NOW)
    assert found is not None
    assert [found.knows(f"p{number}@example.test") for number in range(5)] == [False, True, True, True, True]


def test_signing_out_keeps_it_quick_exit_and_erasing_take_it_along(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    client.post("/account/logout/")
    assert carried(client)
    client.get("/out/")
    assert not carried(client)
    sign_in(client, dana.email)
    assert carried(client)
    client.post(REAUTHENTICATE, {"password": PASSWORD})
    client.post("/settings/delete/", {"sure": "on"})
    assert not User.objects.filter(pk=dana.pk).exists()
    assert not carried(client)


# --- behind proxies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "secure", "peer", "header", "expected"),
    [
        # nothing said: over https, this machine is the proxy; nobody else is believed
        (None, True, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (None, True, "::1", "203.0.113.9", "203.0.113.9"),
        (None, True, "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (None, True, "", "203.0.113.9", "203.0.113.9"),  # a socket file
        (None, True, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (None, True, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (None, False, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        # said: zero believes nobody; more take the entry of the outermost
        (0, True, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, True, "10.0.0.2", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, True, "10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.3", "203.0.113.9"),
        (2, True, "10.0.0.2", "203.0.113.9", "203.0.113.9"),  # answered 500 once
        (2, True, "10.0.0.2", "", "10.0.0.2"),
        (9, True, "10.0.0.2", "203.0.113.9, 10.0.0.3", "203.0.113.9"),
        # what stands there in other ways, or isn't an address at all
        (1, True, "10.0.0.2", "203.0.113.9:4711", "203.0.113.9"),
        (1, True, "10.0.0.2", "[2001:db8::7]:4711", "2001:db8::7"),
        (1, True, "10.0.0.2", '"[2001:db8::7]"', "2001:db8::7"),
        (1, True, "10.0.0.2", "2001:db8::7", "2001:db8::7"),
        (1, True, "10.0.0.2", "::ffff:203.0.113.9", "203.0.113.9"),
        (1, True, "10.0.0.2", "fe80::1%eth0", "fe80::1"),
        (1, True, "10.0.0.2", "unknown", "10.0.0.2"),
        (1, True, "10.0.0.2", "203.0.113.9,", "10.0.0.2"),
        (1, True, "10.0.0.2", ",,,", "10.0.0.2"),
        (1, True, "10.0.0.2", "203.0.113.9\x00", "10.0.0.2"),
        (1, True, "10.0.0.2", "٢٠٣.0.113.9", "10.0.0.2"),
        (1, True, "", "unknown", "0.0.0.0"),  # noqa: S104  # compared, not bound
        (0, True, "198.51.100.7:99", "", "198.51.100.7"),
        (0, True, "::ffff:198.51.100.7", "", "198.51.100.7"),
    ],
)
def test_where_a_request_came_from(
    settings: Any, count: int | None, secure: bool, peer: str, header: str, expected: str
) -> None:
    settings.NEARER_PROXY_COUNT, settings.SECURE = count, secure
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if header:
        request.META["HTTP_X_FORWARDED_FOR"] = header
    assert address_of(request) == expected


def test_eleven_strangers_behind_the_proxy_lock_nobody_else_out(dana: User, settings: Any) -> None:
    """As README prints it: https, on 127.0.0.1, and no word of proxies."""
    settings.SECURE = True
    for peer in peers(11):
        guess(dana.email, 1, HTTP_X_FORWARDED_FOR=peer)
    owner = Client(HTTP_X_FORWARDED_FOR="203.0.113.5")
    sign_in(owner, dana.email)
    assert is_in(owner)


def test_a_forwarded_address_that_nobody_of_ours_wrote_opens_no_new_tries(dana: User, settings: Any) -> None:
    """Straight at the server from elsewhere, and through one proxy with entries of one's own in front."""
    settings.SECURE = True
    direct = [
        guess(dana.email, 1, REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=peer)[0] for peer in peers(6)
    ]
    assert "Too many tries" in direct[-1]
    through = [guess(dana.email, 1, HTTP_X_FORWARDED_FOR=f"{peer}, 198.51.100.8")[0] for peer in peers(6)]
    assert "Too many tries" in through[-1]


def test_an_odd_count_of_proxies_answers_pages(dana: User, settings: Any) -> None:
    settings.NEARER_PROXY_COUNT = 2
    for header in ("203.0.113.9", "unknown", ",", "203.0.113.9, 10.0.0.3"):
        client = Client(HTTP_X_FORWARDED_FOR=header)
        assert client.post(SIGN_IN, {"login": dana.email, "password": WRONG}).status_code == 200
        sign_in(client, dana.email)
        assert is_in(client)
        # "invitation_open" is by source too
        assert client.get("/i/lamp-maple-otter-4725/accept/").status_code == 404


def test_a_choice_of_a_new_password_clears_the_wrong_ones(dana: User, smtp: Any) -> None:
    client = Client(REMOTE_ADDR="203.0.113.5")
    for _ in range(6):
        sign_in(client, dana.email, WRONG)
    client.post(RESET, {"email": dana.email})
    client.post(RESET_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    new = "an entirely different sentence"
    client.post("/account/password/reset/complete/", {"password1": new, "password2": new})
    sign_in(client, dana.email, new)
    assert is_in(client)


def test_the_lock_goes_by_itself(dana: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.5")
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(6):
            sign_in(client, dana.email, WRONG)
        sign_in(client, dana.email)
        assert not is_in(client)
        clock.shift(timedelta(minutes=6))
        sign_in(client, dana.email)
        assert is_in(client)
