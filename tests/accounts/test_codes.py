"""Mailed codes: how long they live, how often they may be tried, and what is said when that's over."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account import signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.messages import INFO
from django.core.cache import cache
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Session, User
from accounts.sessions import PADDED, SessionStore
from config.messages import AT_MOST, Unread
from tests.accounts.desk import (
    BY_CODE,
    BY_CODE_CONFIRM,
    CONFIRM,
    RESET,
    RESET_CONFIRM,
    SIGN_UP,
    code_in,
    form,
    is_in,
    sign_in,
)
from tests.cast import NOW, PASSWORD, person
from tests.fixtures import Mailbox

GWEN, NEW = "gwen@example.test", "dana.anew@example.test"
RAN_OUT, THIRD, NONE = "That code has run out", "That was the third try", "No code is waiting"


class Asked:
    """A browser that waits for a code of one kind, and the mailbox it comes to."""

    def __init__(self, kind: str, smtp: Mailbox) -> None:
        self.client, self.smtp = Client(), smtp
        getattr(self, f"_{kind}")()

    def _login(self) -> None:
        self.address, self.confirm, self.again = "dana@example.test", BY_CODE_CONFIRM, BY_CODE
        self.client.post(BY_CODE, {"email": self.address})

    def _reset(self) -> None:
        self.address, self.confirm, self.again = "dana@example.test", RESET_CONFIRM, RESET
        self.client.post(RESET, {"email": self.address})

    def _sign_up(self) -> None:
        self.address, self.confirm, self.again = GWEN, CONFIRM, "/account/login/"
        self.client.post(SIGN_UP, form(GWEN))

    def _address(self) -> None:
        self.address, self.confirm, self.again = NEW, CONFIRM, "/account/email/"
        sign_in(self.client, "dana@example.test")
        self.client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.client.post("/account/email/", {"email": NEW, "action_add": ""})

    @property
    def code(self) -> str:
        return code_in(self.smtp.to(self.address)[-1])

    def type(self, code: str) -> Any:
        return self.client.post(self.confirm, {"code": code})

    def said(self) -> str:
        """What the page says on which one would ask for the next."""
        return str(self.client.get(self.again).content.decode())

    def worked(self, answer: Any) -> bool:
        """Whether a code was taken: it leads on, and nothing is asked for again."""
        return answer.status_code == 302 and answer["Location"] not in {self.again, self.confirm}


KINDS = ("login", "reset", "sign_up", "address")
REJECTED: dict[str, Signal] = {
    "login": signals.login_code_rejected,
    "reset": signals.password_reset_code_rejected,
    "sign_up": signals.email_verification_code_rejected,
    "address": signals.email_verification_code_rejected,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_a_code_lives_a_quarter_of_an_hour(dana: User, smtp: Mailbox, kind: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        asked = Asked(kind, smtp)
        if kind == "address":  # who changes it has said it's them within five minutes: another test's matter
            clock.shift(timedelta(minutes=14))
            asked.client.post("/account/reauthenticate/", {"password": PASSWORD})
        else:
            clock.shift(timedelta(minutes=14))
        assert asked.worked(asked.type(asked.code))


@every_kind
@pytest.mark.parametrize("looks", [True, False], ids=["looking", "typing"])
def test_one_that_ran_out_says_so(dana: User, smtp: Mailbox, kind: str, looks: bool) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        asked = Asked(kind, smtp)
        clock.shift(timedelta(minutes=15, seconds=1))
        asked.client.post("/account/reauthenticate/", {"password": PASSWORD})
        answer = asked.client.get(asked.confirm) if looks else asked.type(asked.code)
        assert answer["Location"] == asked.again
        assert RAN_OUT in asked.said()
        assert not asked.worked(asked.type(asked.code))


@every_kind
def test_the_third_wrong_one_ends_it_and_says_so(dana: User, smtp: Mailbox, kind: str) -> None:
    asked = Asked(kind, smtp)
    assert [asked.type("XXXX-XXXX").status_code for _ in range(3)] == [200, 200, 302]
    assert THIRD in asked.said()
    assert asked.type(asked.code)["Location"] == asked.again
    assert NONE in asked.said()


@every_kind
def test_the_right_one_after_two_wrong_ones(dana: User, smtp: Mailbox, kind: str) -> None:
    asked = Asked(kind, smtp)
    for _ in range(2):
        asked.type("XXXX-XXXX")
    asked.type("  ")  # nothing was typed, so nothing is counted
    assert asked.worked(asked.type(asked.code))


def test_one_sent_anew_lives_as_long_and_has_its_own_tries(dana: User, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        asked = Asked("sign_up", smtp)
        for _ in range(2):
            asked.type("XXXX-XXXX")
        clock.shift(timedelta(minutes=10))
        asked.client.post(CONFIRM, {"action": "resend"})
        clock.shift(timedelta(minutes=10))
        for _ in range(2):
            assert asked.type("XXXX-XXXX").status_code == 200
        assert asked.worked(asked.type(asked.code))
        assert is_in(asked.client)


def test_a_button_of_another_name_does_not_go_uncounted(dana: User, smtp: Mailbox) -> None:
    asked = Asked("sign_up", smtp)
    for _ in range(3):
        asked.client.post(CONFIRM, {"action": "resend"})  # the last ones find none left to send
    answers = [asked.client.post(CONFIRM, {"action": "resend", "code": "XXXX-XXXX"}) for _ in range(4)]
    assert not asked.worked(asked.type(asked.code)), [answer.status_code for answer in answers]


def test_choosing_the_new_password_too_late_says_so(dana: User, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        asked = Asked("reset", smtp)
        asked.type(asked.code)
        clock.shift(timedelta(minutes=15, seconds=1))
        new = {"password1": "an entirely different one", "password2": "an entirely different one"}
        assert asked.client.post("/account/password/reset/complete/", new)["Location"] == RESET
        assert RAN_OUT in asked.said()
    dana.refresh_from_db()
    assert dana.check_password(PASSWORD)


def test_a_sign_in_left_half_way_says_so(dana: User, client: Client) -> None:
    TOTP.activate(dana, generate_totp_secret())
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, dana.email)
        clock.shift(timedelta(minutes=46))
        assert client.post("/account/2fa/authenticate/", {"code": "000000"})["Location"] == "/account/login/"
        assert "please begin again" in client.get("/account/login/").content.decode()


def test_nothing_is_checked_that_cannot_be_counted(dana: User, smtp: Mailbox, settings: Any) -> None:
    asked = Asked("login", smtp)
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    answer = asked.type(asked.code)
    assert answer["Location"] == asked.confirm
    assert "can’t be checked just now" in asked.client.get(asked.confirm).content.decode()
    assert not is_in(asked.client)


# --- all at once -----------------------------------------------------------------------------------


@contextmanager
def counting(signal: Signal) -> Iterator[list[int]]:
    """How many codes were looked at and found wrong."""
    checked: list[int] = []

    def hear(**_news: Any) -> None:
        checked.append(1)

    signal.connect(hear, weak=False)
    yield checked
    signal.disconnect(hear)


def at_once(times: int, ask: Callable[[], object]) -> None:
    """The same request from as many threads, let go together."""
    gate, trouble = threading.Barrier(times), list[BaseException]()

    def go() -> None:
        try:
            gate.wait(30)
            ask()
        except BaseException as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []


def same_browser(client: Client) -> Client:
    other = Client()
    for name, morsel in client.cookies.items():
        other.cookies[name] = morsel.value
    return other


@every_kind
@pytest.mark.django_db(transaction=True)
def test_of_forty_wrong_ones_at_once_no_more_than_three_are_checked(smtp: Mailbox, kind: str) -> None:
    person("Dana")
    asked = Asked(kind, smtp)
    code = asked.code
    with counting(REJECTED[kind]) as checked:
        at_once(40, lambda: same_browser(asked.client).post(asked.confirm, {"code": "XXXX-XXXX"}))
    assert 1 <= len(checked) <= 3
    assert not asked.worked(asked.type(code))


@pytest.mark.django_db(transaction=True)
def test_of_forty_wrong_numbers_at_once_no_more_than_five_are_checked(smtp: Mailbox) -> None:
    """An app's numbers and recovery codes: allauth counts those, before it checks, under a lock."""
    dana, client = person("Dana"), Client()
    cache.clear()
    TOTP.activate(dana, generate_totp_secret())
    sign_in(client, dana.email)
    with counting(mfa_signals.authentication_failed) as checked:
        at_once(40, lambda: same_browser(client).post("/account/2fa/authenticate/", {"code": "000000"}))
    assert 1 <= len(checked) <= 5
    assert Authenticator.objects.count() == 1


