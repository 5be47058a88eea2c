"""The agenda of four weeks of stored life, line by line against its sources, and what never gets there."""

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agendas import building, meeting, notes, outcomes, reading, topics
from agendas.models import Agenda, AgendaItem, Topic
from checkins.models import Appreciation, CheckIn, SmallWin
from couples import parting
from tests.agendas.private_acts import ACTS, EMPTY, PAGES, keeps_her_evening, leaves_a_rose_out
from tests.agendas.scenarios import (
    LAYS_OUT,
    STARTS,
    SUNDAY,
    TRAPS,
    agree,
    agree_again,
    days_before,
    evening,
    four_weeks,
    golden,
    held,
    thank,
    trap,
    win,
)
from tests.cast import NOW, browser_of, pair, person, seat
from tests.faults.racing import track
from tests.private_acts import SignIn, seen, sight
from tests.scenes import once, stage
from tests.written import perform

ROUNDS = int(os.environ.get("ROUNDS", "5"))
Act = Callable[[User, datetime], None]
PARTS = (1, 2, 3, 4, 5, 6)


def as_read(user: User, agenda: Agenda, *, now: datetime) -> dict[int, list[tuple[str, str, str]]]:
    found = reading.lines(seat(user), agenda, PARTS, now=now)
    return {part: [(line.kind, line.text, line.reason) for line in lines] for part, lines in found.items()}


