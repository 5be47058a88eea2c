"""Small kindnesses: a checked deck, dealt to each alone, and no trace of any."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.models import User
from checkins import kindnesses, prompt_preferences
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
DAY = NOW.date()
TOUCH = ("kiss", "hug", "cuddle", "massage", "sex", "stroke")


def deck(count: int = kindnesses.LEAST, **changed: object) -> str:
    """A deck's file; `changed` is what its last entry says instead."""
    entries: list[dict[str, object]] = [
        {"id": f"g{number}", "text": f"Do {number}.", "notice": "See.", "apart": True}
        for number in range(count)
    ]
    entries[-1] |= changed
    return "\n".join(
        "[[kindness]]\n" + "\n".join(f"{key} = {literal(value)}" for key, value in entry.items())
        for entry in entries
    )


def literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'


# --- the deck ------------------------------------------------------------------------------------------


def test_the_deck_is_whole() -> None:
    found = kindnesses.deck()
    assert len(found) >= 90
    said = re.findall(r"[\w’]+", " ".join(f"{one.text} {one.notice}" for one in found).lower())
    assert not set(TOUCH) & set(said)
    assert len({one.notice for one in found}) == len(found)
    assert sum(one.apart for one in found) >= 64  # for two who are far from each other, and for one alone
    assert sum(not one.apart for one in found) >= 20


def test_there_are_a_chore_a_compliment_listening_and_something_warm() -> None:
    texts = " ".join(one.text for one in kindnesses.deck())
    for kind in (
        "the chore they like least",
        "one true thing you like",
        "only listen",
        "something warm to drink",
    ):
        assert kind in texts


def test_none_watches_the_other_handles_their_things_or_takes_the_blame() -> None:
    """What to notice is in oneself; what to do leaves the other's bag, coat and phone alone, and says no sorry."""
    watched = re.compile(
        r"\b(when they|how (late|long|often|far|they)|which (coat|cup|end|one they)|what they|where they|who they"
        r"|what time|the way they (walk|look|sit))\b",
        re.IGNORECASE,
    )
    handled = re.compile(
        r"\btheir (\w+ )?(bag|coat|pockets?|phone|charger|keys?|clothes|jumper|desk|letters?|post|bed|side)\b",
        re.IGNORECASE,
    )
    blamed = re.compile(
        r"\b(sorry|fault|forgive|short with you|guess a kind|apologise|blame|breaths?)\b", re.IGNORECASE
    )
    found = kindnesses.deck()
    assert [one.notice for one in found if watched.search(one.notice)] == []
    assert [one.text for one in found if handled.search(one.text)] == []
    assert [one.id for one in found if blamed.search(one.text + " " + one.notice)] == []


def test_a_deck_that_is_well_is_read() -> None:
    assert len(kindnesses.read(deck())) == 64


@pytest.mark.parametrize(
    "text",
    [
        deck(63),
        deck(id="g0"),
        deck(text="Do 0."),
        deck(id=""),
        deck(text=" "),
        deck(notice=""),
        deck(text="x" * 201),
        deck(notice="x" * 121),
        deck(apart="yes"),
        deck().replace("apart = true", "apart = false", 1),
        deck(text=7),
        deck(more="x"),
        deck() + '\n[[kindness]]\nid = "half"',
        "",
        "[[kindness",
        "kindness = 7",
    ],
    ids=lambda text: str(text)[-40:],
)
def test_a_duplicate_a_hole_or_too_few_are_found_at_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        kindnesses.read(text)


def test_it_is_asked_for_when_the_installation_starts() -> None:
    assert kindnesses.deck.cache_info().currsize == 1


