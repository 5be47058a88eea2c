"""How deep it may go: the gentler of two private choices, from the next Day on, and neither sees the other's."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import leaving
from accounts.models import User
from checkins import deck, prompt_preferences, questions
from checkins.models import PromptPreference, PromptSelection
from couples import parting
from couples.models import Couple
from tests.cast import NOW, pair, person, seat
from tests.private_acts import seen

DAY = NOW.date()
TOMORROW = DAY + timedelta(days=1)
NEXT = DAY + timedelta(days=2)  # at eight in the evening in London it is tomorrow somewhere
PAGES = ("checkins:prompt_preferences", "checkins:question", "checkins:own_questions")
SignIn = Callable[[User], Client]


def choose(user: User, depth: int, *seasons: str, now: datetime = NOW) -> None:
    prompt_preferences.choose(by=seat(user), depth=depth, seasons=seasons, now=now)


def deals(user: User) -> list[tuple[date, str, str]]:
    couple = Couple.objects.select_related("key").get(pk=seat(user).couple_id)
    return [(one.first_day, one.depth, one.seasons) for one in PromptSelection.objects.of(couple)]


def test_the_gentler_of_two_counts_from_the_first_day_that_has_begun_for_nobody(
    alice: User, bob: User
) -> None:
    choose(alice, 3)
    assert deals(alice) == []  # he hasn't chosen: the light ones
    choose(bob, 3)
    assert deals(alice) == [(NEXT, "3", "")]
    choose(alice, 1)
    assert deals(bob) == [(NEXT, "1", "")]
    assert prompt_preferences.of(bob) == (3, [])


def test_a_season_comes_when_both_ticked_it(alice: User, bob: User) -> None:
    choose(alice, 2, "illness", "new-job")
    assert deals(alice) == []
    choose(bob, 2, "retirement", "illness")
    assert deals(alice) == [(NEXT, "2", "illness")]
    assert prompt_preferences.of(alice) == (2, ["new-job", "illness"])


def test_what_changes_nothing_for_the_two_writes_nothing_for_them(alice: User, bob: User) -> None:
    choose(bob, 3, "illness")
    for _ in range(2):
        choose(alice, 2)
    assert deals(alice) == [(NEXT, "2", "")]
    choose(alice, 1)  # back to where they were, before it began
    assert deals(alice) == [(NEXT, "1", "")]
    choose(alice, 2, now=NOW + timedelta(days=3))
    assert deals(alice)[1:] == [(DAY + timedelta(days=5), "2", "")]


def test_alone_it_is_ones_own(dana: User) -> None:
    choose(dana, 3, "far-apart")
    assert deals(dana) == [(TOMORROW, "3", "far-apart")]


def test_nobody_chooses_what_there_is_not(dana: User) -> None:
    for depth, seasons in ((4, []), (2, ["winter"])):
        with pytest.raises(ValueError, match="no such"):
            prompt_preferences.choose(by=seat(dana), depth=depth, seasons=seasons, now=NOW)
    assert not PromptPreference.objects.exists()


def test_on_two_clocks_it_waits_for_the_later_of_two_days(db: None) -> None:
    alice, bob = person("Alice", zone="Pacific/Auckland"), person("Bob", zone="America/Los_Angeles")
    pair(alice, bob)
    before = {user: questions.asked(seat(user), DAY + timedelta(days=1)).prompt for user in (alice, bob)}
    for user in (alice, bob):
        choose(user, 3)  # Wednesday with him, Thursday morning with her
    assert deals(alice) == [(DAY + timedelta(days=2), "3", "")]
    for user in (alice, bob):
        assert questions.asked(seat(user), DAY + timedelta(days=1)).prompt == before[user]
    User.objects.filter(pk=alice.pk).update(zone="America/Los_Angeles")  # she moved to him meanwhile
    choose(bob, 2)
    assert deals(alice) == [(DAY + timedelta(days=2), "2", "")]


def test_what_both_chose_before_holds_from_their_first_day(db: None) -> None:
    kim, lou = person("Kim"), person("Lou")
    choose(kim, 3, "illness", "new-job")
    choose(lou, 3, "illness")
    couple = pair(kim, lou, now=NOW)
    assert deals(kim) == [(deck.first_day(couple), "3", "illness")]


def test_two_who_never_chose_need_nothing_written(db: None) -> None:
    kim, lou = person("Kim"), person("Lou")
    choose(kim, 3)
    pair(kim, lou, now=NOW)
    assert deals(kim) == []


def test_two_who_never_chose_are_asked_the_light_ones(alice: User, bob: User, dana: User) -> None:
    choose(bob, 3)
    for user in (alice, bob, dana):
        assert {
            deck.deck()[questions.prompt_of(seat(user), DAY + timedelta(days=ahead))].depth
            for ahead in range(60)
        } == {1}
    assert [prompt_preferences.of(user) for user in (alice, bob, dana)] == [(1, []), (3, []), (1, [])]


def test_after_parting_ones_own_choice_holds_again(alice: User, bob: User) -> None:
    choose(alice, 1, "illness")
    parting.part(by=bob, now=NOW)
    assert deals(alice) == [(deck.first_day(seat(alice).couple), "1", "illness")]
    assert deals(bob) == []


def test_whoever_leaves_takes_theirs_along(alice: User, bob: User) -> None:
    for user in (alice, bob):
        choose(user, 2)
    leaving.erase(user=alice, now=NOW)
    assert [taste.pk for taste in PromptPreference.objects.all()] == [bob.pk]
    assert deals(bob) == [(deck.first_day(seat(bob).couple), "2", "")]


def test_the_question_is_of_the_gentler_depth(alice: User, bob: User) -> None:
    choose(alice, 2)
    choose(bob, 3)
    for ahead in range(2, 90):
        day = DAY + timedelta(days=ahead)
        prompt = questions.prompt_of(seat(alice), day)
        assert prompt == questions.prompt_of(seat(bob), day)
        assert deck.deck()[prompt].depth <= 2


@pytest.mark.usefixtures("clock")
def test_the_page_shows_ones_own_choice_and_no_trace_of_the_others(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    before = seen(his, PAGES)
    answer = hers.post(
        reverse("checkins:prompt_preferences"), {"depth": "1", "seasons": ["illness"]}, follow=True
    )
    body = answer.content.decode()
    assert "It counts from the next question on." in body
    assert '<input type="radio" name="depth" value="1" checked>' in body
    assert re.search(r'name="seasons"\s+value="illness"\s+checked\s*>', body)
    assert "Far apart, small kindnesses work from there as well." in body

    assert seen(his, PAGES) == before


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({}, "Choose one of the three."),
        ({"depth": "9"}, "Choose one of the three."),
        ({"depth": "2", "seasons": ["winter"]}, "One of these isn’t on the list any more."),
    ],
)
def test_a_choice_that_is_none_is_told_beside_it(
    dana: User, signed_in: SignIn, posted: dict[str, object], told: str
) -> None:
    answer = signed_in(dana).post(reverse("checkins:prompt_preferences"), posted)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PromptPreference.objects.exists()
