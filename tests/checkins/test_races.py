import os
from datetime import timedelta
from functools import partial

import pytest

from checkins import writing
from checkins.models import CheckIn
from checkins.reading import evening
from couples import parting
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

DAY = NOW.date()
ROUNDS = int(os.environ.get("ROUNDS", "5"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


def lines(rose: str) -> dict[str, str]:
    return {"rose": rose, "bud": "", "thorn": ""}


def test_both_share_at_the_same_moment_and_each_changes_their_mind_once() -> None:
    """Four writes at once: whatever order they come in, both read what the other's row says, and it stands."""
    both = person("Alice"), person("Bob")
    pair(*both)
    seats = [seat(user) for user in both]
    with track(4) as lanes:
        for number in range(ROUNDS):
            day = DAY + timedelta(days=number)
            acts = [
                partial(
                    writing.write,
                    by=place,
                    day=day,
                    lines=lines(words),
                    share=True,
                    now=NOW,
                )
                for place in seats
                for words in (f"{place.seat} first", f"{place.seat} second")
            ]
            results = lanes.race(*acts)
            assert all(isinstance(one, CheckIn | writing.Revealed) for one in results), results
            read = [evening(place, day) for place in seats]
            for one, other in (read, read[::-1]):
                assert one.mine is not None
                assert other.theirs is not None
                assert one.mine.rose == other.theirs.rose
            assert CheckIn.objects.on(day).count() == 2


def test_sharing_against_parting_never_shows_a_word_afterwards() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
            pair(alice, bob)
            words = lines("planted")
            before = seat(alice)
            writing.write(by=seat(bob), day=DAY, lines=words, share=True, now=NOW)
            results = lanes.race(
                partial(writing.write, by=before, day=DAY, lines=words, share=True, now=NOW),
                partial(parting.part, by=bob, now=NOW),
            )
            assert isinstance(results[0], CheckIn), results
            assert results[1] is True
            for user in (alice, bob):
                assert evening(seat(user), DAY).theirs is None
                assert evening(seat(user), DAY).mine is not None
