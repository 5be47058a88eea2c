import os
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.smtp import LEASE
from checkins import writing
from couples import parting
from reminders import delivery, emails, kinds, planning, preferences
from reminders.models import Choice, Reminder, State
from tests.cast import NOW, person, seat, words
from tests.faults.racing import track
from tests.reminders.ledger import KIND, planned, state, wants

DUE = NOW + timedelta(minutes=2)
A_SECOND = timedelta(seconds=1)


def claim(now: datetime = DUE, limit: int = 100) -> tuple[UUID, list[Reminder]]:
    owner = uuid4()
    return owner, delivery.claim(owner=owner, now=now, limit=limit)


def test_only_what_is_due_is_claimed(dana: User) -> None:
    row = planned(dana)
    assert claim(DUE - A_SECOND)[1] == []
    owner, (held,) = claim()
    assert (held.pk, held.owner, held.lease_until, held.attempts) == (row.pk, owner, DUE + LEASE, 0)
    assert claim()[1] == []


def test_a_batch_has_a_limit_and_the_oldest_come_first(db: None) -> None:
    crowd = [person(f"P{number}") for number in range(5)]
    for number, user in enumerate(crowd):
        planned(user, at=time(19, 5 - number))
    late = NOW + timedelta(minutes=10)
    (_, first), (_, second), (_, third) = claim(late, 2), claim(late, 2), claim(late, 2)
    assert [row.user_id for row in first + second + third] == [user.pk for user in reversed(crowd)]


def test_a_lease_that_ran_out_is_taken_over_and_the_first_owner_finds_out(dana: User) -> None:
    row = planned(dana)
    first, _ = claim()
    assert claim(DUE + LEASE)[1] == []  # to the second it still holds
    second, (held,) = claim(DUE + LEASE + A_SECOND)
    assert held.attempts == 0  # nobody has tried it yet
    assert not delivery.renew(row, first, now=DUE + LEASE)
    assert not delivery.settle(row, first, State.SENT, now=DUE)
    delivery.put_back(held, first, now=DUE, reason="no answer")
    assert state(row) == ("claimed", "")
    assert delivery.renew(row, second, now=DUE + LEASE)
    assert delivery.settle(row, second, State.SENT, now=DUE)
    assert not delivery.settle(row, second, State.SKIPPED, now=DUE)  # settled once
    assert state(row) == ("sent", "")


def test_renewing_keeps_it_for_another_lease(dana: User) -> None:
    row = planned(dana)
    owner, _ = claim()
    assert delivery.renew(row, owner, now=DUE + LEASE)
    row.refresh_from_db()
    assert row.attempts == 1  # from here on it is tried
    assert claim(DUE + LEASE + LEASE)[1] == []


def test_renewing_settles_the_mail_before_it_and_only_that(dana: User, alice: User, bob: User) -> None:
    before, row, other = planned(dana), planned(alice), planned(bob)
    owner, _ = claim()
    fresh = delivery.renew(row, owner, now=DUE + A_SECOND, sent=before)
    assert fresh is not None
    assert (fresh.pk, fresh.user, fresh.attempts) == (row.pk, alice, 1)
    before.refresh_from_db()
    assert (before.state, before.settled_at, before.owner) == (State.SENT, DUE + A_SECOND, None)
    other.refresh_from_db()
    assert (other.state, other.attempts, other.lease_until) == (State.CLAIMED, 0, DUE + LEASE)


def test_what_was_taken_over_is_not_settled_along_with_the_next(dana: User, alice: User) -> None:
    before, row = planned(dana), planned(alice)
    owner, _ = claim()
    Reminder.objects.filter(pk=before.pk).update(owner=uuid4())
    assert delivery.renew(row, owner, now=DUE, sent=before)
    assert state(before) == ("claimed", "")


def test_the_mail_before_it_is_settled_though_this_one_is_gone(dana: User, alice: User) -> None:
    before, row = planned(dana), planned(alice)
    owner, _ = claim()
    preferences.stop(user=alice, kind=KIND, now=DUE)
    assert delivery.renew(row, owner, now=DUE, sent=before) is None
    assert state(before) == ("sent", "")


@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite needs no way to a server")
def test_a_mail_is_one_statement(dana: User, alice: User) -> None:
    before, row = planned(dana), planned(alice)
    owner, _ = claim()
    delivery.renew(before, owner, now=DUE)
    with CaptureQueriesContext(connection) as asked:
        fresh = delivery.renew(row, owner, now=DUE, sent=before)
        assert fresh is not None
        assert delivery.skip_reason(fresh, now=DUE) is None
        assert emails.reminder(fresh).to == [alice.email]
    assert len(asked) == 1


