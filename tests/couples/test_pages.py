"""The pages of pairing and parting, as people meet them."""

import base64
import json
import os
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.core.cache.backends.redis import RedisSerializer
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from checkins import writing
from couples import pairing, parting
from couples.models import Block, Couple, Invitation
from tests.cast import NOW, person, seat, words

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("clock")


def text(response: Any) -> str:
    return str(response.content.decode())


def shown_words(client: Client) -> str:
    """The two words on somebody's screen, as the page's form sends them."""
    page = text(client.get(reverse("couples:words")))
    found = re.search(r'name="words" value="([^"]+)"', page)
    assert found, page
    return found[1]


def say_same(client: Client) -> Any:
    return client.post(reverse("couples:words_same"), {"words": shown_words(client)})


def test_two_people_become_a_couple_page_by_page(dana: User, erin: User, signed_in: SignIn) -> None:
    hers, his = signed_in(dana), signed_in(erin)
    assert hers.post(reverse("couples:invite_create"), follow=True).status_code == 200
    code = pairing.invite(by=dana, now=NOW).code
    page = text(hers.get(reverse("couples:invite")))
    assert f"http://localhost:8000/i/{code}/" in page
    typed = his.post(reverse("couples:code"), {"code": code.upper().replace("-", " ")})
    assert typed.status_code == 302
    assert his.get(typed["Location"]).status_code == 200
    accepted = his.post(typed["Location"])
    assert accepted["Location"] == reverse("couples:words")
    assert shown_words(hers) == shown_words(his)
    for page in (text(hers.get(reverse("couples:words"))), text(his.get(reverse("couples:words")))):
        for address in (dana.email, erin.email):
            assert address not in page
    say_same(hers)
    assert not Couple.objects.filter(paired=True, closed_at__isnull=True).exists()
    assert say_same(his)["Location"] == reverse("couples:words")
    assert his.get(reverse("couples:words"))["Location"] == reverse("couples:line")
    assert hers.get(reverse("couples:line")).status_code == 200
    assert seat(dana).couple == seat(erin).couple


def test_somebody_who_slipped_in_between_is_not_confirmed_unread(dana: User, signed_in: SignIn) -> None:
    """Dana sees the words she shares with Frank; Gwen takes up another invitation; Dana says "the same"."""
    frank, gwen = person("Frank"), person("Gwen")
    pairing.accept(pairing.invite(by=dana, now=NOW).code, by=frank, now=NOW)
    hers = signed_in(dana)
    words = shown_words(hers)
    other = pairing.accept(pairing.invite(by=dana, now=NOW).code, by=gwen, now=NOW + timedelta(seconds=1))
    said = hers.post(reverse("couples:words_same"), {"words": words}, follow=True)
    assert "look again" in text(said)
    pairing.confirm(other.pk, by=gwen, now=NOW + timedelta(seconds=2))
    assert not seat(dana).couple.paired
    assert shown_words(hers) != words
    for path in ("couples:words_same", "couples:words_different"):
        hers.post(reverse(path), {"words": words})
        hers.post(reverse(path))
    assert pairing.pending_for(dana, now=NOW) is not None
    assert not seat(dana).couple.paired


def test_different_words_end_it_for_whoever_says_so_and_the_other_sees_no_sign(
    dana: User, erin: User, signed_in: SignIn
) -> None:
    pairing.accept(pairing.invite(by=dana, now=NOW).code, by=erin, now=NOW)
    hers, his = signed_in(dana), signed_in(erin)
    before = shown_words(hers)
    his.post(reverse("couples:words_different"), {"words": shown_words(his)})
    assert his.get(reverse("couples:words"))["Location"] == reverse("couples:invite")
    assert shown_words(hers) == before
    say_same(hers)
    assert shown_words(hers) == before
    assert not seat(dana).couple.paired


def a_wrong_one(dana: User, erin: User) -> str:
    return "lamp-maple-otter-0000"


def an_expired_one(dana: User, erin: User) -> str:
    return str(pairing.invite(by=dana, now=NOW - timedelta(hours=80)).code)


def one_taken_back(dana: User, erin: User) -> str:
    code = str(pairing.invite(by=dana, now=NOW).code)
    pairing.revoke(by=dana, now=NOW)
    return code


def a_used_one(dana: User, erin: User) -> str:
    code = str(pairing.invite(by=dana, now=NOW).code)
    pairing.accept(code, by=person("Frank"), now=NOW)
    return code