def in_order(lines: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Lines of one moment stand in any order, and stay in it: here by their words."""
    where = {(kind, reason): number for number, (kind, _, reason) in reversed(list(enumerate(lines)))}
    return sorted(lines, key=lambda line: (where[line[0], line[2]], line[1]))


def test_the_golden_agenda(alice: User, bob: User) -> None:
    agenda = held(alice, bob, by=bob)
    read = as_read(alice, agenda, now=STARTS)
    assert {part: in_order(lines) for part, lines in read.items()} == golden()
    for line in reading.lines(seat(alice), agenda, PARTS, now=STARTS)[1]:
        assert line.own == (
            line.text in {"not a word about the two extra holes", "the heater, on before I was up"}
            or line.text in {"the jam set", "the first frost on the shed"}
        )


def test_each_line_names_its_source(alice: User, bob: User) -> None:
    agenda = held(alice, bob, by=bob)
    models = {"thanks": Appreciation, "rose": CheckIn, "bud": CheckIn, "win": SmallWin, "topic": Topic}
    texts = {(kind, text) for lines in golden().values() for kind, text, _ in lines if kind in models}
    for item in AgendaItem.objects.filter(agenda=agenda, kind__in=models):
        row: Any = models[item.kind]._default_manager.get(pk=item.source)
        assert row.author_id == item.author_id
        name = {"rose": "rose", "bud": "bud", "topic": "about"}.get(item.kind, "text")
        words = getattr(row, name) or row.page.thorn
        assert (item.kind, words) in texts


def test_both_read_the_same_lines(alice: User, bob: User) -> None:
    agenda = held(alice, bob, by=bob)
    hers, his = as_read(alice, agenda, now=STARTS), as_read(bob, agenda, now=STARTS)
    assert [text for part in PARTS for _, text, _ in hers[part]] == [
        text for part in PARTS for _, text, _ in his[part]
    ]
    assert his[3][0][2] == "saved for this talk by Alice"
    assert his[3][1][2] == "Monday’s thorn, chosen to bring by you"


def every_page(user: User, client: Client, agenda: Agenda) -> str:
    """All one can see of the talk: each page, and each of the six parts."""
    bodies = list(seen(client, PAGES).values())
    for part in PARTS:
        meeting.go_to(by=seat(user), part=part, now=STARTS)
        bodies += seen(client, ("agendas:now", "agendas:now_live")).values()
    bodies.append(client.get(reverse("agendas:held", args=[agenda.pk])).content.decode())
    return "".join(bodies)


def test_nothing_planted_gets_there(alice: User, bob: User, erin: User, signed_in: SignIn) -> None:
    """With an ex-partner's words, another couple's and unfinished ones all over the place."""
    others = [person("Ola"), person("Uri")]
    pair(others[0], others[1])
    agree(others[0], others[1], now=NOW)
    for user, text in ((erin, "ex page"), (others[0], "another couple"), (others[1], "another couple")):
        evening(user, days_before(6), trap(text), trap(text), trap(text), share=user is not erin)
        win(user, days_before(5), trap(text))
    thank(others[0], days_before(5), trap("another couple"))
    agenda = held(alice, bob, by=bob)
    notes.write(by=seat(alice), agenda=agenda, part=1, text=trap("unsent note"), stood="", now=STARTS)
    with time_machine.travel(STARTS, tick=False):
        body = every_page(bob, signed_in(bob), agenda)
        assert "the heater, on before I was up" in body  # the pages do show what there is
        own = {"old-rose", "kept-evening"}  # his own page of earlier weeks isn't offered either
        found = {name for name in TRAPS if trap(name) in body}
        assert found == set(), own
        body = every_page(alice, signed_in(alice), agenda)
        found = {name for name in TRAPS if trap(name) in body}
        # On her own side she chooses among her own thorns and topics, and reads her own notes.
        assert found <= {"unchosen thorn", "second topic", "unsent note"}


def test_before_it_begins_only_titles_show(alice: User, bob: User, signed_in: SignIn) -> None:
    agenda = four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    with time_machine.travel(LAYS_OUT + timedelta(hours=5), tick=False):
        body = signed_in(bob).get(reverse("agendas:talk")).content.decode()
    assert "the holidays, and with whom" in body
    assert "torn" not in body
    for part in (1, 2, 4, 6):
        for _, text, _ in golden()[part]:
            assert text not in body
    aside = body[body.index("<aside") : body.index("</aside>")]
    titles = [text for _, text, _ in golden()[3]]
    assert [text for text in titles if text in aside] == titles
    digits = re.findall(r">\s*(\d+)\s*<", aside)
    assert digits == ["1", "2", "3", "4", "5", "6"]  # the parts' own numbers, and no count
    assert agenda.begun_at is None


def test_before_the_morning_nothing_shows(alice: User, bob: User, signed_in: SignIn) -> None:
    four_weeks(alice, bob)
    with time_machine.travel(LAYS_OUT - timedelta(minutes=1), tick=False):
        assert "the holidays" not in signed_in(bob).get(reverse("agendas:talk")).content.decode()


# --- What Alice does for herself can't be told from Bob's pages ------------------------------------------


ON_THE_DAY = {
    leaves_a_rose_out,
    keeps_her_evening,
}  # Saturday's page is shared by then, and nothing is laid out


@pytest.mark.parametrize("act", ACTS)
def test_bob_sees_the_same_on_the_morning_of_the_talk(alice: User, bob: User, act: Act) -> None:
    four_weeks(alice, bob)
    stage.play("laid out", lambda: building.build_due(now=LAYS_OUT))
    noon = LAYS_OUT + timedelta(hours=8)
    with time_machine.travel(noon, tick=False):
        client = browser_of(bob)
        before = once("the morning of the talk", lambda: sight(client, PAGES))
        perform(act, alice, noon, empty=EMPTY)
        assert before.again(client) == before.bodies


@pytest.mark.parametrize("act", [act for act in ACTS if act not in ON_THE_DAY])
def test_bob_sees_the_same_during_the_week(alice: User, bob: User, act: Act) -> None:
    four_weeks(alice, bob)
    late = LAYS_OUT - timedelta(hours=5)
    with time_machine.travel(late, tick=False):
        client = browser_of(bob)
        before = once("the evening before the talk", lambda: sight(client, PAGES))
        perform(act, alice, late, empty=EMPTY)
        assert before.again(client) == before.bodies


def test_in_the_talk_what_she_notes_for_herself_is_hers(alice: User, bob: User, signed_in: SignIn) -> None:
    agenda = held(alice, bob, by=bob)
    with time_machine.travel(STARTS, tick=False):
        client = signed_in(bob)
        before = seen(client, PAGES)
        note = notes.write(by=seat(alice), agenda=agenda, part=1, text="planted", stood="", now=STARTS)
        assert seen(client, PAGES) == before
        assert note is not None
        notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=STARTS)
        assert "planted" in seen(client, PAGES)["agendas:now"]  # the comparison does see a difference


def test_after_parting_nothing_of_the_other_s_is_left(alice: User, bob: User, signed_in: SignIn) -> None:
    agenda = held(alice, bob, by=bob)
    outcomes.add_action(by=seat(alice), agenda=agenda, who="i", part=3, text="her own will", now=STARTS)
    outcomes.add_action(by=seat(alice), agenda=agenda, who="we", part=3, text="our will", now=STARTS)
    for text, part, both in (("agreed notes", 1, True), ("only shown", 2, False)):
        note = notes.write(
            by=seat(alice), agenda=agenda, part=part, text="an older word", stood="", now=STARTS
        )
        assert note is not None
        notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=STARTS)
        note = notes.write(by=seat(alice), agenda=agenda, part=part, text=text, stood=note.shown, now=STARTS)
        assert note is not None
        if both:
            notes.approve(by=seat(bob), note_id=note.pk, stood=note.shown, now=STARTS)
            for user in (alice, bob):
                notes.see_differently(by=seat(user), note_id=note.pk, text=f"{user.name} differs", now=STARTS)
    parting.part(by=alice, now=STARTS + timedelta(hours=1))
    with time_machine.travel(STARTS + timedelta(hours=2), tick=False):
        client = signed_in(bob)
        body = client.get(reverse("agendas:held", args=[agenda.pk])).content.decode()
        assert "agreed notes" in body
        assert "Bob differs" in body
        assert "our will" in body
        for gone in (
            "only shown",
            "an older word",
            "Alice differs",
            "her own will",
            "the holidays",
            "the heater",
        ):
            assert gone not in body
        assert client.get(reverse("agendas:now")).status_code == 302
        goals_page = client.get(reverse("agendas:goals")).content.decode()
    assert "Three nights by the sea" in goals_page


# --- Building again, and at once --------------------------------------------------------------------


def test_building_again_and_again_changes_nothing(alice: User, bob: User) -> None:
    agenda = held(alice, bob, by=bob)
    before = list(AgendaItem.objects.filter(agenda=agenda).laid_out().values())
    for _ in range(ROUNDS):
        building.build([agenda.pk], now=STARTS + timedelta(minutes=1))
    assert list(AgendaItem.objects.filter(agenda=agenda).laid_out().values()) == before


def test_building_again_adds_at_the_end_and_fills_no_more_than_its_room(alice: User, bob: User) -> None:
    agenda = four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    before = [item.source for item in AgendaItem.objects.filter(agenda=agenda).laid_out().of_part(1)]
    for number in range(9):
        thank(bob, SUNDAY, f"one more, {number}")
    building.build([agenda.pk], now=STARTS)
    after = [item.source for item in AgendaItem.objects.filter(agenda=agenda).laid_out().of_part(1)]
    assert after[: len(before)] == before
    his = AgendaItem.objects.filter(agenda=agenda).by(bob).of_part(1)
    assert his.count() == 5


def test_what_was_left_out_stays_out(alice: User, bob: User) -> None:
    agenda = four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    leaves_a_rose_out(alice, LAYS_OUT)
    left = reading.own_roses(seat(alice), agenda, now=LAYS_OUT)
    building.build([agenda.pk], now=STARTS)
    assert reading.own_roses(seat(alice), agenda, now=LAYS_OUT) == left
    assert [out for _, out in left].count(True) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_two_workers_and_somebody_writing() -> None:
    """Built by two at once while the two write: nothing twice, nothing of a person's lost."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    agree_again(alice, bob, now=NOW)
    for ago in range(6, 0, -1):
        evening(alice, days_before(ago), f"rose {ago}", "bud")
        evening(bob, days_before(ago), f"his rose {ago}")
    topics.park(by=seat(alice), words=topics.TopicWords("before the first round"), now=NOW)
    with track(4) as running:
        for number in range(ROUNDS):
            Agenda.objects.open().update(due_at=LAYS_OUT)
            outcome = running.race(
                lambda: building.build_due(now=LAYS_OUT),
                lambda: building.build_due(now=LAYS_OUT),
                partial(thank, bob, days_before(1), f"thanks {number}"),
                partial(
                    topics.park, by=seat(alice), words=topics.TopicWords(f"topic {number}"), now=LAYS_OUT
                ),
            )
            assert [one for one in outcome if isinstance(one, Exception)] == []
    assert Topic.objects.own(alice).count() == ROUNDS + 1
    assert Appreciation.objects.own(bob).count() == ROUNDS
    items = AgendaItem.objects.values_list("agenda", "kind", "source")
    assert len(items) == len(set(items)) > 0
    assert AgendaItem.objects.filter(kind="topic").by(alice).count() == 1
    assert AgendaItem.objects.of_part(1).by(bob).count() == 5
    assert Topic.objects.own(alice).wanted().count() == 1
