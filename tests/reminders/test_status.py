"""The operator's numbers, one by one, where there are twenty accounts or more.

`test_operator.py` has the worker that is missing, the token and the queries; `test_operator_of_few.py` what is said
where there are fewer.
"""

import json
from contextlib import nullcontext
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from accounts.smtp import LEASE
from checkins import writing
from checkins.words import CheckInText
from couples import parting
from reminders import delivery, planning, preferences, tasks
from reminders.models import Choice, Reminder, State
from tests.cast import NOW, pair, person, seat
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned

TOKEN = "a-token-of-the-operator"
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
DUE = NOW + 2 * A_MINUTE
PLANTED = CheckInText("plantedrose", "plantedbud", "plantedthorn", note="plantednote")
pytestmark = pytest.mark.usefixtures("clock", "many")


@pytest.fixture
def operator(settings: Settings, db: None) -> Client:
    settings.NEARER_STATUS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def numbers(operator: Client) -> dict[str, Any]:
    """What `/status/` says; the command says the same."""
    said, printed = operator.get("/status/").json(), StringIO()
    with nullcontext() if said["well"] else pytest.raises(SystemExit, match=said["why"][0]):
        call_command("reminders_status", stdout=printed)
    assert json.loads(printed.getvalue()) == said
    return dict(said)


def test_with_nothing_in_it_there_is_nothing_to_see(operator: Client) -> None:
    tasks.tick()
    assert numbers(operator) == {
        "unsettled": {},
        "settled": {},
        "lag": 0,
        "planner_lag": 0,
        "suppressed": 0,
        "last_round": NOW.isoformat(),
        "well": True,
        "why": [],
    }


def test_every_end_a_mail_can_come_to_has_its_number(
    operator: Client, smtp: Mailbox, clock: Traveller
) -> None:
    users = [person(name) for name in ("Ada", "Ben", "Cora", "Dirk", "Edda", "Finn", "Gwen", "Hugo", "Ivy")]
    ada, ben, cora, dirk, edda, finn, gwen, hugo, _ivy = users
    for user in users:
        planned(user)
    preferences.stop(user=ada, kind=KIND, now=NOW)
    writing.write(by=seat(ben), day=NOW.date(), words=PLANTED, share=False, now=NOW)
    preferences.suppress(user=cora, address=cora.email, now=NOW)
    Reminder.objects.filter(user=dirk).update(expires_at=DUE)
    Reminder.objects.filter(user=edda).update(attempts=delivery.TRIES)
    pair(finn, ida := person("Ida"))
    Choice.objects.filter(user=ida).delete()
    Reminder.objects.filter(user=finn).update(kind="pages_open")
    parting.part(by=finn, now=NOW)
    Reminder.objects.filter(user=gwen).update(due_at=DUE + A_MINUTE)
    row = Reminder.objects.filter(user=hugo)
    row.update(state=State.CLAIMED, owner=hugo.pk, lease_until=DUE + LEASE)  # a worker is at it
    clock.move_to(DUE)
    deliver()
    assert numbers(operator) == {
        "unsettled": {"claimed": 1, "pending": 1},
        "settled": {
            "dead too many tries": 1,
            "expired too late": 1,
            "sent": 1,
            "skipped done": 1,
            "skipped no such address": 1,
            "skipped called off": 1,
            "skipped unsubscribed": 1,
        },
        "lag": 0,
        "planner_lag": 0,
        "suppressed": 1,
        "last_round": None,
        "well": False,
        "why": ["No worker ever came up."],
    }


def test_what_was_settled_a_day_ago_is_not_counted_any_more(
    operator: Client, smtp: Mailbox, clock: Traveller, dana: User
) -> None:
    planned(dana)
    clock.move_to(DUE)
    deliver()
    clock.move_to(DUE + A_DAY)
    assert numbers(operator)["settled"] == {"sent": 1}
    clock.move_to(DUE + A_DAY + timedelta(seconds=1))
    assert numbers(operator)["settled"] == {}


def test_the_lag_is_that_of_the_oldest_and_of_nothing_that_waits_on_purpose(
    operator: Client, clock: Traveller, dana: User, bob: User
) -> None:
    planned(dana)
    planned(bob)
    clock.move_to(DUE)
    assert numbers(operator)["lag"] == 0
    Reminder.objects.filter(user=bob).update(due_at=DUE - A_MINUTE)
    clock.move_to(DUE + A_MINUTE)
    assert numbers(operator)["lag"] == 120
    Reminder.objects.filter(user=bob).update(not_before=DUE + timedelta(hours=1))
    assert numbers(operator)["lag"] == 60
    Reminder.objects.filter(user=dana).skip("unsubscribed", now=DUE)
    assert numbers(operator)["lag"] == 0


