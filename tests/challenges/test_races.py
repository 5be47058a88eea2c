"""Both do something in a challenge at the same moment: one attempt, one truth about each day, nothing after its end."""

import os
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts import leaving
from challenges import attempts, catalogue
from challenges.errors import NotRunning
from challenges.models import Attempt, CompletedDay, Remark
from couples import asking, parting
from couples.errors import AskNotOpen
from couples.models import Partner
from tests.cast import NOW, pair, person, seat
from tests.challenges.scenarios import attempt_of, begin_together
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "3"))
A_DAY = timedelta(days=1)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


def two(number: int) -> tuple[Partner, Partner]:
    """A couple of this round's own."""
    alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
    pair(alice, bob)
    return seat(alice), seat(bob)


def troubles(results: list[Any], *but: type[Exception]) -> list[Any]:
    """What was raised, other than what may be."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, but)]


def test_both_suggest_at_once_and_one_attempt_begins() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            seats = two(number)
            results = lanes.race(
                *(partial(attempts.suggest, by=by, challenge=catalogue.FIRST, now=NOW) for by in seats)
            )
            assert troubles(results) == []
            assert Attempt.objects.of(seats[0].couple).count() == 1


def test_two_asks_agreed_to_at_once_begin_one_attempt() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = two(number)
            asks = [
                asking.ask(by=by, kind=attempts.KIND, what=what, now=NOW)
                for by, what in ((alice, catalogue.FIRST), (bob, catalogue.STARTER))
            ]
            results = lanes.race(
                partial(asking.agree, by=bob, ask_id=asks[0].pk, now=NOW),
                partial(asking.agree, by=alice, ask_id=asks[1].pk, now=NOW),
            )
            assert troubles(results, AskNotOpen) == []
            assert Attempt.objects.of(alice.couple).count() == 1


def test_a_day_counted_by_both_at_once_is_done() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = two(number)
            begin_together(alice.user, bob.user, now=NOW)
            attempts.complete(by=alice, number=1, card="words", now=NOW)
            results = lanes.race(
                partial(attempts.uncomplete, by=alice, number=1, card="words"),
                partial(attempts.complete, by=bob, number=1, card="close", now=NOW),
            )
            assert troubles(results) == []
            day = CompletedDay.objects.get(attempt=attempt_of(alice.user))
            assert day.done_at is not None
            lanes.race(
                partial(attempts.uncomplete, by=bob, number=1, card="close"),
                partial(attempts.complete, by=bob, number=1, card="close", now=NOW),
            )
            day.refresh_from_db()
            assert day.done_at is not None


def test_nothing_is_left_on_a_challenge_that_was_put_away() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = two(number)
            attempt = begin_together(alice.user, bob.user, now=NOW)
            line, _ = lanes.race(
                partial(attempts.leave_line, by=alice, number=1, text="x", now=NOW + A_DAY),
                partial(attempts.end, by=bob, now=NOW + A_DAY),
            )
            assert isinstance(line, Remark | NotRunning)
            assert Remark.objects.filter(completed_day__attempt=attempt).count() == isinstance(line, Remark)


@pytest.mark.parametrize("ending", ["part", "erase"])
def test_parting_or_erasing_meanwhile_ends_it_for_good(ending: str) -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = two(number)
            attempt = begin_together(alice.user, bob.user, now=NOW)
            leave = (
                partial(parting.part, by=bob.user, now=NOW)
                if ending == "part"
                else partial(leaving.erase, bob.user, now=NOW)
            )
            results = lanes.race(partial(attempts.complete, by=alice, number=1, card="words", now=NOW), leave)
            assert troubles(results, NotRunning) == []
            attempt.refresh_from_db()
            assert attempt.ended_at is not None
