"""Laying out while the two are at it: a worker's batch and a person's act want the same rows."""

import os
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from accounts import leaving
from accounts.models import User
from agendas import building, meeting, topics
from agendas.models import Agenda, AgendaItem
from couples import parting
from reminders.models import Reminder
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again, days_before, evening, thank
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "3"))
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def a_couple(number: int) -> tuple[User, User]:
    """Two with a week behind them, and a talk that is due."""
    alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
    pair(alice, bob)
    for ago in range(3, 0, -1):
        evening(alice, days_before(ago), f"rose {ago}", "bud")
        evening(bob, days_before(ago), f"his rose {ago}")
    topics.park(by=seat(alice), words=topics.TopicWords("the bins"), now=NOW)
    agree_again(alice, bob, now=NOW)
    return alice, bob


def troubles(outcome: list[object], *expected: type[Exception]) -> list[object]:
    return [one for one in outcome if isinstance(one, Exception) and not isinstance(one, expected)]


def test_begun_while_it_is_built_again() -> None:
    with track(3) as running:
        for number in range(ROUNDS):
            alice, bob = a_couple(number)
            building.build_due(now=LAYS_OUT)
            thank(bob, days_before(1), "one more")
            outcome = running.race(
                partial(building.build_due, now=STARTS - timedelta(minutes=5)),
                partial(meeting.begin, by=seat(alice), now=STARTS - timedelta(minutes=5)),
                partial(meeting.begin, by=seat(bob), now=STARTS - timedelta(minutes=5)),
            )
            assert troubles(outcome) == []
            agenda = Agenda.objects.open().get(couple=seat(alice).couple)
            assert agenda.begun_at is not None
            assert agenda.items.filter(kind="thanks").count() == 1
            assert agenda.items.filter(kind="rose").count() == 6


def test_parted_while_it_is_laid_out() -> None:
    with track(2) as running:
        for number in range(ROUNDS):
            alice, bob = a_couple(number)
            couple = seat(alice).couple
            outcome = running.race(
                partial(building.build_due, now=LAYS_OUT), partial(parting.part, by=bob, now=LAYS_OUT)
            )
            assert troubles(outcome) == []
            assert not Agenda.objects.open().of(couple).exists()
            assert not Reminder.objects.filter(user__in=[alice, bob]).unsettled().exists()


def test_one_erases_their_account_while_it_is_laid_out() -> None:
    with track(2) as running:
        for number in range(ROUNDS):
            alice, bob = a_couple(number)
            outcome = running.race(
                partial(building.build_due, now=LAYS_OUT), partial(leaving.erase, alice, now=LAYS_OUT)
            )
            assert troubles(outcome) == []
            assert not User.objects.filter(pk=alice.pk).exists()
            assert not AgendaItem.objects.filter(author=alice.pk).exists()
            assert not Agenda.objects.open().filter(couple__partners__user=bob).exists()
