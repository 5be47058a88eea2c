"""Whose words are in an export: one's own and joint ones, never the other's, whatever became of the two."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from accounts.leaving import erase
from accounts.models import User
from adventures import occasions, wishing
from challenges import attempts, habits, swapping
from challenges.models import Habit
from checkins import writing
from checkins.words import CheckInText
from couples import asking, days, parting
from tests.adventures import private_acts as dates_acts
from tests.adventures.scenarios import accept, agreed, asked
from tests.agendas import private_acts as talk_acts
from tests.agendas.scenarios import STARTS, held
from tests.cast import NOW, pair, seat
from tests.exports import published
from tests.exports.archive import data_of, exported, files_of
from tests.exports.lives import live
from tests.private_acts import write
from tests.scenes import stage

LIVED = 8
LATER = NOW + timedelta(hours=14)


@pytest.fixture
def lived(alice: User, bob: User) -> None:
    """Both lived through some evenings and a talk."""
    stage.play("a life to take along", lambda: live(alice, bob, evenings=LIVED))


def nothing(alice: User, bob: User) -> None:
    """They are a couple."""


def bob_takes_back(alice: User, bob: User) -> None:
    for ago in range(1, LIVED + 1):
        writing.take_back(by=seat(bob), day=days.day_of(NOW - timedelta(days=ago), bob.tz), now=LATER)


def bob_parts(alice: User, bob: User) -> None:
    parting.part(by=bob, now=LATER)


def alice_parts(alice: User, bob: User) -> None:
    parting.part(by=alice, now=LATER)


def bob_goes(alice: User, bob: User) -> None:
    erase(bob, now=LATER)


STATES = [nothing, bob_takes_back, alice_parts, bob_parts, bob_goes]
State = Callable[[User, User], None]
Act = Callable[[User, datetime], None]


@pytest.mark.every_database
@pytest.mark.parametrize("state", STATES)
def test_no_word_of_the_other_is_in_it(alice: User, bob: User, lived: None, state: State) -> None:
    state(alice, bob)
    for private in (False, True):
        for name, text in files_of(exported(alice, private=private, now=LATER)).items():
            assert "bob-" not in text.lower().replace("of bob", ""), (private, name)
            assert "Bob" not in text, (private, name)


@pytest.mark.parametrize("state", STATES)
def test_joint_things_and_ones_own_words_are(alice: User, bob: User, lived: None, state: State) -> None:
    state(alice, bob)
    plain, whole = (files_of(exported(alice, private=private, now=LATER)) for private in (False, True))
    own = (
        "rose", "thorn", "more", "back", "sense", "answer", "thanks", "win", "memory", "question", "remark", "topic",
        "feel", "notes", "differently", "noticed", "hope", "will",
    )  # fmt: skip  # several values a line, to be looked through
    for name in ("index.html", "nearer.json"):
        for word in own:
            assert f"alice-{word}" in plain[name], word
        for word in (
            "joint-wish",
            "joint-date",
            "joint-day of bob",
            "joint-notes of bob",
            "joint-will of bob",
        ):
            gone = state is bob_goes and word.split()[0] in {"joint-notes", "joint-will"}  # with his key
            assert (word in plain[name]) is not gone, word
        assert "joint-plan of alice" in plain[name]
        assert ("joint-plan of bob" in plain[name]) == (state in (nothing, bob_takes_back))
        only = "bud note rose answer surprise plan topic notes draft draft-note thanks"
        for word in only.split():
            assert f"alice-only-{word}" not in plain[name], word
            assert f"alice-only-{word}" in whole[name], word
        assert "gone" not in whole[name]


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_it_keeps_to_the_schema(alice: User, bob: User, lived: None, state: State, private: bool) -> None:
    state(alice, bob)
    jsonschema.validate(data_of(alice, private=private, now=LATER), json.loads(published.PLACE.read_text()))


# --- what nobody may notice, in rooms other than the evening's ------------------------------------------

DATES = [
    dates_acts.says_not_this_one,
    dates_acts.says_not_now_to_the_rhythm,
    dates_acts.changes_what_she_hides,
    dates_acts.subscribes,
    dates_acts.stops_the_mails,
]
TALKS = [
    talk_acts.parks,
    talk_acts.brings_nothing_after_all,
    talk_acts.brings_another,
    talk_acts.takes_one_away,
    talk_acts.keeps_a_thank_you,
    talk_acts.keeps_her_evening,
]


def between(alice: User, bob: User) -> None:
    """His ask, her surprise and a date that stands."""
    asked(bob, "his ask", at=dates_acts.AT, now=NOW)
    plan = {"surprise": True, "plan": "planted", **dates_acts.HIDDEN}
    hidden = asked(alice, "planted", at=dates_acts.AT + timedelta(days=1), now=NOW, **plan)
    accept(bob, hidden.pk, to=dates_acts.AT + timedelta(days=1), now=NOW)
    agreed(alice, bob, "stands", at=dates_acts.AT + timedelta(days=2), now=NOW)
    asking.ask(by=seat(bob), kind="dates", what="TWO_WEEKS|2026-11-27|19:30|Europe/London", now=NOW)


@pytest.mark.parametrize("act", DATES)
def test_what_she_does_about_dates_alone_changes_no_byte(alice: User, bob: User, act: Act) -> None:
    between(alice, bob)
    before = exported(alice, private=False, now=NOW)
    act(alice, NOW)
    assert exported(alice, private=False, now=NOW) == before
    assert "stands" in files_of(before)["nearer.json"]
    assert "planted" not in files_of(before)["dates.ics"]


@pytest.mark.parametrize("act", TALKS)
def test_what_she_does_about_a_talk_alone_changes_no_byte(alice: User, bob: User, act: Act) -> None:
    held(alice, bob, by=bob)
    later = STARTS + timedelta(hours=1)
    before = exported(alice, private=False, now=later)
    act(alice, later)
    assert exported(alice, private=False, now=later) == before


def test_habits_touch_and_swaps_change_no_byte(alice: User, bob: User, lived: None) -> None:
    before = exported(alice, private=False, now=LATER)
    swapping.choose_touch(user=alice, touch=True)
    swapping.swap(by=seat(alice), number=2, card="close")
    attempts.complete(by=seat(alice), number=1, card="words", now=LATER)
    for habit in Habit.objects.own(alice):
        habits.let_go(by=seat(alice), pk=habit.pk)
    assert exported(alice, private=False, now=LATER) == before


def test_what_was_before_the_two_is_in_a_private_export_alone(alice: User, bob: User, dana: User) -> None:
    """What was written, wished and planned alone is nobody else's, before pairing and after it."""
    write(dana, share=False, now=NOW, words=CheckInText("alone-rose"))
    wishing.wish(by=seat(dana), words=wishing.WishWords("alone-wish"), now=NOW)
    occasions.add(by=seat(dana), words=occasions.OccasionWords("other", "alone-day", 12, 24), now=NOW)
    assert files_of(exported(dana, private=False, now=NOW))["nearer.json"].count("[") == 0
    parting.part(by=alice, now=NOW)
    pair(dana, bob, now=NOW)
    assert "alone-" not in files_of(exported(dana, private=False, now=LATER))["nearer.json"]
    whole = files_of(exported(dana, private=True, now=LATER))["nearer.json"]
    assert all(f"alone-{what}" in whole for what in ("rose", "wish", "day"))
