"""Words typed on the page of the talk, and any of its buttons pressed: saved, or they come back. And how it ends."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from agendas import building, meeting, notes, outcomes
from agendas.models import Action, Agenda, Note, Part, Saying
from tests.adventures.scenarios import agreed
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again
from tests.cast import NOW, seat
from tests.private_acts import SignIn

HELD = "/talk/now/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(STARTS, tick=False) as traveller:
        yield traveller


@pytest.fixture
def talk(alice: User, bob: User) -> Agenda:
    """Begun at seven, in the part where the two take turns; it is Bob's."""
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    agenda = meeting.begin(by=seat(alice), now=STARTS)
    meeting.go_to(by=seat(alice), part=3, now=STARTS)
    meeting.swap(by=seat(alice), seat=2, turn=0, now=STARTS)
    return agenda


def page(client: Client) -> str:
    return client.get(HELD).content.decode()


def buttons(client: Client, page: str) -> dict[str, tuple[str, dict[str, str]]]:
    """The buttons of the talk by their ids: where each sends the one form, and what it adds."""
    found = {}
    for tag in re.findall(r"<button[^>]*>", page):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "formaction" in told and "id" in told:
            found[told["id"]] = (told["formaction"], {told["name"]: told["value"]} if "name" in told else {})
    return found


def carried(page: str) -> dict[str, str]:
    """What the one form carries without being typed."""
    hidden = [tag for tag in re.findall(r"<input[^>]*>", page) if 'type="hidden"' in tag]
    told = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in hidden]
    return {one["name"]: one["value"] for one in told if one["name"] != "csrfmiddlewaretoken"}


def agenda() -> Agenda:
    return Agenda.objects.open().get()


def place() -> tuple[object, ...]:
    """How far the talk has got."""
    now = agenda()
    return now.part, now.turn, now.turn_ends_at, now.rests_at, now.break_until, now.ended_at


ACTS = ["next-part", "part-5", "swap", "longer", "break", "enough"]


