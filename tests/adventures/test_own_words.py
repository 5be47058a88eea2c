"""What one asked for is in one's own words: they stay readable, and outlive the other's account."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import leaving
from accounts.models import User
from adventures import dating, proposing, reading
from adventures.models import DateNight
from couples import parting
from tests.adventures.scenarios import accept, agreed, asked, change
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
AT = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, date_night: DateNight) -> HttpResponse:
    return client.get(reverse("adventures:date", args=[date_night.pk]))  # type: ignore[return-value]  # of a test client


def answers_with_another_time(alice: User, date_night: DateNight) -> None:
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + timedelta(days=1), now=NOW)


def takes_that_back(alice: User, date_night: DateNight) -> None:
    answers_with_another_time(alice, date_night)
    proposing.withdraw(by=seat(alice), date_id=date_night.pk, now=NOW)


def parts(alice: User, date_night: DateNight) -> None:
    parting.part(by=alice, now=NOW)


def erases(alice: User, date_night: DateNight) -> None:
    leaving.erase(alice, now=NOW)


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("ends", [parts, erases])
def test_an_ask_nobody_said_yes_to_stays_with_whoever_wrote_it(
    alice: User,
    bob: User,
    signed_in: SignIn,
    answered: bool,
    ends: Callable[[User, DateNight], None],
) -> None:
    """With the other's account it went, where they had asked for another time; after parting it was nowhere."""
    date_night = asked(bob, "the planted ferry", plan="the planted pier", at=AT, now=NOW)
    theirs = asked(alice, "her planted words", at=AT + timedelta(days=9), now=NOW)
    if answered:
        answers_with_another_time(alice, date_night)
    ends(alice, date_night)
    client = signed_in(bob)
    shown = page(client, date_night)
    assert shown.status_code == 200
    assert b"the planted ferry" in shown.content
    assert b"the planted pier" in shown.content
    assert b"the planted ferry" in client.get(reverse("adventures:earlier_lists")).content
    assert page(client, theirs).status_code == 404
    assert b"her planted words" not in client.get(reverse("adventures:earlier_lists")).content
    assert DateNight.objects.filter(pk=theirs.pk).exists() is (ends is parts)
    for verb in ("yes", "withdraw", "postpone", "call_off", "happened", "tell", "leave_line"):
        assert client.post(reverse(f"adventures:{verb}", args=[date_night.pk])).status_code == 404
    assert client.get(reverse("adventures:another_time", args=[date_night.pk])).status_code == 404


@pytest.mark.parametrize("ends", [None, parts, erases])
def test_what_the_other_takes_back_is_their_other_time_and_not_ones_own_words(
    alice: User, bob: User, signed_in: SignIn, ends: Callable[[User, DateNight], None] | None
) -> None:
    date_night = asked(bob, "the planted ferry", plan="the planted pier", at=AT, now=NOW)
    takes_that_back(alice, date_night)
    assert page(signed_in(alice), date_night).status_code == 404
    if ends is not None:
        ends(alice, date_night)
    client = signed_in(bob)
    assert b"the planted pier" in page(client, date_night).content
    assert b"the planted ferry" in client.get(reverse("adventures:earlier_lists")).content


def test_one_that_faded_can_be_read_by_whoever_asked_and_by_nobody_else(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    date_night = asked(bob, "the planted ferry", at=NOW - timedelta(days=8), now=NOW - timedelta(days=10))
    assert page(signed_in(bob), date_night).status_code == 200
    for other in (alice, dana):
        client = signed_in(other)
        assert page(client, date_night).status_code == 404
        assert b"the planted ferry" not in client.get(reverse("adventures:earlier_lists")).content
    proposing.withdraw(by=seat(bob), date_id=date_night.pk, now=NOW)
    assert page(signed_in(bob), date_night).status_code == 404  # one took it back


def test_a_date_one_arranges_stays_readable_when_it_was_called_off_or_the_couple_ended(
    alice: User, bob: User
) -> None:
    off, on = (agreed(bob, alice, f"planted {at}", at=AT + timedelta(days=at), now=NOW) for at in (1, 2))
    dating.call_off(by=seat(alice), date_id=off.pk, now=NOW)
    parting.part(by=alice, now=NOW)
    for date_night in (off, on):
        found = reading.own(seat(bob), date_night.pk)
        assert found is not None
        assert found.title == date_night.title
        assert reading.own(seat(alice), date_night.pk) is None
    assert {one.date.pk for one in reading.own_lapsed(seat(bob), now=NOW)} == {off.pk, on.pk}


def test_what_both_arrange_and_either_may_change_is_nobodys_own(alice: User, bob: User) -> None:
    date_night = asked(bob, "planted", at=AT, now=NOW, together=True)
    accept(alice, date_night.pk, to=AT, now=NOW)
    parting.part(by=alice, now=NOW)
    assert [reading.own(seat(user), date_night.pk) for user in (alice, bob)] == [None, None]


def test_what_both_wrote_is_neithers_own_and_goes_with_the_first_who_leaves(alice: User, bob: User) -> None:
    date_night = asked(bob, "planted", at=AT, now=NOW)
    answers_with_another_time(alice, date_night)
    asked(alice, "planted", plan="in her words", at=AT + timedelta(days=1), now=NOW)
    leaving.erase(alice, now=NOW)
    assert not DateNight.objects.filter(pk=date_night.pk).exists()


@pytest.mark.parametrize("changes", [False, True])
def test_what_the_other_put_in_other_words_isnt_ones_own(alice: User, bob: User, changes: bool) -> None:
    """To save it as it stood changes nothing. It goes with the other's account, as their words are in it."""
    date_night = asked(alice, "the harbour", at=AT, now=NOW, together=True)
    change(bob, date_night.pk, "bob's harbour" if changes else "the harbour")
    parting.part(by=alice, now=NOW)
    titles = [one.title for one in reading.own_lapsed(seat(alice), now=NOW)]
    assert titles == ([] if changes else ["the harbour"])
    leaving.erase(bob, now=NOW)
    assert DateNight.objects.filter(pk=date_night.pk).exists() != changes
