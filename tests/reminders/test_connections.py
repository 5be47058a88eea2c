"""Several connections of one worker, and the limit that all workers keep to within an hour."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured

from accounts.models import User
from accounts.smtp import LEASE
from reminders import delivery, preferences
from reminders.models import Reminder, State
from tests.faults.crowd import DUE, KIND, Hands, became, crowd, promise
from tests.faults.racing import track
from tests.faults.scripted_smtp import ScriptedSMTP, reset, scripted_smtp
from tests.faults.scripted_smtp import When as Moment

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
SENT = ("sent", "")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any) -> Iterator[ScriptedSMTP]:
    with scripted_smtp() as book:
        settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = book.host, book.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_CONNECTIONS = 4
        yield book


def rows_of(*people: str) -> list[Reminder]:
    users = {name: User(name=name) for name in people}
    return [Reminder(user=users[name], kind=KIND) for name in people]


def dealt(rows: list[Reminder], count: int) -> list[list[int]]:
    return [[rows.index(row) for row in hand] for hand in delivery.deal(rows, count)]


def test_rows_are_dealt_out_evenly_and_one_persons_in_their_order() -> None:
    assert dealt(rows_of("A"), 4) == [[0]]
    assert dealt(rows_of("A", "B", "C", "D", "E"), 2) == [[0, 2, 4], [1, 3]]
    assert dealt(rows_of("A", "B", "A", "C", "A", "D"), 3) == [[0, 2, 4], [1, 5], [3]]


def test_each_goes_out_once_over_several_connections_that_end_with_the_round(server: ScriptedSMTP) -> None:
    rows, before = promise(crowd(40)), threading.active_count()
    server.first = 1  # goes alone, to find out whether the server is there
    server.open.clear()

    def release() -> None:
        try:
            server.wait_for_hands(4)
        finally:
            server.open.set()

    with track(2) as lanes:
        assert lanes.race(partial(delivery.deliver, clock=Hands()), release) == [40, None]
    assert {became(row) for row in rows} == {SENT}
    assert sorted(server.copies().values()) == [1] * 40
    assert threading.active_count() <= before + 4  # the server's own, which hear of a goodbye a moment later
    assert "ThreadPool" not in " ".join(thread.name for thread in threading.enumerate())


def test_one_that_is_due_takes_one_connection(server: ScriptedSMTP) -> None:
    (row,) = promise(crowd(1))
    assert delivery.deliver(clock=Hands()) == 1
    assert became(row) == SENT


def test_a_mail_that_breaks_a_connection_stops_no_other(server: ScriptedSMTP) -> None:
    people = crowd(12)
    rows = promise(people)
    for user in people[::5]:
        server.script(user.email, reset(Moment.NAMED))
    delivery.deliver(clock=Hands())
    assert [became(row) for row in rows[::5]] == [("pending", "no answer")] * 3
    assert {became(row) for number, row in enumerate(rows) if number % 5} == {SENT}


def test_stopping_reaches_what_waits_for_any_of_the_connections(server: ScriptedSMTP) -> None:
    people = crowd(16)
    rows = promise(people)
    server.first = 1  # goes alone, to find out whether the server is there
    server.open.clear()

    def stop() -> None:
        try:
            server.wait_for_hands(4)
            for user in people[-4:]:
                preferences.stop(user=user, kind=KIND, now=DUE)
        finally:
            server.open.set()

    with track(2) as lanes:
        assert lanes.race(partial(delivery.deliver, clock=Hands()), stop)[1] is None
    assert [became(row) for row in rows[-4:]] == [("skipped", "unsubscribed")] * 4
    assert {became(row) for row in rows[:-4]} == {SENT}


def test_where_the_server_is_away_one_mail_finds_out(server: ScriptedSMTP, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    rows = promise(crowd(12))
    assert delivery.deliver(clock=Hands()) == 1
    assert sorted(became(row) for row in rows) == [("pending", "")] * 11 + [("pending", "no answer")]
    assert sorted(Reminder.objects.values_list("attempts", flat=True)) == [0] * 11 + [1]
    assert not Reminder.objects.filter(state=State.CLAIMED).exists()


# --- within an hour ----------------------------------------------------------------------------------


def test_no_more_within_an_hour_than_the_limit_and_the_rest_later(
    server: ScriptedSMTP, settings: Any
) -> None:
    settings.EMAIL_PER_HOUR = 5
    people = crowd(12)
    promise(people)
    hands = Hands()
    preferences.stop(user=people[0], kind=KIND, now=DUE)  # what isn't sent doesn't count
    assert delivery.deliver(clock=hands) == 5
    assert delivery.deliver(clock=hands) == 0
    hands.now += AN_HOUR - A_MINUTE
    assert delivery.deliver(clock=hands) == 0
    hands.now += A_MINUTE
    assert delivery.deliver(clock=hands) == 5
    hands.now += AN_HOUR
    assert delivery.deliver(clock=hands) == 1
    assert len(server.arrivals) == 11
    assert {server.to(user.email) for user in people[1:]} == {1}


def test_what_others_have_in_hand_counts_until_their_lease_is_over(db: None, settings: Any) -> None:
    settings.EMAIL_PER_HOUR = 5
    promise(crowd(12))
    assert len(delivery.claim(owner=uuid4(), now=DUE, limit=3)) == 3
    assert len(delivery.claim(owner=uuid4(), now=DUE)) == 2
    assert delivery.claim(owner=uuid4(), now=DUE) == []
    assert len(delivery.claim(owner=uuid4(), now=DUE + LEASE + A_MINUTE)) == 5


@pytest.mark.skipif(
    "sqlite" in configured.DATABASES["default"]["ENGINE"], reason="SQLite has one writer at a time"
)
def test_workers_that_count_at_the_same_time_keep_to_it_together(db: None, settings: Any) -> None:
    settings.EMAIL_PER_HOUR = 10
    promise(crowd(40))
    with track(4) as lanes:
        for _ in range(5):
            results = lanes.race(*[lambda: delivery.claim(owner=uuid4(), now=DUE, limit=4)] * 4)
            assert sum(map(len, results)) == 10
            Reminder.objects.filter(state=State.CLAIMED).update(
                state=State.PENDING, owner=None, lease_until=None
            )
