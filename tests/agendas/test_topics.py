"""What each brings: parked, or a thorn of one's own; one at a time, and whose words they are until when."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection

from accounts.errors import Gone
from accounts.models import User
from agendas import building, history, meeting, topics
from agendas.brought import lines
from agendas.models import Agenda, AgendaItem, Topic
from checkins import writing
from couples import parting
from couples.errors import NobodyToAsk
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again, days_before, evening
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "5"))
LATER = timedelta(hours=1)


def park(user: User, about: str = "the bins", *, after: int = 0) -> Topic:
    return topics.park(
        by=seat(user), words=topics.TopicWords(about, "cross", "a list"), now=NOW + after * LATER
    )


def brought(user: User) -> list[str]:
    return [topic.about for topic in topics.waiting_of(seat(user)) if topic.wanted_at is not None]


def on_the_table(user: User) -> list[str]:
    agenda = Agenda.objects.open().get()
    return [line.text for line in lines(seat(user), agenda, now=LAYS_OUT)]


def test_the_first_is_brought_and_the_rest_waits(alice: User, bob: User) -> None:
    for number, about in enumerate(("bins", "keys", "money")):
        park(alice, about, after=number)
    assert brought(alice) == ["bins"]
    assert [topic.about for topic in topics.waiting_of(seat(alice))] == ["bins", "keys", "money"]


def test_the_same_again_is_a_second_press(alice: User, bob: User) -> None:
    assert park(alice).pk == park(alice).pk
    park(alice, after=1)
    assert Topic.objects.count() == 2


def test_nobody_alone_parks(dana: User) -> None:
    with pytest.raises(NobodyToAsk):
        park(dana)


def test_another_or_none(alice: User, bob: User) -> None:
    park(alice, "bins")
    other = park(alice, "keys", after=1)
    for _ in range(2):
        topics.bring(by=seat(alice), topic_id=other.pk, now=NOW)
        assert brought(alice) == ["keys"]
    topics.bring(by=seat(alice), topic_id=None, now=NOW)
    assert brought(alice) == []
    park(alice, "money", after=2)
    assert brought(alice) == ["money"]


def test_not_anybody_elses(alice: User, bob: User, charlie: User) -> None:
    topic = park(alice)
    for user in (bob, charlie):
        with pytest.raises(Gone):
            topics.bring(by=seat(user), topic_id=topic.pk, now=NOW)
        with pytest.raises(Gone):
            topics.take_back(by=seat(user), topic_id=topic.pk, now=NOW)
        with pytest.raises(Gone):
            topics.not_this_time(by=seat(user), topic_id=topic.pk)
    assert brought(alice) == ["the bins"]


def test_a_thorn_both_can_read(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review")
    evening(bob, days_before(6), "x")
    for _ in range(2):
        topics.bring_thorn(by=seat(alice), day=days_before(6), now=NOW)
    assert Topic.objects.count() == 1
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    assert on_the_table(alice) == on_the_table(bob) == ["the review"]


def kept_line(alice: User, bob: User) -> None:
    evening(alice, days_before(6), "x", thorn="the review", kept="thorn")
    evening(bob, days_before(6), "x")


def kept_page(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review", share=False)
    evening(bob, days_before(6), "x")


def unanswered(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review")


def taken_back(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review")
    evening(bob, days_before(6), "x")
    writing.take_back(by=seat(alice), day=days_before(6), now=NOW)


@pytest.mark.parametrize("state", [kept_line, kept_page, unanswered, taken_back])
def test_no_other_thorn_can_be_brought(alice: User, bob: User, state: Callable[[User, User], None]) -> None:
    state(alice, bob)
    with pytest.raises(Gone):
        topics.bring_thorn(by=seat(alice), day=days_before(6), now=NOW)
    with pytest.raises(Gone):
        topics.bring_thorn(by=seat(bob), day=days_before(6), now=NOW)


def test_a_thorn_that_is_not_brought_is_just_a_thorn(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review")
    evening(bob, days_before(6), "x")
    topics.bring_thorn(by=seat(alice), day=days_before(6), now=NOW)
    topics.bring(by=seat(alice), topic_id=None, now=NOW)
    assert not Topic.objects.exists()


def test_its_page_taken_back_later_it_is_off_the_table(alice: User, bob: User) -> None:
    evening(alice, days_before(6), thorn="the review")
    evening(bob, days_before(6), "x")
    topics.bring_thorn(by=seat(alice), day=days_before(6), now=NOW)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    writing.take_back(by=seat(alice), day=days_before(6), now=LAYS_OUT)
    assert on_the_table(alice) == on_the_table(bob) == []


def test_who_reads_it_when(alice: User, bob: User, charlie: User, dana: User, erin: User) -> None:
    topic = park(alice)
    agree_again(alice, bob, now=NOW)

    def readers() -> list[str]:
        people = (alice, bob, charlie, dana, erin)
        return [
            user.name for user in people if Topic.objects.readable_by(seat(user)).filter(pk=topic.pk).exists()
        ]

    assert readers() == ["Alice"]
    building.build_due(now=LAYS_OUT)
    assert readers() == ["Alice", "Bob"]
    parting.part(by=bob, now=STARTS)
    assert readers() == ["Alice"]


def test_parked_after_the_morning_it_waits_for_the_next(alice: User, bob: User) -> None:
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    topics.park(by=seat(alice), words=topics.TopicWords("late"), now=LAYS_OUT + LATER)
    # An hour before, and as it begins, the talk is built once more: what is brought stays what the morning showed.
    building.build_due(now=STARTS - LATER)
    meeting.begin(by=seat(bob), now=STARTS)
    assert on_the_table(alice) == []
    building.build_due(now=STARTS + timedelta(days=2))
    building.build_due(now=LAYS_OUT + timedelta(weeks=1))
    assert on_the_table(bob) == ["late"]


@pytest.mark.parametrize("first", ["Alice", "Bob"])
def test_the_order_does_not_tell_who_parked_theirs_first(alice: User, bob: User, first: str) -> None:
    agree_again(alice, bob, now=NOW)
    people = {"Alice": alice, "Bob": bob}
    for number, name in enumerate(sorted(people, key=lambda name: name != first)):
        park(people[name], f"of {name}", after=number)
    building.build_due(now=LAYS_OUT)
    assert on_the_table(alice) == on_the_table(bob) == ["of Alice", "of Bob"]
    talk = meeting.begin(by=seat(alice), now=STARTS)
    for user in (alice, bob):
        held = history.talk(seat(user), talk.pk, now=STARTS)
        assert held is not None
        assert held.brought[0].text == f"of {user.name}"


def test_not_this_time(alice: User, bob: User) -> None:
    topic = park(alice)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    for _ in range(2):
        topics.not_this_time(by=seat(alice), topic_id=topic.pk)
    meeting.begin(by=seat(bob), now=STARTS)
    assert on_the_table(bob) == []
    assert not Topic.objects.shared_with(seat(bob)).exists()
    building.build_due(now=STARTS + timedelta(days=2))
    assert brought(alice) == ["the bins"]  # the next time it comes by itself


@pytest.mark.parametrize("talked", [False, True])
def test_taken_away(alice: User, bob: User, talked: bool) -> None:
    topic = park(alice)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    if talked:
        meeting.begin(by=seat(alice), now=STARTS)
        for part in (3, 4):
            meeting.go_to(by=seat(alice), part=part, now=STARTS)
    for _ in range(1 + talked):
        topics.take_back(by=seat(alice), topic_id=topic.pk, now=STARTS)
    assert on_the_table(bob) == []
    assert Topic.objects.count() == talked
    if talked:
        row = Topic.objects.with_keys().get()
        assert (row.about, row.feel, row.need, row.taken_back_at) == ("", "", "", STARTS)


def test_one_topic_each_says_the_database(alice: User, bob: User) -> None:
    park(alice)
    agenda = agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    other = park(alice, "keys", after=1)
    with pytest.raises(IntegrityError):
        AgendaItem.objects.create(
            agenda=agenda, part=3, kind="topic", source=other.pk, author=alice, added_at=NOW, rank=1
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_parked_and_chosen_at_once_one_is_brought() -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    with track(3) as running:
        for number in range(ROUNDS):
            first = topics.park(by=seat(alice), words=topics.TopicWords(f"a{number}"), now=NOW)
            again = partial(topics.park, by=seat(alice), words=topics.TopicWords(f"b{number}"), now=NOW)
            choose = partial(topics.bring, by=seat(alice), topic_id=first.pk, now=NOW)
            outcome = running.race(again, again, choose)
            assert [one for one in outcome if isinstance(one, Exception)] == []
            assert Topic.objects.own(alice).count() == 2 * (number + 1)
            assert Topic.objects.own(alice).wanted().count() == 1
