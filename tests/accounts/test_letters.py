"""What one inbox gets because somebody asked: a little, whoever asks, and no page tells when it was enough."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts import limits
from accounts.models import User
from couples import emails, pairing
from tests.accounts.desk import (
    BY_CODE,
    BY_CODE_CONFIRM,
    CONFIRM,
    RESET,
    SIGN_UP,
    code_in,
    form,
    is_in,
    masked,
    sign_in,
)
from tests.cast import NOW, person
from tests.fixtures import Mailbox

CHANGE = "/account/email/"
AN_HOUR, A_DAY = 6, 12  # from one source
Ask = Callable[[Client, str], object]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def by_code(client: Client, address: str) -> object:
    return client.post(BY_CODE, {"email": address})


def reset(client: Client, address: str) -> object:
    return client.post(RESET, {"email": address})


def sign_up(client: Client, address: str) -> object:
    return client.post(SIGN_UP, form(address))


WAYS: list[Ask] = [by_code, reset, sign_up]


def test_ninety_in_ten_minutes_are_a_few(dana: User, smtp: Mailbox, clock: time_machine.Traveller) -> None:
    for _ in range(90):
        by_code(Client(), dana.email)
        clock.shift(timedelta(seconds=6.7))
    assert len(smtp.to(dana.email)) == AN_HOUR


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("address", ["dana@example.test", "nobody@example.test", "unproven@example.test"])
def test_every_page_is_the_same_before_and_after(
    dana: User, smtp: Mailbox, clock: time_machine.Traveller, ask: Ask, address: str
) -> None:
    person("Unproven", verified=False)
    seen = set()
    for _ in range(AN_HOUR + 1):
        client = Client()
        answer = masked(ask(client, address), address)
        seen.add((answer, masked(client.get(answer[1]), address)))
        clock.shift(timedelta(seconds=6.7))
    assert len(smtp.to(address)) == AN_HOUR
    assert len(seen) == 1


def test_all_kinds_count_together(dana: User, smtp: Mailbox, clock: time_machine.Traveller) -> None:
    for ask in WAYS * 4:
        ask(Client(), dana.email)
        clock.shift(timedelta(seconds=30))
    assert len(smtp.to(dana.email)) == AN_HOUR


@pytest.mark.parametrize("address", ["dana@example.test", "new@example.test"])
def test_sending_again_counts_too(
    dana: User, smtp: Mailbox, clock: time_machine.Traveller, address: str
) -> None:
    pages = set()
    for _ in range(4):
        client = Client()
        sign_up(client, address)
        for _ in range(2):
            clock.shift(timedelta(seconds=20))
            pages.add(masked(client.post(CONFIRM, {"action": "resend"}), address))
    assert len(smtp.to(address)) == AN_HOUR
    assert len(pages) == 1


def test_there_is_more_an_hour_later_and_an_end_a_day(
    dana: User, smtp: Mailbox, clock: time_machine.Traveller
) -> None:
    for hour in range(1, 6):
        for _ in range(8):
            by_code(Client(), dana.email)
            clock.shift(timedelta(minutes=1))
        assert len(smtp.to(dana.email)) == min(hour * AN_HOUR, A_DAY)
        clock.shift(timedelta(hours=1))
    clock.shift(timedelta(days=1))
    by_code(Client(), dana.email)
    assert len(smtp.to(dana.email)) == A_DAY + 1


def test_many_strangers_fill_no_inbox_either(
    dana: User, smtp: Mailbox, clock: time_machine.Traveller
) -> None:
    for hour in range(1, 4):
        for peer in range(14):
            by_code(Client(REMOTE_ADDR=f"198.51.100.{peer}"), dana.email)
            clock.shift(timedelta(seconds=5))
        assert len(smtp.to(dana.email)) == min(hour * 12, 30)
        clock.shift(timedelta(hours=1))


def test_however_the_address_is_written(dana: User, smtp: Mailbox) -> None:
    for number in range(12):
        by_code(Client(), f"Dana+{number}@Example.test")
        by_code(Client(), f" dana+{number}@EXAMPLE.TEST")
    assert len(smtp) == AN_HOUR
    assert limits.inbox("D.An.a+x@googlemail.com") == limits.inbox("dana@gmail.com")
    assert limits.inbox("dana@bücher.example") == limits.inbox("Dana@xn--bcher-kva.example")
    assert limits.inbox("+x@example.test") != limits.inbox("+y@example.test")


def test_quotes_make_no_other_inbox(dana: User, smtp: Mailbox) -> None:
    """`"d\\ana"@` is delivered to dana: as many spellings as letters in the name, each with an allowance of its own."""
    for quoted in ['"dana"', '"d\\ana"', '"\\d\\ana"', '"dana+x"', '"da\\na"']:
        for _ in range(3):
            by_code(Client(), f"{quoted}@example.test")
    assert len(smtp) == AN_HOUR
    assert limits.inbox('"d\\ana+x"@Example.test') == limits.inbox("dana@example.test")
    assert limits.inbox('""@example.test') != limits.inbox("dana@example.test")


def test_one_stranger_leaves_the_owner_enough(dana: User, smtp: Mailbox) -> None:
    for _ in range(20):
        by_code(Client(REMOTE_ADDR="198.51.100.7"), dana.email)
    _gets_in_by_code(Client(REMOTE_ADDR="203.0.113.5"), dana, smtp)


def test_many_strangers_leave_a_browser_that_signed_in_before_enough(dana: User, smtp: Mailbox) -> None:
    laptop = Client(REMOTE_ADDR="203.0.113.5")
    sign_in(laptop, dana.email)
    laptop.post("/account/logout/")
    for peer in range(30):
        by_code(Client(REMOTE_ADDR=f"198.51.100.{peer}"), dana.email)
    before = len(smtp.to(dana.email))
    by_code(Client(REMOTE_ADDR="203.0.113.9"), dana.email)
    assert len(smtp.to(dana.email)) == before
    _gets_in_by_code(laptop, dana, smtp)


def _gets_in_by_code(client: Client, user: User, smtp: Mailbox) -> None:
    before = len(smtp.to(user.email))
    by_code(client, user.email)
    assert len(smtp.to(user.email)) == before + 1
    client.post(BY_CODE_CONFIRM, {"code": code_in(smtp.to(user.email)[-1])})
    assert is_in(client)


def test_a_member_fills_nobodys_inbox_by_changing_their_address(
    dana: User, erin: User, smtp: Mailbox, clock: time_machine.Traveller
) -> None:
    """To an address that is free, and to one that is somebody's."""
    for address in ("free@example.test", dana.email):
        client, seen = Client(), set()
        sign_in(client, erin.email)
        client.post("/account/reauthenticate/", {"password": "a lamp in the evening"})
        for _ in range(15):
            seen.add(masked(client.post(CHANGE, {"email": address, "action_add": ""}), address))
            clock.shift(timedelta(seconds=12))
        assert len(smtp.to(address)) == AN_HOUR
        assert len(seen) == 1
        client.post("/account/logout/")


