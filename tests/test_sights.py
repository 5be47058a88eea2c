"""A look at pages that asks only for those that changed finds what asking for them all finds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from checkins import answering, own_questions, thanking
from couples import days, parting
from tests import sights
from tests.cast import browser_of, seat
from tests.private_acts import EVENING, PAGES, SignIn, seen, shares_first, sight, write
from tests.scenes import once, stage

A_FEW = ("today:today", "checkins:thanks", "checkins:question", "accounts:more")


@pytest.fixture(autouse=True)
def _a_short_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "EVERY_PAGE", False)


def shares(alice: User) -> None:
    shares_first(alice, EVENING)


def thanks(alice: User) -> None:
    yesterday = EVENING - timedelta(days=1)
    thanking.say_thanks(by=seat(alice), text="for the soup", trait="", keep=False, now=yesterday)


def answers(alice: User) -> None:
    answering.answer(by=seat(alice), day=days.day_of(EVENING, alice.tz), text="a planted answer", now=EVENING)


def asks(alice: User) -> None:
    own_questions.ask(by=seat(alice), text="a planted question", now=EVENING)


def parts(alice: User) -> None:
    parting.part(by=alice, now=EVENING)


def takes_another_name(alice: User) -> None:
    alice.name = "Alix"
    alice.save()


def _waits(bob: User) -> None:
    """Bob shared his evening and answered the question."""
    write(bob, share=True, now=EVENING)
    answering.answer(by=seat(bob), day=days.day_of(EVENING, bob.tz), text="his answer", now=EVENING)


@pytest.mark.parametrize("act", [shares, thanks, answers, asks, parts, takes_another_name])
def test_whatever_can_be_seen_is_seen(alice: User, bob: User, act: Callable[[User], None]) -> None:
    with time_machine.travel(EVENING, tick=False):
        stage.play("he waits for her page and her answer", lambda: _waits(bob))
        client = browser_of(bob)
        before = once("he waits for her page and her answer", lambda: sight(client))
        act(alice)
        after = before.again(client)
        assert after == seen(client, PAGES)
        assert after != before.bodies


@pytest.fixture
def client(alice: User, bob: User, signed_in: SignIn) -> Client:
    return signed_in(bob)


def test_pages_that_nothing_touched_are_not_asked_for(alice: User, client: Client) -> None:
    with time_machine.travel(EVENING, tick=False):
        before = sight(client, A_FEW)
        before.again(client)
        assert before.asked == 0
        thanks(alice)
        before.again(client)
        assert 0 < before.asked < len(A_FEW)


def test_another_moment_or_a_full_run_asks_for_them_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(EVENING, tick=False):
        before = sight(client, A_FEW)
        monkeypatch.setattr(sights, "EVERY_PAGE", True)
        before.again(client)
        assert before.asked == len(A_FEW)
        monkeypatch.setattr(sights, "EVERY_PAGE", False)
    with time_machine.travel(EVENING + timedelta(minutes=1), tick=False):
        before.again(client)
        assert before.asked == len(A_FEW)


def test_another_count_asks_for_the_pages_that_looked_into_the_cache(client: Client) -> None:
    def counting(client: Client, page: str) -> str:
        return f"{client.get(page).status_code} {cache.get(page) if page == '/help/' else ''}"

    with time_machine.travel(EVENING, tick=False):
        before = sights.Sight.of(client, ("/help/", "/about/"), counting)
        cache.set("count", 1)
        before.again(client)
        assert before.asked == 1
        cache.set("/help/", 1)
        assert before.again(client) == {"/help/": "200 1", "/about/": "200 "}


def test_a_page_that_writes_is_asked_for_each_time(client: Client) -> None:
    def writing(client: Client, page: str) -> str:
        User.objects.update(theme="dark")
        return str(client.get(page).status_code)

    with time_machine.travel(EVENING, tick=False):
        before = sights.Sight.of(client, ("/help/",), writing)
        before.again(client)
        assert before.asked == 1
