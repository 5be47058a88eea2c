"""Addresses with letters of every kind: one spelling is kept, written to and counted; none breaks a page or a sweep."""

import smtplib
from collections.abc import Callable
from importlib import import_module

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.cache import cache
from django.core.mail.message import sanitize_address
from django.forms import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import addresses, limits
from accounts.domains import NotADomain
from accounts.fields import AddressField
from accounts.mail import compose
from accounts.models import User
from couples import codes, emails, pairing, tasks
from couples.models import Block, Invitation, NeverWrite
from reminders import preferences
from tests.accounts.desk import CONFIRM, SIGN_UP, code_in, form, is_in, sign_in
from tests.cast import NOW, person
from tests.fixtures import Mailbox
from tests.fuzzing import FUZZ

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ODD = [
    "a@" + "ü" * 60 + ".de", "a@" + "ü" * 56 + ".de", "user@faß.example", "user@bücher.example", "ü@bücher.example",
    "a@例え。テスト", "a@例え.テスト", "a@xn--zz.example", "a@xn--.example", "a@-a.example", "a@a..b", "a@.de", "a@b.",
    "a@", "@", "@b.de", "a", "a@b", "a@localhost", "a@[127.0.0.1]", "a@[::1]", "a@127.0.0.1", "a@b_c.example",
    '"a b"@example.test', '"\x01"@example.test', '"\x7f"@example.test', '"a\\"b"@example.test', '""@example.test',
    '"@"@example.test', "a@b@example.test", "a" * 65 + "@example.test", "a" * 243 + "@x.example",
    "a" * 300 + "@x.example", "a@" + ".".join(["b" * 60] * 4) + ".de", "a@" + ".".join(["b" * 60] * 6) + ".de",
    "a@" + ".".join(["ü" * 40] * 6) + ".de", "a@" + "b" * 64 + ".de", "a\x00@example.test", "a@exa\x00mple.test",
    "a@example.test\r\nBcc: b@example.test", "a@exam\nple.test", " a@example.test ", "A@EXAMPLE.TEST",
    "a@ex ample.test",
    "a\u202e@example.test", "a@exa\u202emple.test", "a@exa\u200bmple.test", "a@exa\u200cmple.test", "a@☃.example",
    "a@💌.example", "a@ⓔxample.test", "a@ＥＸＡＭＰＬＥ.test", "a@ı.example", "a@İ.example", "a@ς.example",
    "a@\U0001d400.example", "a@\ufdfa.example", "a@\ufffd.example", "a@a\u0308.example", "a@\u0308a.example",
    "a@אב1.example", "a@1אב.example", "=?utf-8?q?a?=@example.test", "a,b@example.test", "<a@example.test>",
    "A <a@example.test>", "a@example.test, b@example.test", "a;b@example.test", "a(b)@example.test",
    "a@(b)example.test",
    "a%b@example.test", "a!b@example.test", "a+b@example.test", "a@example.test.", "%s@example.test",
    "{0}@example.test",
    "' OR 1=1 --@example.test", "javascript:a@example.test",
]  # fmt: skip  # several values a line, to be looked through
Made = Callable[[str], dict[str, str]]
SHORT = st.text(max_size=9)
SIGNED_OUT: dict[str, tuple[str, Made]] = {
    "sign up": (SIGN_UP, lambda address: form(address)),
    "sign in": ("/account/login/", lambda address: {"login": address, "password": "a lamp in the evening"}),
    "code": ("/account/login/code/", lambda address: {"email": address}),
    "reset": ("/account/password/reset/", lambda address: {"email": address}),
}
SIGNED_IN: dict[str, tuple[str, Made]] = {
    "change": ("/account/email/", lambda address: {"email": address, "action_add": ""}),
    "ask along": (reverse("couples:invite_mail"), lambda address: {"to": address}),
    "block": (reverse("couples:block"), lambda address: {"address": address}),
}


def dealt(forms: dict[str, tuple[str, Made]], which: str, *, each: int) -> list[str]:
    """The addresses that a form is asked with: each goes to so many of these forms, and in `make full` to every one."""
    if FUZZ > 100:
        return ODD
    place = list(forms).index(which)
    return [one for number, one in enumerate(ODD) if (number + place) % len(forms) < each]


@pytest.mark.parametrize("which", SIGNED_OUT)
def test_no_address_breaks_a_form_of_somebody_signed_out(which: str, smtp: Mailbox) -> None:
    path, made = SIGNED_OUT[which]
    assert Client().get(path).status_code == 200
    for address in dealt(SIGNED_OUT, which, each=2):
        cache.clear()  # limits are for other tests
        answer = Client(raise_request_exception=False).post(path, made(address))
        assert answer.status_code in {200, 302}, address
        assert answer.status_code == 302 or escape(address) in answer.content.decode(), address


@pytest.mark.parametrize("which", SIGNED_IN)
def test_nor_of_somebody_signed_in(which: str, smtp: Mailbox, dana: User, signed_in: SignIn) -> None:
    path, made = SIGNED_IN[which]
    client = signed_in(dana)
    client.raise_request_exception = False
    for address in dealt(SIGNED_IN, which, each=1):
        cache.clear()
        if which == "ask along":
            Invitation.objects.all().delete()
            pairing.invite(by=dana, now=NOW)
        answer = client.post(path, made(address), follow=True)
        assert answer.status_code in {200, 422}, address
        tasks.send_due_invitations()


