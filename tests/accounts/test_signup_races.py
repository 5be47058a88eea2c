"""Two browsers finish with one link at the same moment: one of them is in, and the other reads why it isn't.

`ROUNDS` sets how many of each (3; 200 in `make full`).
"""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import joining, signups
from accounts.hooks import leaving
from accounts.models import Session, SignUpLink, User
from accounts.sessions import SessionStore, made_of
from tests.accounts.desk import CONFIRM, SIGN_UP, code_in, form, is_in
from tests.cast import person
from tests.faults.racing import Track, track
from tests.fixtures import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("ROUNDS", "3"))
NEEDS, OVER = "You need an invitation here", "this sign-up is over"
NOT_OPEN = "needs an invitation which is still open"  # what was posted by a form that was open already


@pytest.fixture
def lanes(settings: Settings) -> Iterator[Track]:
    settings.NEARER_SIGNUPS = "invited"
    with track(2) as running:
        yield running


class Browser:
    """One of the two, by an address of its own."""

    def __init__(self, round_: int, number: int, way: str) -> None:
        self.client = Client(raise_request_exception=False, REMOTE_ADDR=f"2001:db8:{round_:x}:{number}::1")
        self.email, self.way = f"gwen-{round_}-{number}@example.test", way

    def signs_up(self) -> Any:
        return self.client.post(SIGN_UP, form(self.email, next=self.way), follow=True)

    def finishes(self, smtp: Mailbox) -> Any:
        """Type the code that was mailed; nothing, where none was."""
        mails = smtp.to(self.email)
        return self.client.post(CONFIRM, {"code": code_in(mails[-1])}, follow=True) if mails else None


def pairs() -> Iterator[tuple[Browser, Browser]]:
    for number in range(ROUNDS):
        way = urlsplit(signups.make_link(now=timezone.now())[1]).path
        yield Browser(number, 1, way), Browser(number, 2, way)


def one_is_in(two: tuple[Browser, Browser], answers: list[Any], *also: str) -> None:
    """Nothing broke, one account is left, whose browser is signed in; the other's read that theirs is over."""
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    inside = [browser for browser in two if is_in(browser.client)]
    assert len(inside) == 1
    (outside,) = [browser for browser in two if browser not in inside]
    kept = User.objects.filter(email__in=[browser.email for browser in two])
    assert [user.email for user in kept] == [inside[0].email]
    link = SignUpLink.objects.latest("made_at")
    assert (link.used_by, link.used_at is not None) == (None, True)
    page = answers[two.index(outside)].content.decode()
    assert any(sentence in page for sentence in (OVER, NEEDS, *also))


@pytest.mark.every_database
def test_two_who_sign_up_at_once_and_then_type_their_codes_at_once(lanes: Track, smtp: Mailbox) -> None:
    for two in pairs():
        assert [answer.status_code for answer in lanes.race(*(one.signs_up for one in two))] == [200, 200]
        one_is_in(two, lanes.race(*(partial(one.finishes, smtp) for one in two)))


@pytest.mark.every_database
def test_one_types_the_code_while_another_signs_up(lanes: Track, smtp: Mailbox) -> None:
    for first, second in pairs():
        first.signs_up()
        done, begun = lanes.race(partial(first.finishes, smtp), second.signs_up)
        assert begun.status_code < 500
        one_is_in((first, second), [done, second.finishes(smtp) or begun], NOT_OPEN)


def test_a_browser_that_is_answered_while_its_sign_up_makes_room_keeps_its_session(
    lanes: Track, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that whoever types their code there reads what became of it, and not that none is waiting."""
    first, second = next(pairs())
    first.signs_up()
    made_room, written = threading.Event(), threading.Event()
    answer = SessionStore()
    answer.update(first.client.session)

    def go_slowly(**news: Any) -> None:
        made_room.set()
        written.wait(1)  # for ever, if the answer waits for this transaction

    def is_answered() -> None:
        assert made_room.wait(60)
        answer.create()
        written.set()

    monkeypatch.setattr(leaving, "_takers", [go_slowly, *leaving._takers])
    signed_up, answered = lanes.race(second.signs_up, is_answered)
    assert (signed_up.status_code, answered) == (200, None)
    assert answer.session_key is not None
    row_id, _ = made_of(answer.session_key)
    assert [row.user for row in Session.objects.filter(pk=row_id)] == [None]
    first.client.cookies[settings.SESSION_COOKIE_NAME] = answer.session_key
    assert OVER in first.finishes(smtp).content.decode()


@pytest.mark.parametrize("make_room", [joining.discard_unverified, joining.sweep_unverified])
def test_an_account_that_is_proven_in_this_very_moment_makes_no_room(
    lanes: Track, make_room: Callable[..., object]
) -> None:
    user = person("Dana")
    EmailAddress.objects.filter(user=user).update(verified=False)
    proven, later = threading.Event(), timezone.now() + 2 * joining.UNVERIFIED_KEPT
    about = {"email": user.email} if make_room is joining.discard_unverified else {}

    def is_proven() -> None:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(last_login=timezone.now())
            EmailAddress.objects.filter(user=user).update(verified=True)
            proven.set()
            threading.Event().wait(1)  # the other asks, and comes to wait

    def makes_room() -> None:
        assert proven.wait(60)
        with transaction.atomic():
            make_room(**about, now=later)

    assert lanes.race(is_proven, makes_room) == [None, None]
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.every_database
def test_one_types_the_code_while_another_signs_up_with_the_same_address(
    lanes: Track, smtp: Mailbox, settings: Settings
) -> None:
    settings.NEARER_SIGNUPS = "open"
    for first, second in pairs():
        second.email = first.email
        first.signs_up()
        done, begun = lanes.race(partial(first.finishes, smtp), second.signs_up)
        assert (done.status_code, begun.status_code) == (200, 200)
        assert is_in(first.client) != (OVER in done.content.decode())
        assert User.objects.filter(email=first.email).exists()


def test_the_first_of_two_codes_for_one_address_is_told_that_another_sign_up_took_its_place(
    smtp: Mailbox,
) -> None:
    earlier, later = (Browser(0, number, "") for number in (1, 2))
    later.email = earlier.email
    earlier.signs_up()
    first = code_in(smtp.to(earlier.email)[-1])
    later.signs_up()
    answer = earlier.client.post(CONFIRM, {"code": first})
    assert (answer.status_code, OVER in answer.content.decode()) == (200, True)
    assert not is_in(earlier.client)
    later.finishes(smtp)
    assert is_in(later.client)
