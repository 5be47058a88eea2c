"""Whoever runs it may be one of the two: with few accounts its tools say the same with and without any private act."""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import Settings

from accounts import export_requests, leaving, long_work
from accounts.crowd import FEW, is_few
from accounts.models import User
from config.logs import WithoutPeople, WithoutTokens
from couples.tasks import forget_invitations, send_due_invitations
from reminders import preferences, tasks
from reminders.models import Reminder
from tests.cast import person
from tests.fixtures import Mailbox
from tests.months_before import live_months
from tests.operator_tools import TOKEN, told
from tests.private_acts import ACTS, keeps
from tests.written import perform

EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
Act = Callable[[User, datetime], None]


def web(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="couples.access.SeatedBackend")
    return client


def parts(alice: User, now: datetime) -> None:
    web(alice).post("/settings/part/")


def looks_at_safety_and_leaves_quickly(alice: User, now: datetime) -> None:
    client = web(alice)
    for where in ("/safety/", "/settings/part/", "/settings/", "/account/sessions/", "/out/"):
        client.get(where)


def pauses_everything(alice: User, now: datetime) -> None:
    quiet = preferences.quiet_of(alice)
    quiet.paused_until = (now + timedelta(days=9)).date()
    quiet.save()


def stops_everything(alice: User, now: datetime) -> None:
    for kind in preferences.choices_of(alice):
        preferences.stop(user=alice, kind=kind, now=now)


def has_no_such_address(alice: User, now: datetime) -> None:
    preferences.suppress(user=alice, address=alice.email, now=now)


def has_one_sent_now(alice: User, now: datetime) -> None:
    web(alice).post("/settings/reminders/check_in/send/")


def blocks_somebody(alice: User, now: datetime) -> None:
    web(alice).post("/settings/privacy/", {"address": "somebody@example.test", "go": "on"})


def leaves_fields_empty(alice: User, now: datetime) -> None:
    client = web(alice)
    for where in ("/thanks/", "/wins/", "/talk/park/", "/partner/code/", "/settings/privacy/", "/questions/"):
        client.post(where, {})


def opens_what_is_gone(alice: User, now: datetime) -> None:
    client = web(alice)
    for where in ("/evenings/2026-11-18/reply/", "/never/x/", "/stop/x/", "/i/x/accept/", "/nowhere/"):
        client.get(where)


def sends_a_stale_form(alice: User, now: datetime) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="couples.access.SeatedBackend")
    client.post("/settings/part/")


def signs_in_wrongly(alice: User, now: datetime) -> None:
    Client().post("/account/login/", {"login": alice.email, "password": "not hers"})


def asks_for_a_new_password(alice: User, now: datetime) -> None:
    Client().post("/account/password/reset/", {"email": alice.email})


def has_an_export_that_fails(alice: User, now: datetime) -> None:
    def breaks(*_: object) -> None:
        raise OSError("planted")

    long_work.register(replace(export_requests.KIND, build=breaks))
    try:
        export_requests.ask(alice, private=True, now=now)
        assert long_work.work_off(clock=lambda: now) == 1
    finally:
        long_work.register(export_requests.KIND)


def deletes_the_account(alice: User, now: datetime) -> None:
    leaving.erase(alice, now=now)


