import time
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.hooks import leaving
from accounts.leaving import erase
from accounts.models import DataKey, Session, User
from checkins import writing
from checkins.models import CheckIn
from couples import days, pairing
from couples.models import Partner
from tests.accounts.desk import is_in, prove, sign_in
from tests.cast import NOW, pair, person, seat, words

DELETE, TODAY = "/settings/delete/", "/today/"
SignIn = Callable[[User], Client]


def shared(user: User, rose: str) -> None:
    now = timezone.now()
    lines = {"rose": rose, "bud": "", "thorn": ""}
    writing.write(by=seat(user), day=days.day_of(now, user.tz), words=words(lines), share=True, now=now)


def test_erasing_asks_who_one_is_first(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    with time_machine.travel(time.time() + 7200, tick=False):
        for answer in (client.get(DELETE), client.post(DELETE, {"sure": "on"})):
            assert "/reauthenticate/" in answer["Location"]
        assert User.objects.filter(pk=dana.pk).exists()
        wrong = client.post("/account/reauthenticate/", {"password": "not this one at all"})
        assert "That isn’t your password" in wrong.content.decode()
        assert "/reauthenticate/" in client.get(DELETE)["Location"]


def test_proven_a_while_ago_is_asked_again(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    prove(client)
    assert client.get(DELETE).status_code == 200
    with time_machine.travel(time.time() + 301, tick=False):
        assert "/reauthenticate/" in client.post(DELETE, {"sure": "on"})["Location"]
    assert User.objects.filter(pk=dana.pk).exists()


def test_it_wants_a_tick(dana: User, client: Client) -> None:
    sign_in(client, dana.email)
    prove(client)
    answer = client.post(DELETE, {})
    assert answer.status_code == 422
    assert "Tick this first" in answer.content.decode()
    assert User.objects.filter(pk=dana.pk).exists()


def test_the_person_their_key_and_their_words_are_gone_and_the_other_keeps_theirs(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    shared(alice, "Alices planted rose")
    shared(bob, "Bobs planted rose")
    hers, elsewhere, his = Client(), Client(), signed_in(bob)
    for client in (hers, elsewhere):
        sign_in(client, alice.email)
    assert "Alices planted rose" in his.get(TODAY).content.decode()
    prove(hers)
    assert hers.post(DELETE, {"sure": "on"})["Location"] == "/account/login/"
    assert "gone" in hers.get("/account/login/").content.decode()
    for client in (hers, elsewhere):
        assert not is_in(client)
    sign_in(hers, alice.email)
    assert not is_in(hers)
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not DataKey.objects.filter(pk=alice.key_id).exists()
    assert not CheckIn.objects.exclude(author=bob).exists()
    page = his.get(TODAY).content.decode()
    assert "Bobs planted rose" in page
    assert "Alices planted rose" not in page
    assert "You’re writing on your own here now" in page


def test_nothing_of_theirs_is_left_in_any_table(alice: User, bob: User) -> None:
    """Every row of every table is looked through for the person's id, address and key."""
    client = Client()
    sign_in(client, alice.email)
    shared(alice, "planted")
    gone = [str(alice.pk), alice.pk.hex, alice.email, str(alice.key_id), alice.key_id.hex]
    erase(alice, now=NOW)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # names of our own tables
            for row in cursor.fetchall():
                for part in row:
                    said = str(part)
                    assert not any(one in said for one in gone), table
    assert not Session.objects.exists()


def test_erased_twice_is_harmless(dana: User) -> None:
    erase(dana, now=NOW)
    erase(dana, now=NOW)
    assert not User.objects.filter(pk=dana.pk).exists()


def test_an_error_on_the_way_erases_nothing(alice: User, bob: User) -> None:
    def fall_over(**_news: object) -> None:
        raise RuntimeError("a room fell over")

    leaving.take(fall_over)
    try:
        with pytest.raises(RuntimeError):
            erase(alice, now=NOW)
    finally:
        leaving._takers.remove(fall_over)
    assert seat(alice).couple.paired
    assert seat(bob).couple == seat(alice).couple


def test_with_an_invitation_that_was_taken_up(dana: User) -> None:
    frank = person("Frank")
    pairing.accept(pairing.invite(by=dana, now=NOW).code, by=frank, now=NOW)
    erase(frank, now=NOW)
    assert pairing.pending_for(dana, now=NOW) is None
    assert not seat(dana).couple.paired


def test_both_gone_leaves_nothing_of_the_couple(db: None) -> None:
    one, other = person("One"), person("Other")
    pair(one, other)
    for user in (one, other):
        erase(user, now=NOW)
    assert not DataKey.objects.exists()
    assert not Partner.objects.exists()
