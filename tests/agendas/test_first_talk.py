"""The first talk of two people: nothing is weighed in it, and what they parked waits for the next."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agendas import brought, building, meeting, scheduling, topics
from agendas.models import Agenda, AgendaItem, Note, Part, Topic
from tests.agendas.scenarios import LAYS_OUT, STARTS, a_first_talk, agree, days_before, evening
from tests.cast import NOW, seat
from tests.private_acts import SignIn

WEEK, LATE = timedelta(weeks=1), timedelta(days=2)
WITHOUT = [Part.THANKS, Part.RIGHT, Part.TRACK, Part.LOVING, Part.AHEAD]
ABOUT = "the bins, again"


def park(user: User, about: str = ABOUT) -> Topic:
    return topics.park(by=seat(user), words=topics.TopicWords(about), now=NOW)


def the_next(user: User) -> Agenda:
    return Agenda.objects.open().get(couple=seat(user).couple)


def page(client: Client, name: str) -> str:
    answer = client.get(reverse(f"agendas:{name}"))
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(body: str) -> list[str]:
    """The numbers that stand before the parts."""
    return re.findall(r'<span class="n">\s*(\d)\s*</span>', body)


def test_it_has_five_parts_and_the_next_has_six(alice: User, bob: User) -> None:
    assert agree(alice, bob, now=NOW).parts == WITHOUT
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(bob), now=STARTS)
    building.build_due(now=STARTS + LATE)
    assert the_next(alice).parts == list(Part)


def test_a_first_talk_that_was_left_out_is_still_to_come(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    scheduling.skip(by=seat(alice), agenda_id=agenda.pk, now=NOW)
    assert the_next(alice).parts == WITHOUT
    building.build_due(now=LAYS_OUT + WEEK)
    building.build_due(now=STARTS + WEEK + LATE)  # laid out, and nobody began it
    assert the_next(alice).parts == WITHOUT


def test_one_held_before_another_left_out_counts(alice: User, bob: User) -> None:
    a_first_talk(alice)
    agenda = agree(alice, bob, now=NOW)
    scheduling.skip(by=seat(alice), agenda_id=agenda.pk, now=NOW)
    assert the_next(alice).parts == list(Part)


def test_what_is_parked_waits_for_the_second(alice: User, bob: User) -> None:
    park(alice)
    evening(alice, days_before(6), "x")
    evening(bob, days_before(6), thorn="the review was moved")
    topics.bring_thorn(by=seat(bob), day=days_before(6), now=NOW)
    first = agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    building.build_due(now=STARTS - timedelta(hours=1))
    meeting.begin(by=seat(alice), now=STARTS)
    assert not AgendaItem.objects.filter(agenda=first, part=Part.WEIGHING).exists()
    assert not Topic.objects.shared_with(seat(bob)).exists()
    meeting.go_to(by=seat(alice), part=6, now=STARTS)
    meeting.finish(by=seat(alice), now=STARTS)
    assert set(Topic.objects.values_list("talked_at", flat=True)) == {None}
    building.build_due(now=STARTS + LATE)
    building.build_due(now=LAYS_OUT + WEEK)
    found = brought.lines(seat(bob), the_next(bob), now=LAYS_OUT + WEEK)
    assert [line.text for line in found] == [ABOUT, "the review was moved"]


def test_nobody_gets_to_a_part_it_does_not_have(alice: User, bob: User, signed_in: SignIn) -> None:
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    with pytest.raises(ValueError):
        meeting.go_to(by=seat(alice), part=Part.WEIGHING, now=STARTS)
    with time_machine.travel(STARTS, tick=False):
        client = signed_in(alice)
        for _ in WITHOUT:
            client.post(reverse("agendas:now_part"), {"to": 3})
            client.post(reverse("agendas:now_note"), {"part": 3, "text": "x", "stood": ""})
        assert the_next(alice).part == Part.THANKS
        assert not Note.objects.exists()


def test_meeting_mode_goes_from_part_to_part(alice: User, bob: User, signed_in: SignIn) -> None:
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    with time_machine.travel(STARTS, tick=False):
        client = signed_in(alice)
        client.post(reverse("agendas:now_begin"), {"on": "two"})
        seen = []
        for number in range(5):
            body = page(client, "now")
            assert "What is weighing on us" not in body
            assert numbers(body) == ["1", "2", "3", "4", "5"][number:]
            part = re.search(r'name="to"\s+value="(\d)"\s+id="next-part"', body)
            seen.append(the_next(alice).part)
            if part is not None:
                client.post(reverse("agendas:now_part"), {"to": part[1]})
        assert seen == WITHOUT
        client.post(reverse("agendas:now_finish"))
        assert "What is weighing on us" not in page(client, "now")


@pytest.mark.parametrize("laid_out", [False, True])
def test_its_pages_say_that_there_is_nothing_to_bring(
    alice: User, bob: User, signed_in: SignIn, laid_out: bool
) -> None:
    park(alice)
    agree(alice, bob, now=NOW)
    now = LAYS_OUT if laid_out else NOW
    building.build_due(now=now)
    with time_machine.travel(now, tick=False):
        talk, bring = page(signed_in(alice), "talk"), page(signed_in(alice), "bring")
    assert "What is weighing on us" not in talk
    assert numbers(talk) == ["1", "2", "3", "4", "5"]
    assert "so there is nothing to bring" in talk
    assert "For the first talk there is nothing to bring." in bring
    assert 'name="bring"' not in bring
    assert ABOUT in bring  # it is hers, and waits
    assert "Delete" in bring


@pytest.mark.parametrize("agreed", [False, True])
def test_before_any_talk_nothing_is_said_of_bringing(
    alice: User, bob: User, signed_in: SignIn, agreed: bool
) -> None:
    park(alice)
    if agreed:
        agree(alice, bob, now=NOW)
    with time_machine.travel(NOW, tick=False):
        client = signed_in(alice)
        assert "For the first talk there is nothing to bring." in page(client, "bring")
        assert 'name="bring"' not in page(client, "bring")
        assert "six" not in page(client, "talk")


def test_between_two_rhythms_one_can_choose_again(alice: User, signed_in: SignIn) -> None:
    park(alice)
    a_first_talk(alice)
    with time_machine.travel(NOW, tick=False):
        assert 'name="bring"' in page(signed_in(alice), "bring")


def test_while_it_is_held_one_can_choose_for_the_second(alice: User, bob: User, signed_in: SignIn) -> None:
    park(alice)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    with time_machine.travel(STARTS, tick=False):
        assert 'name="bring"' in page(signed_in(alice), "bring")


def test_the_second_has_its_part_on_every_page(alice: User, bob: User, signed_in: SignIn) -> None:
    a_first_talk(alice)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    with time_machine.travel(LAYS_OUT, tick=False):
        talk, bring = page(signed_in(alice), "talk"), page(signed_in(alice), "bring")
    assert numbers(talk) == ["1", "2", "3", "4", "5", "6"]
    assert 'name="bring"' in bring
