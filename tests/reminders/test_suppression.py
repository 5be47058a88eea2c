"""Addresses that don't exist: what a mail server or a provider must say, and what lifts it again."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from anymail.exceptions import AnymailRecipientsRefused
from anymail.message import AnymailRecipientStatus, AnymailStatus
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as usual
from couples import parting
from reminders import kinds, planning, preferences, providers
from reminders.models import Choice, Reminder, Suppression
from tests.cast import NOW
from tests.faults.scripted_smtp import ScriptedSMTP, When, refuse, reset, scripted_smtp
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, state

__all__ = ["handler400", "handler403", "handler404", "handler500"]

SignIn = Callable[[User], Client]
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
DUE = NOW + 2 * A_MINUTE
NOBODY_THERE = "550 5.1.1 no such person"
urlpatterns = [*usual, providers.webhook("postmark")]  # as with EMAIL_PROVIDER=postmark


@pytest.fixture
def scripted(smtp: Mailbox, settings: Settings) -> Iterator[ScriptedSMTP]:
    """A mail server that can refuse a recipient, and hang up."""
    with scripted_smtp() as book:
        settings.EMAIL_PORT = book.port
        yield book


def is_suppressed(user: User) -> bool:
    return preferences.is_suppressed(User.objects.get(pk=user.pk))


def give_up(user: User) -> None:
    preferences.suppress(user=user, address=user.email, now=NOW)


def move_to(user: User, address: str) -> None:
    """The person has another address, and proved it."""
    EmailAddress.objects.filter(user=user).update(email=address)
    User.objects.filter(pk=user.pk).update(email=address)


# --- What a mail server says -----------------------------------------------------------------------


@pytest.mark.parametrize("when", [When.NAMED, When.GIVEN])
@pytest.mark.parametrize(
    ("says", "became", "suppressed"),
    [
        ("550 5.1.1 no such person", ("dead", "refused 550"), True),
        ("553 5.1.2 no such domain", ("dead", "refused 553"), True),
        ("556 5.1.10 takes no mail", ("dead", "refused 556"), True),
        ("550 5.1.0 no such address", ("dead", "refused 550"), True),
        ("553 5.1.3 that is no address", ("dead", "refused 553"), True),
        ("551 5.1.6 moved away", ("dead", "refused 551"), True),
        (
            "550-5.1.1 no such person.\r\n550-5.1.1 Look for typing errors.\r\n550 5.1.1",
            ("dead", "refused 550"),
            True,
        ),
        ("550 5.1.1 <sender@example.test> is nobody here", ("dead", "refused 550"), True),
        ("550 5.1.4 more than one is called that", ("dead", "refused 550"), False),
        ("550 5.1.5 exists", ("dead", "refused 550"), False),
        ("553 5.1.7 what kind of sender is that", ("dead", "refused 553"), False),
        ("550 5.1.8 sender rejected", ("dead", "refused 550"), False),
        ("550 5.1.9 not by mail", ("dead", "refused 550"), False),
        ("550 5.1.0 <post@localhost>: Sender address rejected", ("dead", "refused 550"), False),
        ("550 5.1.1 MAIL FROM is not known here", ("dead", "refused 550"), False),
        ("550 5.1.1 no (5.7.1: your network is on a list)", ("dead", "refused 550"), False),
        ("550-5.1.1 no such person\r\n550 5.7.606 banned", ("dead", "refused 550"), False),
        ("550 5.1.10.1 whatever", ("dead", "refused 550"), False),
        ("554 5.7.1 [127.5.1.1] blocked", ("dead", "refused 554"), False),
        ("552 5.2.2 full", ("dead", "refused 552"), False),
        ("550 4.1.1 make up your mind", ("dead", "refused 550"), False),
        ("421 5.1.1 closing", ("pending", "deferred 421"), False),
        ("550 5.11.1 what is that", ("dead", "refused 550"), False),
        ("550 5.2.1 not active", ("dead", "refused 550"), False),
        ("550 we had 5.1.1 of these", ("dead", "refused 550"), False),
        ("550 no", ("dead", "refused 550"), False),
        ("450 4.1.1 not known yet", ("pending", "deferred 450"), False),
        ("450 5.1.1 cannot decide", ("pending", "deferred 450"), False),
    ],
)
def test_only_a_final_no_to_the_address_gives_it_up(
    dana: User,
    scripted: ScriptedSMTP,
    clock: Traveller,
    when: When,
    says: str,
    became: tuple[str, str],
    suppressed: bool,
) -> None:
    row = planned(dana)
    scripted.script(dana.email, refuse(says, when))
    clock.move_to(DUE)
    deliver()
    assert state(row) == became
    assert is_suppressed(dana) is suppressed


@pytest.mark.parametrize(
    ("says", "on_the_way"),
    [
        ("550 5.1.8 sender rejected", "sender refused 550"),
        ("553 5.1.1 no such sender", "sender refused 553"),
        ("554 5.7.1 your network is blocked", "sender refused 554"),
        ("530 5.7.0 sign in first", "sender refused 530"),
        ("421 4.7.0 not today", "sender refused 421"),
    ],
)
def test_a_block_of_ours_gives_nobody_up_and_what_waited_goes_out_once_it_is_over(
    dana: User, bob: User, scripted: ScriptedSMTP, clock: Traveller, says: str, on_the_way: str
) -> None:
    rows = [planned(dana), planned(bob)]
    scripted.sender_refused = says
    clock.move_to(DUE)
    deliver()
    assert {state(row) for row in rows} == {("pending", on_the_way)}
    assert not Suppression.objects.exists()
    scripted.sender_refused = ""
    clock.shift(20 * A_MINUTE)
    deliver()
    assert {state(row) for row in rows} == {("sent", "")}


def test_unanswered_twice_it_is_given_up_whatever_happened_between(
    dana: User, scripted: ScriptedSMTP, clock: Traveller
) -> None:
    row = planned(dana)
    unanswered = reset(When.GIVEN)
    scripted.script(dana.email, unanswered, refuse("450 later"), unanswered)
    clock.move_to(DUE)
    for _ in range(5):
        deliver()
        clock.shift(20 * A_MINUTE)
    assert scripted.to(dana.email) == 2  # once, and once more
    assert state(row) == ("dead", "ambiguous")


@pytest.mark.parametrize(
    ("statuses", "invalid"),
    [({"invalid"}, True), ({"rejected"}, False), ({"invalid", "rejected"}, False), (set(), False)],
)
def test_a_provider_that_refuses_by_a_rule_of_its_own_says_nothing_of_the_address(
    statuses: set[str], invalid: bool
) -> None:
    mail = EmailMessage()
    mail.anymail_status = AnymailStatus()  # type: ignore[attr-defined]  # as anymail leaves it there
    mail.anymail_status.set_recipient_status(  # type: ignore[attr-defined]  # as above
        {f"{one}@example.test": AnymailRecipientStatus(message_id=None, status=one) for one in statuses}
    )
    assert providers.is_invalid(AnymailRecipientsRefused(email_message=mail)) is invalid


# --- While it is given up --------------------------------------------------------------------------


def test_nothing_of_any_kind_goes_there_day_after_day(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    for kind in kinds.every():
        preferences.choices_of(dana)[kind.name].set(wanted=True, weekdays="0123456", now=NOW)
    give_up(dana)
    for hour in range(49):
        clock.move_to(NOW + hour * timedelta(hours=1))
        planning.plan(now=NOW + hour * timedelta(hours=1))
        deliver()
    assert len(smtp) == 0
    found = Reminder.objects.exclude(state="expired").values_list("state", "reason")
    assert set(found) == {("skipped", "no such address")}


def test_it_is_the_addresses_and_nobody_elses(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller
) -> None:
    rows = [planned(alice), planned(bob)]
    give_up(alice)
    clock.move_to(DUE)
    deliver()
    assert [state(row) for row in rows] == [("skipped", "no such address"), ("sent", "")]
    parting.part(by=alice, now=DUE)
    assert is_suppressed(alice)


def test_another_address_is_tried_as_ever_and_the_old_one_stays_given_up(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    row, old = planned(dana), dana.email
    give_up(dana)
    move_to(dana, "anew@example.test")
    clock.move_to(DUE)
    deliver()
    assert state(row) == ("sent", "")
    assert [mail["To"] for mail in smtp.messages] == ["anew@example.test"]
    move_to(dana, old)
    assert is_suppressed(dana)
    move_to(dana, old.upper())
    assert is_suppressed(dana)


def test_asking_for_one_tries_again_and_another_no_gives_it_up_again(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    row = planned(dana)
    give_up(dana)
    smtp.replies.append(NOBODY_THERE)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    assert not is_suppressed(dana)
    deliver()
    assert is_suppressed(dana)
    preferences.ask_now(user=dana, kind=KIND, now=NOW)
    deliver()
    assert len(smtp) == 1
    clock.move_to(DUE)
    deliver()
    assert state(row) == ("sent", "")


def test_the_settings_say_so_to_that_person_only(alice: User, bob: User, signed_in: SignIn) -> None:
    give_up(alice)
    said = {
        user.name: "come back" in signed_in(user).get(reverse("reminders:settings")).content.decode()
        for user in (alice, bob)
    }
    assert said == {"Alice": True, "Bob": False}


def test_the_address_itself_is_not_written_down(dana: User) -> None:
    give_up(dana)
    (kept,) = Suppression.objects.values()
    assert "dana" not in str(kept).lower()
    assert "example.test" not in str(kept)


# --- What a provider reports -----------------------------------------------------------------------


@pytest.fixture
def provider(settings: Settings) -> Iterator[Client]:
    """Postmark's own words to `/mail/events/`, with the secret it was given."""
    from anymail.signals import tracking

    settings.ROOT_URLCONF = __name__
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "post:a-long-secret"}
    providers.listen()
    yield Client(enforce_csrf_checks=True, headers={"Authorization": basic("post:a-long-secret")})
    tracking.disconnect(dispatch_uid="nearer.reminders.providers")


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


