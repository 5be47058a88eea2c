"""Today, as each of the cast sees it."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller, travel

from accounts.models import User
from checkins import writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples.models import Partner
from tests.cast import NOW, person, seat

SignIn = Callable[[User], Client]
TODAY = "/today/"
DAY = NOW.date()


@pytest.fixture(autouse=True)
def clock() -> object:
    with travel(NOW, tick=False) as traveller:
        yield traveller


def write(user: User, rose: str, *, share: bool = True, days_ago: int = 0) -> None:
    now = NOW - timedelta(days=days_ago)
    writing.write(by=seat(user), day=now.date(), words=CheckInText(rose), share=share, now=now)


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


# --- its states ----------------------------------------------------------------------------------------


def heading(client: Client) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page(client), re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(found[1])).split())


def primary_buttons(client: Client) -> int:
    return page(client).count("btn-primary")


def test_after_seven_quiet_days_one_starts_anywhere(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    assert heading(client) == "Good evening. Start anywhere."
    assert "/evenings/" not in page(client)  # nothing has piled up
    write(alice, "x", days_ago=7, share=False)
    assert heading(client) == "Good evening. Start anywhere."  # what is kept isn't told by it
    writing.talk(by=seat(alice), day=DAY - timedelta(days=6), now=NOW - timedelta(days=6))
    assert heading(client) == "Three small things."


def test_the_first_evening_is_named_as_odd(db: None, signed_in: SignIn) -> None:
    client = signed_in(person("Gwen", now=NOW + timedelta(days=40)))  # the cast joined forty days before
    assert heading(client) == "First evening."


def test_aloud(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    writing.talk(by=seat(alice), day=DAY, now=NOW)
    assert heading(hers) == "You talked. That’s the evening done."
    assert "You talked" not in page(his)
    hers.post(f"/evening/{DAY}/not-yet/")
    assert heading(hers) == "Good evening. Start anywhere."


def test_waiting_and_kept(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for share in (True, False):
        write(alice, "x", share=share)
        assert heading(client) == "That was it. The rest is talking."


def test_revealed(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        write(user, "x")
    assert heading(signed_in(alice)) == "You’ve both written. Now talk."


def test_a_page_left_open_is_there_before_one_wrote(alice: User, bob: User, signed_in: SignIn) -> None:
    writing.write(by=seat(alice), day=DAY, words=CheckInText("planted rose", open=True), share=True, now=NOW)
    client = signed_in(bob)
    assert "planted rose" in page(client)
    assert heading(client) == "Good evening. Start anywhere."
    assert "left this page open" in page(client)


def test_yesterdays_page_is_offered_until_noon_and_only_if_it_is_not_there(
    alice: User, signed_in: SignIn, clock: Traveller
) -> None:
    writing.talk(by=seat(alice), day=DAY - timedelta(days=3), now=NOW - timedelta(days=3))
    client = signed_in(alice)
    link = f"/evening/{DAY}/"
    for hour, offered in ((4, True), (11, True), (12, False)):
        clock.move_to(NOW.replace(day=19, hour=hour, minute=0))
        assert (link in page(client)) == offered
    clock.move_to(NOW.replace(day=18))
    write(alice, "x")
    clock.move_to(NOW.replace(day=19, hour=9))
    assert link not in page(client)


def test_pages_that_opened_late_are_found(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    write(alice, "Alices planted rose")
    morning = NOW.replace(day=19, hour=9)
    clock.move_to(morning)
    client = signed_in(alice)
    link = f"/evenings/{DAY}/"
    assert link not in page(client)
    writing.write(by=seat(bob), day=DAY, words=CheckInText("Bobs planted rose"), share=True, now=morning)
    assert link in page(client)
    assert "Bobs planted rose" in client.get(link).content.decode()


def test_of_an_evening_of_which_one_page_is_open_it_says_one(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    before = NOW - timedelta(days=1)
    words = CheckInText("x", open=True)
    writing.write(by=seat(alice), day=before.date(), words=words, share=True, now=before)
    shown = html.unescape(page(signed_in(bob)))
    assert "Alice’s page of Tuesday" in shown
    assert "It is open, to read again" in shown
    writing.write(by=seat(bob), day=before.date(), words=CheckInText("y"), share=True, now=before)
    assert "Tuesday’s pages" in html.unescape(page(signed_in(bob)))


def test_the_others_page_stands_first(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    """For two evenings, whoever they are: where clocks are far apart it opens on the second."""
    for user in (alice, bob):
        write(user, "x")
    named = []
    for number in range(1, 4):
        clock.move_to(NOW + timedelta(days=number))
        shown = re.findall(r'id="t-([\w-]+)"', page(signed_in(alice)))
        named.append("opened" in shown)
        assert "opened" not in shown[1:]
    assert named == [True, True, False]


@pytest.mark.parametrize("state", ["quiet", "waiting", "revealed", "aloud"])
def test_there_is_one_thing_to_do_at_most(alice: User, bob: User, signed_in: SignIn, state: str) -> None:
    if state == "aloud":
        writing.talk(by=seat(alice), day=DAY, now=NOW)
    elif state != "quiet":
        write(alice, "x")
    if state == "revealed":
        write(bob, "x")
    assert primary_buttons(signed_in(alice)) <= 1


TWO_YEARS = 730


@pytest.mark.parametrize(("state", "queries"), [("evening", 6), ("waiting", 6), ("revealed", 6)])
def test_it_asks_the_database_as_little_after_two_years_as_after_a_day(
    alice: User,
    bob: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    state: str,
    queries: int,
) -> None:
    """The session; the person and the two seats with their keys; the evening, dates, the talk, the challenge."""
    Partner.objects.update(sat_at=NOW - timedelta(days=31))  # it is no offer's turn
    client = signed_in(alice)
    for user in (alice, bob):
        write(user, "x", days_ago=1)
    if state != "evening":
        write(alice, "x")
    if state == "revealed":
        write(bob, "x")
    page(client)
    with django_assert_num_queries(queries):
        page(client)
    couple = seat(alice).couple
    CheckIn.objects.bulk_create(
        CheckIn(author=user, couple=couple, day=DAY - timedelta(days=ago), shared_at=NOW, rose="x")
        for user in (alice, bob)
        for ago in range(2, TWO_YEARS)
    )
    with django_assert_num_queries(queries):
        page(client)


def test_a_month_alone_is_said_kindly(dana: User, erin: User, signed_in: SignIn, clock: Traveller) -> None:
    assert "You have carried this a month" in page(signed_in(dana))  # she has been here for forty days
    assert "You have carried this a month" not in page(signed_in(erin))  # the person it was for has gone
    assert "streak" not in page(signed_in(dana))
