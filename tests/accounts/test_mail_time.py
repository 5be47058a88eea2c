"""How long a mail may take: a real mail server that greets late, answers late, or letter by letter."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import travel

from accounts import smtp
from accounts.models import User
from couples import emails, pairing
from reminders import status
from reminders.models import Reminder, Tick
from tests.cast import NOW
from tests.faults.scripted_smtp import ScriptedSMTP, When, scripted_smtp, stall
from tests.fixtures import Mailbox
from tests.reminders.ledger import deliver, planned, state


@pytest.fixture
def scripted(smtp: Mailbox, settings: Settings) -> Iterator[ScriptedSMTP]:
    """A mail server in no hurry, and not much time for it: a page has a second, a worker half a minute."""
    settings.EMAIL_TIMEOUT, settings.EMAIL_TIMEOUT_WORKER = 1, 30
    with scripted_smtp() as book:
        settings.EMAIL_PORT = book.port
        yield book


@pytest.fixture
def row(dana: User) -> Iterator[Reminder]:
    """Dana's reminder, due now."""
    with travel(NOW, tick=True) as clock:
        found = planned(dana)
        clock.shift(timedelta(minutes=2))
        yield found


def asks_for_a_code(address: str) -> str:
    answer = Client().post("/account/login/code/", {"email": address}, follow=True)
    return answer.content.decode()


AWAY = "could not be sent"


@pytest.mark.fault
@pytest.mark.long_story
def test_a_page_waits_its_time_and_says_so_after_it(
    dana: User, scripted: ScriptedSMTP, settings: Settings
) -> None:
    scripted.greets_after = 60
    began = time.monotonic()
    assert AWAY in asks_for_a_code(dana.email)
    assert 0.9 < time.monotonic() - began < scripted.greets_after
    scripted.greets_after, settings.EMAIL_TIMEOUT = 0.5, 30
    assert AWAY not in asks_for_a_code(dana.email)
    assert scripted.to(dana.email) == 1


@pytest.mark.fault
@pytest.mark.long_story
def test_a_worker_hears_a_server_out_for_longer(row: Reminder, dana: User, scripted: ScriptedSMTP) -> None:
    scripted.greets_after = 2
    deliver()
    assert state(row) == ("sent", "")
    status.knock(now=NOW)
    assert Tick.objects.filter(name=status.ANSWERED).exists()


@pytest.mark.fault
@pytest.mark.long_story
def test_an_invitation_has_a_workers_time_as_well(dana: User, scripted: ScriptedSMTP) -> None:
    scripted.greets_after = 2
    invitation = pairing.invite(by=dana, now=NOW)
    pairing.ask_by_mail(invitation, to="new@example.test", by=dana, now=NOW)
    assert emails.send_invitation(invitation.pk, now=NOW) == "sent"


@pytest.mark.fault
@pytest.mark.long_story
@pytest.mark.parametrize(
    "slow",
    [{"answers_after": 0.4}, {"trickles": 0.1}, {"greets_after": 60}],
    ids=["answers", "letters", "silence"],
)
def test_the_time_is_for_the_whole_mail_and_not_for_each_answer(
    row: Reminder, scripted: ScriptedSMTP, settings: Settings, slow: dict[str, float]
) -> None:
    """Each letter and each answer comes in time, and the mail would be sent if that were enough."""
    settings.EMAIL_TIMEOUT_WORKER = 1
    vars(scripted).update(slow)
    began = time.monotonic()
    deliver()
    assert 0.9 < time.monotonic() - began < 60
    assert state(row) == ("pending", "no answer")
    vars(scripted).update(dict.fromkeys(slow, 0))
    settings.EMAIL_TIMEOUT_WORKER = 30
    with travel(NOW + timedelta(minutes=5)):
        deliver()
    assert state(row) == ("sent", "")


class Stopwatch:
    """A clock for how long a mail takes, put on by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_each_mail_of_a_batch_has_its_own_time(
    scripted: ScriptedSMTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Stopwatch()
    monkeypatch.setattr(smtp, "time", clock)
    scripted.pace = 0.1  # longer than a socket waits whose time is over
    connection = smtp.worker_connection()
    for number in range(3):
        EmailMessage(to=[f"{number}@example.test"], body="x", connection=connection).send()
        connection.open()
        clock.now += 20  # of thirty
    connection.close()
    assert len(scripted.arrivals) == 3


@pytest.mark.fault
@pytest.mark.long_story
def test_a_mail_that_was_handed_over_in_time_and_never_answered_is_still_ambiguous(
    row: Reminder, dana: User, scripted: ScriptedSMTP, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT_WORKER = 3
    scripted.script(dana.email, stall(60, When.GIVEN))
    deliver()
    assert state(row) == ("pending", "ambiguous")


def test_a_goodbye_that_is_never_answered_keeps_nobody(
    scripted: ScriptedSMTP, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "PARTING", 0.2)
    connection = smtp.worker_connection()
    connection.open()
    scripted.answers_after = 60
    began = time.monotonic()
    connection.close()
    assert time.monotonic() - began < settings.EMAIL_TIMEOUT_WORKER / 2


def test_a_lease_is_longer_than_the_longest_mail(settings: Settings) -> None:
    """Nearly all of a mail counts into its time; what doesn't is asking for the server's address, and TLS's hello."""
    assert settings.EMAIL_TIMEOUT_WORKER > settings.EMAIL_TIMEOUT
    assert timedelta(seconds=settings.EMAIL_TIMEOUT_WORKER) * 3 <= smtp.LEASE <= emails.PAUSE


@pytest.mark.slow  # the time is real
def test_as_it_is_set_a_greeting_after_twelve_seconds_is_soon_enough_for_a_page_and_a_worker(
    row: Reminder, dana: User, scripted: ScriptedSMTP, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_TIMEOUT_WORKER = 20, 60  # what holds where nobody sets it
    scripted.greets_after = 12
    assert AWAY not in asks_for_a_code(dana.email)
    deliver()
    assert state(row) == ("sent", "")
    assert scripted.to(dana.email) == 2