@pytest.mark.django_db
def test_what_nobody_reads_does_not_pile_up_in_a_session() -> None:
    """A form sent again and again, its next page never looked at: the sentence is kept once, and said once."""
    client = Client()
    client.post(BY_CODE_CONFIRM, {"code": "AAAA-AAAA"})
    row = Session.objects.get()
    size = len(row.session_data)
    for _ in range(20):
        client.post(BY_CODE_CONFIRM, {"code": "AAAA-AAAA"})
        client.post(RESET_CONFIRM, {"code": "AAAA-AAAA"})
    row.refresh_from_db()
    assert len(row.session_data) <= size + PADDED
    assert client.get(BY_CODE).content.decode().count(NONE) == 1


def test_the_newest_sentences_are_kept_in_their_order() -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    said = Unread(request)
    for number in [*range(AT_MOST + 2), 4]:
        said.add(INFO, f"sentence {number}")
    said.update(HttpResponse())
    assert [str(one) for one in Unread(request)] == [f"sentence {number}" for number in (2, 3, 5, 6, 4)]


@every_kind
@pytest.mark.parametrize("how", ["wide", "\u00a0", "\u2013", "\u2011"])
def test_a_code_is_taken_as_it_is_typed(dana: User, smtp: Mailbox, kind: str, how: str) -> None:
    asked = Asked(kind, smtp)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in asked.code)  # as a Japanese keyboard types it
    assert asked.worked(asked.type(wide if how == "wide" else asked.code.replace("-", how)))
