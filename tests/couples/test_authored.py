"""Rows that one person wrote come with the people a request has at hand: whoever is there isn't asked for again."""

from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from checkins import thanking
from checkins.models import Appreciation
from couples import parting
from tests.cast import NOW, seat


def test_ones_own_words_open_without_asking_for_a_key(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for text in ("for the soup", "for the tea"):
        thanking.say_thanks(by=seat(alice), text=text, trait="", keep=False, now=NOW)
    with django_assert_num_queries(1):
        rows = Appreciation.objects.own(alice)
        assert {row.text for row in rows} == {"for the soup", "for the tea"}
        assert all(row.author is alice for row in rows)
    with django_assert_num_queries(1):  # whatever is asked of it afterwards
        first = Appreciation.objects.own(alice).order_by("pk")[:1].get()
        assert first.author is alice
    assert list(Appreciation.objects.own(alice).values_list("author", flat=True)) == [alice.pk, alice.pk]


def test_both_peoples_rows_open_without_asking_for_a_key(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thanking.say_thanks(by=seat(alice), text="for the soup", trait="", keep=False, now=NOW)
    thanking.say_thanks(by=seat(bob), text="for the tea", trait="", keep=False, now=NOW)
    his = seat(bob)
    with django_assert_num_queries(1):
        rows = list(Appreciation.objects.readable_by(his, now=NOW))
        assert {row.text for row in rows} == {"for the soup", "for the tea"}
    assert {id(row.author) for row in rows} == {id(his.user), id(his.other.user if his.other else None)}


def test_nobody_stands_in_for_somebody_else(alice: User, bob: User) -> None:
    """Once they parted, the other isn't at hand: a row of theirs is theirs all the same."""
    thanking.say_thanks(by=seat(alice), text="for the soup", trait="", keep=False, now=NOW)
    parting.part(by=bob, now=NOW)
    [row] = Appreciation.objects.all().with_people_of(seat(bob))
    assert (row.author, row.text) == (alice, "for the soup")
