"""Questions of one's own: signed, in the deck after a yes, faded after a week, taken back for both."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from checkins import own_questions, questions
from checkins.errors import TooManyQuestions
from checkins.models import OwnPrompt
from couples import parting
from tests.cast import NOW, pair, person, seat
from tests.private_acts import seen

DAY = NOW.date()
LATEST = DAY + timedelta(days=1)  # the Day it is somewhere by then
TEXT = "planted: what did you want to be at ten?"
SignIn = Callable[[User], Client]


def ask(user: User, text: str = TEXT) -> OwnPrompt:
    return own_questions.ask(by=seat(user), text=text, now=NOW)


def agree(user: User, prompt: OwnPrompt, *, later: timedelta = timedelta()) -> None:
    own_questions.agree(by=seat(user), prompt_id=prompt.pk, now=NOW + later)


def take_back(user: User, prompt: OwnPrompt, *, later: timedelta = timedelta()) -> None:
    own_questions.take_back(by=seat(user), prompt_id=prompt.pk, now=NOW + later)


def waiting(user: User, *, later: timedelta = timedelta()) -> list[str]:
    return [one.text for one in own_questions.waiting(seat(user), NOW + later)]


def texts(user: User, first: date = DAY, count: int = 5) -> list[str]:
    """What this person is asked on the Days from `first` on."""
    partner = seat(user)
    return [questions.asked(partner, first + timedelta(days=ahead)).text for ahead in range(count)]


def test_a_yes_brings_it_to_both_on_the_first_day_that_has_begun_for_nobody(alice: User, bob: User) -> None:
    begun = texts(bob, count=2)  # it is tomorrow somewhere
    prompt = ask(alice)
    assert (waiting(bob), waiting(alice)) == ([TEXT], [])
    assert TEXT not in texts(bob)
    for _ in range(2):
        agree(bob, prompt)
    assert waiting(bob) == []
    for user in (alice, bob):
        assert texts(user, count=3) == [*begun, TEXT]
        asked = questions.asked(seat(user), DAY + timedelta(days=2))
        assert asked.author == alice
        assert (asked.mine, asked.theirs) == (None, None)


def test_nobody_says_yes_but_the_other(alice: User, bob: User, charlie: User, dana: User, erin: User) -> None:
    prompt = ask(alice)
    for user in (alice, charlie, dana, erin):
        with pytest.raises(OwnPrompt.DoesNotExist):
            agree(user, prompt)
    assert waiting(bob) == [TEXT]


def test_without_a_yes_it_fades_and_a_late_one_changes_nothing(alice: User, bob: User) -> None:
    prompt = ask(alice)
    assert waiting(bob, later=timedelta(days=7, seconds=-1)) == [TEXT]
    assert waiting(bob, later=timedelta(days=7)) == []
    agree(bob, prompt, later=timedelta(days=8))
    assert TEXT not in texts(bob, DAY + timedelta(days=8))
    assert [one.text for one in own_questions.mine(seat(alice))] == [TEXT]


def test_the_same_words_twice_are_one_question(alice: User) -> None:
    assert ask(alice) == ask(alice)
    assert ask(alice, "another") != ask(alice)


def test_there_is_room_for_so_many_of_one_person(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_questions, "MOST", 3)
    prompts = [ask(alice, f"question {number}") for number in range(3)]
    with pytest.raises(TooManyQuestions):
        ask(alice)
    ask(bob)
    take_back(alice, prompts[0])
    ask(alice)


def test_taken_back_its_words_are_gone_for_both(alice: User, bob: User) -> None:
    waits, agreed = ask(alice, "planted: one"), ask(alice)
    agree(bob, agreed)
    for prompt in (waits, agreed):
        for later in (timedelta(hours=1), timedelta(days=3)):
            take_back(alice, prompt, later=later)  # the second time changes nothing
    assert waiting(bob) == []
    assert own_questions.mine(seat(alice)) == []
    for row in OwnPrompt.objects.with_keys():
        assert (row.text, row.taken_back_at, row.taken_back_on) == ("", NOW + timedelta(hours=1), LATEST)
    assert TEXT not in texts(bob) + texts(alice)
    agree(bob, waits)
    waits.refresh_from_db()
    assert waits.agreed_on is None


def test_taken_back_on_its_own_evening_that_evening_says_so_and_no_other_changes(
    alice: User, bob: User
) -> None:
    prompt = ask(alice)
    agree(bob, prompt)
    before = texts(bob, DAY - timedelta(days=9), 12)
    take_back(alice, prompt, later=timedelta(days=2))
    for user in (alice, bob):
        assert texts(user, DAY - timedelta(days=9), 12) == [*before[:11], ""]
        assert "" not in texts(user, DAY + timedelta(days=3), 200)


def test_only_ones_own_is_taken_back(alice: User, bob: User, charlie: User) -> None:
    prompt = ask(alice)
    for user in (bob, charlie):
        with pytest.raises(OwnPrompt.DoesNotExist):
            take_back(user, prompt)
    assert waiting(bob) == [TEXT]


def test_alone_it_needs_no_yes(dana: User) -> None:
    tonight = texts(dana, count=1)
    ask(dana)
    assert texts(dana, count=2) == [*tonight, TEXT]


def test_after_parting_each_sees_their_own_only(alice: User, bob: User) -> None:
    agreed, waits = ask(alice), ask(alice, "planted: two")
    agree(bob, agreed)
    his = ask(bob, "planted: his")
    parting.part(by=bob, now=NOW)
    assert [{one.text for one in own_questions.mine(seat(user))} for user in (alice, bob)] == [
        {TEXT, "planted: two"},
        {"planted: his"},
    ]
    for user in (alice, bob):
        assert waiting(user) == []
        assert not any("planted" in text for text in texts(user, count=60))
    for user, prompt in ((bob, waits), (alice, his)):
        with pytest.raises(OwnPrompt.DoesNotExist):
            agree(user, prompt)
    take_back(alice, agreed)  # long after, it is still hers
    assert "planted" not in "".join(texts(bob, count=60))


def test_on_two_clocks_a_yes_waits_for_the_later_of_two_days(db: None) -> None:
    alice, bob = person("Alice", zone="Pacific/Auckland"), person("Bob", zone="America/Los_Angeles")
    pair(alice, bob)
    prompt = ask(alice)
    before = texts(alice, count=2)
    agree(bob, prompt)  # Wednesday with him, Thursday morning with her
    for user in (alice, bob):
        assert texts(user, count=3) == [*before, TEXT]


# --- the page ---------------------------------------------------------------------------------------------


@pytest.fixture
def page() -> str:
    return reverse("checkins:own_questions")


@pytest.mark.usefixtures("clock")
def test_asked_on_the_page_and_said_yes_to(alice: User, bob: User, signed_in: SignIn, page: str) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    assert "None yet." in hers.get(page).content.decode()
    assert hers.post(page, {"text": TEXT})["Location"] == page
    body = his.get(page).content.decode()
    assert "Alice would like to be asked" in body
    assert TEXT in body
    pk = OwnPrompt.objects.get().pk
    for told in (True, False):  # the second press changes nothing
        assert his.post(reverse("checkins:agree", args=[pk]))["Location"] == page
        body = his.get(page).content.decode()
        assert ("Agreed. It comes on one of your next evenings." in body) is told
        assert TEXT not in body


def test_a_strangers_is_not_there(alice: User, bob: User, charlie: User, signed_in: SignIn) -> None:
    prompt = ask(alice)
    yes, back = (reverse(f"checkins:{name}", args=[prompt.pk]) for name in ("agree", "question_take_back"))
    stranger = signed_in(charlie)
    assert [stranger.post(yes).status_code, stranger.post(back).status_code] == [404, 404]
    assert [signed_in(bob).get(back).status_code, signed_in(alice).post(yes).status_code] == [404, 404]
    assert stranger.post(reverse("checkins:agree", args=[uuid4()])).status_code == 404
    assert signed_in(bob).get(yes).status_code == 405


@pytest.mark.usefixtures("clock")
def test_taken_back_on_the_page(alice: User, bob: User, signed_in: SignIn, page: str) -> None:
    back = reverse("checkins:question_take_back", args=[ask(alice).pk])
    client = signed_in(alice)
    assert TEXT in client.get(back).content.decode()
    for _ in range(2):
        assert client.post(back)["Location"] == page
    assert client.get(back)["Location"] == page
    for user in (alice, bob):
        assert TEXT not in signed_in(user).get(page).content.decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (" \n ", "Write the question first."),
        ("x" * 301, "This is one character over the 300"),
        ("y" * 320, "This is 20 characters over the 300"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    alice: User, signed_in: SignIn, page: str, text: str, told: str
) -> None:
    answer = signed_in(alice).post(page, {"text": text})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert text.strip() in answer.content.decode()
    assert not OwnPrompt.objects.exists()


def test_no_room_is_said_beside_it(
    alice: User, signed_in: SignIn, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_questions, "MOST", 0)
    answer = signed_in(alice).post(page, {"text": TEXT})
    assert answer.status_code == 422
    assert "as many questions as there is room for" in answer.content.decode()
    assert TEXT in answer.content.decode()


def test_not_seen_not_wanted_and_faded_look_the_same_to_whoever_asked(
    alice: User, bob: User, signed_in: SignIn, page: str, clock: Traveller
) -> None:
    def picture() -> str:
        return seen(signed_in(alice), ("checkins:own_questions",))["checkins:own_questions"]

    prompt = ask(alice)
    before = picture()
    signed_in(bob).get(page)
    assert picture() == before
    agree(bob, prompt)
    assert picture() == before  # even a yes shows with the next Day only
    clock.shift(timedelta(days=2))
    assert "Among your questions" in picture()
    OwnPrompt.objects.update(agreed_on=None)
    clock.shift(timedelta(days=20))
    assert picture() == before