def test_the_page_has_one_form_that_every_button_sends(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    his = notes.write(by=seat(bob), agenda=talk, part=1, text="his", stood="", now=STARTS)
    assert his is not None
    notes.approve(by=seat(bob), note_id=his.pk, stood=his.shown, now=STARTS)
    client = signed_in(alice)
    for part in talk.parts:
        meeting.go_to(by=seat(alice), part=part, now=STARTS)
        main = re.sub(r"(?s)^.*<main|</main>.*$", "", page(client))
        [form] = re.findall(r"(?s)<form.*?</form>", main)
        assert 'id="talk-form"' in form
        outside = re.findall(r"<button[^>]*>", main.replace(form, ""))
        assert len(outside) > len(talk.parts)
        assert all('form="talk-form"' in tag for tag in outside)
        # Enter in a line presses the first button of its form.
        assert reverse("agendas:now_will") in outside[0]
        assert main.index(outside[0]) < main.index(form)
    assert reverse("agendas:tick", args=[his.pk]) in main


@pytest.mark.parametrize("act", ACTS)
def test_every_button_saves_the_notes_that_were_typed(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, act: str
) -> None:
    client, before = signed_in(alice), place()
    address, adds = buttons(client, page(client))[act]
    answer = client.post(address, carried(page(client)) | {"text": "planted notes"} | adds)
    assert answer.status_code == 302
    assert place() != before
    note = Note.objects.with_keys().get()
    assert (note.text, note.part, note.shown_at) == ("planted notes", Part.WEIGHING, None)
    assert "planted" not in page(signed_in(bob))


@pytest.mark.parametrize("act", ["tick", "done"])
def test_answering_what_is_there_does_too(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, act: str
) -> None:
    his = notes.write(by=seat(bob), agenda=talk, part=1, text="his", stood="", now=STARTS)
    assert his is not None
    notes.approve(by=seat(bob), note_id=his.pk, stood=his.shown, now=STARTS)
    will = outcomes.add_action(by=seat(bob), agenda=talk, who="we", part=1, text="we will", now=STARTS)
    sends = {
        "tick": (reverse("agendas:tick", args=[his.pk]), {"read": his.shown}),
        "done": (reverse("agendas:now_settle", args=[will.pk]), {"go": "done"}),
    }
    client = signed_in(alice)
    client.post(sends[act][0], carried(page(client)) | {"text": "planted notes"} | sends[act][1])
    assert Note.objects.own(alice).with_keys().get().text == "planted notes"
    his.refresh_from_db()
    will.refresh_from_db()
    assert (his.agreed_at is not None, will.done_at is not None) == (act == "tick", act == "done")


@pytest.mark.parametrize("field", ["will", "noticed", "hope"])
@pytest.mark.parametrize("act", [*ACTS, "finish"])
def test_what_the_other_would_read_waits_for_its_own_button(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, act: str, field: str
) -> None:
    """The talk doesn't go on without it; a rest waits for nothing, and the words are on its page."""
    client, before = signed_in(alice), place()
    shown = buttons(client, page(client)) | {"finish": (reverse("agendas:now_finish"), {})}
    address, adds = shown[act]
    answer = client.post(address, carried(page(client)) | {"text": "", "who": "i", field: "planted"} | adds)
    back = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Not saved yet" in back
    [box] = re.findall(rf'(?s)<(?:input|textarea)[^>]*name="{field}".*?>(?:\s*planted</textarea>)?', back)
    assert "planted" in box
    assert "autofocus" in box
    assert (place() != before) == (act in {"break", "enough"})
    assert not Action.objects.exists()
    assert not Saying.objects.exists()
    assert "planted" not in page(signed_in(bob))


def test_from_a_page_at_rest_it_is_saved_by_its_own_button(
    alice: User, talk: Agenda, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    meeting.pause(by=seat(alice), now=STARTS)
    assert client.post(reverse("agendas:now_will"), {"who": "i", "will": "planted"}).status_code == 302
    assert Action.objects.with_keys().get().text == "planted"


def test_a_page_from_before_holds_nothing_up_unless_something_was_typed_there(
    alice: User, talk: Agenda, signed_in: SignIn
) -> None:
    """Her other device shows what she wrote a while ago; she has written on since."""
    first = notes.write(by=seat(alice), agenda=talk, part=3, text="first", stood="", now=STARTS)
    assert first is not None
    client = signed_in(alice)
    late = carried(page(client)) | {"text": "first"}
    notes.write(by=seat(alice), agenda=talk, part=3, text="second", stood=first.shown, now=STARTS)
    assert client.post(reverse("agendas:now_part"), late | {"to": "4"}).status_code == 302
    assert agenda().part == 4
    answer = client.post(reverse("agendas:now_part"), late | {"text": "third", "to": "5"})
    assert answer.status_code == 422
    for words in ("second", "third"):
        assert words in answer.content.decode()
    assert agenda().part == 4
    # It comes back as notes of the part it was written in, and is saved to that.
    again = carried(answer.content.decode())
    assert again["part"] == "3"
    assert client.post(reverse("agendas:now_note"), again | {"text": "third"}).status_code == 302
    assert Note.objects.with_keys().get().text == "third"


def test_when_the_talk_is_over_it_comes_back_on_a_page_of_its_own(
    alice: User, talk: Agenda, signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(alice)
    late = carried(page(client)) | {"text": "planted notes", "will": "planted will", "who": "i"}
    clock.move_to(STARTS + timedelta(days=3))
    answer = client.post(reverse("agendas:now_part"), late | {"to": "4"})
    assert answer.status_code == 422
    for words in ("planted notes", "planted will"):
        assert words in answer.content.decode()


def finish(alice: User) -> None:
    meeting.go_to(by=seat(alice), part=6, now=STARTS)
    meeting.finish(by=seat(alice), now=STARTS)


def test_at_its_end_each_says_what_they_would_like_to_try(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    finish(alice)
    for user, words in ((alice, "ring the plumber"), (bob, "cook on Wednesdays")):
        client = signed_in(user)
        assert "What each of you would like to try" in page(client)
        typed = carried(page(client)) | {"will": words}
        assert client.post(reverse("agendas:now_will"), typed).status_code == 302
    rows = {row.text: (row.author, row.who) for row in Action.objects.with_keys()}
    assert rows == {"ring the plumber": (alice, "i"), "cook on Wednesdays": (bob, "i")}
    for user in (alice, bob):
        for words in rows:
            assert words in page(signed_in(user))
    refused = client.post(reverse("agendas:now_will"), {"who": "i", "will": "x" * 501})
    assert refused.status_code == 422
    assert "x" * 501 in refused.content.decode()


def test_and_sees_the_next_date_or_a_way_to_plan_one(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    finish(alice)
    client = signed_in(alice)
    assert f'href="{reverse("adventures:plan")}"' in page(client)
    assert f'href="{reverse("checkins:thanks")}"' in page(client)
    date_night = agreed(alice, bob, "soup by the window", at=STARTS + timedelta(days=5), now=STARTS)
    assert "soup by the window" in page(client)
    assert f'href="{reverse("adventures:date", args=[date_night.pk])}"' in page(client)
    assert f'href="{reverse("adventures:plan")}"' not in page(client)


def test_on_one_device_the_end_asks_nobody_to_sign_for_themselves(
    alice: User, talk: Agenda, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    finish(alice)
    shown = page(client)
    assert "each of you writes it from your own sign-in" in shown
    for one in ('name="will"', reverse("adventures:plan"), reverse("checkins:thanks")):
        assert one not in shown
    answer = client.post(reverse("agendas:now_will"), {"who": "i", "will": "planted"})
    assert answer.status_code == 422
    assert "planted" in answer.content.decode()
    answer = client.post(reverse("agendas:now_part"), {"to": "1", "hope": "planted"})
    assert answer.status_code == 422
    assert "planted" in answer.content.decode()
    assert not Action.objects.exists()
    assert not Saying.objects.exists()
