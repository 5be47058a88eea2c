"""A thorn that is heard: said back, "that's it", "a bit more", two rounds, taken back; and what nobody else reads."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.models import User
from checkins import reading, replies, writing
from checkins.errors import AlreadyReplied, NoReplyWaits, NothingHeard, NoThornToHear
from checkins.models import Reply
from checkins.words import CheckInText, SaidBack
from couples import parting
from tests.cast import NOW, seat
from tests.faults.racing import track

SignIn = Callable[[User], Client]
DAY = NOW.date()
SAID = SaidBack("What I hear is the wait.", "deflated\non edge", "It makes sense.", more=True)


@pytest.fixture
def both(alice: User, bob: User, clock: object) -> tuple[User, User]:
    """Alice and Bob, who both shared a page with a thorn."""
    for user in (alice, bob):
        words = CheckInText(rose="r", thorn=f"planted-thorn-of-{user.name}")
        writing.write(by=seat(user), day=DAY, words=words, share=True, now=NOW)
    return alice, bob


def heard_by(user: User) -> replies.Hearing:
    return replies.on(seat(user), reading.evening(seat(user), DAY, now=NOW))


def say(user: User, said: SaidBack = SAID) -> Reply:
    return replies.reply(by=seat(user), day=DAY, said=said, now=NOW)


def page(client: Client, name: str = "checkins:evening", *args: object) -> str:
    return client.get(reverse(name, args=args or [DAY])).content.decode()


def test_it_reads_as_said() -> None:
    assert SAID.paragraphs == [
        "What I hear is the wait.",
        "I wonder if you felt deflated and on edge.",
        "It makes sense.",
        "Is there more?",
    ]
    assert SaidBack(feeling="a\nb\nc").paragraphs == ["I wonder if you felt a, b and c."]
    assert SaidBack(more=True).paragraphs == []


def test_both_see_it_beside_that_thorn(both: tuple[User, User], signed_in: SignIn) -> None:
    alice, bob = both
    say(alice)
    assert [reply.words for reply in heard_by(bob).to_mine] == [SAID]
    assert [reply.words for reply in heard_by(alice).to_theirs] == [SAID]
    assert heard_by(alice).to_mine == []
    for user, name in ((alice, "You said back"), (bob, "Alice said back")):
        body = page(signed_in(user))
        assert name in body
        assert "What I hear is the wait." in body
    assert "Yes, that’s what I meant" in page(signed_in(bob))
    assert "Yes, that’s what I meant" not in page(signed_in(alice))


def test_thats_it(both: tuple[User, User]) -> None:
    alice, bob = both
    say(alice)
    for _ in range(2):
        replies.heard(by=seat(bob), day=DAY, now=NOW)
    (reply,) = heard_by(alice).to_theirs
    assert reply.heard_at == NOW
    assert not heard_by(alice).may_reply
    with pytest.raises(AlreadyReplied):
        say(alice, SaidBack(back="and another thing"))


def test_a_bit_more_and_two_rounds_at_most(both: tuple[User, User]) -> None:
    alice, bob = both
    say(alice)
    with pytest.raises(AlreadyReplied):
        say(alice, SaidBack(back="before he answered"))
    for _press in range(2):
        replies.a_bit_more(by=seat(bob), day=DAY, text="and nobody asked me", now=NOW)
    with pytest.raises(NoReplyWaits):  # other words, which nothing waits for: not dropped without a sign
        replies.a_bit_more(by=seat(bob), day=DAY, text="asked me", now=NOW)
    evening = reading.evening(seat(alice), DAY, now=NOW)
    assert evening.theirs is not None
    assert evening.theirs.thorn_more == "and nobody asked me"
    assert evening.theirs.shown[-1].more == "and nobody asked me"
    say(alice, SaidBack(back="so nobody asked"))
    replies.a_bit_more(by=seat(bob), day=DAY, text="", now=NOW)
    assert [reply.round for reply in heard_by(alice).to_theirs] == [1, 2]
    assert not heard_by(alice).may_reply
    with pytest.raises(AlreadyReplied):
        say(alice, SaidBack(back="a third"))


def test_the_same_words_twice_are_said_once(both: tuple[User, User]) -> None:
    alice, _ = both
    assert say(alice) == say(alice)
    assert Reply.objects.count() == 1


def test_nothing_said_is_no_reply(both: tuple[User, User]) -> None:
    with pytest.raises(NothingHeard):
        say(both[0], SaidBack(more=True))


def test_taken_back_it_is_gone_for_both_and_may_be_said_anew(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    alice, bob = both
    reply = say(alice)
    for _ in range(2):
        replies.take_back(by=seat(alice), reply_id=reply.pk, now=NOW)
    for user in both:
        body = page(signed_in(user))
        assert "Taken back" in body
        assert "What I hear" not in body
    replies.heard(by=seat(bob), day=DAY, now=NOW)
    reply.refresh_from_db()
    assert reply.heard_at is None
    assert say(alice, SaidBack(back="better now")).round == 2


def test_only_its_writer_takes_it_back(both: tuple[User, User], charlie: User, signed_in: SignIn) -> None:
    alice, bob = both
    reply = say(alice)
    for user in (bob, charlie):
        with pytest.raises(Reply.DoesNotExist):
            replies.take_back(by=seat(user), reply_id=reply.pk, now=NOW)
        address = reverse("checkins:reply_take_back", args=[reply.pk])
        assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(address).status_code == 404
    client = signed_in(alice)
    assert "They may remember" in page(client, "checkins:reply_take_back", reply.pk)
    assert client.post(reverse("checkins:reply_take_back", args=[reply.pk])).status_code == 302
    assert client.get(reverse("checkins:reply_take_back", args=[reply.pk])).status_code == 302


@pytest.mark.parametrize("why", ["unshared", "kept", "no thorn", "taken back", "parted"])
def test_no_thorn_that_can_be_read_no_reply(
    alice: User, bob: User, clock: object, why: str, signed_in: SignIn
) -> None:
    words = CheckInText(rose="r", thorn="planted-thorn")
    if why == "kept":
        words = CheckInText(rose="r", thorn="planted-thorn", kept=frozenset({"thorn"}))
    if why == "no thorn":
        words = CheckInText(rose="r")
    writing.write(by=seat(bob), day=DAY, words=words, share=True, now=NOW)
    if why != "unshared":
        writing.write(by=seat(alice), day=DAY, words=CheckInText(rose="a"), share=True, now=NOW)
    if why == "taken back":
        writing.take_back(by=seat(bob), day=DAY, now=NOW)
    if why == "parted":
        parting.part(by=bob, now=NOW)
    with pytest.raises(NoThornToHear):
        say(alice)
    answer = signed_in(alice).get(reverse("checkins:reply", args=[DAY]))
    assert answer.status_code == 404
    assert b"planted-thorn" not in answer.content


def test_the_thorns_writer_cannot_answer_for_the_other(both: tuple[User, User]) -> None:
    alice, _ = both
    reply = say(alice)
    replies.heard(by=seat(alice), day=DAY, now=NOW)
    with pytest.raises(NoReplyWaits):
        replies.a_bit_more(by=seat(alice), day=DAY, text="mine", now=NOW)
    reply.refresh_from_db()
    assert (reply.heard_at, reply.more_at) == (None, None)


def test_after_parting_each_keeps_what_they_said(both: tuple[User, User], signed_in: SignIn) -> None:
    alice, bob = both
    say(alice)
    replies.a_bit_more(by=seat(bob), day=DAY, text="planted-more", now=NOW)
    parting.part(by=bob, now=NOW)
    assert "What I hear is the wait." not in page(signed_in(bob))
    body = page(signed_in(alice))
    assert "What I hear is the wait." in body
    assert "planted-thorn-of-Bob" not in body
    assert "planted-more" not in body
    replies.heard(by=seat(bob), day=DAY, now=NOW)
    assert Reply.objects.get().heard_at is None


def test_erased_pages_leave_the_others_words(both: tuple[User, User], signed_in: SignIn) -> None:
    from accounts import leaving

    alice, bob = both
    say(alice)
    leaving.erase(bob, now=NOW)
    assert Reply.objects.get().page is None
    assert "What I hear is the wait." in page(signed_in(alice))


def test_a_page_taken_back_takes_the_bit_more_along(both: tuple[User, User]) -> None:
    alice, bob = both
    say(alice)
    replies.a_bit_more(by=seat(bob), day=DAY, text="planted-more", now=NOW)
    writing.take_back(by=seat(bob), day=DAY, now=NOW)
    evening = reading.evening(seat(alice), DAY, now=NOW)
    assert evening.theirs is not None
    assert evening.theirs.thorn_more == ""


def test_strangers_read_nothing(
    both: tuple[User, User], charlie: User, erin: User, signed_in: SignIn
) -> None:
    say(both[0])
    for user in (charlie, erin):
        assert "What I hear" not in page(signed_in(user))


# --- The form ---------------------------------------------------------------------------------------


def post(client: Client, where: str = "checkins:reply", **fields: object) -> object:
    return client.post(reverse(where, args=[DAY]), fields)


def test_the_form_says_it(both: tuple[User, User], signed_in: SignIn) -> None:
    alice, bob = both
    client = signed_in(alice)
    answer = client.post(
        reverse("checkins:reply", args=[DAY]),
        {
            "begin_back": "hear",
            "back": "the <b>wait</b>",
            "feeling": ["sad", "on edge"],
            "feeling_own": " at  sea ",
            "begin_sense": "own",
            "sense": "Anyone would.",
            "more": "on",
        },
    )
    assert answer["Location"] == reverse("today:today")
    (reply,) = heard_by(bob).to_mine
    assert reply.words == SaidBack(
        "What I hear is the <b>wait</b>", "sad\non edge\nat sea", "Anyone would.", more=True
    )
    assert "the &lt;b&gt;wait&lt;/b&gt;" in page(signed_in(bob))


def open_steps(page: str) -> list[str]:
    """The names of the steps that stand open."""
    steps = page.split('<details class="step" name="step"')[1:]
    assert len(steps) == 3
    return [
        re.findall(r'name="(back|feeling|sense)"', step)[0] for step in steps if step.startswith(" open>")
    ]


def test_nobodys_words_are_chosen_beforehand_and_one_step_stands_open(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    client, address = signed_in(both[0]), reverse("checkins:reply", args=[DAY])
    fresh = client.get(address).content.decode()
    assert re.findall(r'value="(\w+)"\s+checked', fresh) == ["own", "own"]
    assert open_steps(fresh) == ["back"]
    assert open_steps(client.post(address, {"back": "a", "sense": "x" * 2001}).content.decode()) == ["sense"]
    assert open_steps(client.post(address, {"back": "a", **ADVICE}).content.decode()) == ["sense"]
    client.post(address, {"back": "the wait"})
    assert heard_by(both[1]).to_mine[0].words == SaidBack("the wait")


def test_one_step_is_enough_and_none_is_not(both: tuple[User, User], signed_in: SignIn) -> None:
    client = signed_in(both[0])
    answer = client.post(reverse("checkins:reply", args=[DAY]), {"more": "on"})
    assert answer.status_code == 422
    assert "One of the three is enough" in answer.content.decode()
    assert client.post(reverse("checkins:reply", args=[DAY]), {"feeling": ["sad"]}).status_code == 302


def test_too_long_is_said_beside_it_and_kept(both: tuple[User, User], signed_in: SignIn) -> None:
    long = "x" * 2001
    answer = signed_in(both[0]).post(
        reverse("checkins:reply", args=[DAY]), {"back": long, "feeling_own": "y" * 51}
    )
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "one character over the 2,000" in body
    assert long in body
    assert "y" * 51 in body
    assert not Reply.objects.exists()


ADVICE = {"begin_sense": "own", "sense": "It was a lot. Why don’t you ask them? Poor you."}


def test_advice_is_pointed_out_to_its_writer_and_goes_out_as_it_is(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    alice, bob = both
    client, address = signed_in(alice), reverse("checkins:reply", args=[DAY])
    body = client.post(address, ADVICE).content.decode()
    assert "may sound like advice" in body
    assert "“Why don’t you ask them?”" in body
    assert not Reply.objects.exists()
    assert client.post(address, {**ADVICE, "as_it_is": "1"}).status_code == 302
    assert heard_by(bob).to_mine[0].words.sense == ADVICE["sense"]
    assert "advice" not in page(signed_in(bob))


def test_or_is_taken_out(both: tuple[User, User], signed_in: SignIn) -> None:
    client = signed_in(both[0])
    answer = client.post(reverse("checkins:reply_look", args=[DAY]), {**ADVICE, "take_out": "1"})
    body = answer.content.decode()
    assert "It was a lot. Poor you." in body
    assert "Why don’t you" not in body
    assert not Reply.objects.exists()


def test_looking_stores_nothing_and_answers_htmx_with_the_preview_alone(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    client = signed_in(both[0])
    address = reverse("checkins:reply_look", args=[DAY])
    whole = client.post(address, {"back": "the wait", "begin_back": "hear"}).content.decode()
    part = client.post(
        address, {"back": "the wait", "begin_back": "hear"}, HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "<h1>" in whole
    assert "<h1>" not in part
    assert "What I hear is the wait" in part
    assert not Reply.objects.exists()


def test_a_look_asks_once_what_was_said_so_its_own_reply_cant_go_out_between_two_answers(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    client, address = signed_in(both[0]), reverse("checkins:reply_look", args=[DAY])
    with CaptureQueriesContext(connection) as asked:
        client.post(address, {"back": "the wait", "begin_back": "hear"}, HTTP_HX_REQUEST="true")
    assert len([one for one in asked if f'FROM "{Reply._meta.db_table}"' in one["sql"]]) == 1


def test_a_look_of_a_page_that_outlived_the_couple_changes_nothing_on_it(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    alice, bob = both
    client, address = signed_in(alice), reverse("checkins:reply_look", args=[DAY])
    parting.part(by=bob, now=NOW)
    answer = client.post(address, ADVICE, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.post(address, ADVICE).status_code == 404


def test_after_the_session_ended_the_words_come_back_and_nothing_else(both: tuple[User, User]) -> None:
    typed = {
        "begin_back": "hear",
        "back": "planted wait",
        "feeling": ["planted-sad"],
        "sense": "planted sense",
    }
    stranger = Client()
    body = stranger.post(reverse("checkins:reply", args=[DAY]), typed).content.decode()
    assert "planted wait" in body
    assert "planted sense" in body
    assert "planted-sad" not in body
    assert not Reply.objects.exists()


def test_a_bit_more_in_the_form(both: tuple[User, User], signed_in: SignIn) -> None:
    alice, bob = both
    client, address = signed_in(bob), reverse("checkins:more", args=[DAY])
    assert client.get(address).status_code == 302  # nothing was said yet
    say(alice)
    assert client.get(address).status_code == 200
    over = client.post(address, {"text": "x" * 1001})
    assert over.status_code == 422
    assert "x" * 1001 in over.content.decode()
    assert client.post(address, {"text": "and the rain"}).status_code == 302
    assert "and the rain" in page(signed_in(alice))
    assert client.post(reverse("checkins:heard", args=[DAY])).status_code == 302


def test_an_older_evening_leads_back_to_itself(
    both: tuple[User, User], signed_in: SignIn, clock: Traveller
) -> None:
    alice, _ = both
    clock.move_to(NOW + timedelta(days=9))
    answer = signed_in(alice).post(reverse("checkins:reply", args=[DAY]), {"feeling": ["sad"]})
    assert answer["Location"] == reverse("checkins:evening", args=[DAY])


# --- The side ---------------------------------------------------------------------------------------


def test_opening_the_form_and_looking_changes_nothing_for_the_other(
    both: tuple[User, User], signed_in: SignIn
) -> None:
    from tests.private_acts import seen

    alice, bob = both
    pages = ("today:today", f"/evenings/{DAY}/")
    before = seen(signed_in(bob), pages)
    client = signed_in(alice)
    client.get(reverse("checkins:reply", args=[DAY]))
    client.post(reverse("checkins:reply_look", args=[DAY]), ADVICE)
    client.post(reverse("checkins:reply", args=[DAY]), ADVICE)  # the hint, and then left
    assert seen(signed_in(bob), pages) == before


def test_as_few_queries_with_two_rounds_as_with_none(
    both: tuple[User, User], signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice, bob = both
    client = signed_in(bob)
    with django_assert_num_queries(5):  # session, person and seats, pages, draft, what was said back
        page(client)
    say(alice)
    replies.a_bit_more(by=seat(bob), day=DAY, text="more", now=NOW)
    say(alice, SaidBack(back="again"))
    with django_assert_num_queries(5):
        page(client)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_two_devices_say_one_reply(alice: User, bob: User) -> None:
    for user in (alice, bob):
        writing.write(by=seat(user), day=DAY, words=CheckInText(thorn="t"), share=True, now=NOW)
    with track(2) as lanes:
        results = lanes.race(
            lambda: say(alice, SaidBack(back="one")), lambda: say(alice, SaidBack(back="other"))
        )
    assert sum(isinstance(one, Reply) for one in results) == 1
    assert sum(isinstance(one, AlreadyReplied) for one in results) == 1
    assert Reply.objects.count() == 1