# --- dealing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("apart", [False, True])
def test_each_round_has_all_in_another_order_and_none_comes_back_soon(alice: User, apart: bool) -> None:
    size = len(kindnesses.suiting(apart=apart))
    begin = date.fromordinal(-(-DAY.toordinal() // size) * size)
    dealt = [
        kindnesses.of_day(alice, begin + timedelta(days=number), apart=apart) for number in range(6 * size)
    ]
    rounds = [dealt[at : at + size] for at in range(0, len(dealt), size)]
    assert all(len(set(one)) == size for one in rounds)
    assert len({tuple(one) for one in rounds}) == len(rounds)
    moved = sum(one != other for one, other in zip(rounds[0], rounds[1], strict=True))
    assert moved >= size // 2
    last: dict[str, int] = {}
    for number, one in enumerate(dealt):
        assert number - last.get(one.id, -60) >= 60, one
        last[one.id] = number


def test_it_is_the_same_all_day_and_each_persons_own(alice: User, bob: User) -> None:
    month = [DAY + timedelta(days=number) for number in range(30)]
    hers, his = ([kindnesses.of_day(user, day, apart=False) for day in month] for user in (alice, bob))
    assert hers == [kindnesses.of_day(alice, day, apart=False) for day in month]
    assert hers != his


@pytest.mark.parametrize("apart", [False, True])
def test_another_one_is_another_until_all_were_seen(alice: User, apart: bool) -> None:
    size = len(kindnesses.suiting(apart=apart))
    seen = [kindnesses.of_day(alice, DAY, number, apart=apart) for number in range(size)]
    assert len(set(seen)) == size
    assert kindnesses.of_day(alice, DAY, size, apart=apart) == seen[0]
    assert all(one.apart for one in seen) is apart


def test_alone_or_apart_none_needs_one_home(
    alice: User, bob: User, charlie: User, dana: User, erin: User, signed_in: SignIn, clock: Traveller
) -> None:
    """Alone, and once both chose "far apart": what one of the two chose changes nothing on either's pages."""

    def need_one_home(user: User) -> bool:
        client = signed_in(user)
        pages = (client.get(f"/kindness/{nth}/").content.decode() for nth in range(1, 40))
        return any("It works from afar, too." not in page for page in pages)

    everybody = (alice, bob, charlie, dana, erin)
    assert [need_one_home(user) for user in everybody] == [True, True, True, False, False]
    choose = partial(prompt_preferences.choose, depth=1, seasons=["far-apart"], now=NOW)
    choose(by=seat(alice))
    clock.shift(timedelta(days=3))
    assert [need_one_home(user) for user in everybody] == [True, True, True, False, False]
    choose(by=seat(bob), now=NOW + timedelta(days=3))
    clock.shift(timedelta(days=3))
    assert [need_one_home(user) for user in everybody] == [False, False, True, False, False]


# --- the pages -----------------------------------------------------------------------------------------


def test_the_page_is_notice_do_thank(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    for path, further in (("/kindness/", 0), ("/kindness/1/", 1), ("/kindness/7000/", 7000)):
        body = client.get(path).content.decode()
        one = kindnesses.of_day(alice, DAY, further, apart=False)
        parts = ("Notice</h2>", escape(one.notice), "Do</h2>", escape(one.text), "Thank</h2>")
        places = [body.index(part) for part in parts]
        assert places == sorted(places)
        assert "Which one you have is shown to nobody else." in body


def test_another_leads_on(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    assert 'href="/kindness/1/"' in client.get("/kindness/").content.decode()
    assert 'href="/kindness/2/"' in client.get("/kindness/1/").content.decode()
    size = len(kindnesses.deck())
    assert f'href="/kindness/{size}/"' in client.get(f"/kindness/{size - 1}/").content.decode()
    assert 'href="/kindness/1/"' in client.get(f"/kindness/{size}/").content.decode()


def test_it_rolls_over_at_four(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    tonight = escape(kindnesses.of_day(alice, DAY, apart=False).text)
    clock.move_to(NOW.replace(day=19, hour=3, minute=59))
    assert tonight in client.get("/kindness/").content.decode()
    clock.move_to(NOW.replace(day=19, hour=4))
    assert tonight not in client.get("/kindness/").content.decode()


def test_looking_asks_for_nobody_but_the_reader(
    alice: User, signed_in: SignIn, clock: Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session and person with the two seats and their keys, and what the two chose to be asked about."""
    client = signed_in(alice)
    client.get("/kindness/")
    with django_assert_num_queries(3):
        client.get("/kindness/1/")


def test_today_has_one_for_two_and_a_few_for_one(charlie: User, signed_in: SignIn, clock: Traveller) -> None:
    body = signed_in(charlie).get("/today/").content.decode()
    assert escape(kindnesses.of_day(charlie, DAY, apart=False).text) in body
    assert 'href="/kindness/"' in body


def test_somebody_new_alone_finds_three(dana: User, signed_in: SignIn, clock: Traveller) -> None:
    dana.joined_at = NOW - timedelta(days=2)
    dana.save()
    dana.seats.update(sat_at=NOW - timedelta(days=2))
    body = signed_in(dana).get("/today/").content.decode()
    few = kindnesses.some(dana, DAY, 3, apart=True)
    assert len(set(few)) == 3
    assert all(escape(one.text) in body for one in few)
