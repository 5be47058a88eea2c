"""Answers, yeses and partings at the same moment: one answer a person and Day, one reveal, nothing opened by chance."""

import os
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from checkins import answering, own_questions, prompt_preferences, questions
from checkins.errors import AnswerChanged, AnswerRevealed
from checkins.models import Answer, OwnPrompt, PromptSelection
from couples import parting
from couples.models import Partner
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "3"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


@pytest.fixture
def seats(db: None) -> tuple[Partner, Partner]:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    return seat(alice), seat(bob)


def day_of(number: int) -> date:
    return NOW.date() + timedelta(days=number)


def put(by: Partner, number: int, text: str, seen: str = "") -> partial[Any]:
    now = NOW + timedelta(days=number)
    return partial(answering.answer, by=by, day=now.date(), text=text, now=now, seen=seen)


def test_two_answers_at_once_are_one_reveal(seats: tuple[Partner, Partner]) -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            lanes.race(*(put(by, number, f"{by.user.name} {number}") for by in seats))
            for by, other in (seats, seats[::-1]):
                asked = questions.asked(by, day_of(number))
                assert asked.theirs is not None
                assert asked.theirs.text == f"{other.user.name} {number}"


def test_two_windows_answer_and_the_later_one_is_shown_what_stands(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            blank = answering.mark("")
            results = lanes.race(put(alice, number, "laptop", blank), put(alice, number, "phone", blank))
            (stale,) = [one for one in results if isinstance(one, AnswerChanged)]
            (answer,) = [one for one in results if isinstance(one, Answer)]
            assert stale.current == answer.text


def test_a_change_and_the_others_answer_end_in_what_both_can_read(seats: tuple[Partner, Partner]) -> None:
    alice, bob = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            put(alice, number, "first")()
            changed, _ = lanes.race(put(alice, number, "second"), put(bob, number, "his"))
            theirs = questions.asked(bob, day_of(number)).theirs
            assert theirs is not None
            assert theirs.text == ("first" if isinstance(changed, AnswerRevealed) else "second")


def test_whoever_was_parted_meanwhile_shares_with_nobody(seats: tuple[Partner, Partner]) -> None:
    alice, bob = seats
    put(bob, 0, "his")()
    with track(2) as lanes:
        lanes.race(put(alice, 0, "hers"), partial(parting.part, by=bob.user, now=NOW))
    for user in (alice.user, bob.user):
        assert questions.asked(seat(user), day_of(0)).theirs is None


def test_both_choose_at_once_and_the_gentler_counts(seats: tuple[Partner, Partner]) -> None:
    alice, bob = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            now = NOW + timedelta(days=2 * number)
            depths = (1, 3) if number % 2 else (3, 3)
            lanes.race(
                *(
                    partial(prompt_preferences.choose, by=by, depth=depth, seasons=[], now=now)
                    for by, depth in zip((alice, bob), depths, strict=True)
                )
            )
            latest = PromptSelection.objects.select_related("couple__key").latest("first_day")
            assert latest.depth == str(min(depths))


def test_a_yes_and_a_taking_back_at_once_leave_no_words(seats: tuple[Partner, Partner]) -> None:
    alice, bob = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            prompt = own_questions.ask(by=alice, text=f"question {number}", now=NOW)
            lanes.race(
                partial(own_questions.agree, by=bob, prompt_id=prompt.pk, now=NOW),
                partial(own_questions.take_back, by=alice, prompt_id=prompt.pk, now=NOW),
            )
            row = OwnPrompt.objects.with_keys().get(pk=prompt.pk)
            assert (row.text, row.taken_back_at) == ("", NOW)
    assert "" not in [questions.asked(bob, day_of(ahead)).text for ahead in range(1, 30)]
