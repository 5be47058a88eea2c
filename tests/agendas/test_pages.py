"""The talk's pages: what each shows to whom, what stands beside a field, and what they ask of the database."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from agendas import building, goals, meeting, notes, outcomes, rhythm, topics
from agendas.models import Action, Agenda, AgendaItem, Note, Saying, Topic
from couples import parting
from tests.agendas.scenarios import (
    LAYS_OUT,
    PLAN,
    STARTS,
    SUNDAY,
    agree,
    agree_again,
    four_weeks,
    held,
    thank,
    win,
)
from tests.cast import NOW, PASSWORD, seat
from tests.private_acts import SignIn
from tests.signs import signed_words

TALK, HELD, MINE = "/talk/", "/talk/now/", "/talk/bring/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(STARTS, tick=False) as traveller:
        yield traveller


@pytest.fixture
def talk(alice: User, bob: User) -> Agenda:
    """The four weeks' talk, begun."""
    return held(alice, bob, by=alice)


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_from_the_first_evening_on_it_says_what_it_is_and_finds_a_time(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    with time_machine.travel(seat(alice).sat_at, tick=False):
        client = signed_in(alice)
        page = body(client, TALK)
        assert "Half an hour in small parts" in page
        assert "From your thank-yous and your roses." in page
        assert 'href="/talk/rhythm/"' in page
        form = body(client, "/talk/rhythm/")
        assert form.index("Can you say no to your partner") < form.index('name="weekday"')
        typed = {"every": "week", "weekday": 6, "at": "19:00", "minutes": 30}
        assert client.post("/talk/rhythm/", typed).status_code == 302
        assert "You suggested a talk" in body(client, TALK)


def test_alone_it_wants_two(dana: User, signed_in: SignIn) -> None:
    page = body(signed_in(dana), TALK)
    assert "It wants two." in page
    assert "/talk/rhythm/" not in page


@pytest.mark.parametrize("name", ["talk", "talks", "goals", "park"])
def test_somebody_alone_finds_a_way_on(dana: User, signed_in: SignIn, name: str) -> None:
    assert "main" in body(signed_in(dana), reverse(f"agendas:{name}"))


def test_parking_alone_keeps_what_was_typed(dana: User, signed_in: SignIn) -> None:
    answer = signed_in(dana).post(reverse("agendas:park"), {"about": "the bins"})
    assert answer.status_code == 422
    assert "nobody here to talk it over" in answer.content.decode()
    assert "the bins" in answer.content.decode()


def test_what_stands_is_shown_on_the_readers_own_clock(alice: User, bob: User, signed_in: SignIn) -> None:
    """Seven on a Sunday evening in London is Monday morning in Auckland; the other's hour is nowhere."""
    User.objects.filter(pk=bob.pk).update(zone="Pacific/Auckland")
    agree(alice, bob, now=NOW)
    with time_machine.travel(NOW, tick=False):
        page = body(signed_in(bob), reverse("agendas:rhythm"))
        talk = body(signed_in(bob), TALK)
    assert 'value="08:00"' in page
    assert re.search(r'<option\s+value="0"\s+selected\s*>Monday', page)
    assert "Monday, 23 November" in talk
    assert "19:00" not in page + talk


def test_nor_in_what_is_asked_for(alice: User, bob: User, signed_in: SignIn) -> None:
    User.objects.filter(pk=bob.pk).update(zone="Pacific/Auckland")
    with time_machine.travel(NOW, tick=False):
        rhythm.suggest(by=seat(alice), plan=PLAN, now=NOW)
        talk = body(signed_in(bob), TALK)
    assert "Every week, Monday at 08:00" in talk
    assert "19:00" not in talk
    assert "Europe/London" not in talk


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("park", {"about": ""}, "A word or two is enough"),
        ("park", {"about": "x" * 501}, "one character over the 500"),
        ("park", {"about": "x", "need": "y" * 502}, "2 characters over the 500"),
        ("rhythm", {"every": "week", "weekday": 6, "at": "half past", "minutes": 30}, "time like 19:00"),
        ("rhythm", {"every": "year", "weekday": 6, "at": "19:00", "minutes": 30}, "valid choice"),
        ("rhythm", {"every": "week", "weekday": 9, "at": "19:00", "minutes": 45}, "valid choice"),
        ("move", {"day": "2026-11-01", "at": "19:00"}, "it is past"),
        ("move", {"day": "2027-01-01", "at": "19:00"}, "the talk after this one"),
        ("move", {"day": "tomorrow", "at": "19:00"}, "date like 2026-12-24"),
        ("goals", {"name": "", "target": "9"}, "A word or two is enough"),
        ("goals", {"name": "x" * 201, "target": "9"}, "200"),
        ("goals", {"name": "sea", "target": "lots"}, "a number, such as 1200"),
        ("goals", {"name": "sea", "target": "0"}, "more than that"),
        ("goals", {"name": "sea", "target": "9", "due_on": "2026-01-01"}, "here already"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_kept(
    alice: User,
    bob: User,
    signed_in: SignIn,
    clock: Traveller,
    name: str,
    typed: dict[str, object],
    said: str,
) -> None:
    agree(alice, bob, now=NOW)
    clock.move_to(NOW + timedelta(hours=1))
    answer = signed_in(alice).post(reverse(f"agendas:{name}"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    for value in typed.values():
        assert str(value)[:40] in page


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("note", {"part": 1, "text": "x" * 5001}, "one character over the 5,000"),
        ("note", {"part": 1, "text": "", "tick": "on"}, "A word or two is enough"),
        ("will", {"who": "you", "will": "tidy up"}, "valid choice"),
        ("will", {"who": "i", "will": ""}, "A word or two is enough"),
        ("say", {"hope": "", "noticed": ""}, "A word or two is enough"),
    ],
)
def test_in_the_talk_too(
    alice: User, talk: Agenda, signed_in: SignIn, name: str, typed: dict[str, object], said: str
) -> None:
    if name == "say":
        meeting.go_to(by=seat(alice), part=5, now=STARTS)
    where = "agendas:say" if name == "say" else f"agendas:now_{name}"
    answer = signed_in(alice).post(reverse(where), typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert all(str(one)[:100] in answer.content.decode() for one in typed.values())
    assert not Note.objects.exists()
    assert not Action.objects.exists()


def named(page: str) -> str:
    """What the first form of a page names as what it was shown with."""
    found = re.search(r'name="stood"\s+value="(\w*)"', page)
    assert found is not None
    return found[1]


def test_a_note_from_two_windows_comes_back_with_both(alice: User, talk: Agenda, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.post(reverse("agendas:now_note"), {"part": 1, "stood": "", "text": "first"})
    stood = named(body(client, HELD))
    client.post(reverse("agendas:now_note"), {"part": 1, "stood": stood, "text": "in one window"})
    answer = client.post(reverse("agendas:now_note"), {"part": 1, "stood": stood, "text": "in the other"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "in the other" in page
    assert "in one window" in page
    assert named(page) == named(body(client, HELD)) != stood


def test_a_goal_changed_meanwhile_comes_back_with_both(alice: User, bob: User, signed_in: SignIn) -> None:
    goal = goals.add(by=seat(alice), details=goals.GoalDetails("sea", Decimal(900)), now=STARTS)
    client, path = signed_in(alice), reverse("agendas:goal", args=[goal.pk])
    stood = goal.shown
    goals.change(
        by=seat(bob),
        goal_id=goal.pk,
        details=goals.GoalDetails("hills", Decimal(800)),
        stood=stood,
        now=STARTS,
    )
    form = {"name": "lakes", "target": "700", "stood": stood}
    answer = client.post(path, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "lakes" in page
    assert "hills" in page
    assert client.post(path, form | {"stood": named(page)}).status_code == 302
    assert goals.open_of(seat(bob))[0].name == "lakes"


def test_words_come_out_as_words(alice: User, bob: User, signed_in: SignIn) -> None:
    bad = "<script>alert(1)</script>"
    agree_again(alice, bob, now=NOW)
    topics.park(by=seat(alice), words=topics.TopicWords(bad, bad, bad), now=NOW)
    goals.add(by=seat(alice), details=goals.GoalDetails(bad, Decimal(1), unit="<b>"), now=NOW)
    building.build_due(now=LAYS_OUT)
    agenda = meeting.begin(by=seat(alice), now=STARTS)
    note = notes.write(by=seat(alice), agenda=agenda, part=3, text=bad, stood="", now=STARTS)
    assert note is not None
    notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=STARTS)
    outcomes.add_action(by=seat(alice), agenda=agenda, who="we", part=3, text=bad, now=STARTS)
    outcomes.say(by=seat(alice), agenda=agenda, kind="hope", text=bad, now=STARTS)
    pages = [TALK, MINE, HELD, reverse("agendas:goals"), reverse("agendas:held", args=[agenda.pk])]
    for user in (alice, bob):
        client = signed_in(user)
        for part in (3, 4, 5):
            meeting.go_to(by=seat(alice), part=part, now=STARTS)
            for path in pages:
                assert bad not in body(client, path), path


def test_the_part_that_changes_by_itself_holds_no_form_of_ones_own(
    alice: User, talk: Agenda, signed_in: SignIn
) -> None:
    for part in (1, 2, 3, 4, 5, 6):
        meeting.go_to(by=seat(alice), part=part, now=STARTS)
        page = body(signed_in(alice), f"{HELD}live/")
        assert 'id="live"' in page
        assert "<textarea" not in page
        assert 'name="text"' not in page


def test_a_page_from_before_is_told_that_it_went_on(alice: User, talk: Agenda, signed_in: SignIn) -> None:
    client = signed_in(alice)
    mark = meeting.state(Agenda.objects.open().get(), now=STARTS).mark
    assert "has gone on from here" not in body(client, f"{HELD}live/?mark={mark}")
    meeting.go_to(by=seat(alice), part=2, now=STARTS)
    assert "has gone on from here" in body(client, f"{HELD}live/?mark={mark}")


def looks_at(page: str) -> str:
    """The address an open page looks at by itself."""
    found = re.search(r'id="live"\s+data-hx-get="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def again_in(page: str) -> int:
    """Milliseconds after which an open page looks again by itself."""
    found = re.search(r'data-hx-trigger="every (\d+)ms', page)
    assert found is not None
    return int(found[1])


def rests(by: User) -> None:
    meeting.take_break(by=seat(by), now=STARTS)


def has_enough(by: User) -> None:
    meeting.pause(by=seat(by), now=STARTS)


def goes_on(by: User) -> None:
    meeting.go_to(by=seat(by), part=4, now=STARTS)


def swaps(by: User) -> None:
    meeting.swap(by=seat(by), seat=2, turn=0, now=STARTS)


@pytest.mark.parametrize("act", [rests, has_enough, goes_on, swaps])
def test_what_either_does_is_on_the_other_s_page_within_two_seconds(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, act: Callable[[User], None]
) -> None:
    """A look that finds nothing new is answered by that, and costs three questions to the database."""
    meeting.go_to(by=seat(alice), part=3, now=STARTS)
    his = signed_in(bob)
    page = body(his, HELD)
    assert again_in(page) < 2000
    with CaptureQueriesContext(connection) as queries:
        answer = his.get(looks_at(page))
    assert (answer.status_code, answer.content) == (304, b"")
    assert len(queries) == 3, [one["sql"] for one in queries]
    act(alice)
    answer = his.get(looks_at(page))
    assert answer.status_code == 200
    assert his.get(looks_at(answer.content.decode())).status_code == 304


def test_words_are_new_within_five_seconds(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, clock: Traveller
) -> None:
    his = signed_in(bob)
    page = body(his, HELD)
    outcomes.add_action(by=seat(alice), agenda=talk, who="we", part=1, text="planted will", now=STARTS)
    clock.move_to(STARTS + timedelta(seconds=5))
    assert "planted will" in body(his, looks_at(page))


def test_while_it_rests_a_page_looks_as_seldom_as_ever(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, clock: Traveller
) -> None:
    meeting.pause(by=seat(alice), now=STARTS)
    assert again_in(body(signed_in(bob), HELD)) == 5000
    meeting.take_break(by=seat(alice), now=STARTS)
    clock.move_to(STARTS + meeting.BREAK - timedelta(seconds=2))
    assert again_in(body(signed_in(bob), HELD)) == 2000
    meeting.finish(by=seat(alice), now=STARTS)
    assert again_in(body(signed_in(bob), HELD)) == 60_000


@pytest.mark.parametrize("first", [True, False])
def test_no_part_of_an_empty_talk_is_silent(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller, first: bool
) -> None:
    (agree if first else agree_again)(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    agenda = meeting.begin(by=seat(alice), now=STARTS)
    said = {
        1: "Nothing here from the week.",
        2: "Nothing was noted.",
        3: "Nobody brought anything.",
        4: "This is your first talk." if first else "Nothing is left from last time.",
        5: "Say it first, then write it if you like",
        6: "Nothing ahead was written down.",
    }
    for part in agenda.parts:
        meeting.go_to(by=seat(alice), part=part, now=STARTS)
        page = body(signed_in(alice), HELD)
        assert said[part] in page
        assert ("No goal yet" in page) == (part == 4)


def test_an_open_page_gets_no_answer_after_parting_and_one_she_loads_tells_her(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    found = re.search(r'id="live"\s+data-hx-get="([^"]+)"', body(his, HELD))
    assert found
    look = re.sub("seen=[^&]*", "seen=", html.unescape(found[1]))
    assert 'id="live"' in body(his, look)
    assert hers.get(look).status_code == 200
    assert hers.get(look + "0").status_code == 204
    parting.part(by=alice, now=STARTS)
    answer = his.get(look)
    assert (answer.status_code, answer.content) == (204, b"")
    assert his.get(HELD).status_code == 302


def test_digits_are_no_part_of_a_turn(alice: User, talk: Agenda, signed_in: SignIn) -> None:
    meeting.go_to(by=seat(alice), part=3, now=STARTS)
    meeting.swap(by=seat(alice), seat=2, turn=0, now=STARTS - timedelta(seconds=70))
    page = body(signed_in(alice), HELD)
    words = re.sub("<[^>]*>", "", page.split('<p class="dial-words">')[1].split("</p>")[0])
    assert "Bob speaks" in words
    assert "you listen" in words
    assert not any(sign.isdigit() for sign in words)


def test_that_the_other_has_not_approved_is_not_shown(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    """A note settles when both have approved it; before that nobody is the one who hasn't."""
    note = notes.write(by=seat(alice), agenda=talk, part=1, text="notes", stood="", now=STARTS)
    assert note is not None
    notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=STARTS)
    page = body(signed_in(alice), reverse("agendas:held", args=[talk.pk]))
    assert "They settle once you both are." in page
    assert "Bob" not in page.split('id="h-notes"')[1].split("</section>")[0]


def test_a_talks_sheet_says_by_name_and_sign_whose_words_they_are(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    """By their colour alone it would be said to nobody who hears the page, or has it on paper."""
    for user in (alice, bob):
        outcomes.say(by=seat(user), agenda=talk, kind="noticed", text=f"said by {user.name}", now=STARTS)
    note = notes.write(by=seat(alice), agenda=talk, part=1, text="notes", stood="", now=STARTS)
    assert note is not None
    for user in (alice, bob):
        notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=STARTS)
    for user in (alice, bob):
        notes.see_differently(by=seat(user), note_id=note.pk, text=f"said by {user.name}", now=STARTS)
    said = [("the holidays, and with whom", alice), ("the review was moved", bob)]
    said += [(f"said by {user.name}", user) for user in (alice, bob)] * 2
    expected = sorted((words, user.name, seat(user).ink) for words, user in said)
    for user in (alice, bob):
        page = body(signed_in(user), reverse("agendas:held", args=[talk.pk]))
        assert signed_words(page) == expected


def test_so_do_the_lines_of_a_talk_that_goes_on(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    whose = {
        "not a word about the two extra holes": alice,
        "the heater, on before I was up": alice,
        "the soup on Monday": bob,
        "the jam set": alice,
        "the jam, from the other side": bob,
        "the shelf is up": bob,
        "the first frost on the shed": alice,
        "the heron came back": bob,
    }
    expected = sorted((words, user.name, seat(user).ink) for words, user in whose.items())
    for user in (alice, bob):
        assert signed_words(body(signed_in(user), HELD)) == expected


def more(alice: User, bob: User) -> None:
    """A great deal of everything."""
    agenda = Agenda.objects.open().get()
    for number in range(12):
        thank(alice, SUNDAY, f"thanks {number}")
        win(bob, SUNDAY, f"win {number}")
        goals.add(by=seat(alice), details=goals.GoalDetails(f"goal {number}", Decimal(1)), now=STARTS)
        topics.park(by=seat(alice), words=topics.TopicWords(f"topic {number}"), now=STARTS)
        for user in (alice, bob):
            outcomes.add_action(
                by=seat(user), agenda=agenda, who="we", part=1, text=f"will {number}", now=STARTS
            )
    for part in range(1, 7):
        for writer, reader in ((alice, bob), (bob, alice)):
            note = notes.write(by=seat(writer), agenda=agenda, part=part, text="notes", stood="", now=STARTS)
            assert note is not None
            for user in (writer, reader):
                notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=STARTS)
            notes.see_differently(by=seat(reader), note_id=note.pk, text="differently", now=STARTS)
    building.build([agenda.pk], now=STARTS)


def counts(client: Client, paths: list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        body(client, path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            body(client, path)
        found[path] = len(queries)
    return found


def test_few_questions_to_the_database_however_much_there_is(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    goals.add(by=seat(alice), details=goals.GoalDetails("sea", Decimal(9)), now=STARTS)
    pages = [TALK, MINE, "/talks/", f"/talks/{talk.pk}/", "/goals/", "/today/"]

    def all_of_it() -> dict[str, int]:
        found = counts(client, pages)
        for part in range(1, 7):
            meeting.go_to(by=seat(alice), part=part, now=STARTS)
            found |= {f"{part} {path}": n for path, n in counts(client, [HELD, f"{HELD}live/"]).items()}
        return found

    meeting.go_to(by=seat(alice), part=2, now=STARTS)
    noted = notes.write(by=seat(bob), agenda=talk, part=1, text="x", stood="", now=STARTS)
    assert noted is not None
    notes.approve(by=seat(bob), note_id=noted.pk, stood=noted.shown, now=STARTS)
    notes.approve(by=seat(alice), note_id=noted.pk, stood=noted.shown, now=STARTS)
    outcomes.add_action(by=seat(bob), agenda=talk, who="we", part=1, text="x", now=STARTS)
    few = all_of_it()
    notes.take_back(by=seat(bob), note_id=noted.pk, now=STARTS)
    Note.objects.all().delete()
    more(alice, bob)
    assert all_of_it() == few
    assert max(few.values()) <= 10, few


def test_topics_and_roses_of_somebody_else_are_not_found(
    alice: User, bob: User, charlie: User, talk: Agenda, signed_in: SignIn
) -> None:
    rose = AgendaItem.objects.filter(kind="rose").by(alice).first()
    topic = Topic.objects.own(alice).first()
    assert rose is not None
    assert topic is not None
    for user in (bob, charlie):
        client = signed_in(user)
        for name, row in (("leave_out", rose), ("topic_wait", topic), ("topic_take_back", topic)):
            assert client.post(reverse(f"agendas:{name}", args=[row.pk]), {"go": "out"}).status_code == 404
    assert signed_in(charlie).get(reverse("agendas:held", args=[talk.pk])).status_code == 404


def test_a_rose_left_out_and_put_back(alice: User, bob: User, signed_in: SignIn) -> None:
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    client = signed_in(alice)
    rose = AgendaItem.objects.filter(kind="rose").by(alice).first()
    assert rose is not None
    path = reverse("agendas:leave_out", args=[rose.pk])
    client.post(path, {"go": "out"})
    assert body(client, MINE).count("Put it back") == 1
    client.post(path, {"go": "back"})
    assert "Put it back" not in body(client, MINE)


# --- One device between the two ------------------------------------------------------------------------

CLOSED = (
    TALK,
    MINE,
    "/talks/",
    "/goals/",
    "/today/",
    "/kept/",
    "/settings/",
    "/more/",
    "/account/email/",
)


def test_one_device_shows_the_talk_and_nothing_else(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    client, elsewhere, his = signed_in(alice), signed_in(alice), signed_in(bob)
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    assert "This device shows the talk only." in body(client, HELD)
    for path in CLOSED:
        for answer in (client.get(path), client.post(path, {"go": "x"})):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/reauthenticate/?next=%2F"), path
        answer = client.post(path, {"text": "what was typed"})
        assert answer.status_code == 403
        assert "what was typed" in answer.content.decode()
        assert elsewhere.get(path).status_code == his.get(path).status_code == 200
    assert client.get("/safety/").status_code == 200
    assert client.post(reverse("agendas:now_note"), {"part": 1, "text": "noted"}).status_code == 302
    assert Note.objects.count() == 1
    assert client.get(reverse("accounts:out")).status_code == 303


def test_on_one_device_nothing_is_done_in_the_name_of_one(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn
) -> None:
    """Whoever signed in: the other may be the one who presses."""
    client = signed_in(alice)
    his = notes.write(by=seat(bob), agenda=talk, part=1, text="his notes", stood="", now=STARTS)
    hers = notes.write(by=seat(alice), agenda=talk, part=2, text="her notes", stood="", now=STARTS)
    assert his is not None
    assert hers is not None
    for user, note in ((bob, his), (alice, hers)):
        notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=STARTS)
    actions = {
        who: outcomes.add_action(by=seat(alice), agenda=talk, who=who, part=4, text=f"{who} will", now=STARTS)
        for who in ("i", "we")
    }
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    again = "/account/reauthenticate/?next=%2Ftalk%2Fnow%2F"
    answer = client.post(reverse("agendas:tick", args=[his.pk]), {"read": his.shown})
    assert answer["Location"] == again
    for kind in ("hope", "noticed"):
        answer = client.post(reverse("agendas:say"), {kind: "the sea"})
        assert answer.status_code == 403
        assert "the sea" in answer.content.decode()
    noted, will = reverse("agendas:now_note"), reverse("agendas:now_will")
    for where, typed in (
        (noted, {"part": 1, "text": "for her", "tick": "on"}),
        (noted, {"part": 2, "text": "put in her mouth", "stood": hers.shown}),
        (will, {"who": "i", "will": "wash up for good"}),
    ):
        answer = client.post(where, typed)
        assert answer.status_code == 422
        assert str(typed["text" if where == noted else "will"]) in answer.content.decode()
        assert "from one’s own sign-in" in answer.content.decode()
    for go in ("done", "let_go", "carry_on"):
        client.post(reverse("agendas:now_settle", args=[actions["i"].pk]), {"go": go})
    client.post(reverse("agendas:now_settle", args=[actions["we"].pk]), {"go": "done"})
    rows = {row.pk: row for row in Note.objects.with_keys()}
    assert rows[his.pk].agreed_at is None
    assert rows[hers.pk].text == "her notes"
    assert not Saying.objects.exists()
    assert {row.who for row in Action.objects.open()} == {"i"}
    assert client.post(noted, {"part": 1, "text": "kept as hers, shown to nobody"}).status_code == 302
    assert client.post(will, {"who": "we", "will": "walk on Sunday"}).status_code == 302
    assert Note.objects.own(alice).on(talk, 1).get().shown_at is None


@pytest.mark.parametrize("part", range(1, 7))
def test_on_one_device_no_page_offers_it(
    alice: User, bob: User, talk: Agenda, signed_in: SignIn, part: int
) -> None:
    client = signed_in(alice)
    his = notes.write(by=seat(bob), agenda=talk, part=1, text="his notes", stood="", now=STARTS)
    assert his is not None
    notes.approve(by=seat(bob), note_id=his.pk, stood=his.shown, now=STARTS)
    meeting.go_to(by=seat(alice), part=part, now=STARTS)
    offers = (reverse("agendas:tick", args=[his.pk]), 'name="tick"', reverse("agendas:say"), 'value="i"')
    before = body(client, HELD)
    assert [one in before for one in offers] == [True, True, part == 5, True]
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    assert [one in body(client, HELD) for one in offers] == [False] * 4


def test_signing_in_again_frees_it(alice: User, talk: Agenda, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    page = client.get("/kept/")["Location"]
    assert client.post(page, {"password": "not this one", "next": "/kept/"}).status_code == 200
    assert client.get("/kept/").status_code == 302
    with time_machine.travel(STARTS + timedelta(minutes=1), tick=False):
        answer = client.post(page, {"password": PASSWORD, "next": "/kept/"})
        assert answer["Location"] == "/kept/"
        assert client.get("/kept/").status_code == 200


def test_signing_out_is_always_a_way(alice: User, talk: Agenda, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.post(reverse("agendas:now_begin"), {"on": "one"})
    assert client.post(reverse("account_logout")).status_code == 302
    assert "/account/login/" in client.get("/today/")["Location"]