def test_a_worker_that_died_at_it_shows_when_its_lease_has_run_out(
    operator: Client, clock: Traveller, dana: User
) -> None:
    row = planned(dana)
    delivery.claim(owner=row.pk, now=DUE)
    clock.move_to(DUE + LEASE)
    assert (numbers(operator)["lag"], numbers(operator)["unsettled"]) == (0, {"claimed": 1})
    clock.move_to(DUE + LEASE + timedelta(seconds=1))
    assert numbers(operator)["lag"] == LEASE.total_seconds() + 1


def test_a_planner_that_is_behind_is_seen_before_anything_is_late(
    operator: Client, clock: Traveller, dana: User
) -> None:
    preferences.choices_of(dana)[KIND].set(wanted=True, now=NOW)
    due = Choice.objects.get(user=dana, kind=KIND).next_at
    assert due is not None
    clock.move_to(due + 7 * A_MINUTE)
    assert (numbers(operator)["planner_lag"], numbers(operator)["lag"]) == (420, 0)
    planning.plan(now=due + 7 * A_MINUTE)
    assert (numbers(operator)["planner_lag"], numbers(operator)["lag"]) == (0, 420)


@pytest.mark.parametrize(("seconds", "code"), [(0, 200), (120, 200), (121, 503)])
def test_a_worker_may_be_away_for_two_minutes(
    operator: Client, clock: Traveller, seconds: int, code: int
) -> None:
    tasks.tick()
    tasks.tick()
    clock.shift(timedelta(seconds=seconds))
    assert operator.get("/status/").status_code == operator.head("/status/").status_code == code
    assert numbers(operator)["last_round"] == NOW.isoformat()


def test_a_worker_that_can_not_reach_the_mail_server_is_still_there(
    operator: Client, smtp: Mailbox, settings: Settings, clock: Traveller, dana: User
) -> None:
    planned(dana)
    settings.EMAIL_PORT = 1
    clock.move_to(DUE)
    tasks.tick()
    assert numbers(operator)["why"] == ["The mail server doesn't answer."]
    assert operator.get("/status/").status_code == 503
    assert numbers(operator)["unsettled"] == {"pending": 1}


@pytest.mark.parametrize("heard", ["of_sender", "of_recipient"])
def test_a_mail_server_that_refuses_the_sender_is_said_before_anybody_misses_a_mail(
    operator: Client, smtp: Mailbox, clock: Traveller, caplog: pytest.LogCaptureFixture, heard: str
) -> None:
    setattr(smtp, heard, "553 5.7.1 <post@localhost>: Sender address rejected: not owned by user post")
    tasks.tick()
    (why,) = numbers(operator)["why"]
    assert why.startswith("The mail server refuses the sender: EMAIL_FROM")
    assert "the mail server refuses the sender: 553" in [record.message for record in caplog.records]
    setattr(smtp, heard, "250 fine")
    clock.shift(timedelta(minutes=6))
    tasks.tick()
    assert numbers(operator)["well"]


def test_that_nobody_reads_what_is_sent_to_the_sender_is_no_refusal(operator: Client, smtp: Mailbox) -> None:
    smtp.of_recipient = "550 5.1.1 no such user"
    tasks.tick()
    assert numbers(operator)["well"]


def test_a_mail_server_that_is_busy_is_asked_again(operator: Client, smtp: Mailbox) -> None:
    smtp.of_sender = "451 4.3.0 later"
    tasks.tick()
    assert numbers(operator)["why"] == ["The mail server doesn't answer."]


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", f"bearer {TOKEN}", f"Basic {TOKEN}", f"Bearer {TOKEN} ",
        f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN.upper()}", "Bearer é", f"Bearer {TOKEN}\x00",
    ],
)  # fmt: skip  # several values a line, to be looked through
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_anything_but_the_token_finds_no_page(operator: Client, header: str, method: str) -> None:
    answer = getattr(Client(), method)("/status/", headers={"Authorization": header})
    assert answer.status_code == (405 if method == "post" else 404)
    assert b"well" not in answer.content


def test_being_signed_in_is_no_token(operator: Client, dana: User) -> None:
    client = Client()
    client.force_login(dana, backend="couples.access.SeatedBackend")
    assert client.get("/status/").status_code == 404


def test_no_name_no_address_no_word_and_nothing_to_follow_anyone_by(
    operator: Client, smtp: Mailbox, clock: Traveller
) -> None:
    users = [person(name) for name in ("Quendolina", "Theodoric")]
    for user in users:
        planned(user)
        writing.write(by=seat(user), day=NOW.date(), words=PLANTED, share=False, now=NOW)
    preferences.suppress(user=users[0], address=users[0].email, now=NOW)
    clock.move_to(DUE)
    tasks.tick()
    printed = StringIO()
    call_command("reminders_status", stdout=printed)
    answer = operator.get("/status/")
    private = ["uendolin", "heodoric", "@", "example.test", "planted", "London", KIND, "19:02"]
    for row in Reminder.objects.all():
        private += [str(row.pk), str(row.user_id), row.key, row.message_id]
    for said in (answer.content.decode(), str(answer.headers), printed.getvalue()):
        assert [word for word in private if word in said.replace(f"{DUE:%Y-%m-%dT%H:%M}", "")] == []
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
