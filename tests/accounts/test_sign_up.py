import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.urls import reverse

from accounts import joining
from accounts.models import User
from couples.models import Partner
from reminders.models import Choice
from tests.accounts.desk import CONFIRM, RESET, SIGN_UP, body, code_in, form, is_in, masked, sign_in, sign_up
from tests.cast import NOW, PASSWORD, person
from tests.fixtures import Mailbox

GWEN = "gwen@example.test"
pytestmark = pytest.mark.django_db


def test_the_first_step_with_the_mailed_code(client: Client, smtp: Mailbox) -> None:
    assert client.get(SIGN_UP).status_code == 200
    first = client.post(SIGN_UP, form(GWEN))
    assert first["Location"] == CONFIRM
    assert GWEN in client.get(CONFIRM).content.decode()
    assert not is_in(client)
    done = client.post(CONFIRM, {"code": code_in(smtp.to(GWEN)[-1])})
    assert done["Location"] == reverse("reminders:evening")
    assert is_in(client)
    gwen = User.objects.get(email=GWEN)
    assert (gwen.name, gwen.zone, gwen.inbox_shared, gwen.code_sign_in) == (
        "Gwen",
        "Europe/Berlin",
        False,
        True,
    )
    seat = Partner.objects.live().get(user=gwen)
    assert not seat.couple.paired
    assert Choice.objects.get(user=gwen, kind="check_in").wanted
    assert identify_hasher(gwen.password).algorithm == "argon2"
    assert len(smtp) == 1


