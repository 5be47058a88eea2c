"""The question's pages: first, aloud, waiting, open, alone, earlier, wrong; and nothing told that isn't one's own."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.models import User
from checkins import answering, deck, own_questions, prompt_preferences, questions
from checkins.models import Answer
from couples import parting
from couples.authored import ids_of
from tests.cast import NOW, seat
from tests.private_acts import seen
from tests.scenes import once
from tests.written import written

DAY = NOW.date()
SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("clock")


def put(user: User, text: str = "", *, ago: int = 0) -> Answer:
    now = NOW - timedelta(days=ago)
    text = text or f"planted {user.name} {ago}"
    return answering.answer(by=seat(user), day=now.date(), text=text, now=now)


def url(name: str, day: date = DAY) -> str:
    return reverse(f"checkins:{name}", args=[day])


def body(client: Client, name: str = "question", day: date | None = None) -> str:
    return client.get(url(name, day) if day else reverse(f"checkins:{name}")).content.decode()


def question(user: User) -> str:
    return str(escape(questions.asked(seat(user), DAY).text))


# --- tonight's --------------------------------------------------------------------------------------------


def test_the_first_time_both_ways_are_equal(alice: User, bob: User, signed_in: SignIn) -> None:
    page = body(signed_in(alice))
    assert f'<p class="ask" dir="auto">{question(bob)}</p>' in page
    weights = re.findall(r'class="([\w -]+)"[^>]*>\s*(Mark as talked about|Write an answer)\s*<', page)
    assert [weight for weight, _ in weights] == ["btn btn-even", "btn btn-even"]
    assert page.count("btn-primary") == 1


def test_answered_it_waits_then_both_are_open(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    for _ in range(2):
        answer = hers.post(url("answer"), {"text": "planted hers"})
        assert answer["Location"] == reverse("checkins:question")
    assert "planted hers" in body(hers)
    assert "open together" in body(hers)
    assert "planted hers" not in body(his)
    his.post(url("answer"), {"text": "planted his"})
    for client in (hers, his):
        page = body(client)
        assert '<p class="words said" dir="auto">planted hers</p>' in page
        assert '<p class="words said" dir="auto">planted his</p>' in page
        assert "<textarea" not in page


def test_said_aloud_and_undone(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for name, there in (("question_talked", True), ("question_not_yet", False)):
        assert client.post(url(name))["Location"] == reverse("checkins:question")
        assert ("You talked about it." in body(client)) is there


def test_after_both_are_open_a_change_is_refused_beside_the_field_and_stays_typed(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    put(alice)
    put(bob)
    answer = signed_in(alice).post(url("answer"), {"text": "planted change"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "so this answer stays as it is" in page
    assert "planted change</textarea>" in page
    assert "planted change" not in body(signed_in(bob))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "One sentence is enough, but it does need one."),
        ("x" * 2001, "This is one character over the 2,000"),
        ("y" * 2100, "This is 100 characters over the 2,000"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    alice: User, signed_in: SignIn, text: str, told: str
) -> None:
    answer = signed_in(alice).post(url("answer"), {"text": text})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert f"{text}</textarea>" in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_late_window_is_shown_what_stands_and_loses_nothing(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for typed, told in (("planted first", 302), ("planted second", 422)):
        answer = client.post(url("answer"), {"text": typed, "seen": answering.mark("")})
        assert answer.status_code == told
    page = answer.content.decode()
    assert "changed in another window" in page
    assert '<q class="words" dir="auto">planted first</q>' in page
    assert "planted second</textarea>" in page
    again = re.search(r'name="seen" value="(\w+)"', page)
    assert again is not None
    assert client.post(url("answer"), {"text": "planted second", "seen": again[1]}).status_code == 302
    assert "planted second" in body(client)


def test_alone_there_is_nobody_to_wait_for(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    assert "Mark as talked about" not in body(client)
    client.post(url("answer"), {"text": "planted alone"})
    page = body(client)
    assert "planted alone" in page
    assert "It stays with you." in page
    assert "both" not in page.partition("<main")[2]


def test_long_and_odd_words_are_shown_as_they_are(alice: User, bob: User, signed_in: SignIn) -> None:
    odd = "<b>" + "w" * 1990 + "\n&"
    put(alice, odd)
    put(bob)
    assert "&lt;b&gt;" + "w" * 1990 + "\n&amp;" in body(signed_in(bob))


def test_an_own_question_is_signed_and_taken_back_it_says_so(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    prompt = own_questions.ask(by=seat(alice), text="planted question", now=NOW)
    own_questions.agree(by=seat(bob), prompt_id=prompt.pk, now=NOW)
    clock.shift(timedelta(days=2))
    assert "A question of yours" in body(signed_in(alice))
    page = body(signed_in(bob))
    assert "A question of Alice’s" in page
    assert "planted question" in page
    own_questions.take_back(by=seat(alice), prompt_id=prompt.pk, now=NOW + timedelta(days=2))
    page = body(signed_in(bob))
    assert "This question is gone from the deck." in page
    assert "planted" not in page
    assert "Alice’s" not in page


def test_an_answer_to_a_retired_question_stands_under_its_own_words(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    for user in (alice, bob):
        put(user)
    old = next(one for one in deck.deck().values() if one.retired)
    Answer.objects.update(prompt=old.id)
    for user in (alice, bob):
        page = body(signed_in(user))
        assert escape(old.text) in page
        assert "planted Alice 0" in page
        assert "planted Bob 0" in page
    clock.shift(timedelta(days=1))
    page = body(signed_in(alice))
    tonight = questions.asked(seat(alice), DAY + timedelta(days=1)).text
    assert page.index(escape(tonight)) < page.index(escape(old.text))
    place = seat(bob)
    answers = questions.ANSWERS(**ids_of(place), first=DAY, last=DAY)
    assert questions.revealed(place, answers, questions.OWN_QUESTIONS(**ids_of(place)))[0][1] == old.text


def test_whoever_is_alone_is_asked_what_can_be_asked_of_one(
    alice: User, bob: User, charlie: User, dana: User, erin: User
) -> None:
    def asked(user: User) -> set[str]:
        partner = seat(user)
        return {questions.prompt_of(partner, DAY + timedelta(days=ahead)) for ahead in range(80)}

    alone = {one.id for one in deck.deck().values() if one.alone}
    assert asked(alice) == asked(bob)
    for user in (alice, charlie):
        assert not asked(user) <= alone
    for user in (dana, erin):
        assert asked(user) <= alone
    parting.part(by=bob, now=NOW)
    for user in (alice, bob):
        assert asked(user) <= alone


# --- another ----------------------------------------------------------------------------------------------


def test_another_is_an_extra_on_ones_own_page(alice: User, bob: User, signed_in: SignIn) -> None:
    pages = [
        signed_in(user).get(reverse("checkins:question_another", args=[nth])).content.decode()
        for user in (alice, bob)
        for nth in (1, 2)
    ]
    asked = [
        next(one.id for one in deck.deck().values() if f">{escape(one.text)}<" in page) for page in pages
    ]
    assert asked == [questions.another(seat(user), DAY, nth).id for user in (alice, bob) for nth in (1, 2)]
    assert asked[0] != asked[1]
    assert questions.prompt_of(seat(alice), DAY) not in asked
    assert reverse("checkins:question_another", args=[3]) in pages[1]


# --- other evenings ---------------------------------------------------------------------------------------


def test_yesterdays_can_be_answered_until_noon(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    clock.shift(timedelta(hours=14))  # nine in the morning
    client = signed_in(alice)
    assert "Save my answer" in body(client, "question_day", DAY)
    answer = client.post(url("answer"), {"text": "planted late"})
    assert answer["Location"] == url("question_day")
    assert "planted late" in body(client, "question_day", DAY)
    clock.shift(timedelta(hours=4))
    answer = client.post(url("answer"), {"text": "planted later"})
    assert answer.status_code == 422
    assert "That evening is closed" in answer.content.decode()
    assert "planted later</textarea>" in answer.content.decode()
    page = client.post(url("question_talked"), follow=True).content.decode()
    assert "That evening is closed" in page


def test_tomorrows_is_not_told(alice: User, signed_in: SignIn) -> None:
    tomorrow = DAY + timedelta(days=1)
    assert signed_in(alice).get(url("question_day", tomorrow))["Location"] == reverse("checkins:question")
    text = questions.asked(seat(alice), tomorrow).text
    answer = signed_in(alice).post(url("answer", tomorrow), {"text": "planted"})
    assert answer.status_code == 422
    assert escape(text) not in answer.content.decode()


def test_an_evening_without_an_answer_is_no_gap(alice: User, bob: User, signed_in: SignIn) -> None:
    put(bob, ago=3)
    page = body(signed_in(alice), "question_day", DAY - timedelta(days=3))
    assert "An evening off is an evening, too." in page
    assert "planted" not in page


def test_the_last_few_days_are_read_again_at_the_foot(alice: User, bob: User, signed_in: SignIn) -> None:
    for ago in (2, 3, 9):
        put(alice, ago=ago)
    put(bob, ago=3)
    page = body(signed_in(alice))
    assert "In the last few days" in page
    assert [text in page for text in ("Alice 2", "Alice 3", "Bob 3", "Alice 9")] == [True, True, True, False]
    older = body(signed_in(alice), "question_day", DAY - timedelta(days=9))
    assert "planted Alice 9" in older


def test_an_answer_is_taken_back_at_any_time(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        put(user, ago=9)
    day, client = DAY - timedelta(days=9), signed_in(alice)
    page = body(client, "answer_take_back", day)
    assert "planted Alice 9" in page
    assert "for both of you" in page
    for _ in range(2):
        assert client.post(url("answer_take_back", day))["Location"] == url("question_day", day)
    assert client.get(url("answer_take_back", day))["Location"] == url("question_day", day)
    for user in (alice, bob):
        page = body(signed_in(user), "question_day", day)
        assert "planted Alice" not in page
        assert "Taken back" in page
        assert "planted Bob 9" in page


def test_with_somebody_new_the_evenings_words_wait_for_a_deliberate_act(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    put(alice)
    put(bob)
    parting.part(by=bob, now=NOW)
    page = body(signed_in(alice))
    assert "planted Bob" not in page
    assert "The question has changed since you wrote this" in page
    assert "planted Alice 0</textarea>" in page


# --- what it takes, and what it tells ---------------------------------------------------------------------


@pytest.mark.parametrize("answers", [1, 3])
def test_the_pages_ask_the_same_few_questions_however_much_there_is(
    alice: User, bob: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries, answers: int
) -> None:
    for number in range(answers):
        for user in (alice, bob):
            put(user, ago=number)
        prompt = own_questions.ask(by=seat(alice), text=f"planted {number}", now=NOW)
        own_questions.ask(by=seat(bob), text=f"planted {number}", now=NOW)
        own_questions.agree(by=seat(bob), prompt_id=prompt.pk, now=NOW - timedelta(days=number))
        prompt_preferences.choose(
            by=seat(alice), depth=1 + number, seasons=[], now=NOW - timedelta(days=number)
        )
    client = signed_in(alice)
    client.get(reverse("checkins:question"))
    for path, queries in (
        (reverse("checkins:question"), 5),
        (url("question_day", DAY), 5),
        (reverse("checkins:question_another", args=[1]), 4),
        (url("answer_take_back"), 5),
        (reverse("checkins:own_questions"), 4),
        (reverse("checkins:prompt_preferences"), 3),
    ):
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def answers_it(alice: User) -> None:
    put(alice)


def changes_her_answer(alice: User) -> None:
    put(alice)
    put(alice, "planted again")


def takes_it_back(alice: User) -> None:
    put(alice)
    answering.take_back(by=seat(alice), day=DAY, now=NOW)


def talks(alice: User) -> None:
    answering.talk(by=seat(alice), day=DAY, now=NOW)


def says_not_yet(alice: User) -> None:
    talks(alice)
    answering.not_yet(by=seat(alice), day=DAY, now=NOW)


def chooses_light(alice: User) -> None:
    prompt_preferences.choose(by=seat(alice), depth=1, seasons=["illness"], now=NOW)


def chooses_deep(alice: User) -> None:
    prompt_preferences.choose(by=seat(alice), depth=3, seasons=list(deck.SEASONS), now=NOW)


def asks_and_takes_back(alice: User) -> None:
    prompt = own_questions.ask(by=seat(alice), text="planted question", now=NOW)
    own_questions.take_back(by=seat(alice), prompt_id=prompt.pk, now=NOW)


def looks_at_others(alice: User) -> None:
    for nth in (1, 2, 3):
        questions.another(seat(alice), DAY, nth)


ACTS = [
    answers_it,
    changes_her_answer,
    takes_it_back,
    talks,
    says_not_yet,
    chooses_light,
    chooses_deep,
    asks_and_takes_back,
    looks_at_others,
]
ANSWERING = {answers_it, changes_her_answer, takes_it_back}  # where he waits, these open hers: no private act
PAGES = (
    "checkins:question",
    "/question/2026-11-18/",
    "/question/2026-11-17/",
    "/question/another/1/",
    "checkins:own_questions",
    "checkins:prompt_preferences",
    "today:today",
)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("how", ["nothing", "talked", "answered"])
def test_bob_sees_the_same_whatever_alice_did(
    alice: User, bob: User, signed_in: SignIn, act: Callable[[User], None], how: str
) -> None:
    if how == "talked":
        talks(bob)
    answered = how == "answered" and act not in ANSWERING
    if answered:
        put(bob)
    client = signed_in(bob)
    before = once(("the question", how, answered), lambda: seen(client, PAGES))
    with written() as changed:
        act(alice)
    assert bool(changed) is (act is not looks_at_others)
    assert seen(client, PAGES) == before


def test_the_comparison_does_see_a_difference(alice: User, bob: User, signed_in: SignIn) -> None:
    put(bob)
    client = signed_in(bob)
    before = seen(client, PAGES)
    answers_it(alice)
    assert seen(client, PAGES)["checkins:question"] != before["checkins:question"]


def test_after_parting_nothing_of_the_others_is_anywhere(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        put(user)
        prompt = own_questions.ask(by=seat(user), text=f"planted question of {user.name}", now=NOW)
    own_questions.agree(by=seat(alice), prompt_id=prompt.pk, now=NOW)
    parting.part(by=bob, now=NOW)
    for user, other in ((alice, "Bob"), (bob, "Alice")):
        for page in seen(signed_in(user), PAGES).values():
            assert f"planted {other}" not in page
            assert f"question of {other}" not in page