def event(kind: str, address: str, record: str = "Bounce") -> dict[str, Any]:
    return {
        "RecordType": record,
        "Type": kind,
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": address,
        "Details": "planted details",
        "BouncedAt": "2026-11-18T19:03:00Z",
        "Metadata": {},
    }


def report(client: Client, said: dict[str, Any], **headers: str) -> Any:
    return client.post(
        "/mail/events/", json.dumps(said), content_type="application/json", headers=headers or None
    )


USUAL = sum(kind.default_on for kind in kinds.every())


def wanted(user: User) -> int:
    return Choice.objects.filter(user=user, wanted=True).count()


def test_a_bounce_is_heard(provider: Client, dana: User, bob: User) -> None:
    answer = report(provider, event("HardBounce", "DANA@example.test") | {"Details": "smtp;550 5.1.1 nobody"})
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert is_suppressed(dana)
    assert wanted(dana) == USUAL  # the wish stays: the address may be put right
    assert not is_suppressed(bob)


@pytest.mark.parametrize(
    "said",
    [
        event("SpamComplaint", "dana@example.test", "SpamComplaint"),
        event("SpamNotification", "dana@example.test"),
        {
            "RecordType": "SubscriptionChange",
            "Recipient": "dana@example.test",
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        },
    ],
    ids=["complaint", "junk", "unsubscribed"],
)
def test_whoever_complains_is_unsubscribed_from_every_kind(
    provider: Client, dana: User, bob: User, said: dict[str, Any]
) -> None:
    for kind in kinds.every():
        preferences.choices_of(dana)[kind.name].set(wanted=True, now=NOW)
    row = planned(dana)
    assert report(provider, said).status_code == 200
    assert wanted(dana) == 0
    assert state(row) == ("skipped", "unsubscribed")
    assert not is_suppressed(dana)
    assert wanted(bob) == USUAL


