"""Mail servers that misbehave: refusing, stalling, hanging up, slow."""

import os
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from accounts.smtp import LEASE
from reminders import delivery
from reminders.models import Reminder
from tests.faults.crowd import (
    A_DAY,
    DUE,
    SENT,
    Hands,
    became,
    crowd,
    promise,
    say,
)
from tests.faults.racing import track
from tests.faults.scripted_smtp import Act, ScriptedSMTP, When, refuse, reset, stall
from tests.faults.worker import Clock

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


@pytest.fixture
def patience(settings: Any) -> float:
    """Seconds this process waits for a mail server's answer: a hundred times what a mail takes that isn't stalled."""
    settings.EMAIL_TIMEOUT_WORKER = 2
    return 2


def deliver_until_settled(rows: list[Reminder], hands: Hands, rounds: int = 12) -> None:
    """Deliver, and again whenever a pause is over."""
    for _ in range(rounds):
        delivery.deliver(clock=hands)
        left = Reminder.objects.unsettled().order_by("not_before").first()
        if left is None:
            return
        assert left.not_before is not None
        hands.now = left.not_before
    raise AssertionError(Counter(map(became, rows)))


def tries_at(smtp: ScriptedSMTP, *acts: Act, others: int = 3) -> tuple[tuple[str, str], int, int, list[str]]:
    """One mail that meets these acts, among `others`: how it ended, copies in, tries, and the reasons on the way."""
    people = crowd(others + 1)
    rows = promise(people)
    ours, victim = rows[1], people[1]
    smtp.script(victim.email, *acts)
    hands, reasons = Hands(), []
    for _ in range(12):
        delivery.deliver(clock=hands)
        became(ours)
        if ours.settled_at is not None:
            break
        assert ours.not_before is not None
        reasons.append(ours.reason)
        hands.now = ours.not_before
    deliver_until_settled(rows, hands)
    delivery.deliver(clock=Hands(hands.now + timedelta(hours=5)))  # and it stays so
    assert {became(row) for row in rows if row is not ours} == {("sent", "")}
    assert {smtp.to(user.email) for user in people if user is not victim} == {1}
    return became(ours), smtp.to(victim.email), smtp.tries[victim.email], reasons


LATER, BUSY = refuse("450 4.2.1 later"), refuse("451 4.3.0 busy", When.GIVEN)
STALL = stall(60)


@pytest.mark.parametrize(
    ("acts", "ended", "copies", "tries", "reasons"),
    [
        pytest.param(
            [LATER, BUSY, LATER], SENT, 1, 4, ["deferred 450", "deferred 451", "deferred 450"], id="4xx"
        ),
        pytest.param([LATER] * 9, ("dead", "deferred 450"), 0, 5, ["deferred 450"] * 4, id="4xx for good"),
        pytest.param([refuse("554 5.7.1 no")], ("dead", "refused 554"), 0, 1, [], id="5xx"),
        pytest.param([refuse("554 no", When.GIVEN)], ("dead", "refused 554"), 0, 1, [], id="5xx at the end"),
        pytest.param([STALL], SENT, 2, 2, ["ambiguous"], id="one stall"),
        pytest.param([STALL] * 9, ("dead", "ambiguous"), 2, 2, ["ambiguous"], id="stalls for good"),
        pytest.param([stall(60, When.NAMED)], SENT, 1, 2, ["no answer"], id="stall before handing over"),
        pytest.param([reset(When.NAMED)] * 2, SENT, 1, 3, ["no answer"] * 2, id="reset at the recipient"),
        pytest.param([reset(When.GIVEN)], SENT, 2, 2, ["ambiguous"], id="reset after, taken"),
        pytest.param(
            [reset(When.GIVEN, takes=False)], SENT, 1, 2, ["ambiguous"], id="reset after, not taken"
        ),
        pytest.param(
            [reset(When.GIVEN)] * 9, ("dead", "ambiguous"), 2, 2, ["ambiguous"], id="resets for good"
        ),
    ],
)
def test_what_becomes_of_a_mail_that_the_server_treats_badly(
    smtp: ScriptedSMTP,
    patience: float,
    request: pytest.FixtureRequest,
    acts: list[Act],
    ended: tuple[str, str],
    copies: int,
    tries: int,
    reasons: list[str],
) -> None:
    found = tries_at(smtp, *acts)
    say(f"{request.node.callspec.id}: {found[0]}, {found[1]} copies, {found[2]} tries, on the way {found[3]}")
    assert found == (ended, copies, tries, reasons)


def test_reset_when_the_mail_is_announced_is_not_ambiguous(smtp: ScriptedSMTP, patience: float) -> None:
    """DATA was said, nothing was handed over; whoever can't tell may call it ambiguous, once."""
    ended, copies, tries, reasons = tries_at(smtp, reset(When.ASKED))
    say(f"reset at DATA: {ended}, {copies} copies, {tries} tries, on the way {reasons}")
    assert (ended, copies, tries) == (SENT, 1, 2)


def test_an_address_that_does_not_exist_gets_nothing_more_until_it_is_another(smtp: ScriptedSMTP) -> None:
    people = crowd(2)
    gone, other = people
    rows = promise(people)
    smtp.script(gone.email, refuse("550 5.1.1 no such person"))
    delivery.deliver(clock=Hands())
    assert [became(row) for row in rows] == [("dead", "refused 550"), SENT]
    tomorrow = promise(people, due=DUE + A_DAY)
    delivery.deliver(clock=Hands(DUE + A_DAY))
    assert [became(row) for row in tomorrow] == [("skipped", "no such address"), SENT]
    assert smtp.tries[gone.email] == 1
    address = f"{uuid4()}@example.test"
    User.objects.filter(pk=gone.pk).update(email=address)
    EmailAddress.objects.filter(user=gone).update(email=address)
    after = promise(people, due=DUE + 2 * A_DAY)
    delivery.deliver(clock=Hands(DUE + 2 * A_DAY))
    assert [became(row) for row in after] == [SENT, SENT]
    say(f"550 5.1.1: dead, then skipped unseen, then {smtp.to(address)} to the new address")
    assert (smtp.to(gone.email), smtp.to(address), smtp.to(other.email)) == (0, 1, 3)


def test_a_slow_server_gets_each_mail_once_though_leases_run_out_behind_it(smtp: ScriptedSMTP) -> None:
    """Five mails in two seconds, and a batch that takes longer than a lease: two deliverers share it out in the end."""
    smtp.pace, speed = (
        0.4,
        5,
    )  # a lease lasts as long as thirteen mails, and what holds one up for seconds ends none
    people = crowd(24)
    rows = promise(people)
    clock = Clock(time.time() - 120 / speed, speed)
    began = time.monotonic()
    with track(2) as lanes:

        def late() -> int:
            time.sleep(1.2 * LEASE.total_seconds() / speed)
            return delivery.deliver(clock=clock)

        results = lanes.race(partial(delivery.deliver, clock=clock), late)
    copies = smtp.copies()
    say(f"slow: 24 mails in {time.monotonic() - began:.1f} s, handled {results}, {copies.total() - 24} twice")
    assert {became(row) for row in rows} == {SENT}
    assert set(copies.values()) == {1}
    assert len(copies) == 24
    assert min(results) > 0  # the other one did take over
