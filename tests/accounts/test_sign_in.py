import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import LogEntry, Session, User
from tests.accounts.desk import (
    BY_CODE,
    BY_CODE_CONFIRM,
    RESET,
    RESET_CONFIRM,
    SIGN_IN,
    TODAY,
    body,
    code_in,
    is_in,
    masked,
    sign_in,
)
from tests.cast import NOW, PASSWORD
from tests.fixtures import Mailbox

SESSIONS = "/account/sessions/"
SignIn = Callable[[User], Client]


def test_with_a_password(dana: User, client: Client) -> None:
    assert client.get(TODAY)["Location"].startswith(SIGN_IN)
    assert sign_in(client, "DANA@example.test")["Location"] == TODAY
    assert is_in(client)
    assert LogEntry.objects.of(dana).filter(what=LogEntry.What.SIGNED_IN).count() == 1
    client.post("/account/logout/")
    assert not is_in(client)


def test_a_wrong_password_and_an_unknown_address_look_the_same(dana: User) -> None:
    seen = []
    for address, password in ((dana.email, "not this one at all"), ("nobody@example.test", PASSWORD)):
        client = Client()
        seen.append(masked(sign_in(client, address, password), address))
        assert not is_in(client)
    assert seen[0] == seen[1]
    assert "don’t belong together" in seen[0][2]


def test_somebody_inactive_does_not_get_in(dana: User, client: Client) -> None:
    User.objects.filter(pk=dana.pk).update(is_active=False)
    sign_in(client, dana.email)
    assert not is_in(client)


def test_too_many_tries(dana: User, client: Client) -> None:
    pages = [sign_in(client, dana.email, "not this one at all").content.decode() for _ in range(8)]
    assert "Too many tries" in pages[-1]
    sign_in(client, dana.email)
    assert not is_in(client)  # not even with the right one, for a few minutes
    with time_machine.travel(time.time() + 600, tick=False):
        sign_in(client, dana.email)
        assert is_in(client)


@pytest.mark.parametrize(
    "then", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(dana: User, client: Client, then: str) -> None:
    answer = client.post(f"{SIGN_IN}?next={then}", {"login": dana.email, "password": PASSWORD, "next": then})
    assert answer["Location"] == TODAY


# --- by a mailed code ------------------------------------------------------------------------------


def test_with_a_mailed_code(dana: User, client: Client, smtp: Mailbox) -> None:
    assert client.post(BY_CODE, {"email": dana.email})["Location"] == BY_CODE_CONFIRM
    (mail,) = smtp.to(dana.email)
    code = code_in(mail)
    assert code not in mail["Subject"]
    assert body(mail).index(code) > 150
    assert not is_in(client)
    client.post(BY_CODE_CONFIRM, {"code": code})
    assert is_in(client)
    other = Client()
    other.post(BY_CODE_CONFIRM, {"code": code})
    assert not is_in(other)


def test_a_wrong_code_a_few_times_ends_it(dana: User, client: Client, smtp: Mailbox) -> None:
    client.post(BY_CODE, {"email": dana.email})
    code = code_in(smtp.to(dana.email)[0])
    for _ in range(4):
        client.post(BY_CODE_CONFIRM, {"code": "XXXX-XXXX"})
    client.post(BY_CODE_CONFIRM, {"code": code})
    assert not is_in(client)


def test_a_code_runs_out(dana: User, client: Client, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.post(BY_CODE, {"email": dana.email})
        clock.shift(timedelta(minutes=16))
        client.post(BY_CODE_CONFIRM, {"code": code_in(smtp.to(dana.email)[0])})
        assert not is_in(client)


def test_codes_on_off_and_nobody_look_the_same(dana: User, erin: User, smtp: Mailbox) -> None:
    """Only the mail tells, and it tells its reader alone."""
    User.objects.filter(pk=erin.pk).update(code_sign_in=False)
    seen = []
    for address in (dana.email, erin.email, "nobody@example.test"):
        client = Client()
        answers = [
            client.post(BY_CODE, {"email": address}),
            client.get(BY_CODE_CONFIRM),
            client.post(BY_CODE_CONFIRM, {"code": "XXXX-XXXX"}),
            client.post(BY_CODE_CONFIRM, {"action": "resend"}),
        ]
        seen.append([masked(answer, address) for answer in answers])
    assert seen[0] == seen[1] == seen[2]
    assert code_in(smtp.to(dana.email)[0])
    for address, said in (
        (erin.email, "switched such emails off"),
        ("nobody@example.test", "no evening page"),
    ):
        mail = smtp.to(address)[0]
        assert said in body(mail)
        with pytest.raises(AssertionError):
            code_in(mail)


# --- a forgotten password --------------------------------------------------------------------------


def test_a_new_password_by_a_mailed_code(dana: User, client: Client, smtp: Mailbox) -> None:
    client.post(RESET, {"email": dana.email})
    assert client.get(RESET_CONFIRM).status_code == 200
    client.post(RESET_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    new = "an entirely different sentence"
    client.post("/account/password/reset/complete/", {"password1": new, "password2": new})
    dana.refresh_from_db()
    assert dana.check_password(new)
    assert not dana.check_password(PASSWORD)
    assert not is_in(client)  # choosing a password is not signing in
    sign_in(client, dana.email, new)
    assert is_in(client)
    assert LogEntry.objects.of(dana).filter(what=LogEntry.What.PASSWORD).count() == 1
    assert "Your password was changed" in {str(mail["Subject"]) for mail in smtp.to(dana.email)}


def test_a_reset_for_nobody_looks_the_same(dana: User, smtp: Mailbox) -> None:
    seen = []
    for address in (dana.email, "nobody@example.test"):
        client = Client()
        answers = [
            client.post(RESET, {"email": address}),
            client.get(RESET_CONFIRM),
            client.post(RESET_CONFIRM, {"code": "XXXX-XXXX"}),
        ]
        seen.append([masked(answer, address) for answer in answers])
    assert seen[0] == seen[1]


# --- sessions --------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_everywhere_else(dana: User, erin: User) -> None:
    phone, laptop, other = Client(), Client(), Client()
    sign_in(phone, dana.email)
    sign_in(laptop, dana.email)
    sign_in(other, erin.email)
    page = laptop.get(SESSIONS)
    assert page.status_code == 200
    assert page.content.decode().count("since") == 2
    laptop.post(SESSIONS)
    assert is_in(laptop)
    assert not is_in(phone)
    assert is_in(other)
    assert Session.objects.filter(user=dana).count() == 1


def test_a_changed_password_is_asked_for_the_old_one(dana: User, client: Client, smtp: Mailbox) -> None:
    sign_in(client, dana.email)
    new = "an entirely different sentence"
    wrong = client.post(
        "/account/password/change/", {"oldpassword": "not it", "password1": new, "password2": new}
    )
    assert "That isn’t your password" in wrong.content.decode()
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    dana.refresh_from_db()
    assert dana.check_password(new)
    assert is_in(client)


def test_quick_exit_leaves_this_browser_signed_out_and_writes_nothing(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    sessions = Session.objects.count()
    answer = client.get("/out/")
    assert answer.status_code == 303
    assert answer["Location"].startswith("https://")
    assert answer.cookies["nearer"]["max-age"] == 0
    assert Session.objects.count() == sessions
    assert not is_in(client)
