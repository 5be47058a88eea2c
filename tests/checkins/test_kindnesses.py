"""Small kindnesses: a checked deck, dealt to each alone, and no trace of any."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from itertools import cycle

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
        {"id": f"g{number}", "kind": kind, "text": f"Do {number}.", "notice": "See.", "apart": True}
        for number, kind in zip(range(count), cycle(kindnesses.KINDS), strict=False)
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
        deck(kind="riddles"),
        deck(apart="yes"),
        deck().replace('"play"', '"help"'),
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


def dealt(user: User, count: int, *, apart: bool, begin: date = DAY) -> list[kindnesses.Kindness]:
    """What somebody is dealt, Day by Day."""
    sits = seat(user)
    return [kindnesses.of_day(sits, begin + timedelta(days=number), apart=apart) for number in range(count)]


def gaps(ids: Iterable[str]) -> list[int]:
    """The Days from each to the next of the same."""
    last: dict[str, int] = {}
    found = []
    for number, one in enumerate(ids):
        found += [number - last[one]] if one in last else []
        last[one] = number
    return found


@pytest.mark.parametrize("apart", [False, True])
def test_each_round_has_all_in_another_order_and_none_comes_back_soon(
    alice: User, bob: User, dana: User, apart: bool
) -> None:
    size = len(kindnesses.suiting(apart=apart))
    for user in (alice, bob, dana):
        ahead = 0 if user == dana else kindnesses.FROM_EACH_OTHER * seat(user).seat
        begin = date.fromordinal(-(-DAY.toordinal() // size) * size - ahead)
        all_of_them = dealt(user, 6 * size, apart=apart, begin=begin)
        rounds = [all_of_them[at : at + size] for at in range(0, len(all_of_them), size)]
        assert all(len(set(one)) == size for one in rounds)
        assert len({tuple(one) for one in rounds}) == len(rounds)
        moved = sum(one != other for one, other in zip(rounds[0], rounds[1], strict=True))
        assert moved >= size // 4  # whoever they are
        assert min(gaps(one.id for one in all_of_them)) >= 60


@pytest.mark.parametrize("apart", [False, True])
def test_two_of_a_kind_never_come_within_three_days(
    alice: User, bob: User, charlie: User, dana: User, erin: User, apart: bool
) -> None:
    for user in (alice, bob, charlie, dana, erin):
        assert min(gaps(one.kind for one in dealt(user, 400, apart=apart))) > 3


@pytest.mark.parametrize("apart", [False, True])
def test_two_find_the_same_at_least_twenty_days_apart(
    alice: User, bob: User, charlie: User, apart: bool
) -> None:
    """So that it isn't answered by itself: when either has it, the other's is long past or far."""
    for one, other in ((alice, bob), (charlie, User.objects.get(name="Cleo"))):
        hers, his = ([one.id for one in dealt(user, 400, apart=apart)] for user in (one, other))
        for number, what in enumerate(hers):
            assert what not in his[max(number - 20, 0) : number + 21], number


def test_it_is_the_same_all_day_and_each_couples_own(
    alice: User, charlie: User, dana: User, erin: User
) -> None:
    months = [dealt(user, 30, apart=True) for user in (alice, charlie, dana, erin)]
    assert months == [dealt(user, 30, apart=True) for user in (alice, charlie, dana, erin)]
    assert len({tuple(month) for month in months}) == 4


def test_three_at_once_are_of_three_kinds_and_none_is_there_again_soon(dana: User, erin: User) -> None:
    for user in (dana, erin):
        sits, last, sooner = seat(user), dict[str, int](), 0
        for number in range(400):
            few = kindnesses.some(sits, DAY + timedelta(days=number), 3, apart=True)
            assert len({one.kind for one in few}) == 3
            for one in few:
                assert number - last.get(one.id, -5) >= 5, (number, one)
                sooner += number - last.get(one.id, -10) < 10
                last[one.id] = number
        assert sooner <= 10


@pytest.mark.parametrize("apart", [False, True])
def test_another_one_is_another_until_all_were_seen(alice: User, apart: bool) -> None:
    size = len(kindnesses.suiting(apart=apart))
    seen = [kindnesses.of_day(seat(alice), DAY, number, apart=apart) for number in range(size)]
    assert len(set(seen)) == size
    assert kindnesses.of_day(seat(alice), DAY, size, apart=apart) == seen[0]
    assert all(one.apart for one in seen) is apart
    assert min(gaps(one.kind for one in seen[: size // 2])) > 3


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
        one = kindnesses.of_day(seat(alice), DAY, further, apart=False)
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
    tonight = escape(kindnesses.of_day(seat(alice), DAY, apart=False).text)
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
    assert escape(kindnesses.of_day(seat(charlie), DAY, apart=False).text) in body
    assert 'href="/kindness/"' in body


def test_somebody_new_alone_finds_three(dana: User, signed_in: SignIn, clock: Traveller) -> None:
    dana.joined_at = NOW - timedelta(days=2)
    dana.save()
    dana.seats.update(sat_at=NOW - timedelta(days=2))
    body = signed_in(dana).get("/today/").content.decode()
    few = kindnesses.some(seat(dana), DAY, 3, apart=True)
    assert len(set(few)) == 3
    assert all(escape(one.text) in body for one in few)
