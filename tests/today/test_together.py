"""Together asks the database as little of a month full of words as of an empty one."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from accounts.models import User
from checkins import thanking
from checkins.models import Appreciation, CheckIn
from tests.cast import NOW, seat


def test_seven_queries_with_three_rows_and_with_three_hundred(
    alice: User,
    bob: User,
    signed_in: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """The session; person and seats; the challenge, the date, the wish, the talk; the month's words."""
    then = NOW - timedelta(days=2)
    with travel(NOW, tick=False):
        client, page, couple = signed_in(alice), reverse("today:together"), seat(alice).couple
        for number in range(3):
            thanking.say_thanks(by=seat(bob), text=f"for tea {number}", trait="", keep=False, now=then)
        assert "for tea 2" in client.get(page).content.decode()
        with django_assert_num_queries(7):
            client.get(page)
        CheckIn.objects.bulk_create(
            CheckIn(author=user, couple=couple, day=NOW.date() - timedelta(days=ago), shared_at=NOW, rose="x")
            for user in (alice, bob)
            for ago in range(NOW.day)
        )
        Appreciation.objects.bulk_create(
            Appreciation(author=bob, couple=couple, text=f"for soup {one}", written_at=then, goes_out_at=then)
            for one in range(300)
        )
        assert "for soup 299" in client.get(page).content.decode()
        with django_assert_num_queries(7):
            client.get(page)