def test_many_inviters_fill_nobodys_inbox(smtp: Mailbox, db: None, clock: time_machine.Traveller) -> None:
    to, said = "somebody@example.test", []
    for number in range(8):
        inviter = person(f"Inviter{number}")
        row = pairing.invite(by=inviter, now=NOW)
        pairing.ask_by_mail(row, to=f"somebody+{number}@example.test", by=inviter, now=NOW)
        said.append(emails.send_invitation(row.pk, now=NOW))
        row.refresh_from_db()
        assert (row.mail_to, row.mailed_at) == ("", NOW)  # looks as sent, whatever became of it
    assert said == ["sent"] * 3 + ["unwelcome"] * 5
    assert len(smtp) == 3
    assert limits.may_invite("other@example.test")
    clock.shift(timedelta(hours=2))
    assert [limits.may_invite(to) for _ in range(3)] == [True, True, False]  # five a day


def test_what_was_done_to_an_account_is_always_told(dana: User, smtp: Mailbox) -> None:
    """A warning can't be silenced by using up what the inbox is allowed."""
    for peer in range(30):
        by_code(Client(REMOTE_ADDR=f"198.51.100.{peer}"), dana.email)
    client = Client(REMOTE_ADDR="198.51.100.200")
    sign_in(client, dana.email)
    new = "an entirely different sentence"
    client.post(
        "/account/password/change/",
        {"oldpassword": "a lamp in the evening", "password1": new, "password2": new},
    )
    assert "Your password was changed" in {str(mail["Subject"]) for mail in smtp.to(dana.email)}


def test_the_cache_holds_no_address_and_no_hash_anyone_could_make(dana: User, smtp: Mailbox) -> None:
    for ask in WAYS:
        ask(Client(), dana.email)
        ask(Client(), "nobody@example.test")
    sign_in(Client(), dana.email, "not this one at all")
    limits.may_invite(dana.email)
    server = cache._cache.get_client(write=True)  # type: ignore[attr-defined]  # Redis itself, not our way to it
    keys = b" ".join(server.keys("*"))
    assert re.fullmatch(rb"(nearer:[0-9a-f]{64} ?)+", keys)
    for address in (dana.email, "nobody@example.test"):
        local = address.partition("@")[0].encode()
        assert local not in keys
        for plain in (address, f"localhost:{address}", f"localhost:8000:{address}"):
            assert hashlib.sha256(plain.encode()).hexdigest().encode() not in keys