@pytest.mark.parametrize("kind", ["Transient", "DnsError", "AutoResponder", "Blocked", "VirusNotification"])
def test_what_passes_by_itself_is_only_heard(provider: Client, dana: User, kind: str) -> None:
    assert report(provider, event(kind, dana.email)).status_code == 200
    assert not is_suppressed(dana)
    assert wanted(dana) == USUAL


@pytest.mark.parametrize(
    ("details", "suppressed"),
    [
        ("smtp;452 4.2.2 mailbox full", False),
        ("smtp;552 5.2.2 mailbox full", False),
        ("smtp;550 5.1.1 no such user", True),
        ("550-5.1.1 no such user\r\n550 5.1.1 look for typing errors", True),
        ("smtp;550 5.1.8 sender rejected", False),
        ("smtp;550 5.1.0 <post@localhost>: Sender address rejected", False),
        ("smtp;550 5.7.1 blocked", False),
        ("smtp;450 5.1.1 try again", False),
        ("smtp;550 5.1.1 no (5.7.1 rather)", False),
        ("Mailbox full", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("kind", ["SoftBounce", "HardBounce"])
def test_what_is_no_missing_address(
    provider: Client, dana: User, kind: str, details: str, suppressed: bool
) -> None:
    report(provider, event(kind, dana.email) | {"Details": details})
    assert is_suppressed(dana) is suppressed


@pytest.mark.parametrize("kind", ["HardBounce", "SpamComplaint"])
def test_of_somebody_unknown_nothing_is_said_or_kept(provider: Client, dana: User, kind: str) -> None:
    for address in ("nobody@example.test", "", "dana@example.test, bob@example.test"):
        answer = report(provider, event(kind, address))
        assert (answer.status_code, answer.content) == (200, b"")
    assert not Suppression.objects.exists()
    assert wanted(dana) == USUAL


@pytest.mark.parametrize(
    "secret", ["", "Basic", "Bearer a-long-secret", basic("post:wrong"), basic(":"), basic("a-long-secret")]
)
def test_without_the_secret_it_is_refused_and_nothing_is_echoed(
    provider: Client, dana: User, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = report(provider, event("HardBounce", dana.email), Authorization=secret)
    assert answer.status_code == 400
    assert not Suppression.objects.exists()
    for said in (answer.content.decode(), str(answer.headers), caplog.text):
        for private in ("dana", "example.test", "planted", "a-long-secret"):
            assert private not in said.lower()


def test_there_is_nothing_to_look_at(provider: Client, dana: User) -> None:
    assert provider.get("/mail/events/").status_code == 405
    assert provider.head("/mail/events/").status_code == 200  # a provider tries the address
    assert Client().head("/mail/events/").content == b""


def test_without_a_provider_nobody_listens(dana: User) -> None:
    assert report(Client(), event("HardBounce", dana.email)).status_code == 404
    assert not Suppression.objects.exists()
