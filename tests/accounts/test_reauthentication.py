"""A fresh sign-in before anything that changes who can get in or takes words out: who is asked, how, and what waits."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import doors, passkeys, reauthentication
from accounts.models import User
from adventures import feeds
from agendas import one_device
from couples.models import Couple
from tests.accounts.desk import (
    BY_CODE,
    BY_CODE_CONFIRM,
    CONFIRM,
    RESET,
    SIGN_IN,
    body,
    code_in,
    digits,
    is_in,
    prove,
    sign_in,
    sign_up,
)
from tests.cast import PASSWORD, just_signed_in, seat
from tests.fixtures import Mailbox
from tests.fresh_table import ASKS, NEVER

CODE_PAGE, NO_WAY, PASSWORD_PAGE = (
    "/account/reauthenticate/code/",
    "/account/reauthenticate/none/",
    "/account/reauthenticate/",
)
SETTINGS, EMAIL, DELETE, CALENDAR = (
    "/settings/",
    "/account/email/",
    "/settings/delete/",
    "/settings/calendar/",
)
NEW = "dana.anew@example.test"
WAYS = (
    PASSWORD_PAGE,
    "/account/2fa/reauthenticate/",
    "/account/2fa/webauthn/reauthenticate/",
    CODE_PAGE,
    NO_WAY,
)


def later(**time_: float) -> time_machine.travel:
    return time_machine.travel(time.time() + timedelta(**time_).total_seconds(), tick=False)


@pytest.fixture
def stale(dana: User) -> Iterator[Client]:
    """Dana's open session, two hours after she signed in: what somebody with her unlocked phone has."""
    client = Client()
    sign_in(client, dana.email)
    with later(hours=2):
        yield client


def asked(answer: Any) -> bool:
    """Whether one is asked who one is."""
    return answer.status_code == 302 and urlsplit(answer["Location"]).path in WAYS


def then(answer: Any) -> str:
    return str(parse_qs(urlsplit(answer["Location"]).query).get("next", [""])[0])


def choose(**changed: str) -> dict[str, str]:
    """The settings of Dana as her page has them."""
    now = {
        "name": "Dana",
        "zone": "Europe/London",
        "theme": "",
        "inbox_shared": "False",
        "code_sign_in": "on",
    }
    return {name: value for name, value in (now | changed).items() if value != "off"}


# --- the table ---------------------------------------------------------------------------------------


