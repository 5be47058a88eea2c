"""Passwords are hashed one at a time: a crowd at the door takes neither the memory nor the pages of everybody else."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher
from django.test import Client

from accounts import hashing
from accounts.models import User
from tests.accounts.desk import RESET, RESET_CONFIRM, SIGN_IN, SIGN_UP, code_in, form, is_in, prove, sign_in
from tests.cast import PASSWORD, person
from tests.fixtures import Mailbox

NEW = "an entirely different sentence"


@contextmanager
def crowd() -> Iterator[None]:
    """Somebody whose turn it is and as many behind them as may wait, however long this takes."""
    go, begun = threading.Event(), threading.Event()

    def first() -> None:
        with hashing.turn():
            begun.set()
            go.wait(600)

    def next_one() -> None:
        with hashing.turn():
            pass

    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "PATIENCE", 600.0)
        pool = stack.enter_context(ThreadPoolExecutor(settings.THREADS))
        stack.callback(go.set)
        everybody = [pool.submit(first)]
        assert begun.wait(60)
        everybody += [pool.submit(next_one) for _ in range(settings.THREADS - 2)]
        while hashing._line()._value:
            time.sleep(0.001)
        yield
        go.set()
        for one in everybody:
            one.result(60)


def test_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    line = threading.BoundedSemaphore(8)
    monkeypatch.setattr(hashing, "_line", lambda: line)
    inside, most = [0], [0]

    def hash_one(_: int) -> None:
        with hashing.turn():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.01)
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hash_one, range(8)))
    assert most == [1]


def test_both_ways_of_hashing_stand_in_line(db: None) -> None:
    hashed = identify_hasher(person("Dana").password).encode(PASSWORD, "a salt of some length")
    with crowd():
        with pytest.raises(hashing.Busy):
            check_password(PASSWORD, hashed)
        with pytest.raises(hashing.Busy):
            User().set_password(PASSWORD)
    assert check_password(PASSWORD, hashed)  # the line moves on


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    with hashing.turn(), pytest.raises(hashing.Busy), hashing.turn():
        pass
    with hashing.turn():
        pass


def test_hashes_are_djangos_so_nobody_is_signed_out() -> None:
    """From before: they verify, aren't made anew at the next sign-in (which would end every session), and back."""
    old, new = Argon2PasswordHasher(), hashing.Argon2InTurn()
    assert (new.algorithm, new.memory_cost, new.time_cost) == (old.algorithm, old.memory_cost, old.time_cost)
    before = old.encode(PASSWORD, old.salt())
    assert new.verify(PASSWORD, before)
    assert not new.must_update(before)
    assert old.verify(PASSWORD, new.encode(PASSWORD, "a salt of some length"))
    from config import settings as real

    assert real.PASSWORD_HASHERS == ["accounts.hashing.Argon2InTurn"]
    assert isinstance(identify_hasher(before), hashing.Argon2InTurn)  # the tests' quick one, too


def _is_calm(answer: Any, *typed: str) -> None:
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == str(hashing.RETRY_AFTER)
    assert "no-store" in answer["Cache-Control"]
    assert "One moment, please" in page
    for words in typed:
        assert words in page
    for secret in (PASSWORD, NEW):
        assert secret not in page


def test_a_crowd_is_answered_calmly_wherever_a_password_is_looked_at(dana: User, smtp: Mailbox) -> None:
    reader, resetting, stranger = Client(), Client(), Client()
    sign_in(reader, dana.email)
    prove(reader)
    resetting.post(RESET, {"email": dana.email})
    resetting.post(RESET_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    mails = len(smtp)
    change = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    with crowd():
        for address in (dana.email, "nobody@example.test"):
            _is_calm(stranger.post(SIGN_IN, {"login": address, "password": PASSWORD}), address)
            _is_calm(stranger.post(SIGN_UP, form(address)), address, "Gwen")
        _is_calm(reader.post("/account/password/change/", change))
        _is_calm(reader.post("/account/reauthenticate/", {"password": PASSWORD}))
        _is_calm(resetting.post("/account/password/reset/complete/", {"password1": NEW, "password2": NEW}))
        for page in ("/", "/safety/", SIGN_IN, SIGN_UP):
            assert stranger.get(page).status_code == 200
        assert is_in(reader)
    assert len(smtp) == mails
    assert User.objects.count() == 1
    assert dana.password == User.objects.get().password
    done = resetting.post("/account/password/reset/complete/", {"password1": NEW, "password2": NEW})
    assert done.status_code == 302  # the same page works once there is room


def test_being_turned_away_uses_no_try_up(dana: User) -> None:
    client = Client()
    with crowd():
        for _ in range(12):
            assert sign_in(client, dana.email).status_code == 503
    sign_in(client, dana.email)
    assert is_in(client)


def test_a_sign_up_that_finds_a_crowd_leaves_the_one_before_alone(smtp: Mailbox, db: None) -> None:
    earlier = person("Gwen", verified=False)
    with crowd():
        assert Client().post(SIGN_UP, form(earlier.email)).status_code == 503
    assert User.objects.get() == earlier


SPELT = "späte Lämpchen, né en été"


@pytest.mark.parametrize("chosen", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_password_is_the_same_in_every_spelling(dana: User, chosen: Any, typed: Any) -> None:
    dana.set_password(unicodedata.normalize(chosen, SPELT))
    dana.save()
    browser = Client()
    sign_in(browser, dana.email, unicodedata.normalize(typed, SPELT))
    assert is_in(browser)


def test_what_was_hashed_as_it_was_typed_goes_on_matching(dana: User) -> None:
    raw = unicodedata.normalize("NFD", SPELT)
    hasher = identify_hasher(dana.password)
    dana.password = Argon2PasswordHasher.encode(hasher, raw, hasher.salt())
    dana.save()
    browser = Client()
    sign_in(browser, dana.email, raw)
    assert is_in(browser)


def test_a_spelling_does_not_tell_whether_there_is_an_account(
    dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = [0]
    real = hashing.turn

    @contextmanager
    def counted() -> Iterator[None]:
        turns[0] += 1
        with real():
            yield

    monkeypatch.setattr(hashing, "turn", counted)
    seen = []
    for address in (dana.email, "nobody@example.test"):
        turns[0] = 0
        sign_in(Client(), address, unicodedata.normalize("NFD", SPELT))
        seen.append(turns[0])
    assert seen[0] == seen[1] > 1