@pytest.mark.parametrize("name", sorted(kind.name for kind in kinds.every()))
def test_the_statement_of_every_kind_looks_as_its_queryset_does(alice: User, bob: User, name: str) -> None:
    before, row = planned(alice), planned(bob)
    Reminder.objects.filter(pk=row.pk).update(kind=name)
    row.refresh_from_db()
    owner, _ = claim()
    for moment in (DUE, DUE + A_SECOND):  # planned by the server, and as it was planned
        fresh = delivery.renew(row, owner, now=moment, sent=before)
        looked = Reminder.objects.with_delivery_state().with_last_look(row).get(pk=row.pk)
        assert fresh is not None
        assert fresh.__dict__.keys() == looked.__dict__.keys()
        for told in (
            "kind_skips",
            "proven",
            "wanted",
            "chosen_at",
            "attempts",
            "day",
            "due_at",
            "message_id",
        ):
            assert getattr(fresh, told) == getattr(looked, told), told
        assert (fresh.user, fresh.user.email, fresh.user.zone) == (bob, bob.email, bob.zone)


def test_stopping_reaches_what_is_claimed_already(dana: User) -> None:
    row = planned(dana)
    owner, _ = claim()
    preferences.stop(user=dana, kind=KIND, now=DUE)
    assert state(row) == ("skipped", "unsubscribed")
    assert not delivery.renew(row, owner, now=DUE)
    assert claim(DUE + timedelta(hours=1))[1] == []


JOINT = {"pages_open", "challenge_day", "date", "occasion", "talk_laid_out", "talk_soon"}


def test_every_kind_is_about_the_two_or_ones_own() -> None:
    assert {kind.name for kind in kinds.every() if kind.joint} == JOINT
    assert {kind.name for kind in kinds.every() if not kind.joint} == {"check_in", "week_letter", "habit"}


@pytest.mark.parametrize("kind", sorted(JOINT))
def test_parting_skips_what_is_about_the_two_and_switches_it_off_for_both(
    alice: User, bob: User, kind: str
) -> None:
    rows = [planned(alice), planned(bob)]
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(kind=kind)
    owner, _ = claim()
    parting.part(by=alice, now=DUE)
    for row in rows:
        assert state(row) == ("skipped", "called off")
        assert not delivery.renew(row, owner, now=DUE)
    assert not Choice.objects.filter(user__in=[alice, bob], wanted=True, kind__in=JOINT).exists()


def test_parting_leaves_alone_what_is_ones_own_and_what_was_asked_for_there_and_then(
    alice: User, bob: User
) -> None:
    rows = [planned(alice), planned(bob)]
    for kind in ("check_in", "date", "talk_laid_out"):
        preferences.ask_now(user=bob, kind=kind, now=DUE)
    owner, _ = claim()
    before = list(Choice.objects.filter(kind="check_in").order_by("pk").values())
    ledger = list(Reminder.objects.order_by("pk").values())
    parting.part(by=alice, now=DUE)
    assert list(Choice.objects.filter(kind="check_in").order_by("pk").values()) == before
    assert list(Reminder.objects.order_by("pk").values()) == ledger
    assert all(delivery.renew(row, owner, now=DUE) for row in rows)


def test_put_back_with_growing_pauses_until_it_is_given_up(dana: User) -> None:
    row = planned(dana)
    moment, pauses = DUE, []
    for _ in range(delivery.TRIES):
        owner, _ = claim(moment)
        assert delivery.renew(row, owner, now=moment)
        row.refresh_from_db()
        delivery.put_back(row, owner, now=moment, reason="deferred 450")
        row.refresh_from_db()
        if row.state == State.PENDING:
            assert row.not_before is not None
            assert claim(row.not_before - A_SECOND)[1] == []
            pauses.append(row.not_before - moment)
            moment = row.not_before
    assert pauses == sorted(set(pauses))
    assert len(pauses) == delivery.TRIES - 1
    assert state(row) == ("dead", "deferred 450")


def test_nothing_is_put_back_beyond_its_day(dana: User) -> None:
    row = planned(dana)
    late = row.expires_at - timedelta(seconds=30)
    owner, (held,) = claim(late)
    delivery.put_back(held, owner, now=late, reason="no answer")
    assert state(row) == ("dead", "no answer")


# --- the last look before sending ------------------------------------------------------------------


def skip_reason(row: Reminder, now: datetime = DUE) -> tuple[str, str] | None:
    fresh = Reminder.objects.with_delivery_state().with_last_look(row).get(pk=row.pk)
    verdict = delivery.skip_reason(fresh, now=now)
    return (str(verdict[0]), verdict[1]) if verdict else None


def test_otherwise_it_goes_out(dana: User) -> None:
    assert skip_reason(planned(dana)) is None


def test_too_late(dana: User) -> None:
    row = planned(dana)
    assert skip_reason(row, row.expires_at - A_SECOND) is None
    assert skip_reason(row, row.expires_at) == ("expired", "too late")


def test_inactive(dana: User) -> None:
    row = planned(dana)
    User.objects.filter(pk=dana.pk).update(is_active=False)
    assert skip_reason(row) == ("skipped", "inactive")


def test_a_kind_whose_room_is_gone(dana: User) -> None:
    row = planned(dana)
    Reminder.objects.update(kind="gone")
    assert skip_reason(row) == ("skipped", "inactive")


