import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from accounts.leaving import erase
from accounts.models import LogEntry, User
from tests.accounts.desk import BY_CODE, BY_CODE_CONFIRM, code_in, digits, is_in, prove, sign_in
from tests.cast import NOW
from tests.fixtures import Mailbox

ACTIVATE, AUTHENTICATE, CODES = (
    "/account/2fa/totp/activate/",
    "/account/2fa/authenticate/",
    "/account/2fa/recovery-codes/",
)


@pytest.fixture
def secret(dana: User, client: Client, smtp: Mailbox, django_capture_on_commit_callbacks: Any) -> str:
    """Dana, signed in, switched an authenticator app on."""
    sign_in(client, dana.email)
    page = client.get(ACTIVATE).content.decode()
    found = re.search(r'class="secret">\s*([A-Z2-7]+)\s*<', page)
    assert found, page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ACTIVATE, {"code": digits(found[1])})
    assert answer.status_code == 302, answer.content.decode()
    return found[1]


def next_half_minute() -> time_machine.travel:
    return time_machine.travel(time.time() + 31, tick=False)


def test_a_wrong_number_switches_nothing_on(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    prove(client)
    client.get(ACTIVATE)
    answer = client.post(ACTIVATE, {"code": "000000"})
    assert "The app shows a new one every half minute" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_signing_in_asks_for_the_number(dana: User, secret: str) -> None:
    browser = Client()
    assert sign_in(browser, dana.email)["Location"] == AUTHENTICATE
    assert not is_in(browser)
    browser.post(AUTHENTICATE, {"code": "000000"})
    assert not is_in(browser)
    with next_half_minute():
        browser.post(AUTHENTICATE, {"code": digits(secret)})
        assert is_in(browser)
        again = Client()
        sign_in(again, dana.email)
        again.post(AUTHENTICATE, {"code": digits(secret)})
        assert not is_in(again)  # one number opens one door


def tried(address: str, number: str) -> bool:
    """Whether this number lets a new browser in."""
    browser = Client()
    sign_in(browser, address)
    browser.post(AUTHENTICATE, {"code": number})
    return is_in(browser)


@pytest.mark.parametrize(("seconds", "let_in"), [(-31, False), (-29, True), (31, True), (61, False)])
def test_a_clock_may_be_half_a_minute_off(dana: User, secret: str, seconds: int, let_in: bool) -> None:
    begins = (time.time() // 30 + 4) * 30  # when this number comes up on the phone
    with time_machine.travel(begins, tick=False):
        shown = digits(secret)
    with time_machine.travel(begins + seconds, tick=False):
        assert tried(dana.email, shown) == let_in


def test_a_number_that_was_used_opens_nothing_more_while_it_would_be_right(dana: User, secret: str) -> None:
    begins = (time.time() // 30 + 4) * 30
    with time_machine.travel(begins, tick=False):
        shown = digits(secret)
    with time_machine.travel(begins - 29, tick=False):
        assert tried(dana.email, shown)
    for later in (2, 31, 59):
        with time_machine.travel(begins + later, tick=False):
            cache.delete(
                f"allauth.mfa.totp.used?user={dana.pk}&code={shown}"
            )  # as it does after half a minute
            assert not tried(dana.email, shown)


@pytest.mark.parametrize("typed", ["{0}\u00a0{1}", "{0}\u2013{1}", "\u3000{0} {1}\n", "wide"])
def test_a_number_is_taken_as_it_is_typed(dana: User, secret: str, typed: str) -> None:
    with next_half_minute():
        shown = digits(secret)
        wide = "".join(chr(ord(one) + 0xFEE0) for one in shown)  # as a Japanese keyboard types it
        assert tried(dana.email, wide if typed == "wide" else typed.format(shown[:3], shown[3:]))


def test_a_mailed_code_does_not_go_round_it(dana: User, secret: str, smtp: Mailbox) -> None:
    browser = Client()
    browser.post(BY_CODE, {"email": dana.email})
    browser.post(BY_CODE_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    assert not is_in(browser)


def test_it_stands_in_the_private_log_and_in_a_mail(dana: User, secret: str, smtp: Mailbox) -> None:
    assert LogEntry.objects.of(dana).filter(what=LogEntry.What.KEY_ADDED).exists()
    assert "An authenticator was added" in {str(mail["Subject"]) for mail in smtp.to(dana.email)}
    for mail in smtp.to(dana.email):
        assert secret not in mail.as_string()


def test_the_seed_lies_sealed_in_the_database(dana: User, secret: str) -> None:
    rows = Authenticator.objects.filter(user=dana)
    assert rows.exists()
    assert secret not in json.dumps([row.data for row in rows])
    totp = rows.get(type=Authenticator.Type.TOTP)
    assert totp.wrap().validate_code("000000") is False


def test_a_recovery_code_opens_once(dana: User, secret: str, client: Client) -> None:
    page = client.get(CODES)
    if not Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        client.post(f"{CODES}generate/")
        page = client.get(CODES)
    codes = re.findall(r"\b[a-z0-9]{8}\b|\b[0-9]{8}\b", re.sub(r"<[^>]+>", " ", page.content.decode()))
    row = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    unused = row.wrap().get_unused_codes()
    assert set(unused) <= set(codes)
    assert not any(code in json.dumps(row.data) for code in unused)
    for number, let_in in ((0, True), (0, False), (1, True)):
        browser = Client()
        sign_in(browser, dana.email)
        browser.post(AUTHENTICATE, {"code": unused[number]})
        assert is_in(browser) == let_in


def test_switched_off_it_is_asked_no_more(dana: User, secret: str, client: Client, smtp: Mailbox) -> None:
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    browser = Client()
    sign_in(browser, dana.email)
    assert is_in(browser)
    assert LogEntry.objects.of(dana).filter(what=LogEntry.What.KEY_REMOVED).exists()


def test_switching_it_off_asks_who_one_is_after_a_while(dana: User, secret: str, client: Client) -> None:
    with time_machine.travel(time.time() + timedelta(minutes=6).total_seconds(), tick=False):
        answer = client.post("/account/2fa/totp/deactivate/")
        assert "/reauthenticate/" in answer["Location"]
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_erasing_the_account_takes_the_authenticators(dana: User, secret: str) -> None:
    erase(dana, now=NOW)
    assert not Authenticator.objects.exists()