@settings(max_examples=FUZZ)
@given(st.one_of(st.sampled_from(ODD), st.emails(), st.builds("{}@{}".format, SHORT, SHORT)))
def test_what_a_form_takes_can_be_written_to(typed: str) -> None:
    try:
        kept = AddressField().clean(typed)
    except ValidationError:
        return
    assert kept.isascii()
    assert len(kept) <= 254
    local, _, domain = sanitize_address(kept, "utf-8").rpartition("@")
    assert local
    assert domain == kept.rpartition("@")[2]
    assert AddressField().clean(addresses.readable(kept)) == kept
    assert limits.inbox(addresses.readable(kept)) == limits.inbox(kept)


def test_a_person_with_letters_in_their_domain(client: Client, smtp: Mailbox) -> None:
    client.post(SIGN_UP, form("gwen@Faß.example"))
    (mail,) = smtp.to("gwen@xn--fa-hia.example")  # and not fass.example
    assert "gwen@faß.example" in client.get(CONFIRM).content.decode()
    client.post(CONFIRM, {"code": code_in(mail)})
    assert is_in(client)
    for written in ("gwen@faß.example", "GWEN@xn--FA-hia.example"):
        again = Client()
        sign_in(again, written)
        assert is_in(again), written
    other = Client()
    other.post(SIGN_UP, form("gwen@fass.example"))
    assert User.objects.filter(email="gwen@fass.example").exists()  # somebody else


def test_both_spellings_are_one_account_one_count_and_one_block(dana: User, erin: User) -> None:
    User.objects.filter(pk=dana.pk).update(email="dana@xn--bcher-kva.example")
    pairing.block("dana@bücher.example", by=erin, now=NOW)
    assert pairing.blocks(erin, User.objects.get(pk=dana.pk))
    pairing.unblock("DANA@xn--bcher-kva.example", by=erin)
    assert not Block.objects.exists()
    assert limits.inbox("dana@bücher.example") == limits.inbox("dana+1@xn--bcher-kva.example")


def test_what_earlier_releases_hashed_in_its_own_letters_holds(dana: User, erin: User) -> None:
    written = "dana@bücher.example"
    Block.objects.create(owner=erin, address_hash=codes.peppered("address", written), blocked_at=NOW)
    preferences.suppress(user=dana, address=written, now=NOW)
    User.objects.filter(pk=dana.pk).update(email="dana@xn--bcher-kva.example")
    assert pairing.blocks(erin, User.objects.get(pk=dana.pk))
    assert preferences.is_suppressed(User.objects.get(pk=dana.pk))
    NeverWrite.objects.create(address_hash=codes.peppered("address", written), asked_at=NOW)
    assert emails._unwelcome(Invitation(inviter=erin), "dana@xn--bcher-kva.example")


def test_an_address_that_can_be_none_is_given_up_and_the_sweep_goes_on(
    dana: User, erin: User, smtp: Mailbox
) -> None:
    for user, to in ((dana, "a@" + "ü" * 60 + ".de"), (erin, "reader@bücher.example")):
        invitation = pairing.invite(by=user, now=NOW)
        pairing.ask_by_mail(invitation, to=to, by=user, now=NOW)  # earlier releases took both
    with time_machine.travel(NOW, tick=False):
        tasks.send_due_invitations()
    assert [mail["X-Rcpt-To"] for mail in smtp.messages] == ["reader@xn--bcher-kva.example"]
    assert not Invitation.objects.filter(mail_due_at__isnull=False).exists()


def test_an_account_that_can_not_be_written_to_breaks_no_page(smtp: Mailbox, client: Client) -> None:
    user = person("Frank")
    for model in (User, EmailAddress):
        model.objects.filter(email=user.email).update(email="a@" + "ü" * 60 + ".de")
    user.refresh_from_db()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        compose("unknown_account", to=user.email).send()
    assert client.post("/account/login/code/", {"email": user.email}).status_code == 200
    assert len(smtp) == 0


def test_the_upgrade_keeps_each_account_with_the_inbox_that_proved_it() -> None:
    before = {
        "Anna": "anna@bücher.example",
        "Ben": "ben@faß.example",
        "Cleo": "cleo@fass.example",
        "Carl": "cleo@faß.example",
        "Dina": "dina@" + "ü" * 60 + ".de",
        "Emil": "emil@example.test",
    }
    for name, address in before.items():
        user = person(name)
        User.objects.filter(pk=user.pk).update(email=address)
        EmailAddress.objects.filter(user=user).update(email=address)
    import_module("accounts.migrations.0007_addresses_in_one_spelling").rewrite(apps, None)
    after = dict(User.objects.values_list("name", "email"))
    assert after == before | {"Anna": "anna@xn--bcher-kva.example", "Ben": "ben@fass.example"}
    assert dict(EmailAddress.objects.values_list("user__name", "email")) == after


def test_readable_and_kept_are_each_others_way_back() -> None:
    assert addresses.readable("a@xn--bcher-kva.example") == "a@bücher.example"
    assert addresses.kept(" A@Bücher.example") == "a@xn--bcher-kva.example"
    with pytest.raises(NotADomain):
        addresses.kept("a@" + "ü" * 60 + ".de")
    assert addresses.normal("A@" + "Ü" * 60 + ".de") == "a@" + "ü" * 60 + ".de"