@pytest.mark.parametrize("how", ["unproven", "another address", "none"])
def test_unverified(dana: User, how: str) -> None:
    row = planned(dana)
    mine = EmailAddress.objects.filter(user=dana)
    if how == "unproven":
        mine.update(verified=False)
    elif how == "another address":
        mine.update(email="other@example.test")
    else:
        mine.delete()
    assert skip_reason(row) == ("skipped", "unverified")


def test_unsubscribed_though_the_row_was_left_open(dana: User) -> None:
    row = planned(dana)
    Choice.objects.filter(user=dana).update(wanted=False, next_at=None)
    assert skip_reason(row) == ("skipped", "unsubscribed")


@pytest.mark.parametrize("share", [True, False])
def test_done(alice: User, share: bool) -> None:
    row = planned(alice)
    lines = {"rose": "x", "bud": "", "thorn": ""}
    before = NOW - timedelta(days=1)
    writing.write(by=seat(alice), day=before.date(), words=words(lines), share=share, now=before)
    assert skip_reason(row) is None  # yesterday's is not today's
    writing.write(by=seat(alice), day=NOW.date(), words=words(lines), share=share, now=NOW)
    assert skip_reason(row) == ("skipped", "done")


def test_what_the_partner_did_is_no_reason(alice: User, bob: User) -> None:
    row = planned(alice)
    lines = {"rose": "x", "bud": "", "thorn": ""}
    writing.write(by=seat(bob), day=NOW.date(), words=words(lines), share=True, now=NOW)
    assert skip_reason(row) is None


def test_too_many_tries(dana: User) -> None:
    row = planned(dana)
    Reminder.objects.update(attempts=delivery.TRIES + 1)  # owners that died each time
    assert skip_reason(row) == ("dead", "too many tries")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
def test_no_row_goes_to_two_owners() -> None:
    crowd = [person(f"Person{number}") for number in range(20)]
    for user in crowd:
        wants(user)
    handed_out = 0
    planning.plan(now=NOW)
    with track(4) as lanes:
        for number in range(4):
            moment = DUE + number * (LEASE + A_SECOND)  # each time the leases of the last round have run out
            results = lanes.race(*[partial(claim, moment, 8)] * 4)
            held = [row.pk for _owner, rows in results for row in rows]
            assert len(held) == len(set(held))
            handed_out += len(held)
            for owner, rows in results:
                assert {row.owner for row in rows} <= {owner}
    assert handed_out >= 4 * 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
@pytest.mark.parametrize("locked", ["sent", "next"])
def test_what_somebody_stops_at_that_moment_is_not_waited_for(locked: str) -> None:
    """Each would hold what the other waits for: whoever parts changes the rows of both, one after the other."""
    one, two = planned(person("One")), planned(person("Two"))
    owner, _ = claim()
    stopping, renewed = threading.Event(), threading.Event()

    def stop() -> None:
        with transaction.atomic():
            held = Reminder.objects.filter(pk=one.pk if locked == "sent" else two.pk)
            assert held.skip("unsubscribed", now=DUE)
            stopping.set()
            assert renewed.wait(20)

    def renew() -> bool:
        assert stopping.wait(20)
        try:
            return delivery.renew(two, owner, now=DUE, sent=one) is not None
        finally:
            renewed.set()

    with track(2) as lanes:
        results = lanes.race(stop, renew)
    assert results == [None, locked == "sent"]
    if locked == "sent":
        assert (state(one), state(two)) == (("skipped", "unsubscribed"), ("claimed", ""))
    else:
        assert (state(one), state(two)) == (("sent", ""), ("skipped", "unsubscribed"))


class LettingGo(EmailBackend):
    """A mail server before which whoever is at a row lets go of it."""

    let_go: Callable[[], object] = staticmethod(lambda: None)

    def send_messages(self, messages: Any) -> int:
        LettingGo.let_go()
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
def test_what_somebody_was_at_for_a_moment_is_sent_in_the_same_round(settings: Any) -> None:
    """Another claim that comes across a taken row holds it until it is over: that is no reason to wait for a lease."""
    settings.EMAIL_BACKEND, settings.EMAIL_CONNECTIONS = f"{__name__}.LettingGo", 1
    first, second = planned(person("First")), planned(person("Second"), at=time(19, 3))
    now = DUE + timedelta(minutes=1)
    claimed, held, let_go, gone = (threading.Event() for _ in range(4))

    def wait() -> None:
        let_go.set()
        gone.wait(20)

    def hold() -> None:
        claimed.wait(20)
        with transaction.atomic():
            Reminder.objects.select_for_update().get(pk=first.pk)
            held.set()
            let_go.wait(20)
        gone.set()

    LettingGo.let_go = wait

    def clock() -> datetime:
        """The second who asks has claimed both, and is about to look at the first."""
        if claimed.is_set() or Reminder.objects.filter(state=State.CLAIMED).exists():
            claimed.set()
            held.wait(20)
        return now

    with track(2) as lanes:
        _, handled = lanes.race(hold, lambda: delivery.deliver(clock=clock))
    assert handled == 2
    assert [state(row) for row in (first, second)] == [("sent", "")] * 2