MORE: list[Act] = [
    parts,
    looks_at_safety_and_leaves_quickly,
    pauses_everything,
    stops_everything,
    has_no_such_address,
    has_one_sent_now,
    blocks_somebody,
    leaves_fields_empty,
    opens_what_is_gone,
    sends_a_stale_form,
    signs_in_wrongly,
    asks_for_a_new_password,
    has_an_export_that_fails,
    deletes_the_account,
]
# Looks, what is refused, and a mail that is asked for: nothing is stored.
EMPTY = [
    looks_at_safety_and_leaves_quickly,
    leaves_fields_empty,
    opens_what_is_gone,
    sends_a_stale_form,
    signs_in_wrongly,
    asks_for_a_new_password,
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    for one in (WithoutPeople(), WithoutTokens()):
        handler.addFilter(one)
    logging.getLogger().addHandler(handler)
    yield said
    logging.getLogger().removeHandler(handler)


def an_evening(alice: User, act: Act | None, log: io.StringIO) -> list[str]:
    """Alice's evening as the operator sees it: what she does before her mail is due, and the worker's rounds."""
    with time_machine.travel(EVENING, tick=False) as clock:
        tasks.tick()
        if act is not None:
            perform(act, alice, EVENING, empty=EMPTY)
        found = []
        for hours in (1, 13, 24):
            clock.move_to(EVENING + timedelta(hours=hours))
            tasks.tick()
            send_due_invitations()
            forget_invitations()
            found += told()
        return [*found, log.getvalue()]


@pytest.mark.parametrize("act", [*ACTS, *MORE], ids=lambda act: act.__name__)
def test_the_tools_say_the_same_with_and_without(
    alice: User, bob: User, smtp: Mailbox, settings: Settings, log: io.StringIO, act: Act
) -> None:
    live_months(alice, bob)
    settings.NEARER_STATUS_TOKEN = TOKEN
    found = an_evening(alice, act, log)
    tools = (len(found) - 1) // 3
    assert [len(set(found[number:-1:tools])) for number in range(tools)] == [1] * tools
    assert '{"well": true, "why": []}' in found[0]
    assert found[1] == '{\n  "well": true,\n  "why": []\n}\n'
    assert found[2] == "Wrapped anew. When tests may be taken out: nearer keys check\n"
    assert found[3] == "Every key opens.\nnew wraps nothing yet: nearer keys rotate says what comes next.\n"
    assert found[-1] == ""  # the log


def test_a_mail_server_that_is_away_is_said_whoever_has_a_mail_coming(
    alice: User, bob: User, settings: Settings, log: io.StringIO, smtp: Mailbox
) -> None:
    settings.NEARER_STATUS_TOKEN, settings.EMAIL_PORT = TOKEN, 1
    with time_machine.travel(EVENING + timedelta(days=1), tick=False) as clock:
        said = []
        for act in (None, stops_everything):
            if act is not None:
                act(alice, EVENING)
                act(bob, EVENING)
            tasks.tick()
            page = Client().get("/status/", headers={"Authorization": f"Bearer {TOKEN}"})
            said.append((page.status_code, page.json(), log.getvalue()))
            log.seek(0)
            log.truncate()
            clock.shift(timedelta(hours=1))
    assert said[0] == said[1]
    assert said[0][1] == {"well": False, "why": ["The mail server doesn't answer."]}
    assert said[0][2].startswith("the mail server doesn't answer: ConnectionRefusedError\n")


def test_what_is_away_is_not_said_while_somebody_presses_a_button(
    alice: User, bob: User, settings: Settings, log: io.StringIO
) -> None:
    """Stop Redis, and a line for each time Alice signs in, blocks somebody or has a mail sent would say when."""
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    acts: list[Act] = [signs_in_wrongly, has_one_sent_now, blocks_somebody]
    for act in acts:
        act(alice, EVENING)
    assert log.getvalue() == ""
    for number in range(FEW):
        person(f"P{number}")
    blocks_somebody(alice, EVENING)
    assert "the cache is away: ConnectionError" in log.getvalue()


def test_few_are_fewer_than_twenty(alice: User) -> None:
    already = EmailAddress.objects.count()
    for number in range(already, FEW):
        assert is_few()
        person(f"P{number}")
    assert not is_few()


def test_there_was_something_to_tell(alice: User, bob: User, smtp: Mailbox, log: io.StringIO) -> None:
    """Otherwise the comparison above compares nothing: her mail goes out, or is skipped for a reason."""
    reasons = set()
    acts: list[Act | None] = [None, stops_everything, keeps]
    for act in acts:
        Reminder.objects.all().delete()
        an_evening(alice, act, log)
        reasons |= set(Reminder.objects.filter(user=alice).values_list("state", "reason"))
    assert len(reasons) > 1