def one_of_somebody_paired(dana: User, erin: User) -> str:
    code = str(pairing.invite(by=dana, now=NOW).code)
    pairing.join([dana, person("Frank")], now=NOW)
    return code


def one_of_somebody_who_blocked_me(dana: User, erin: User) -> str:
    pairing.block(erin.email, by=dana, now=NOW)
    return str(pairing.invite(by=dana, now=NOW).code)


def one_of_somebody_i_blocked(dana: User, erin: User) -> str:
    pairing.block(dana.email, by=erin, now=NOW)
    return str(pairing.invite(by=dana, now=NOW).code)


NOT_OPEN = [
    a_wrong_one,
    an_expired_one,
    one_taken_back,
    a_used_one,
    one_of_somebody_paired,
    one_of_somebody_who_blocked_me,
    one_of_somebody_i_blocked,
]


def tries() -> dict[str, int]:
    """How often each thing that is limited was tried, by the name it is counted under."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as counted:
        names = list(counted.scan_iter())
        return {name.decode(): len(RedisSerializer().loads(counted.get(name))) for name in names}


@pytest.mark.parametrize("crossed", [False, True])
def test_every_code_that_is_not_open_looks_the_same_at_every_step(
    dana: User, erin: User, signed_in: SignIn, crossed: bool
) -> None:
    """Status, headers and page, signed out and in, as a link and typed, looked at and taken up; tries counted alike,
    and as many questions to the database.
    """
    steps, tried, counted = [], [], []
    for what in NOT_OPEN:
        cache.clear()
        with transaction.atomic():
            if crossed:  # the two wait for their two words already, by another invitation
                pairing.accept(pairing.invite(by=erin, now=NOW).code, by=dana, now=NOW)
            code = what(dana, erin)
            out, his = Client(), signed_in(erin)
            look, take = (reverse(f"couples:{name}", args=[code]) for name in ("invited", "accept"))
            answers = [out.get(look), out.get(take), out.post(take), his.get(look)]
            asked = []
            for ask in (
                partial(his.post, reverse("couples:code"), {"code": code}),
                partial(his.get, take),
                partial(his.post, take),
            ):
                with CaptureQueriesContext(connection) as queries:
                    answers.append(ask())
                asked.append(len(queries))
            steps.append([(one.status_code, headers(one, code), masked(one, code)) for one in answers])
            counted.append(asked)
            tried.append(tries())
            if what is NOT_OPEN[0]:  # from the same counts on it is the same after the others
                typed = [
                    his.post(reverse("couples:code"), {"code": "lamp-maple-otter-0001"}) for _ in range(9)
                ]
                assert ["ten tries" in text(one) for one in typed] == [*[False] * 8, True]
            transaction.set_rollback(True)
    assert len(tried[0]) > 0
    assert tried == [tried[0]] * len(NOT_OPEN)
    assert counted == [counted[0]] * len(NOT_OPEN)
    assert [step[0] for step in steps[0]] == [200, 302, 302, 200, 422, 404, 404]
    for what, one in zip(NOT_OPEN, steps, strict=True):
        assert one == steps[0], what.__name__


def test_one_that_is_open_looks_the_same_signed_out(dana: User, erin: User, client: Client) -> None:
    wrong, code = a_wrong_one(dana, erin), pairing.invite(by=dana, now=NOW).code
    for name in ("invited", "accept"):
        answers = [(client.get(reverse(f"couples:{name}", args=[one])), one) for one in (wrong, code)]
        pictures = [(one.status_code, headers(one, said), masked(one, said)) for one, said in answers]
        assert pictures[0] == pictures[1]


def test_whoever_has_a_partner_tries_no_codes(alice: User, bob: User, dana: User, signed_in: SignIn) -> None:
    hers = signed_in(alice)
    for code in (a_wrong_one(dana, alice), pairing.invite(by=dana, now=NOW).code):
        take = reverse("couples:accept", args=[code])
        for answer in (hers.post(reverse("couples:code"), {"code": code}), hers.get(take), hers.post(take)):
            assert answer["Location"] == reverse("couples:invite")


def headers(response: Any, code: str) -> dict[str, str]:
    dropped = {"Content-Security-Policy", "Content-Length"}  # a nonce; the code's own length
    return {key: value.replace(code, "CODE") for key, value in response.items() if key not in dropped}


def masked(response: Any, code: str) -> str:
    page = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', r'\1=""', text(response))
    return page.replace(code, "CODE").replace(code.upper(), "CODE")


def test_ten_tries_an_hour(dana: User, erin: User, signed_in: SignIn, clock: Traveller) -> None:
    his = signed_in(erin)
    for _ in range(10):
        assert "ten tries" not in text(his.post(reverse("couples:code"), {"code": "lamp-maple-otter-0000"}))
    code = pairing.invite(by=dana, now=NOW).code
    answer = his.post(reverse("couples:code"), {"code": code})
    assert answer.status_code == 422
    assert "ten tries" in text(answer)
    assert code in text(answer)  # what was typed is kept
    assert his.post(reverse("couples:accept", args=[code])).status_code == 429
    clock.shift(timedelta(hours=1))
    assert his.post(reverse("couples:code"), {"code": code}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["", "lamp", "lamp-maple-otter-47255", "\0", "<b>lamp</b>", "x" * 201, "\u202elamp"]
)
def test_a_code_that_is_none_is_kept_with_a_plain_sentence(dana: User, signed_in: SignIn, typed: str) -> None:
    answer = signed_in(dana).post(reverse("couples:code"), {"code": typed})
    assert answer.status_code == 422
    assert "<b>lamp" not in text(answer)


def test_the_invited_person_looks_without_an_account_and_nothing_is_written(
    dana: User, client: Client
) -> None:
    invitation = pairing.invite(by=dana, now=NOW)
    page = client.get(reverse("couples:invited", args=[invitation.code]))
    assert page.status_code == 200
    assert dana.name not in text(page)
    assert dana.email not in text(page)
    assert client.get(reverse("couples:not_now")).status_code == 200
    again = Invitation.objects.get(pk=invitation.pk)
    assert (again.accepted_at, again.ended_at) == (None, None)


def test_ones_own_link_leads_back_to_ones_invitation(dana: User, signed_in: SignIn) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    answer = signed_in(dana).get(reverse("couples:accept", args=[code]))
    assert answer["Location"] == reverse("couples:invite")


def test_somebody_with_a_partner_is_told_so_plainly(alice: User, dana: User, signed_in: SignIn) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    answer = signed_in(alice).post(reverse("couples:accept", args=[code]), follow=True)
    assert "You have a partner here already" in text(answer)
    created = signed_in(alice).post(reverse("couples:invite_create"), follow=True)
    assert "You have a partner here already" in text(created)


def test_the_fourth_invitation_of_a_day_is_refused_kindly(dana: User, signed_in: SignIn) -> None:
    hers = signed_in(dana)
    for _ in range(3):
        hers.post(reverse("couples:invite_create"))
        hers.post(reverse("couples:invite_revoke"))
    answer = hers.post(reverse("couples:invite_create"), follow=True)
    assert "Three invitations a day" in text(answer)


def test_mailing_an_invitation_rings_the_doorbell_with_its_id_only(
    dana: User, signed_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    invitation = pairing.invite(by=dana, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(dana).post(reverse("couples:invite_mail"), {"to": "planted@example.test"})
    server = redis.Redis.from_url(os.environ["REDIS_URL"])
    (queued,) = server.lrange("celery", 0, -1)
    body = base64.b64decode(json.loads(queued)["body"]).decode()
    assert str(invitation.pk) in body
    for planted in ("planted", dana.email, invitation.code):
        assert planted not in str(queued) + body


def test_a_mistyped_address_is_kept(dana: User, signed_in: SignIn) -> None:
    pairing.invite(by=dana, now=NOW)
    answer = signed_in(dana).post(reverse("couples:invite_mail"), {"to": "somebody at example"})
    assert answer.status_code == 422
    assert 'value="somebody at example"' in text(answer)


@pytest.mark.parametrize(
    "injected", ["a@example.test\nBcc: b@example.test", "a@example.test\r\n\r\nwords", "a@b.test,c@d.test"]
)
def test_an_address_cannot_carry_headers(dana: User, signed_in: SignIn, injected: str) -> None:
    pairing.invite(by=dana, now=NOW)
    assert signed_in(dana).post(reverse("couples:invite_mail"), {"to": injected}).status_code == 422
    assert Invitation.objects.get().mail_due_at is None


# --- blocking --------------------------------------------------------------------------------------


def test_the_block_list_is_write_only(dana: User, signed_in: SignIn) -> None:
    """No page shows it, and taking off an address says the same whether or not it was there."""
    hers = signed_in(dana)
    before = masked(hers.get(reverse("couples:block")), "-")
    said = []
    for go, address in (
        ("on", "planted@example.test"),
        ("off", "planted@example.test"),
        ("off", "never@example.test"),
    ):
        said.append(
            masked(hers.post(reverse("couples:block"), {"address": address, "go": go}, follow=True), "-")
        )
    assert said[0] == said[1] == said[2]
    hers.post(reverse("couples:block"), {"address": "planted@example.test", "go": "on"}, follow=True)
    assert Block.objects.filter(owner=dana).count() == 1
    for name in (
        "couples:block",
        "couples:invite",
        "accounts:settings",
        "accounts:security",
        "accounts:log",
        "today:today",
    ):
        page = text(hers.get(reverse(name)))
        assert "planted" not in page
        assert Block.objects.get().address_hash not in page
    assert masked(hers.get(reverse("couples:block")), "-") == before


def test_an_address_to_block_is_kept_on_error(dana: User, signed_in: SignIn) -> None:
    answer = signed_in(dana).post(reverse("couples:block"), {"address": "not an address"})
    assert answer.status_code == 422
    assert 'value="not an address"' in text(answer)


# --- parting ---------------------------------------------------------------------------------------

WORDS = {"rose": "Bobs planted rose", "bud": "", "thorn": ""}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_one_request_ends_it_and_both_read_the_same_notice(
    alice: User, bob: User, signed_in: SignIn, who: str
) -> None:
    for user, line in ((alice, "Alices planted rose"), (bob, "Bobs planted rose")):
        writing.write(by=seat(user), day=NOW.date(), words=words(WORDS | {"rose": line}), share=True, now=NOW)
    clients = {user: signed_in(user) for user in (alice, bob)}
    today = reverse("today:today")
    assert "Bobs planted rose" in text(clients[alice].get(today))
    by, other = (alice, bob) if who == "alice" else (bob, alice)
    assert clients[by].get(reverse("couples:part")).status_code == 200
    assert seat(alice).couple.paired  # asking is not ending
    assert clients[by].post(reverse("couples:part"))["Location"] == today
    for user, own, others in ((alice, "Alices", "Bobs"), (bob, "Bobs", "Alices")):
        page = text(clients[user].get(today))
        assert f"{own} planted rose" in page
        assert f"{others} planted rose" not in page
        assert "on your own" in page
        assert (bob.name if user == alice else alice.name) not in page.replace(f"{own} planted", "")
    assert clients[other].post(reverse("couples:part"))["Location"] == today  # twice is harmless
    for client in clients.values():
        client.post(reverse("couples:notice_read"))
    again = text(clients[other].get(today))
    assert "You’re writing on your own here now" not in again


def test_the_notice_fades_by_itself(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    parting.part(by=alice, now=NOW)
    assert "You’re writing on your own here now" in text(signed_in(bob).get(reverse("today:today")))
    clock.shift(timedelta(days=15))
    assert "You’re writing on your own here now" not in text(signed_in(bob).get(reverse("today:today")))


def test_alone_there_is_no_parting_page(dana: User, signed_in: SignIn) -> None:
    assert signed_in(dana).get(reverse("couples:part"))["Location"] == reverse("couples:invite")
    assert signed_in(dana).post(reverse("couples:part")).status_code == 302
    assert signed_in(dana).get(reverse("couples:line"))["Location"] == reverse("couples:invite")


def test_parting_sends_nothing(alice: User, signed_in: SignIn, mailoutbox: list[Any]) -> None:
    signed_in(alice).post(reverse("couples:part"))
    assert mailoutbox == []


def test_opening_links_is_slow_for_whoever_guesses_signed_in_or_not(dana: User, signed_in: SignIn) -> None:
    guesser = signed_in(dana)
    path = reverse("couples:accept", args=["lamp-maple-otter-0000"])
    assert {guesser.get(path).status_code for _ in range(60)} == {404}
    assert guesser.get(path).status_code == 429
    assert (
        Client().get(reverse("couples:invited", args=["lamp-maple-otter-0001"])).status_code == 200
    )  # looks none up


def test_a_second_address_is_told_that_no_second_mail_goes(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    pairing.invite(by=dana, now=NOW)
    first = client.post(reverse("couples:invite_mail"), {"to": "one@example.test"}, follow=True)
    second = client.post(reverse("couples:invite_mail"), {"to": "two@example.test"}, follow=True)
    assert "on its way" in first.content.decode()
    assert "one email already" in second.content.decode()
