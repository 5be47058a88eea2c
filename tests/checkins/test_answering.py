"""Answers to the evening's question: open together, aloud or in writing, taken back, and the same on two clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from checkins import answering, own_questions, questions
from checkins.errors import AnswerRevealed, AnswerTakenBack, QuestionClosed
from checkins.models import Answer
from checkins.questions import Asked
from couples import days, parting
from tests.cast import NOW, pair, person, seat

DAY = NOW.date()
LATER = NOW + timedelta(days=9)


def put(user: User, text: str = "", *, day: date = DAY, now: datetime = NOW) -> Answer:
    return answering.answer(by=seat(user), day=day, text=text or f"planted {user.name}", now=now)


def talk(user: User, *, now: datetime = NOW) -> None:
    answering.talk(by=seat(user), day=DAY, now=now)


def take_back(user: User, *, now: datetime = LATER) -> None:
    answering.take_back(by=seat(user), day=DAY, now=now)


def seen(user: User, day: date = DAY) -> Asked:
    return questions.asked(seat(user), day)


def shown(user: User) -> tuple[str | None, str | None]:
    """One's own answer and the other's, as words."""
    asked = seen(user)
    return (asked.mine.text if asked.mine else None), (asked.theirs.text if asked.theirs else None)


# --- open together ----------------------------------------------------------------------------------------


def test_two_answers_open_together(alice: User, bob: User) -> None:
    put(alice)
    assert (shown(alice), shown(bob)) == (("planted Alice", None), (None, None))
    put(bob)
    assert shown(alice) == ("planted Alice", "planted Bob")
    assert shown(bob) == ("planted Bob", "planted Alice")


def test_until_then_it_can_be_changed_and_afterwards_not(alice: User, bob: User) -> None:
    put(alice)
    put(alice, "planted again", now=NOW + timedelta(hours=12))
    put(bob)
    for _ in range(2):
        put(alice, "planted again")  # the same once more is no change
        with pytest.raises(AnswerRevealed):
            put(alice, "planted thrice")
    assert shown(bob) == ("planted Bob", "planted again")


def test_only_while_the_day_is_open(alice: User) -> None:
    noon = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    put(alice, now=noon - timedelta(seconds=1))
    for day, now in ((DAY, noon), (DAY + timedelta(days=1), NOW)):
        with pytest.raises(QuestionClosed):
            put(alice, "planted late", day=day, now=now)
        for verb in (answering.talk, answering.not_yet):
            with pytest.raises(QuestionClosed):
                verb(by=seat(alice), day=day, now=now)


def test_it_keeps_its_question(alice: User, bob: User) -> None:
    prompt = seen(alice).prompt
    assert put(alice).prompt == put(bob).prompt == prompt
    later = questions.asked(seat(alice), DAY, is_open=False)
    assert (later.prompt, later.text) == (prompt, seen(bob).text)


def test_at_the_ends_of_the_world_it_is_one_question(db: None) -> None:
    """Alice in Auckland answers the 18th; Bob in Los Angeles answers it when it is the 19th with her."""
    alice, bob = person("Alice", zone="Pacific/Auckland"), person("Bob", zone="America/Los_Angeles")
    pair(alice, bob)
    hers = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    his = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
    for user, now in ((alice, hers), (bob, his)):
        assert days.day_of(now, user.tz) == DAY
        put(user, now=now)
    assert shown(alice) == ("planted Alice", "planted Bob")
    tonight, before = questions.lately(seat(alice), days.day_of(his, alice.tz))
    assert (tonight.day, tonight.mine) == (DAY + timedelta(days=1), None)
    assert before.theirs is not None
    assert before.text == seen(bob).text != tonight.text


# --- aloud ------------------------------------------------------------------------------------------------


def test_talked_is_ones_own_fact_and_undone_without_a_trace(alice: User, bob: User) -> None:
    for _ in range(2):
        talk(alice)
    assert seen(alice).aloud
    assert not seen(alice).written
    assert (seen(bob).mine, seen(bob).theirs) == (None, None)
    for _ in range(2):
        answering.not_yet(by=seat(alice), day=DAY, now=NOW)
    assert not Answer.objects.exists()


def test_talked_opens_nothing_and_written_stays_with_it(alice: User, bob: User) -> None:
    talk(bob)
    put(alice)
    assert shown(bob) == ("", None)
    talk(alice)
    put(bob)
    assert shown(bob) == ("planted Bob", "planted Alice")
    answering.not_yet(by=seat(alice), day=DAY, now=NOW)
    assert shown(alice) == ("planted Alice", "planted Bob")


# --- taken back -------------------------------------------------------------------------------------------


def test_what_was_read_leaves_taken_back_for_both(alice: User, bob: User) -> None:
    put(alice)
    put(bob)
    for now in (LATER, LATER + timedelta(days=1)):
        take_back(alice, now=now)
    hers, his = seen(alice).mine, seen(bob).theirs
    for answer in (hers, his):
        assert answer is not None
        assert (answer.text, answer.taken_back_at) == ("", LATER)
    assert shown(alice) == ("", "planted Bob")
    assert seen(alice).taken_back


def test_it_is_the_end_of_that_answer(alice: User, bob: User) -> None:
    put(alice)
    put(bob)
    take_back(alice, now=NOW)
    with pytest.raises(AnswerTakenBack):
        put(alice, "planted again")
    assert shown(bob) == ("planted Bob", "")


def test_what_nobody_could_read_is_gone_as_if_it_had_never_been(alice: User, bob: User) -> None:
    put(alice)
    take_back(alice)
    assert not Answer.objects.exists()
    talk(alice)
    put(alice)
    take_back(alice)
    row = Answer.objects.select_related("author__key").get()
    assert (row.text, row.written_at, row.talked_at) == ("", None, NOW)
    put(bob)
    assert shown(bob) == ("planted Bob", None)


def test_nobody_takes_back_the_others(alice: User, bob: User) -> None:
    put(alice)
    put(bob)
    take_back(bob)
    assert shown(bob) == ("", "planted Alice")


# --- alone, parted, with somebody else ---------------------------------------------------------------------


def test_alone_it_is_kept_and_nobody_who_comes_later_is_shown_it(dana: User) -> None:
    put(dana)
    assert Answer.objects.get().couple is None
    kim = person("Kim")
    pair(dana, kim, now=NOW)
    put(kim)
    assert shown(kim) == ("planted Kim", None)
    talk(dana)  # her words stay where they were written
    assert shown(kim) == ("planted Kim", None)
    assert seen(dana).before
    put(dana, "planted new")
    assert shown(kim) == ("planted Kim", "planted new")
    assert seen(dana).prompt == seen(kim).prompt


def test_even_the_same_words_are_shared_by_a_deliberate_act_only(dana: User) -> None:
    put(dana)
    kim = person("Kim")
    pair(dana, kim, now=NOW)
    put(kim)
    put(dana)
    assert shown(kim) == ("planted Kim", "planted Dana")


def test_after_parting_each_reads_their_own_only(alice: User, bob: User) -> None:
    for user in (alice, bob):
        put(user)
    prompt = seen(alice).prompt
    parting.part(by=alice, now=NOW)
    assert shown(alice) == ("planted Alice", None)
    assert shown(bob) == ("planted Bob", None)
    later = questions.asked(seat(bob), DAY, is_open=False)
    assert (later.prompt, later.theirs) == (prompt, None)
    take_back(bob)
    assert [row.author for row in Answer.objects.all()] == [alice]


def test_paired_again_nothing_of_before_opens(alice: User, bob: User) -> None:
    for user in (alice, bob):
        put(user)
    parting.part(by=alice, now=NOW)
    pair(alice, bob, now=NOW + timedelta(minutes=1))
    assert shown(alice)[1] is None
    assert shown(bob)[1] is None
    put(alice, "planted new")
    assert shown(bob) == ("planted Bob", None)


def test_a_strangers_answer_is_nowhere(alice: User, bob: User, charlie: User, erin: User) -> None:
    for user in (charlie, erin, alice):
        put(user)
    assert shown(bob) == (None, None)
    put(bob)
    assert shown(bob)[1] == "planted Alice"
    assert shown(erin) == ("planted Erin", None)


def test_answers_of_one_own_question_stay_when_it_is_taken_back(alice: User, bob: User) -> None:
    prompt = own_questions.ask(by=seat(alice), text="planted question", now=NOW)
    own_questions.agree(by=seat(bob), prompt_id=prompt.pk, now=NOW)
    day, now = DAY + timedelta(days=2), NOW + timedelta(days=2)  # the first Day that had begun for nobody
    for user in (alice, bob):
        put(user, day=day, now=now)
    own_questions.take_back(by=seat(alice), prompt_id=prompt.pk, now=now)
    for user in (alice, bob):
        asked = seen(user, day)
        assert asked.text == ""
        assert asked.theirs is not None
        assert asked.theirs.text.startswith("planted ")


def test_the_database_refuses_an_answer_that_is_none(alice: User) -> None:
    with pytest.raises(IntegrityError, match="written_or_aloud"):
        Answer.objects.create(author=alice, day=DAY, prompt="x")