def views(
    resolver: URLResolver | None = None, space: str = "", path: str = "/"
) -> Iterator[tuple[str, str, Any]]:
    """Name, address and view of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", here, entry.callback
        else:
            yield from views(entry, f"{space}{entry.namespace}:" if entry.namespace else space, here)


def test_what_asks_is_what_the_table_says() -> None:
    assert {
        name: view.asks_fresh_sign_in for name, _, view in views() if hasattr(view, "asks_fresh_sign_in")
    } == ASKS


def test_every_route_of_accounts_and_settings_has_been_thought_about() -> None:
    there = {name for name, path, _ in views() if path.startswith(("/account/", "/settings/"))}
    assert there == set(ASKS) | set(NEVER)
    assert not set(ASKS) & set(NEVER)


def test_a_page_of_allauths_that_nobody_named_asks() -> None:
    entry = URLPattern(get_resolver().pattern, lambda request: None, None, "mfa_something_new")
    assert doors._gated(entry).callback.asks_fresh_sign_in == "page"  # type: ignore[union-attr]  # a pattern has one


def address(name: str) -> str:
    needs: dict[str, list[Any]] = {"mfa_edit_webauthn": [1], "mfa_remove_webauthn": [1]}
    needs |= {f"reminders:{one}": ["check_in"] for one in ("mail", "mail_designed", "send_now")}
    needs["adventures:revoke"] = [uuid4()]
    return reverse(name, args=needs.get(name, []))


@pytest.mark.parametrize("name", ASKS)
def test_two_hours_later_it_asks(stale: Client, name: str) -> None:
    look, act = stale.get(address(name)), stale.post(address(name), {"action_add": "", "email": NEW})
    assert asked(look) == (ASKS[name] == "page"), look
    assert asked(act) == (ASKS[name] in {"page", "post"}), act


@pytest.mark.parametrize("name", ASKS)
def test_within_five_minutes_of_signing_in_it_does_not(dana: User, client: Client, name: str) -> None:
    sign_in(client, dana.email)
    with later(minutes=4):
        for answer in (client.get(address(name)), client.post(address(name), {})):
            assert not asked(answer)


@pytest.mark.parametrize("name", sorted(NEVER))
def test_these_never_do(stale: Client, name: str) -> None:
    for method in (stale.get, stale.post):
        answer = method(address(name))
        by_the_way = name in {"accounts:no_way_left", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
        assert not asked(answer) or by_the_way, answer["Location"]  # those lead on to a way there is


def test_parting_and_leaving_never_ask(alice: User, bob: User) -> None:
    client = just_signed_in(alice)
    with later(hours=2):
        assert client.post("/settings/part/")["Location"] == "/today/"
        assert not seat(alice).couple.paired
        assert client.get("/out/")["Location"].startswith("https://")
    assert Couple.objects.filter(paired=True, closed_at__isnull=False).exists()


# --- an unlocked phone -------------------------------------------------------------------------------


def test_two_hours_later_no_address_is_taken_over(dana: User, stale: Client, smtp: Mailbox) -> None:
    """The way an adversary went: add an address, confirm it, have the password reset sent there."""
    assert asked(stale.post(EMAIL, {"email": NEW, "action_add": ""}))
    assert smtp.to(NEW) == []
    for action in ("action_add", "action_send", "action_primary", "action_remove"):
        assert asked(stale.post(EMAIL, {"email": dana.email, action: ""}))
    stale.post(RESET, {"email": NEW})
    assert [mail for mail in smtp.to(NEW) if re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", body(mail))] == []
    assert list(EmailAddress.objects.filter(user=dana).values_list("email", flat=True)) == [dana.email]


def test_a_code_on_its_way_to_a_new_address_wants_a_fresh_sign_in_when_typed(
    dana: User, smtp: Mailbox
) -> None:
    client = Client()
    sign_in(client, dana.email)
    client.post(EMAIL, {"email": NEW, "action_add": ""})
    with later(minutes=10):
        answer = client.post(CONFIRM, {"code": code_in(smtp.to(NEW)[-1])})
        assert (asked(answer), then(answer)) == (True, CONFIRM)
        dana.refresh_from_db()
        assert dana.email == "dana@example.test"
        prove(client)
        client.post(CONFIRM, {"code": code_in(smtp.to(NEW)[-1])})
        dana.refresh_from_db()
        assert dana.email == NEW


@pytest.mark.parametrize("changed", [{"inbox_shared": "True"}, {"code_sign_in": "off"}])
def test_who_reads_the_inbox_and_codes_ask(dana: User, stale: Client, changed: dict[str, str]) -> None:
    assert asked(stale.post(SETTINGS, choose(**changed)))
    dana.refresh_from_db()
    assert (dana.inbox_shared, dana.code_sign_in) == (False, True)


def test_name_clock_and_look_do_not(dana: User, stale: Client) -> None:
    typed = choose(name="Dana-Lou", zone="Asia/Tokyo", theme="dark")
    assert stale.post(SETTINGS, typed)["Location"] == SETTINGS
    dana.refresh_from_db()
    assert (dana.name, dana.zone, dana.theme) == ("Dana-Lou", "Asia/Tokyo", "dark")


def test_titles_in_a_calendar_ask_when_switched_on_only(dana: User, stale: Client) -> None:
    assert asked(stale.post(CALENDAR, {"titled": "yes"}))
    assert not feeds.of(seat(dana)).titled
    feeds.show_titles(by=seat(dana), titled=True)
    assert stale.post(CALENDAR, {"titled": "no"})["Location"] == CALENDAR
    assert not feeds.of(seat(dana)).titled


def test_no_calendar_address_is_made_shown_or_closed(dana: User, stale: Client) -> None:
    answer = stale.post("/settings/calendar/address/")
    assert (asked(answer), then(answer)) == (True, CALENDAR)
    assert list(feeds.all_of(seat(dana))) == []
    token = feeds.make_address(by=seat(dana))
    assert token not in stale.get(CALENDAR).content.decode()
    assert asked(stale.post(reverse("adventures:revoke", args=[feeds.of(seat(dana)).pk])))
    assert Client().get(f"/calendar/{token}.ics").status_code == 200


def test_other_browsers_stay_signed_in(dana: User, stale: Client) -> None:
    other = just_signed_in(dana)
    assert asked(stale.post("/account/sessions/"))
    assert is_in(other)


# --- what was typed ----------------------------------------------------------------------------------


def test_what_was_typed_waits_and_is_not_sent_by_itself(dana: User, stale: Client) -> None:
    answer = stale.post(
        SETTINGS, choose(name="Dana <3", zone="Asia/Tokyo", inbox_shared="True", code_sign_in="off")
    )
    assert "What you typed is waiting" in stale.get(answer["Location"]).content.decode()
    back = stale.post(answer["Location"], {"password": PASSWORD, "next": then(answer)})
    assert back["Location"] == SETTINGS
    page = unescape(stale.get(SETTINGS).content.decode())
    assert "Look once more, then save it." in page
    assert 'value="Dana <3"' in page
    assert '<option value="Asia/Tokyo" selected' in page
    assert re.search(r'value="True"[^>]*checked', page)
    assert not re.search(r'name="code_sign_in"[^>]*checked', page)
    dana.refresh_from_db()
    assert (dana.name, dana.inbox_shared) == ("Dana", False)
    assert 'value="Dana"' in stale.get(SETTINGS).content.decode()  # given back once


def test_a_new_address_waits_too(stale: Client, smtp: Mailbox) -> None:
    answer = stale.post(EMAIL, {"email": NEW, "action_add": ""})
    stale.post(answer["Location"], {"password": PASSWORD, "next": then(answer)})
    assert f'value="{NEW}"' in stale.get(EMAIL).content.decode()
    assert smtp.to(NEW) == []


def test_a_secret_never_waits_anywhere(stale: Client) -> None:
    """allauth would keep the whole request, passwords too, and send it by itself."""
    secret = "an entirely different sentence"
    for path in ("/account/password/change/", "/account/2fa/totp/activate/", EMAIL, CONFIRM, DELETE):
        typed = {
            "oldpassword": secret,
            "password1": secret,
            "password2": secret,
            "code": secret,
            "sure": "on",
        }
        assert asked(stale.post(path, typed))
        assert secret not in str(dict(stale.session.items()))
    prove(stale)
    assert User.objects.filter(email="dana@example.test").exists()


def test_a_page_is_asked_for_again_with_all_of_its_address(stale: Client) -> None:
    answer = stale.get(f"{DELETE}?from=security")
    assert then(answer) == f"{DELETE}?from=security"
    assert stale.post(answer["Location"], {"password": PASSWORD})["Location"] == f"{DELETE}?from=security"
    assert stale.get(DELETE).status_code == 200


# --- how long, and where -----------------------------------------------------------------------------


def test_signing_up_counts(client: Client, smtp: Mailbox, db: None) -> None:
    sign_up(client, smtp, "gwen@example.test")
    assert client.get(DELETE).status_code == 200


def test_it_is_fresh_for_five_minutes(dana: User, stale: Client) -> None:
    prove(stale)
    with later(minutes=4, seconds=59):
        assert stale.get(DELETE).status_code == 200
    with later(minutes=5, seconds=1):
        assert asked(stale.get(DELETE))


def test_it_ends_with_signing_out_and_is_not_shared_between_browsers(dana: User, stale: Client) -> None:
    other = Client()
    sign_in(other, dana.email)
    with later(hours=2):
        prove(stale)
        assert asked(other.get(DELETE))
        kept = {name: morsel.value for name, morsel in stale.cookies.items()}
        stale.post("/account/logout/")
        for name, value in kept.items():
            stale.cookies[name] = value
        assert stale.get(DELETE)["Location"].startswith(SIGN_IN)


def test_somebody_elses_proof_counts_for_nobody_else(dana: User, erin: User, client: Client) -> None:
    sign_in(client, erin.email)
    session = client.session
    proofs = {name: at for name, at in session.items() if name.startswith("account_authentication")}
    other = Client()
    other.force_login(dana, backend="couples.access.SeatedBackend")
    theirs = other.session
    theirs.update(proofs)
    theirs.save()
    assert asked(other.get(DELETE))


def test_wrong_passwords_are_limited(stale: Client) -> None:
    answers = [stale.post(PASSWORD_PAGE, {"password": f"not this one {n}"}).status_code for n in range(7)]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429
    assert stale.post(PASSWORD_PAGE, {"password": PASSWORD}).status_code == 429
    assert asked(stale.get(DELETE))


# --- by which ways -----------------------------------------------------------------------------------


def test_by_an_apps_number_or_a_recovery_code(dana: User, stale: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(dana, secret)
    codes = RecoveryCodes.activate(dana).get_unused_codes()
    page = stale.get(stale.get(DELETE)["Location"]).content.decode()
    assert "Confirm with a code from my authenticator app" in page
    assert "Confirm with a code sent by email" not in page  # an inbox alone doesn't open a second lock
    assert asked(stale.get(CODE_PAGE))
    for code in (digits(secret), codes[0]):
        answer = stale.post("/account/2fa/reauthenticate/", {"code": code, "next": DELETE})
        assert answer["Location"] == DELETE
        assert stale.get(DELETE).status_code == 200


def by_code(client: Client, smtp: Mailbox, user: User) -> Any:
    """Prove it with a mailed code, on the way to erasing the account."""
    client.post(f"{CODE_PAGE}?next={DELETE}", {"send": ""})
    return client.post(f"{CODE_PAGE}?next={DELETE}", {"code": code_in(smtp.to(user.email)[-1])})


def test_by_a_mailed_code(dana: User, stale: Client, smtp: Mailbox) -> None:
    page = stale.get(stale.get(DELETE)["Location"]).content.decode()
    assert f'href="{CODE_PAGE}?next=%2Fsettings%2Fdelete%2F"' in page
    assert dana.email in stale.get(CODE_PAGE).content.decode()
    assert by_code(stale, smtp, dana)["Location"] == DELETE
    assert stale.get(DELETE).status_code == 200
    (mail,) = smtp.to(dana.email)
    assert body(mail).index(code_in(mail)) > 150
    assert code_in(mail) not in str(mail["Subject"])


def test_its_code_works_once_and_in_this_browser_only(dana: User, stale: Client, smtp: Mailbox) -> None:
    other = Client()
    sign_in(other, dana.email)
    with later(hours=2):
        stale.post(CODE_PAGE, {"send": ""})
        code = code_in(smtp.to(dana.email)[-1])
        other.post(CODE_PAGE, {"code": code})
        assert asked(other.get(DELETE))
        stale.post(CODE_PAGE, {"code": code})
        assert stale.get(DELETE).status_code == 200
        with later(minutes=6):
            stale.post(CODE_PAGE, {"code": code})
            assert asked(stale.get(DELETE))


def test_its_tries_are_counted_and_it_runs_out(dana: User, stale: Client, smtp: Mailbox) -> None:
    stale.post(CODE_PAGE, {"send": ""})
    for _ in range(3):
        stale.post(CODE_PAGE, {"code": "XXXX-XXXX"})
    assert "That was the third try" in stale.get(CODE_PAGE).content.decode()
    stale.post(CODE_PAGE, {"code": code_in(smtp.to(dana.email)[-1])})
    assert asked(stale.get(DELETE))
    stale.post(CODE_PAGE, {"send": ""})
    with later(minutes=15, seconds=1):
        stale.post(CODE_PAGE, {"code": code_in(smtp.to(dana.email)[-1])})
        assert "That code has run out" in stale.get(CODE_PAGE).content.decode()
        assert asked(stale.get(DELETE))


@pytest.mark.parametrize(
    "kept_from",
    [{"inbox_shared": True}, {"code_sign_in": False}, {"inbox_shared": True, "code_sign_in": False}],
)
def test_no_code_is_mailed_where_somebody_else_reads_or_codes_are_off(
    dana: User, stale: Client, smtp: Mailbox, kept_from: dict[str, bool]
) -> None:
    User.objects.filter(pk=dana.pk).update(**kept_from)
    assert (
        "Confirm with a code sent by email" not in stale.get(stale.get(DELETE)["Location"]).content.decode()
    )
    assert urlsplit(stale.post(CODE_PAGE, {"send": ""})["Location"]).path == PASSWORD_PAGE
    assert smtp.to(dana.email) == []


def test_a_code_on_its_way_is_void_once_somebody_else_reads_the_inbox(
    dana: User, stale: Client, smtp: Mailbox
) -> None:
    stale.post(CODE_PAGE, {"send": ""})
    User.objects.filter(pk=dana.pk).update(inbox_shared=True)
    stale.post(CODE_PAGE, {"code": code_in(smtp.to(dana.email)[-1])})
    assert asked(stale.get(DELETE))


def test_a_code_goes_to_the_proven_address_only(dana: User, stale: Client, smtp: Mailbox) -> None:
    EmailAddress.objects.create(user=dana, email=NEW, verified=False, primary=False)
    by_code(stale, smtp, dana)
    assert (len(smtp.to(dana.email)), smtp.to(NEW)) == (1, [])
    EmailAddress.objects.filter(user=dana, email=dana.email).update(verified=False)
    assert urlsplit(stale.get(CODE_PAGE)["Location"]).path == PASSWORD_PAGE


def test_signing_in_by_a_code_counts_where_a_code_would(dana: User, smtp: Mailbox) -> None:
    client = Client()
    client.post(BY_CODE, {"email": dana.email})
    client.post(BY_CODE_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    assert client.get(DELETE).status_code == 200
    User.objects.filter(pk=dana.pk).update(
        inbox_shared=True
    )  # who left codes on, knowing somebody else reads
    assert asked(client.get(DELETE))


def test_nobody_is_waved_through_for_want_of_a_way(dana: User, stale: Client) -> None:
    User.objects.filter(pk=dana.pk).update(inbox_shared=True)
    person = User.objects.get(pk=dana.pk)
    person.set_unusable_password()
    person.save()
    lost = Client()
    lost.force_login(person, backend="couples.access.SeatedBackend")
    for answer in (
        lost.get(DELETE),
        lost.post(DELETE, {"sure": "on"}),
        lost.get("/account/2fa/totp/activate/"),
    ):
        assert answer["Location"] == NO_WAY
    page = lost.get(NO_WAY).content.decode()
    assert "We can’t confirm that it’s you" in page
    assert f'href="{RESET}"' in page
    for path in WAYS[:4]:
        assert lost.get(path).status_code in {302, 403}
    assert User.objects.filter(pk=dana.pk).exists()


def test_whoever_has_a_way_is_not_told_there_is_none(stale: Client) -> None:
    assert urlsplit(stale.get(NO_WAY)["Location"]).path == PASSWORD_PAGE


# --- with one device between the two -----------------------------------------------------------------


def test_one_device_between_the_two_is_freed_by_the_same_proofs(
    dana: User, stale: Client, smtp: Mailbox
) -> None:
    prove(stale)
    session = stale.session
    session[one_device.MARK] = time.time()
    session.save()
    for path in (DELETE, SETTINGS):  # fresh a moment ago, but whose hands is it in now?
        assert asked(stale.get(path))
    assert asked(stale.get("/today/"))
    with later(seconds=30):
        assert by_code(stale, smtp, dana)["Location"] == DELETE
        assert stale.get(DELETE).status_code == 200


@pytest.mark.parametrize("shared", [True, False])
def test_one_device_offers_no_code_where_somebody_else_reads(dana: User, stale: Client, shared: bool) -> None:
    User.objects.filter(pk=dana.pk).update(inbox_shared=shared)
    session = stale.session
    session[one_device.MARK] = time.time()
    session.save()
    assert asked(stale.get(CODE_PAGE)) == shared


def test_the_next_word_leads_nowhere_else(stale: Client, dana: User, smtp: Mailbox) -> None:
    stale.post(f"{CODE_PAGE}?next=https://evil.example/", {"send": ""})
    typed = {"code": code_in(smtp.to(dana.email)[-1])}
    assert stale.post(f"{CODE_PAGE}?next=https://evil.example/", typed)["Location"] == "/today/"


def test_what_waits_is_forgotten_in_time(stale: Client) -> None:
    stale.post(EMAIL, {"email": NEW, "action_add": ""})
    with later(hours=1):
        prove(stale)
        assert NEW not in stale.get(EMAIL).content.decode()


def test_renaming_a_passkey_keeps_the_name(dana: User, stale: Client) -> None:
    key = Authenticator.objects.create(user=dana, type="webauthn", data={"name": "Old", "credential": {}})
    path = reverse("mfa_edit_webauthn", args=[passkeys.name(key)])
    assert asked(stale.post(path, {"name": "The blue phone"}))
    prove(stale)
    assert 'value="The blue phone"' in stale.get(path).content.decode()
    key.refresh_from_db()
    assert key.data["name"] == "Old"


def test_the_decorator_is_ready_for_whatever_takes_words_out() -> None:
    def export(request: Any) -> Any:
        return None

    guarded: Callable[..., Any] = reauthentication.fresh_sign_in()(export)
    assert guarded.asks_fresh_sign_in == "page"  # type: ignore[attr-defined]  # the gate's own mark
