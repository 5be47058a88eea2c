"""From the ledger over a real SMTP server: one mail, neutral, and what happens when the server says no."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import get_connection
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.leaving import erase
from accounts.models import User
from accounts.smtp import LEASE
from checkins import writing
from couples import parting
from reminders import delivery, planning, preferences, tasks
from reminders.models import Choice, Reminder, State
from tests.cast import NOW, pair, person, seat, words
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, state

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(dana: User, clock: Traveller) -> Reminder:
    """Dana's reminder, due now."""
    planned_row = planned(dana)
    clock.move_to(NOW + 2 * A_MINUTE)
    return planned_row


def parts(mail: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}


def test_one_mail_and_never_a_second(row: Reminder, dana: User, smtp: Mailbox) -> None:
    assert deliver() == 1
    assert deliver() == 0
    planning.plan(now=NOW)
    tasks.tick()
    assert [mail["To"] for mail in smtp.messages] == [dana.email]
    assert state(row) == ("sent", "")
    row.refresh_from_db()
    assert row.settled_at == NOW + 2 * A_MINUTE


def test_the_mail_is_neutral_and_stops_with_one_click(db: None, smtp: Mailbox, clock: Traveller) -> None:
    quendolina, theodoric = person("Quendolina"), person("Theodoric")
    pair(quendolina, theodoric)
    lines = {"rose": "plantedrose", "bud": "plantedbud", "thorn": ""}
    writing.write(by=seat(theodoric), day=NOW.date(), words=words(lines), share=True, now=NOW)
    before = NOW - timedelta(days=1)
    writing.write(by=seat(quendolina), day=before.date(), words=words(lines), share=True, now=before)
    row = planned(quendolina)
    clock.move_to(NOW + 2 * A_MINUTE)
    deliver()
    (mail,) = smtp.messages
    body = parts(mail)
    assert set(body) == {"text/plain", "text/html"}
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items() if name not in {"To", "X-Rcpt-To"})
    for planted in ("quendolina", "theodoric", "planted", str(row.user_id), str(row.pk)):
        for place in (headers, *body.values()):
            assert planted not in place.lower()
    assert "<img" not in body["text/html"]
    assert mail["Message-ID"] == row.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<http://localhost:8000(/stop/[^>]+)>", "".join(mail["List-Unsubscribe"].split()))
    assert link
    for text in body.values():
        assert link[1] in text
    # the mail program's one click: no cookie, no form token
    assert (
        Client(enforce_csrf_checks=True).post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    )
    assert not Choice.objects.get(user=quendolina, kind=KIND).wanted
    assert Choice.objects.get(user=theodoric, kind=KIND).wanted


def test_what_is_done_is_skipped(row: Reminder, dana: User, smtp: Mailbox) -> None:
    lines = {"rose": "x", "bud": "", "thorn": ""}
    writing.write(by=seat(dana), day=NOW.date(), words=words(lines), share=False, now=NOW)
    deliver()
    assert state(row) == ("skipped", "done")
    assert len(smtp) == 0


def test_deferred_it_is_put_back_with_growing_pauses_and_sent_at_last(
    row: Reminder, smtp: Mailbox, clock: Traveller
) -> None:
    smtp.replies.extend(["450 later", "421 busy", "452 full"])
    moment, pauses = NOW + 2 * A_MINUTE, []
    while deliver():
        row.refresh_from_db()
        if row.state != State.PENDING:
            break
        assert deliver() == 0  # not before its pause is over
        assert row.not_before is not None
        pauses.append(row.not_before - moment)
        moment = row.not_before
        clock.move_to(moment)
    assert pauses == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=15)]
    assert state(row) == ("sent", "")
    assert [mail["Message-ID"] for mail in smtp.messages] == [row.message_id]


def test_deferred_too_often_it_is_dead_with_its_reason(
    row: Reminder, smtp: Mailbox, clock: Traveller
) -> None:
    smtp.replies.extend(["450 later"] * 20)
    for _ in range(12):
        deliver()
        clock.shift(timedelta(minutes=50))
    assert state(row) == ("dead", "deferred 450")
    row.refresh_from_db()
    assert row.attempts == delivery.TRIES
    assert len(smtp) == 0


def test_refused_it_is_dead_and_the_next_one_still_goes(
    row: Reminder, smtp: Mailbox, bob: User, clock: Traveller
) -> None:
    other = planned(bob)
    smtp.replies.append("550 5.1.1 no such person")
    deliver()
    states = sorted([state(row), state(other)])
    assert states == [("dead", "refused 550"), ("sent", "")]
    assert len(smtp) == 1
    clock.shift(timedelta(hours=3))
    assert deliver() == 0


def test_connection_refused_it_is_put_back_and_sent_later(
    row: Reminder, smtp: Mailbox, settings: Any, clock: Traveller
) -> None:
    settings.EMAIL_PORT = 1
    deliver()
    assert state(row) == ("pending", "no answer")
    settings.EMAIL_PORT = smtp.port
    clock.shift(A_MINUTE)
    deliver()
    assert state(row)[0] == "sent"
    assert len(smtp) == 1