def test_the_code_is_neither_in_the_subject_nor_where_a_preview_shows_it(
    client: Client, smtp: Mailbox
) -> None:
    client.post(SIGN_UP, form(GWEN))
    (mail,) = smtp.to(GWEN)
    code = code_in(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert code not in mail["Subject"]
    assert body(mail).index(code) > 150
    assert "Gwen" not in str(mail["Subject"]) + body(mail)


@pytest.mark.parametrize("spelled", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_in_any_spelling(client: Client, smtp: Mailbox, spelled: Any) -> None:
    client.post(SIGN_UP, form(GWEN))
    client.post(CONFIRM, {"code": spelled(code_in(smtp.to(GWEN)[-1]))})
    assert is_in(client)


def test_a_wrong_code_is_said_and_after_a_few_it_is_over(client: Client, smtp: Mailbox) -> None:
    client.post(SIGN_UP, form(GWEN))
    code = code_in(smtp.to(GWEN)[-1])
    answer = client.post(CONFIRM, {"code": "XXXX-XXXX"})
    assert answer.status_code == 200
    assert "That isn’t the code" in answer.content.decode()
    for _ in range(4):
        client.post(CONFIRM, {"code": "XXXX-XXXX"})
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)
    assert not EmailAddress.objects.filter(email=GWEN, verified=True).exists()


def test_a_code_runs_out(client: Client, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.post(SIGN_UP, form(GWEN))
        code = code_in(smtp.to(GWEN)[-1])
        clock.shift(timedelta(hours=1))
        client.post(CONFIRM, {"code": code})
        assert not is_in(client)


def test_somebody_elses_browser_cannot_use_the_code(client: Client, smtp: Mailbox) -> None:
    client.post(SIGN_UP, form(GWEN))
    other = Client()
    other.post(CONFIRM, {"code": code_in(smtp.to(GWEN)[-1])})
    assert not is_in(other)
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_new_letters_replace_the_old_ones(client: Client, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.post(SIGN_UP, form(GWEN))
        clock.shift(timedelta(seconds=30))
        client.post(CONFIRM, {"action": "resend"})
        first, second = (code_in(mail) for mail in smtp.to(GWEN))
        assert first != second
        client.post(CONFIRM, {"code": first})
        assert not is_in(client)
        client.post(CONFIRM, {"code": second})
        assert is_in(client)


def test_a_mistyped_address_is_corrected_by_starting_again_with_the_same_invitation(
    client: Client, smtp: Mailbox
) -> None:
    client.post(
        f"{SIGN_UP}?next=/i/lamp-maple-otter-4725/accept/",
        form("gwne@example.test", next="/i/lamp-maple-otter-4725/accept/"),
    )
    page = client.get(CONFIRM).content.decode()
    assert "Correct my email address" in page
    back = client.post("/account/logout/", {"next": f"{SIGN_UP}?next=/i/lamp-maple-otter-4725/accept/"})
    assert back["Location"].startswith(SIGN_UP)
    again = client.get(back["Location"])
    assert again.status_code == 200
    assert "/i/lamp-maple-otter-4725/accept/" in again.content.decode()
    client.post(SIGN_UP, form(GWEN, next="/i/lamp-maple-otter-4725/accept/"))
    done = client.post(CONFIRM, {"code": code_in(smtp.to(GWEN)[-1])})
    assert done["Location"] == "/i/lamp-maple-otter-4725/accept/"
    with time_machine.travel(NOW + timedelta(days=900), tick=False) as clock:
        joining.sweep_unverified(now=NOW + timedelta(days=900))
        assert clock
    assert not User.objects.filter(email="gwne@example.test").exists()
    assert User.objects.filter(email=GWEN).exists()


def test_a_known_and_a_new_address_look_the_same(smtp: Mailbox) -> None:
    """Status, place and page are equal at every step; only the mails differ, and those the owner reads."""
    bob = person("Bob")
    seen = []
    with time_machine.travel(NOW, tick=False) as clock:
        for address in (GWEN, bob.email):
            client = Client()
            first = client.post(SIGN_UP, form(address))
            then = client.get(CONFIRM)
            wrong = client.post(CONFIRM, {"code": "XXXX-XXXX"})
            soon = client.post(CONFIRM, {"action": "resend"})
            again = Client().post(SIGN_UP, form(address))
            clock.shift(timedelta(seconds=30))
            resent = client.post(CONFIRM, {"action": "resend"}, follow=True)
            seen.append([masked(answer, address) for answer in (first, then, wrong, soon, again, resent)])
    for new, known in zip(*seen, strict=True):
        assert new == known
    assert {str(mail["Subject"]) for mail in smtp.to(bob.email)} == {"About this address"}
    assert "/account/password/reset/" in body(smtp.to(bob.email)[0])
    assert (len(smtp.to(bob.email)), len(smtp.to(GWEN))) == (4, 4)
    assert User.objects.filter(email=bob.email).count() == 1


def test_a_known_address_in_other_capitals_makes_no_second_account(client: Client, smtp: Mailbox) -> None:
    person("Bob")
    assert client.post(SIGN_UP, form("BOB@Example.test"))["Location"] == CONFIRM
    assert User.objects.count() == 1


def test_what_was_typed_is_kept_on_error(client: Client) -> None:
    answer = client.post(SIGN_UP, form("not an address", name="Gwen & Co", password1="tiny-one"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="not an address"' in page
    assert 'value="Gwen &amp; Co"' in page
    assert '<option value="Europe/Berlin" selected' in page
    assert "tiny-one" not in page
    assert not User.objects.filter(name="Gwen & Co").exists()


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example", "www.evil.example", "see http://evil.example/now", "ftp://x", "two\nlines",
        "two\r\nlines", "tab\there", "\u202eneG", "zero\u200bwidth", "x" * 51, "", "   ", "\0",
    ],
)  # fmt: skip  # several values a line, to be looked through
def test_what_is_no_name(client: Client, name: str) -> None:
    assert client.post(SIGN_UP, form(GWEN, name=name)).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["Gwen", "Zoë-Marie O’Neill", "Dr. J. Müller", "莉莉", "x" * 50, "A.B."])
def test_what_is_a_name(client: Client, smtp: Mailbox, name: str) -> None:
    client.post(SIGN_UP, form(GWEN, name=name))
    assert User.objects.get().name == name


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "gwen@example.test"])
def test_what_is_no_password(client: Client, password: str) -> None:
    assert client.post(SIGN_UP, form(GWEN, password1=password)).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "localtime", "Europe/Berlin\0"])
def test_what_is_no_zone(client: Client, zone: str) -> None:
    assert client.post(SIGN_UP, form(GWEN, zone=zone)).status_code == 200
    assert not User.objects.exists()


