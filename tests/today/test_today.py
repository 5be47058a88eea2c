"""Today, as each of the cast sees it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller, travel

from accounts.models import User
from checkins import writing
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
TODAY = "/today/"
DAY = NOW.date()


@pytest.fixture(autouse=True)
def clock() -> object:
    with travel(NOW, tick=False) as traveller:
        yield traveller


def write(user: User, rose: str, *, share: bool = True, days_ago: int = 0) -> None:
    lines = {"rose": rose, "bud": "", "thorn": ""}
    writing.write(by=seat(user), day=DAY - timedelta(days=days_ago), lines=lines, share=share, now=NOW)


def page(client: Client) -> str:
    answer = client.get(TODAY)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_before_anything_it_offers_the_evening(alice: User, dana: User, signed_in: SignIn) -> None:
    for user in (alice, dana):
        assert "/evening/" in page(signed_in(user))


def test_both_pages_are_there_once_both_have_shared(alice: User, bob: User, signed_in: SignIn) -> None:
    write(alice, "Alices planted rose")
    assert "Alices planted rose" not in page(signed_in(bob))
    write(bob, "Bobs planted rose")
    for user in (alice, bob):
        shown = page(signed_in(user))
        assert "Alices planted rose" in shown
        assert "Bobs planted rose" in shown


def test_nobody_else_reads_them(
    alice: User, bob: User, charlie: User, dana: User, erin: User, signed_in: SignIn
) -> None:
    write(alice, "Alices planted rose")
    write(bob, "Bobs planted rose")
    for user in (charlie, dana, erin):
        assert "planted" not in page(signed_in(user))


def test_yesterday_is_over_at_four(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    write(alice, "Alices planted rose")
    write(bob, "Bobs planted rose")
    clock.move_to(NOW.replace(day=19, hour=3, minute=59))
    assert "Bobs planted rose" in page(signed_in(alice))
    clock.move_to(NOW.replace(day=19, hour=4, minute=0))
    assert "planted" not in page(signed_in(alice))


def test_signed_out_it_leads_to_the_sign_in(client: Client, db: None) -> None:
    answer = client.get(TODAY)
    assert answer["Location"] == "/account/login/?next=/today/"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_only_reads(alice: User, signed_in: SignIn, method: str) -> None:
    assert getattr(signed_in(alice), method)(TODAY).status_code == 405


@pytest.mark.parametrize("evenings", [1, 30])
def test_it_takes_four_questions_to_the_database_however_long_one_has_been_here(
    alice: User,
    bob: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    evenings: int,
) -> None:
    """Session, person, the two seats with their keys, the two pages."""
    for number in range(evenings):
        for user in (alice, bob):
            write(user, f"rose {number}", days_ago=number)
    client = signed_in(alice)
    page(client)
    with django_assert_num_queries(4):
        page(client)


def test_a_month_alone_is_said_kindly(dana: User, erin: User, signed_in: SignIn, clock: Traveller) -> None:
    assert "You have carried this a month" in page(signed_in(dana))  # she has been here for forty days
    assert "You have carried this a month" in page(signed_in(erin))
    assert "streak" not in page(signed_in(dana))