def test_a_server_that_is_away_costs_one_mail_a_try_and_the_others_nothing(
    db: None, smtp: Mailbox, settings: Any, clock: Traveller
) -> None:
    rows = [planned(person(f"Person{number}")) for number in range(4)]
    clock.move_to(NOW + 2 * A_MINUTE)
    settings.EMAIL_PORT = 1
    for tried in (1, 2):
        assert deliver() == 1
        found = sorted(Reminder.objects.values_list("state", "attempts", "reason", "owner"))
        untried = [("pending", 0, "", None)] * (4 - tried)
        assert found == untried + [("pending", 1, "no answer", None)] * tried
    settings.EMAIL_PORT = smtp.port
    clock.shift(A_MINUTE)
    assert deliver() == 4
    assert {state(row) for row in rows} == {("sent", "")}


@contextmanager
def grumpy_server(greeting: bytes) -> Iterator[int]:
    """A mail server that says one thing to everyone and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.sendall(greeting)
            except OSError:
                return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("greeting", [b"554 not today\r\n", b"421 busy\r\n", b"", b"nonsense\r\n"])
def test_a_mail_server_that_refuses_us_is_no_refusal_of_the_address(
    row: Reminder, smtp: Mailbox, settings: Any, clock: Traveller, greeting: bytes
) -> None:
    with grumpy_server(greeting) as port:
        settings.EMAIL_PORT = port
        deliver()
    assert state(row) == ("pending", "no answer")
    settings.EMAIL_PORT = smtp.port
    clock.shift(A_MINUTE)
    deliver()
    assert state(row)[0] == "sent"


def test_everybody_who_is_due_gets_theirs_in_one_run(db: None, smtp: Mailbox, clock: Traveller) -> None:
    crowd = [person(f"Person{number}") for number in range(7)]
    rows = [planned(user) for user in crowd]
    clock.move_to(NOW + 2 * A_MINUTE)
    assert deliver() == 7
    assert sorted(str(mail["To"]) for mail in smtp.messages) == sorted(user.email for user in crowd)
    assert {state(row) for row in rows} == {("sent", "")}


def test_a_worker_that_died_while_holding_it_is_followed_by_another(
    row: Reminder, smtp: Mailbox, clock: Traveller
) -> None:
    delivery.claim(owner=row.pk, now=NOW + 2 * A_MINUTE)
    assert deliver() == 0
    clock.shift(LEASE + timedelta(seconds=1))
    assert deliver() == 1
    assert len(smtp) == 1
    row.refresh_from_db()
    assert row.attempts == 1  # the first never came to it


def test_after_an_outage_of_a_day_nothing_stale_goes_out(db: None, smtp: Mailbox, clock: Traveller) -> None:
    """Planned in time, never sent; the worker returns after the Day is over; one more evening comes up then."""
    crowd = [person(f"Person{number}") for number in range(6)]
    rows = [planned(user) for user in crowd]
    clock.move_to(NOW + timedelta(hours=24))
    tasks.tick()
    assert {state(row) for row in rows} == {("expired", "too late")}
    assert len(smtp) == 0
    clock.shift(3 * A_MINUTE)
    tasks.tick()
    tasks.tick()
    assert len(smtp) == len(crowd)
    keys = Reminder.objects.filter(state=State.SENT).values_list("key", flat=True)
    assert set(keys) == {(NOW + timedelta(days=1)).date().isoformat()}


def test_nothing_goes_out_after_stopping_parting_or_leaving(
    alice: User, bob: User, dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    rows = [planned(user) for user in (alice, bob)]
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(kind="pages_open")
    planned(dana)
    clock.move_to(NOW + 2 * A_MINUTE)
    parting.part(by=alice, now=NOW)
    erase(dana, now=NOW)
    for user in (alice, bob):
        preferences.stop(user=user, kind=KIND, now=NOW)
    deliver()
    assert len(smtp) == 0
    assert {state(row) for row in rows} == {("skipped", "called off")}
    clock.shift(timedelta(days=2))
    tasks.tick()
    assert len(smtp) == 0


def test_stopped_between_claiming_and_sending(row: Reminder, dana: User, smtp: Mailbox) -> None:
    """The last look is right before the mail: what was claimed with others waits its turn."""
    owner = row.pk
    (held,) = delivery.claim(owner=owner, now=NOW + 2 * A_MINUTE)
    preferences.stop(user=dana, kind=KIND, now=NOW)
    delivery._handle(held, owner, get_connection(), timezone.now)
    assert len(smtp) == 0
    assert state(row) == ("skipped", "unsubscribed")


def test_an_address_changed_meanwhile_gets_the_mail_only_when_proven(
    row: Reminder, dana: User, smtp: Mailbox
) -> None:
    User.objects.filter(pk=dana.pk).update(email="dana.anew@example.test")
    deliver()
    assert state(row) == ("skipped", "unverified")
    assert len(smtp) == 0