def test_an_inbox_others_read_gets_no_reminders_and_no_codes(client: Client, smtp: Mailbox) -> None:
    sign_up(client, smtp, GWEN, inbox_shared="True")
    gwen = User.objects.get()
    assert (gwen.inbox_shared, gwen.code_sign_in) == (True, False)
    assert not Choice.objects.get(user=gwen, kind="check_in").wanted


def test_other_fields_change_nothing(client: Client, smtp: Mailbox) -> None:
    planted = {
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "",
        "id": "x",
        "joined_at": "2020-01-01",
        "key": "x",
    }
    client.post(SIGN_UP, form(GWEN, **planted))
    gwen = User.objects.get()
    assert (gwen.is_staff, gwen.is_superuser, gwen.is_active) == (False, False, True)
    assert gwen.joined_at.year > 2020


# --- pre-hijacking ---------------------------------------------------------------------------------


def test_who_signs_up_with_somebody_elses_address_is_replaced_by_its_owner(smtp: Mailbox) -> None:
    thief, owner = Client(), Client()
    with time_machine.travel(NOW, tick=False) as clock:
        thief.post(SIGN_UP, form(GWEN, password1="the thief knows this one", name="Thief"))
        stolen = code_in(smtp.to(GWEN)[-1])
        first = User.objects.get()
        clock.shift(timedelta(seconds=30))
        sign_up(owner, smtp, GWEN)
        gwen = User.objects.get()
        assert gwen.pk != first.pk
        assert gwen.name == "Gwen"
        assert is_in(owner)
        thief.post(CONFIRM, {"code": stolen})  # a stage of an account that is gone
        assert not is_in(thief)
        thief.post(CONFIRM, {"action": "resend"})
        assert not is_in(thief)
        sign_in(thief, GWEN, "the thief knows this one")
        assert not is_in(thief)
        other = Client()
        assert sign_in(other, GWEN).status_code == 302
        assert is_in(other)


def test_a_never_verified_account_gets_neither_a_reset_nor_a_sign_in_code(
    client: Client, smtp: Mailbox
) -> None:
    client.post(SIGN_UP, form(GWEN))
    other = Client()
    other.post(RESET, {"email": GWEN})
    other.post("/account/login/code/", {"email": GWEN})
    later = smtp.to(GWEN)[1:]
    assert {str(mail["Subject"]) for mail in later} <= {"About this address"}
    for mail in later:
        with pytest.raises(AssertionError):
            code_in(mail)


def test_its_password_alone_does_not_get_in(client: Client, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.post(SIGN_UP, form(GWEN))
        clock.shift(timedelta(seconds=30))
        other = Client()
        assert sign_in(other, GWEN)["Location"] == CONFIRM
        assert not is_in(other)


def test_what_was_never_verified_is_swept_after_three_days(client: Client, smtp: Mailbox) -> None:
    with time_machine.travel(NOW, tick=False):
        client.post(SIGN_UP, form(GWEN))
        person("Bob")
    assert joining.sweep_unverified(now=NOW + joining.UNVERIFIED_KEPT - timedelta(seconds=1)) == 0
    assert joining.sweep_unverified(now=NOW + joining.UNVERIFIED_KEPT + timedelta(seconds=1)) == 1
    assert list(User.objects.values_list("email", flat=True)) == ["bob@example.test"]


def test_sign_ups_are_limited(smtp: Mailbox) -> None:
    answers = [Client().post(SIGN_UP, form(f"p{number}@example.test")).status_code for number in range(24)]
    assert 429 in answers
    assert answers[0] == 302
    assert not {500} & set(answers)


def test_a_mail_server_that_is_away_is_said_on_the_page(client: Client, smtp: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    answer = client.post(SIGN_UP, form(GWEN), follow=True)
    assert answer.status_code == 200
    assert "could not be sent" in answer.content.decode()


def test_nothing_typed_is_kept_in_the_session_but_what_the_next_step_needs(
    client: Client, smtp: Mailbox
) -> None:
    client.post(SIGN_UP, form(GWEN))
    assert PASSWORD not in json.dumps(dict(client.session.items()), default=str)
