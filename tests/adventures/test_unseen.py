"""What one does about dates alone can't be noticed: the other's pages and calendar stay the same to the byte."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from adventures import feeds, occasions, wishing
from couples import asking
from tests.adventures.private_acts import A_DAY, ACTS, AT, EMPTY, HIDDEN, date_nights
from tests.adventures.scenarios import accept, agreed, asked, happened
from tests.cast import NOW, browser_of, seat
from tests.private_acts import DATES, SignIn, seen, sight, write
from tests.scenes import once, stage
from tests.sights import EVERY_PAGE, Sight
from tests.written import perform

BESIDE = (
    "today:today",
    "agendas:talk",
    "agendas:bring",
    "checkins:shared",
    "accounts:more",
    "reminders:settings",
)


@pytest.fixture
def between(alice: User, bob: User) -> None:
    """One of everything between the two: his ask, her surprise, what stands, what was, wishes, a suggested rhythm."""
    with time_machine.travel(NOW, tick=False):
        stage.play("everything between the two", lambda: _between(alice, bob))


def _calendar(bob: User) -> str:
    feeds.show_titles(by=seat(bob), titled=True)
    return feeds.make_address(by=seat(bob))


def _between(alice: User, bob: User) -> None:
    for user in (alice, bob):
        write(user, share=True, now=NOW - A_DAY)
    asked(bob, "his ask", at=AT, now=NOW)
    hidden = asked(alice, "planted", at=AT + A_DAY, now=NOW, surprise=True, plan="planted", **HIDDEN)
    accept(bob, hidden.pk, to=AT + A_DAY, now=NOW)
    agreed(alice, bob, "stands", at=AT + 2 * A_DAY, now=NOW)
    happened(alice, bob, "was", at=NOW - 2 * A_DAY)
    wishing.wish(by=seat(bob), words=wishing.WishWords("his wish"), now=NOW)
    occasions.add(by=seat(bob), words=occasions.OccasionWords("other", "a day", 12, 24), now=NOW)
    asking.ask(by=seat(bob), kind="dates", what="TWO_WEEKS|2026-11-27|19:30|Europe/London", now=NOW)


def his(client: Client, token: str) -> Sight:
    """Everything he can see, his calendar (and its version) included."""
    dates = (reverse("adventures:date", args=[one.pk]) for one in date_nights().values())
    return sight(client, (*BESIDE, *DATES, *dates, reverse("adventures:feed", args=[token])))


@pytest.mark.parametrize("act", ACTS)
def test_he_sees_the_same_whatever_she_did(
    alice: User,
    bob: User,
    between: None,
    act: Callable[[User, datetime], None],
) -> None:
    with time_machine.travel(NOW, tick=False):
        token, client = stage.play("his calendar", lambda: _calendar(bob)), browser_of(bob)
        before = once("between the two", lambda: his(client, token))
        perform(act, alice, NOW, empty=EMPTY)
        assert before.again(client) == before.bodies
        wishing.want(by=seat(alice), wish_id=wishing.matches(seat(alice), 1)[0].pk, now=NOW)
        assert before.again(client) != before.bodies  # the comparison does see a difference


def test_nor_on_any_of_thirty_evenings(alice: User, bob: User, between: None, signed_in: SignIn) -> None:
    """Declined at once, or never looked at: his ask stands there, fades and rests on the same days."""
    client = signed_in(bob)

    def a_month(*acts: Callable[[User, datetime], None]) -> list[dict[str, str]]:
        with time_machine.travel(NOW, tick=False):
            for act in acts:
                perform(act, alice, NOW, empty=EMPTY)
        pictures = []
        for evening in range(0, 31, 3 if EVERY_PAGE else 6):
            with time_machine.travel(NOW + evening * A_DAY, tick=False):
                write(bob, share=True, now=NOW + evening * A_DAY)
                pictures.append(seen(client, ("today:today", *DATES)))
        return pictures

    with transaction.atomic():
        ignored = a_month()
        transaction.set_rollback(True)
    assert a_month(*ACTS) == ignored
    assert len({picture["adventures:dates"] for picture in ignored}) > 3
