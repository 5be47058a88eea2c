"""Stopping with one click from the mail program (RFC 8058), for each kind. `test_pages.py` has the page itself."""

import re
from collections.abc import Callable
from datetime import time
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from time_machine import Traveller

from accounts.leaving import erase
from accounts.models import User
from reminders import delivery, kinds, planning, preferences
from reminders.models import Choice, Reminder
from tests.cast import NOW, seat
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver

SignIn = Callable[[User], Client]
KINDS = [kind.name for kind in kinds.every()]
USUAL = {kind.name for kind in kinds.every() if kind.default_on}
DUE = [kind.name for kind in kinds.every() if not isinstance(kind, kinds.OccasionalKind)]
# As mail programs post it (RFC 8058, 3.1): one pair, in either form encoding.
BODIES = [
    ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    (
        '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
    ),
]


def all_wanted(user: User) -> None:
    for name in KINDS:
        preferences.choices_of(user)[name].set(wanted=True, at=time(19, 2), weekdays="2", now=NOW)


def wanted(user: User) -> set[str]:
    return set(Choice.objects.filter(user=user, wanted=True).values_list("kind", flat=True))


def arrived(user: User, kind: str, smtp: Mailbox) -> EmailMessage:
    """A mail of this kind, as it came."""
    preferences.ask_now(user=user, kind=kind, now=NOW)
    deliver()
    return smtp.to(user.email)[-1]


def link(mail: EmailMessage) -> str:
    """The path that the mail's header names."""
    whole = "".join(str(mail["List-Unsubscribe"]).split()).strip("<>")
    assert whole.startswith("http://localhost:8000/")
    return whole.removeprefix("http://localhost:8000")


def press(path: str, body: str = BODIES[0][0], content_type: str = BODIES[0][1], **extra: Any) -> Any:
    """A mail program's click: no cookie, no form token, no page before it."""
    return Client(enforce_csrf_checks=True).post(path, body, content_type=content_type, **extra)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("body", "content_type"), BODIES)
def test_one_click_stops_this_kind_and_no_other(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller, kind: str, body: str, content_type: str
) -> None:
    all_wanted(alice)
    all_wanted(bob)
    answer = press(link(arrived(alice, kind, smtp)), body, content_type)
    assert (answer.status_code, answer.cookies) == (200, {})
    assert wanted(alice) == set(KINDS) - {kind}
    assert wanted(bob) == set(KINDS)


@pytest.mark.parametrize("kind", DUE)
def test_it_holds_at_the_next_claim(dana: User, smtp: Mailbox, clock: Traveller, kind: str) -> None:
    all_wanted(dana)
    path = link(arrived(dana, kind, smtp))
    due = Choice.objects.get(user=dana, kind=kind).next_at
    assert due is not None
    planning.plan(now=due)
    press(path)
    claimed = delivery.claim(owner=uuid4(), now=due)
    assert {row.kind for row in claimed if row.user_id == dana.pk} == set(DUE) - {kind}
    row = Reminder.objects.get(user=dana, kind=kind, due_at=due)
    assert (row.state, row.reason) == ("skipped", "unsubscribed")


@pytest.mark.parametrize("kind", KINDS)
def test_looking_is_inert_and_shows_nobody(dana: User, smtp: Mailbox, clock: Traveller, kind: str) -> None:
    all_wanted(dana)
    path = link(arrived(dana, kind, smtp))
    before = list(Choice.objects.order_by("pk").values())
    pages = []
    for method in ("get", "head", "get"):
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer.cookies) == (200, {})
        pages.append(answer.content.decode())
    assert list(Choice.objects.order_by("pk").values()) == before
    for private in ("Dana", "example.test", str(dana.pk)):
        assert private not in pages[0].replace(path, "")
    assert "Stopped." not in pages[0]


def test_every_kinds_page_looks_the_same(dana: User) -> None:
    """Whoever glances at it, or has somebody else's link, doesn't learn what kind of mail it was."""
    for method in ("get", "post"):
        pages = {
            getattr(Client(), method)(f"/stop/{preferences.stop_token(dana, kind)}/").content.split(b"<main")[
                1
            ]
            for kind in KINDS
        }
        assert len(pages) == 1


def test_it_is_the_mails_owner_who_is_stopped_whoever_is_signed_in(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    all_wanted(alice)
    all_wanted(bob)
    signed_in(bob).post(reverse("reminders:stop", args=[preferences.stop_token(alice, KIND)]))
    assert wanted(alice) == set(KINDS) - {KIND}
    assert wanted(bob) == set(KINDS)


def test_it_leaves_the_time_and_the_days_as_they_were(dana: User) -> None:
    preferences.choices_of(dana)[KIND].set(wanted=True, at=time(21, 15), weekdays="024", now=NOW)
    press(f"/stop/{preferences.stop_token(dana, KIND)}/")
    choice = Choice.objects.get(user=dana, kind=KIND)
    assert (choice.wanted, choice.at, choice.weekdays, choice.next_at) == (False, time(21, 15), "024", None)


# --- Tokens ----------------------------------------------------------------------------------------


def test_any_letter_altered_leads_nowhere(dana: User) -> None:
    token = preferences.stop_token(dana, KIND)
    for place, letter in enumerate(token):
        altered = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        assert preferences.read_stop_token(altered) is None, place
    for altered in (token[:-1], token + "A", token.swapcase(), f"{token}:", token.rsplit(":", 1)[0]):
        assert press(f"/stop/{altered}/").status_code == 404
    assert wanted(dana) == USUAL


@pytest.mark.parametrize("salt", ["django.core.signing", "nearer.never-write", "nearer.reminders", ""])
def test_what_we_signed_for_something_else_leads_nowhere(dana: User, salt: str) -> None:
    token = signing.dumps([str(dana.pk), KIND, "email"], salt=salt)
    assert press(f"/stop/{token}/").status_code == 404
    assert wanted(dana) == USUAL


def test_a_kind_whose_room_is_gone_leads_nowhere(dana: User) -> None:
    assert press(f"/stop/{preferences.stop_token(dana, 'gone')}/").status_code == 404


def test_it_holds_no_name_no_address_and_no_couple(alice: User) -> None:
    token = preferences.stop_token(alice, KIND)
    inside = urlsafe_base64_decode(token.split(":")[0]).decode()
    assert inside == f'["{alice.pk}","{KIND}","email"]'
    assert str(seat(alice).couple_id) not in inside


def without_nonce(answer: Any) -> str:
    return re.sub(r'nonce="[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("kind", KINDS)
def test_somebody_who_left_is_answered_like_a_made_up_link(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller, kind: str
) -> None:
    all_wanted(bob)
    path = link(arrived(alice, kind, smtp))
    erase(alice, now=NOW)
    kept = wanted(bob)
    gone, made_up = press(path), press("/stop/made-up/")
    assert gone.status_code == made_up.status_code == 404
    assert without_nonce(gone) == without_nonce(made_up)
    assert wanted(bob) == kept
