"""The pages of a challenge, as each kind of person meets them: cards, days, lines, errors beside their fields."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agendas import building
from challenges import attempts, catalogue, habits, reading, swapping
from challenges.models import CompletedDay, Habit, Remark
from checkins import writing
from checkins.words import CheckInText
from couples import parting, weekdays
from couples.models import Ask
from reminders import kinds
from reminders.models import Choice
from tests.agendas.scenarios import LAYS_OUT, STARTS, SUNDAY, agree
from tests.cast import NOW, browser_of, pair, seat
from tests.challenges.scenarios import attempt_of, begin_together
from tests.reminders.ledger import skip_reason
from tests.scenes import stage

SignIn = Callable[[User], Client]
A_DAY = timedelta(days=1)
ASKED = "Ask first. “Not now” is a whole answer."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def body(client: Client, path: str) -> str:
    """A page, its whitespace as a browser folds it."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("touch", [True, False])
def test_every_close_by_card_begins_with_asking(
    alice: User, bob: User, signed_in: SignIn, touch: bool
) -> None:
    begin_together(alice, bob, now=NOW)
    swapping.choose_touch(user=alice, touch=touch)
    client = signed_in(alice)
    for day in catalogue.every()[catalogue.FIRST].days:
        page = body(client, f"/challenge/{day.number}/")
        shown = (day.close if touch else day.still)[0]
        assert f"{ASKED} {shown.text}" in page
        assert page.count(ASKED) == 1
        assert f"Apart tonight? {shown.apart}" in page
        assert shown.home in page


def test_a_day_says_in_words_what_it_is(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW)
    attempts.complete(by=seat(bob), number=1, card="words", now=NOW)
    page = re.sub(r"<[^>]+>", "", body(signed_in(alice), "/challenge/"))
    assert "Day 1: Name a thank-you, done, today" in page
    assert "Day 2: The best part of the day" in page
    assert "Count this day" in page  # hers isn't: nothing says whose mark it was
    assert "You count this day" not in page
    assert "You count this day" in body(signed_in(bob), "/challenge/")


def test_a_day_that_is_ahead_can_be_read_and_not_counted(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW)
    client = signed_in(alice)
    page = body(client, "/challenge/9/")
    assert "hasn’t come here yet" in page
    assert "/challenge/9/count/" not in page
    assert "/challenge/9/line/" not in page
    answer = client.post("/challenge/9/count/", {"card": "words"}, follow=True)
    assert "hasn’t come to that day yet" in answer.content.decode()
    assert client.get("/challenge/31/").status_code == 404
    assert not CompletedDay.objects.exists()


def test_a_line_comes_back_where_it_cant_be_left(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW)
    client = signed_in(alice)
    for typed, said in (("", "does need one"), ("x" * 501, "1 character over"), ("  ", "does need one")):
        answer = client.post("/challenge/1/line/", {"text": typed})
        assert answer.status_code == 422
        assert said.replace("1 character", "one character") in answer.content.decode()
        assert typed.strip() in answer.content.decode()
    assert client.post("/challenge/1/line/", {"text": "the cat timed it"}).status_code == 302
    again = client.post("/challenge/1/line/", {"text": "and once more"})
    assert (again.status_code, "Your line is here already" in again.content.decode()) == (422, True)
    assert "and once more" in again.content.decode()
    assert "Every word is still here" in client.post("/challenge/2/line/", {"text": "early"}).content.decode()
    attempts.end(by=seat(bob), now=NOW)
    late = client.post("/challenge/1/line/", {"text": "too late, but kept"})
    assert (late.status_code, "too late, but kept" in late.content.decode()) == (422, True)
    assert Remark.objects.count() == 1


