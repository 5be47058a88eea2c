"""Holding a talk: parts, turns, rests, the end; the same for both, whoever presses."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from agendas import building, meeting, topics
from agendas.errors import TalkNotHeld
from agendas.models import Agenda, Part, Topic
from checkins import thanking
from checkins.models import Appreciation
from couples import parting
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again, days_before, thank
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "5"))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def talk(alice: User, bob: User) -> Agenda:
    """Begun at seven."""
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    return meeting.begin(by=seat(alice), now=STARTS)


def state(now: datetime = STARTS) -> meeting.State:
    return meeting.state(Agenda.objects.open().get(), now=now)


def turn_to(part: int, user: User, now: datetime = STARTS) -> None:
    meeting.go_to(by=seat(user), part=part, now=now)


def test_it_begins_once_it_is_laid_out(alice: User, bob: User) -> None:
    agree_again(alice, bob, now=NOW)
    with pytest.raises(TalkNotHeld):
        meeting.begin(by=seat(alice), now=NOW)
    building.build_due(now=LAYS_OUT)
    for user, now in ((bob, STARTS), (alice, STARTS + MINUTE)):
        assert meeting.begin(by=seat(user), now=now).begun_at == STARTS
    assert state().part == Part.THANKS


def test_what_was_kept_for_it_goes_out(alice: User, bob: User) -> None:
    thank(alice, days_before(1), "kept", keep=True)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    kept = Appreciation.objects.get()
    assert not thanking.lines(seat(bob), Appreciation, {kept.pk}, now=STARTS)
    meeting.begin(by=seat(bob), now=STARTS)
    assert thanking.lines(seat(bob), Appreciation, {kept.pk}, now=STARTS)


@pytest.mark.parametrize("part", [0, 7, -1])
def test_there_are_six_parts(alice: User, talk: Agenda, part: int) -> None:
    with pytest.raises(ValueError):
        turn_to(part, alice)
    assert state().part == Part.THANKS


def test_a_turn_is_a_tenth_of_the_talk_and_swaps_once(alice: User, bob: User, talk: Agenda) -> None:
    turn_to(3, alice)
    meeting.swap(by=seat(alice), seat=1, turn=0, now=STARTS)
    found = state(STARTS + MINUTE)
    assert found.turn is not None
    assert (found.speaks, found.turn.length, found.turn.gone) == (1, 180, 60)
    for user in (alice, bob):  # both press what they saw
        meeting.swap(by=seat(user), seat=2, turn=1, now=STARTS + MINUTE)
    assert (state().speaks, Agenda.objects.open().get().turn) == (2, 2)


def test_turns_are_for_what_is_weighing(alice: User, talk: Agenda) -> None:
    meeting.swap(by=seat(alice), seat=1, turn=0, now=STARTS)
    assert state().turn is None
    turn_to(3, alice)
    meeting.swap(by=seat(alice), seat=3, turn=0, now=STARTS)
    assert state().turn is None
    meeting.swap(by=seat(alice), seat=2, turn=0, now=STARTS)
    turn_to(4, alice)
    assert (state().turn, state().speaks) == (None, None)


def test_a_little_longer_once_a_press(alice: User, bob: User, talk: Agenda) -> None:
    turn_to(3, alice)
    meeting.swap(by=seat(alice), seat=1, turn=0, now=STARTS)
    for user in (alice, bob):
        meeting.extend_turn(by=seat(user), turn=1, length=180, now=STARTS + MINUTE)
    assert state().turn is not None
    assert state().turn.length == 240  # type: ignore[union-attr]  # a turn runs
    full = STARTS + 10 * MINUTE
    meeting.extend_turn(by=seat(alice), turn=1, length=240, now=full)
    assert state(full).turn.left == 60  # type: ignore[union-attr]  # a turn runs


def test_a_break_stops_the_turn_and_is_one(alice: User, bob: User, talk: Agenda) -> None:
    turn_to(3, alice)
    meeting.swap(by=seat(alice), seat=1, turn=0, now=STARTS)
    meeting.take_break(by=seat(bob), now=STARTS + MINUTE)
    meeting.take_break(by=seat(alice), now=STARTS + 5 * MINUTE)
    found = state(STARTS + 11 * MINUTE)
    assert found.resting
    assert found.pause is not None
    assert (found.pause.length, found.pause.gone) == (1200, 600)
    assert found.turn is not None
    assert found.turn.gone == 60
    meeting.go_on(by=seat(alice), now=STARTS + 11 * MINUTE)
    assert state(STARTS + 12 * MINUTE).turn.gone == 120  # type: ignore[union-attr]  # a turn runs


def looks(now: datetime) -> tuple[object, ...]:
    found = state(now)
    return found.resting, found.over, found.pause, found.part, found.mark


def test_enough_looks_as_if_nobody_was_there(alice: User, talk: Agenda) -> None:
    late = STARTS + meeting.IDLE
    assert not state(late - MINUTE).resting
    left = looks(late)
    meeting.pause(by=seat(alice), now=late)
    assert looks(late) == left
    assert left[0] is True
    meeting.go_on(by=seat(alice), now=late)
    assert not state(late).resting


def test_a_break_that_is_over_rests_as_enough_does(alice: User, talk: Agenda) -> None:
    meeting.take_break(by=seat(alice), now=STARTS)
    found = state(STARTS + meeting.BREAK)
    assert (found.resting, found.pause) == (True, None)


def test_the_end(alice: User, bob: User, talk: Agenda) -> None:
    turn_to(6, alice)
    for user in (alice, bob):
        meeting.finish(by=seat(user), now=STARTS + 30 * MINUTE)
    assert state().over
    with pytest.raises(TalkNotHeld):
        turn_to(1, alice)


@pytest.mark.parametrize(("part", "talked"), [(3, False), (4, True), (6, True)])
def test_what_was_brought_was_talked_about_once_they_went_on(
    alice: User, bob: User, part: int, talked: bool
) -> None:
    topics.park(by=seat(alice), words=topics.TopicWords("the bins"), now=NOW)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    turn_to(3, alice)
    turn_to(part, alice)
    assert (Topic.objects.get().talked_at is not None) == talked
    building.build_due(now=STARTS + timedelta(days=2))
    building.build_due(now=LAYS_OUT + timedelta(weeks=1))
    again = Topic.objects.brought_to(Agenda.objects.open().get())
    assert again.exists() != talked


@pytest.mark.parametrize("took_turns", [False, True])
def test_what_they_passed_over_is_brought_again(alice: User, bob: User, took_turns: bool) -> None:
    """From thank-yous straight to the goals nobody read more of it than its title. To have been there before counts."""
    topics.park(by=seat(alice), words=topics.TopicWords("the bins"), now=NOW)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    if took_turns:
        turn_to(3, alice)
        meeting.swap(by=seat(bob), seat=1, turn=0, now=STARTS)
        turn_to(2, alice)
    turn_to(4, alice)
    meeting.finish(by=seat(bob), now=STARTS)
    assert (Topic.objects.get().talked_at is not None) == took_turns


def test_nothing_can_be_done_when_it_is_over_by_the_clock(alice: User, talk: Agenda) -> None:
    late = STARTS + timedelta(days=2)
    for act in (meeting.begin, meeting.take_break, meeting.pause, meeting.go_on, meeting.finish):
        with pytest.raises(TalkNotHeld):
            act(by=seat(alice), now=late)


def test_nor_after_parting(alice: User, bob: User, talk: Agenda) -> None:
    parting.part(by=bob, now=STARTS)
    for user in (alice, bob):
        with pytest.raises(TalkNotHeld):
            turn_to(2, user)


def test_nobody_else_holds_it(charlie: User, talk: Agenda) -> None:
    with pytest.raises(TalkNotHeld):
        turn_to(2, charlie)
    assert state().part == Part.THANKS


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_two_at_once_do_it_once() -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    Topic.objects.all().delete()
    with track(2) as running:
        assert all(
            isinstance(one, Agenda)
            for one in running.race(*(_act(meeting.begin, user) for user in (alice, bob)))
        )
        turn_to(3, alice)
        for number in range(ROUNDS):
            outcome = running.race(
                *(_act(meeting.swap, user, seat=1 + number % 2, turn=number) for user in (alice, bob))
            )
            assert outcome == [None, None]
            assert Agenda.objects.open().get().turn == number + 1
            outcome = running.race(_act(meeting.take_break, alice), _act(meeting.pause, bob))
            assert outcome == [None, None]
            assert state().resting
            meeting.go_on(by=seat(bob), now=STARTS)
        outcome = running.race(_act(meeting.finish, alice), _act(meeting.go_to, bob, part=4))
        assert all(one is None or isinstance(one, TalkNotHeld) for one in outcome)
        assert state().over


def _act(act: Callable[..., object], user: User, **what: object) -> Callable[[], object]:
    return lambda: act(by=seat(user), now=STARTS, **what)
