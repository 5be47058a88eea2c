"""What the operator sees: whether a worker is there, numbers and reasons, and what came back from mail servers."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from reminders import delivery, preferences, providers, status, tasks
from reminders.models import Choice, Reminder, Suppression, Tick
from tests.cast import NOW, person
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, state

TOKEN = "a-token-of-the-operator"
DUE = NOW + timedelta(minutes=2)


@pytest.fixture
def asked(client: Client, settings: Settings, db: None) -> Client:
    settings.NEARER_STATUS_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def test_without_the_token_there_is_no_such_page(db: None, client: Client, settings: Settings) -> None:
    for token, header in ((TOKEN, ""), (TOKEN, "Bearer x"), (TOKEN, TOKEN), ("", "Bearer "), ("", "")):
        settings.NEARER_STATUS_TOKEN = token
        assert client.get("/status/", HTTP_AUTHORIZATION=header).status_code == 404


def test_a_worker_that_never_came_up_is_shown(asked: Client, clock: Traveller) -> None:
    answer = asked.get("/status/")
    assert answer.status_code == 503
    assert answer.json() == {"well": False, "why": ["No worker ever came up."]}
    with pytest.raises(SystemExit, match="No worker ever came up"):
        call_command("reminders_status", stdout=StringIO())


def test_and_one_that_went_silent(asked: Client, clock: Traveller) -> None:
    tasks.tick()
    assert asked.get("/status/").status_code == 200
    assert {tick.at for tick in Tick.objects.all()} == {NOW}
    clock.move_to(NOW + timedelta(minutes=2, seconds=1))
    answer = asked.get("/status/")
    assert (answer.status_code, answer.json()["well"]) == (503, False)
    with pytest.raises(SystemExit, match="lately"):
        call_command("reminders_status", stdout=StringIO())


def test_one_that_sends_for_minutes_is_there_all_the_while(
    db: None, clock: Traveller, smtp: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_CONNECTIONS = 1
    monkeypatch.setattr(delivery, "BATCH", 1)
    twenty_minutes = 12  # mails; the mail server may be unheard of for fifteen
    for number in range(twenty_minutes):
        planned(person(f"Gwen{number}"))
    clock.move_to(DUE)
    renew, why = delivery.renew, list[list[str]]()

    def late(*given: Any, **named: Any) -> Reminder | None:
        status.note_beat(now=timezone.now())
        why.append(status.report(now=timezone.now()).why)
        clock.shift(timedelta(seconds=100))  # what the mail server takes over each
        return renew(*given, **named)

    monkeypatch.setattr(delivery, "renew", late)
    for _ in range(twenty_minutes):  # each takes longer than a turn
        tasks.tick()
    assert why[1:] == [[]] * (twenty_minutes - 1)
    assert len(smtp) == twenty_minutes


def test_counts_by_state_and_reason_and_how_far_behind(
    many: None, asked: Client, clock: Traveller, smtp: Mailbox, dana: User
) -> None:
    sent, stopped, waiting = dana, person("Gwen"), person("Hugo")
    for user in (sent, stopped, waiting):
        planned(user)
    Reminder.objects.filter(user=waiting).update(not_before=DUE + timedelta(hours=1))
    preferences.stop(user=stopped, kind=KIND, now=NOW)
    late = person("Ivy")
    preferences.choices_of(late)[KIND].set(wanted=True, now=NOW)
    Choice.objects.filter(user=late).exclude(kind=KIND).update(wanted=False, next_at=None)
    Choice.objects.filter(user=late, kind=KIND).update(next_at=NOW)
    clock.move_to(DUE)
    deliver()
    status.note_round(now=DUE)
    found = asked.get("/status/").json()
    assert found["unsettled"] == {"pending": 1}
    assert found["settled"] == {"sent": 1, "skipped unsubscribed": 1}
    assert found["planner_lag"] == 120
    assert found["lag"] == 0
    clock.move_to(DUE + timedelta(hours=1, minutes=3))
    assert asked.get("/status/").json()["lag"] == 3780


def test_it_names_nobody(many: None, asked: Client, clock: Traveller, smtp: Mailbox) -> None:
    user = person("Quendolina")
    planned(user)
    said = StringIO()
    tasks.tick()
    call_command("reminders_status", stdout=said)
    for text in (asked.get("/status/").content.decode(), said.getvalue()):
        assert json.loads(text)["unsettled"] == {"pending": 1}
        for private in ("uendolina", "example.test", str(user.pk), str(Reminder.objects.get().pk)):
            assert private not in text


def test_as_few_queries_for_many_as_for_few(
    many: None, asked: Client, clock: Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    planned(person("Gwen"))
    with django_assert_num_queries(7):
        asked.get("/status/")
    for number in range(5):
        planned(person(f"P{number}"))
    with django_assert_num_queries(7):
        asked.get("/status/")


# --- What comes back -----------------------------------------------------------------------------------


def reported(kind: str, recipient: str, reason: str | None = None) -> None:
    event = AnymailTrackingEvent(event_type=kind, recipient=recipient, reject_reason=reason)
    providers.hear(sender=None, event=event, esp_name="Some provider")


def test_no_such_address_is_given_up_until_it_is_another_or_asked_for(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    row = planned(dana)
    smtp.replies.append("550 5.1.1 no such person")
    clock.move_to(DUE)
    deliver()
    assert state(row) == ("dead", "refused 550")
    again = User.objects.get(pk=dana.pk)
    assert preferences.is_suppressed(again)
    again.email = "another@example.test"
    assert not preferences.is_suppressed(again)
    preferences.ask_now(user=dana, kind=KIND, now=DUE)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("answer", ["550 5.7.1 not from you", "554 no", "552 5.2.2 full"])
def test_another_refusal_is_none_of_the_address(
    dana: User, smtp: Mailbox, clock: Traveller, answer: str
) -> None:
    planned(dana)
    smtp.replies.append(answer)
    clock.move_to(DUE)
    deliver()
    assert not Suppression.objects.exists()


def test_a_bounce_suppresses_and_a_complaint_unsubscribes(dana: User, bob: User) -> None:
    reported("bounced", dana.email.upper(), "invalid")
    assert preferences.is_suppressed(User.objects.get(pk=dana.pk))
    assert Choice.objects.filter(user=dana, wanted=True).exists()
    reported("complained", bob.email)
    assert not Choice.objects.filter(user=bob, wanted=True).exists()
    assert not preferences.is_suppressed(User.objects.get(pk=bob.pk))


@pytest.mark.parametrize(
    ("kind", "reason"), [("bounced", "spam"), ("deferred", None), ("delivered", None), ("opened", None)]
)
def test_whatever_else_is_reported_changes_nothing(dana: User, kind: str, reason: str | None) -> None:
    reported(kind, dana.email, reason)
    reported(kind, "nobody@example.test", reason)
    assert not Suppression.objects.exists()
    assert Choice.objects.filter(user=dana, wanted=True).exists()


def test_suppressed_it_is_skipped_unseen(dana: User, smtp: Mailbox, clock: Traveller) -> None:
    row = planned(dana)
    preferences.suppress(user=dana, address=dana.email, now=NOW)
    clock.move_to(DUE)
    deliver()
    assert state(row) == ("skipped", "no such address")
    assert len(smtp) == 0