def test_today_has_the_day_before_and_after_it_is_done(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    writing.write(
        by=seat(bob), day=NOW.date(), words=CheckInText(rose="a heron"), share=False, now=NOW
    )  # no quiet evenings
    begin_together(alice, bob, now=NOW)
    tomorrow, slip = NOW + A_DAY, f"Day 2: {catalogue.every()[catalogue.FIRST].days[1].title}</a>"
    clock.move_to(tomorrow)
    client = signed_in(bob)
    assert re.search(f"{slip}.*Either is enough", body(client, "/today/"))
    attempts.complete(by=seat(alice), number=2, card="words", now=tomorrow)
    assert re.search(rf"{slip}.*Done\.", body(client, "/today/"))
    attempts.end(by=seat(alice), now=tomorrow)
    assert slip not in body(client, "/today/")


def test_what_the_challenge_page_says_in_each_state(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    writing.write(by=seat(bob), day=NOW.date() - A_DAY, words=CheckInText("x"), share=True, now=NOW - A_DAY)
    assert "Suggest this challenge to Bob" in body(hers, "/challenge/")
    hers.post("/challenge/start/", {"challenge": catalogue.FIRST})
    assert "You suggested: Thirty small days" in body(hers, "/challenge/")
    assert "Alice suggests: Thirty small days" in body(his, "/today/")
    assert "Alice suggests: Thirty small days" in body(his, "/challenge/")
    his.post("/asks/something-else/yes/")
    assert "Alice suggests" in body(his, "/challenge/")
    assert his.post(f"/asks/{Ask.objects.get().token}/yes/")["Location"] == "/challenge/"
    assert "Name a thank-you" in body(hers, "/challenge/")
    with time_machine.travel(NOW + 9 * A_DAY, tick=False):
        resting = [re.sub(r"\s+", " ", body(one, "/challenge/")) for one in (hers, his)]
        sentence = "It does that by itself after four quiet evenings. Nothing is lost, nothing starts over"
        assert all(sentence in page for page in resting)
        assert "Day 5" not in body(hers, "/today/")  # that it rests was said on the Day it began to
        hers.post("/challenge/wake/")
        assert "The challenge is resting" not in body(his, "/challenge/")
        his.post("/challenge/end/")
        assert "Challenges so far" in body(hers, "/challenge/")


def test_at_its_end_it_says_so_and_never_that_it_rests(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW, challenge=catalogue.FIRST)
    last = len(catalogue.every()[catalogue.FIRST])
    for number in range(1, last + 1):
        moment = NOW + (number - 1) * A_DAY
        attempts.complete(by=seat(alice), number=number, card="words", now=moment)
    places = ("/challenge/", "/today/", "/together/", "/challenge/3/", "/challenge/back/")
    for after, heading in ((0, "This is the last stone"), (5, "You’ve walked it to its end")):
        with time_machine.travel(moment + after * A_DAY, tick=False):
            for user in (alice, bob):
                client = signed_in(user)
                assert heading in body(client, "/challenge/")
                for place in places:
                    page = body(client, place)
                    assert "is resting" not in page, place
                    assert "rests at" not in page, place
                    assert "Resting at" not in page, place
                    assert "Continue the challenge" not in page, place


def test_alone_it_begins_and_speaks_of_one(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    assert "Start this challenge" in body(client, "/challenge/")
    client.post("/challenge/start/", {"challenge": catalogue.STARTER})
    client.post("/challenge/1/line/", {"text": "just me"})
    page = body(client, "/challenge/")
    assert "just me" in page
    assert "For both of you" not in page
    assert "It ends here" in body(client, "/challenge/end/")
    assert "just me" in body(client, "/challenge/back/")


def test_looking_back_shows_what_was_left_and_the_roses_of_the_two(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    begin_together(alice, bob, now=NOW)
    attempts.leave_line(by=seat(bob), number=1, text="the wooden spoon", now=NOW)
    kept, shared = CheckInText("planted-kept"), CheckInText("the heron came back")
    writing.write(by=seat(alice), day=NOW.date(), words=CheckInText("frost on the shed"), share=True, now=NOW)
    writing.write(by=seat(bob), day=NOW.date(), words=shared, share=True, now=NOW)
    later = NOW + A_DAY
    with time_machine.travel(later, tick=False):
        writing.write(by=seat(bob), day=later.date(), words=kept, share=False, now=later)
        writing.write(
            by=seat(alice), day=later.date(), words=CheckInText("unanswered"), share=True, now=later
        )
        page = body(signed_in(alice), "/challenge/back/")
    for text in ("the wooden spoon", "on day 1", "the heron came back", "frost on the shed"):
        assert text in page
    for text in ("planted-kept", "unanswered", "drifted a bit"):
        assert text not in page
    with time_machine.travel(NOW + 40 * A_DAY, tick=False):
        attempts.end(by=seat(alice), now=NOW + 40 * A_DAY)
        old = CompletedDay.objects.get().attempt_id
        assert "We’ve drifted a bit" in body(signed_in(alice), "/challenge/back/")
        parting.part(by=bob, now=NOW + 40 * A_DAY)
        page = body(signed_in(alice), f"/challenge/back/{old}/")
        assert "the wooden spoon" not in page
        assert "the heron came back" not in page
        assert "We’ve drifted a bit" not in page


def test_whose_roses_they_are_is_said_by_name_and_sign(alice: User, bob: User, signed_in: SignIn) -> None:
    """By their colour alone it would be said to nobody who hears the page, or has it on paper."""
    begin_together(alice, bob, now=NOW)
    for user in (alice, bob):
        words = CheckInText(f"a rose of {user.name}")
        writing.write(by=seat(user), day=NOW.date(), words=words, share=True, now=NOW)
    for user in (alice, bob):
        page = body(signed_in(user), "/challenge/back/").split('id="b-evenings"')[1].split("</section>")[0]
        lines = re.findall(
            r'<p class="words"[^>]*>(.*?)</p>\s*<p class="said-by">.*?<path class="(\w)".*?"meta">(\w+),',
            page,
        )
        assert sorted(lines) == [(f"a rose of {one.name}", seat(one).ink, one.name) for one in (alice, bob)]


def test_somebody_alone_looks_back_on_their_own_roses(dana: User, signed_in: SignIn) -> None:
    attempts.suggest(by=seat(dana), challenge=catalogue.STARTER, now=NOW)
    for number, share in ((0, True), (1, False)):
        day = NOW.date() + number * A_DAY
        words = CheckInText(f"the heron, {number}", "a bud", "a thorn")
        writing.write(by=seat(dana), day=day, words=words, share=share, now=NOW + number * A_DAY)
    with time_machine.travel(NOW + A_DAY, tick=False):
        page = body(signed_in(dana), "/challenge/back/")
    assert "the heron, 0" in page
    assert "the heron, 1" in page
    assert "a bud" not in page
    assert "a thorn" not in page


def test_a_new_couple_is_not_read_its_opening_line_over_a_challenge_of_before(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    """Nor is it to read aloud to each other what one of them left with somebody else, or alone."""
    begin_together(alice, bob, now=NOW)
    attempts.leave_line(by=seat(alice), number=1, text="the wooden spoon", now=NOW)
    attempts.end(by=seat(bob), now=NOW)
    attempts.suggest(by=seat(dana), challenge=catalogue.STARTER, now=NOW)
    attempts.end(by=seat(dana), now=NOW)
    assert "To read aloud to each other" in body(signed_in(alice), "/challenge/back/")
    assert "To read again" in body(signed_in(dana), "/challenge/back/")
    parting.part(by=bob, now=NOW)
    pair(alice, dana, now=NOW)
    for user in (alice, dana):
        page = body(signed_in(user), "/challenge/back/")
        assert ("the wooden spoon" in page) == (user == alice)
        for words in ("What you said at the beginning", "to each other", "Nobody left", "Plan a talk"):
            assert words not in page, user.name


def test_days_on_which_it_began_and_ended_are_the_readers_and_have_their_years(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    """At half past midnight it is still the evening before, here as on the page of the year."""
    begins, ends = datetime(2026, 11, 30, 0, 30, tzinfo=UTC), datetime(2027, 1, 3, 1, tzinfo=UTC)
    clock.move_to(begins)
    begin_together(alice, bob, now=begins)
    assert "Since 29 November 2026" in body(signed_in(alice), "/challenge/")
    clock.move_to(ends)
    attempts.end(by=seat(bob), now=ends)
    client = signed_in(alice)
    for page in ("/challenge/", "/challenge/back/"):
        assert "29 November 2026 to 2 January 2027" in body(client, page)
    words = re.sub("<[^>]+>", " ", body(client, "/looking-back/"))
    assert "29 Nov Thirty small days until 2 January" in " ".join(words.split())


def test_a_bolder_card_says_so(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW)
    hers, his = signed_in(alice), signed_in(bob)
    bolder = {
        day.number: day.close[-1] for day in catalogue.every()[catalogue.FIRST].days if day.close[-1].bolder
    }
    assert len(bolder) >= 4
    for number, one in bolder.items():
        for _ in range(2):
            page = body(hers, f"/challenge/{number}/")
            assert "A bolder one" not in page
            swapping.swap(by=seat(alice), number=number, card="close")
        page = body(hers, f"/challenge/{number}/")
        assert page.count("A bolder one, for when you’d both enjoy it.") == 1
        assert f"{ASKED} {one.text}" in page
        assert "A bolder one" not in body(his, f"/challenge/{number}/")
    swapping.choose_touch(user=alice, touch=False)
    for number in bolder:
        assert "A bolder one" not in body(hers, f"/challenge/{number}/")


def test_habits_are_kept_and_mailed_on_their_day(alice: User, bob: User, signed_in: SignIn) -> None:
    begin_together(alice, bob, now=NOW)
    client = signed_in(alice)
    assert "Once a day of the challenge is done" in body(client, "/challenge/habits/")
    for number in range(1, 7):
        with time_machine.travel(NOW + number * A_DAY, tick=False):
            attempts.complete(by=seat(alice), number=number, card="words", now=NOW + number * A_DAY)
    choices = habits.choices(seat(alice), attempt_of(alice), range(1, 7))
    assert [one.activity.title for one in choices][:2] == ["Name one thing", "Ask, then only listen"]
    swapping.swap(by=seat(alice), number=1, card="words")
    assert habits.choices(seat(alice), attempt_of(alice), [1])[0].activity.title == "Thank the unseen work"
    swapping.swap(by=seat(alice), number=1, card="words")
    whats = [one.value for one in choices]
    refused = client.post("/challenge/habits/", {"what": whats, "mail": "on"})
    assert refused.status_code == 422
    assert "At least one day, please" in refused.content.decode()
    assert "A time such as 18:00" in refused.content.decode()
    many = {"what": whats, "mail": "on", "weekdays": ["2"], "at": "18:30"}
    assert "Five at most" in client.post("/challenge/habits/", many).content.decode()
    odd = {"what": ["nothing/1/of ours"], "at": "18:30"}
    assert client.post("/challenge/habits/", odd).status_code == 422
    assert not Habit.objects.exists()
    assert client.post("/challenge/habits/", many | {"what": whats[:2]}).status_code == 302
    assert client.post("/challenge/habits/", many | {"what": whats[:2]}).status_code == 302
    assert [one.activity.title for one in habits.of(seat(alice))] == [
        "Name one thing",
        "Ask, then only listen",
    ]
    mail = Choice.objects.get(user=alice, kind="habit")
    assert (mail.wanted, mail.weekdays, mail.at) == (True, "2", time(18, 30))
    assert [skip_reason("habit", user) for user in (alice, bob)] == ["", "nothing kept"]
    first = habits.of(seat(alice))[0]
    signed_in(bob).post(f"/challenge/habits/{first.id}/let-go/")
    assert len(habits.of(seat(alice))) == 2
    client.post(f"/challenge/habits/{first.id}/let-go/")
    assert [one.activity.title for one in habits.of(seat(alice))] == ["Ask, then only listen"]
    parting.part(by=bob, now=NOW + 7 * A_DAY)
    assert len(habits.of(seat(alice))) == 1


def test_a_day_is_reminded_of_only_while_there_is_one_to_do(alice: User, bob: User) -> None:
    kind = kinds.get("challenge_day")
    assert kind is not None
    assert not kind.default_on

    def said(days: int) -> str:
        return skip_reason("challenge_day", alice, (NOW + days * A_DAY).date())

    assert said(0) == "no path"
    begin_together(alice, bob, now=NOW)
    assert [said(days) for days in (0, 4, 5)] == ["", "", "resting"]
    attempts.complete(by=seat(bob), number=1, card="close", now=NOW)
    assert [said(days) for days in (0, 1)] == ["done", ""]
    for user in (alice, bob):
        weekdays.name(by=seat(user), weekdays=[2], now=NOW)
    assert [said(days) for days in (0, 1, 7)] == ["done", "no path", ""]


def test_days_done_are_celebrated_in_the_talk(alice: User, bob: User, signed_in: SignIn) -> None:
    agree(alice, bob, now=NOW - A_DAY)
    begun = datetime(2026, 11, 8, 20, tzinfo=UTC)
    begin_together(alice, bob, now=begun)
    for number in range(1, 15):
        moment = begun + (number - 1) * A_DAY
        by, card = (alice, "words") if number % 2 else (bob, "close")
        attempts.complete(by=seat(by), number=number, card=card, now=moment)
    attempts.uncomplete(by=seat(alice), number=13, card="words")
    with time_machine.travel(LAYS_OUT, tick=False):
        for _ in range(3):
            building.build_due(now=LAYS_OUT)
    with time_machine.travel(STARTS, tick=False):
        signed_in(alice).post("/talk/now/begin/", {"on": "two"})
        signed_in(alice).post("/talk/now/part/", {"to": "2"})
        for user in (alice, bob):
            page = body(signed_in(user), "/talk/now/")
            assert re.findall(r"day (\d+) of Thirty small days", page) == ["14", "13", "12", "11", "10"]
            assert "A small apology" in page
    assert SUNDAY.isoformat() == "2026-11-22"
    attempts.uncomplete(by=seat(bob), number=14, card="close")
    with time_machine.travel(STARTS, tick=False):
        assert "A small apology" in body(signed_in(alice), "/talk/now/")  # it stays done


PAGES = (
    "/challenge/",
    "/challenge/2/",
    "/challenge/back/",
    "/challenge/habits/",
    "/settings/cards/",
    "/challenge/end/",
)


def days_done(alice: User, bob: User, last: int) -> None:
    """Both got the first days done, up to this one, and left a line on each."""
    for number in range(1, last + 1):
        moment = NOW + number * A_DAY
        for user in (alice, bob):
            attempts.complete(by=seat(user), number=number, card="words", now=moment)
            attempts.leave_line(by=seat(user), number=number, text=f"{number}", now=moment)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_database_as_little_with_much_as_with_little(
    alice: User, bob: User, path: str
) -> None:
    stage.play("in a challenge", lambda: begin_together(alice, bob, now=NOW))
    client, taken = browser_of(alice), []
    for last in (1, 25):
        stage.play(f"{last} days done", partial(days_done, alice, bob, last))
        with CaptureQueriesContext(connection) as context:
            assert client.get(path).status_code == 200
        taken.append(len(context))
    assert taken[0] == taken[1] <= 10


def test_what_left_its_file_isnt_shown(alice: User) -> None:
    for what in (
        "gone/1/x",
        f"{catalogue.FIRST}/99/x",
        f"{catalogue.FIRST}/x/x",
        "",
        f"{catalogue.FIRST}/1/x",
    ):
        Habit.objects.create(author=alice, what=what, kept_at=NOW)
    assert habits.of(seat(alice)) == []
    assert reading.progress(seat(alice), now=NOW) is None
