from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.leaving import erase
from accounts.models import DataKey, LogEntry, User
from checkins import writing
from checkins.models import CheckIn
from checkins.reading import evening
from couples import pairing, parting
from couples.access import seats_of
from couples.models import Couple, Invitation, Partner
from tests.cast import NOW, person, seat, words

DAY = NOW.date()
NOTICED = datetime(2026, 12, 2, 4, tzinfo=UTC)  # two weeks after that Day
ALICES = {"rose": "the frost on the fence", "bud": "", "thorn": ""}
BOBS = {"rose": "", "bud": "the ferry", "thorn": ""}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_either_ends_it_alone_and_both_are_equal_afterwards(alice: User, bob: User, who: str) -> None:
    couple = seat(alice).couple
    assert parting.part(by={"alice": alice, "bob": bob}[who], now=NOW)
    couple.refresh_from_db()
    assert couple.closed_at == NOW
    states = []
    for user in (alice, bob):
        own, other = seats_of(user)
        assert other is None
        assert own.couple_id != couple.pk
        states.append((own.seat, own.sat_at, own.notice_until, own.couple.paired, own.couple.opened_at))
    assert states[0] == states[1] == (1, NOW, NOTICED, False, NOW)
    assert seat(alice).couple_id != seat(bob).couple_id
    keys = {couple.key_id, seat(alice).couple.key_id, seat(bob).couple.key_id, alice.key_id, bob.key_id}
    assert len(keys) == 5


@pytest.mark.parametrize("leave", ["part", "erase"])
def test_the_others_log_has_the_day_they_read_it_and_no_minute(
    alice: User, bob: User, signed_in: Callable[[User], Client], leave: str
) -> None:
    """Whenever she left, nothing in his log differs; her own has her own minute."""
    logs = []
    for minutes in (0, 1, 47):
        with transaction.atomic():
            when = NOW - timedelta(hours=3) + timedelta(minutes=minutes)
            if leave == "part":
                parting.part(by=alice, now=when)
                assert [(one.what, one.at) for one in LogEntry.objects.of(alice)] == [("parted", when)]
            else:
                erase(User.objects.get(pk=alice.pk), now=when)
            assert not LogEntry.objects.of(bob).exists()
            client = signed_in(bob)
            LogEntry.objects.all().delete()
            with time_machine.travel(NOW, tick=False):
                for _twice in range(2):
                    client.post(reverse("couples:notice_read"))
                body = client.get("/settings/log/").content.decode()
            logs.append([(one.what, one.at) for one in LogEntry.objects.of(bob)])
            assert '<time class="meta" datetime="2026-11-18">Wednesday 18 November</time>' in body
            transaction.set_rollback(True)
    assert logs[0] == logs[1] == logs[2] == [("alone", NOW.replace(hour=12))]


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_notice_goes_as_a_day_ends_whenever_in_it_the_other_left(
    alice: User, bob: User, zone: str
) -> None:
    User.objects.filter(pk=bob.pk).update(zone=zone)
    ends = set()
    for minutes in (0, 1, 47):
        with transaction.atomic():
            parting.part(by=alice, now=NOW + timedelta(minutes=minutes))
            until = seat(bob).notice_until
            assert until is not None
            ends.add(until.astimezone(ZoneInfo(zone)))
            transaction.set_rollback(True)
    [end] = ends
    assert (end.hour, end.minute) == (4, 0)


def test_twice_by_one_or_by_both_is_harmless(alice: User, bob: User) -> None:
    assert parting.part(by=alice, now=NOW)
    seats = set(Partner.objects.values_list("pk", flat=True))
    later = NOW + timedelta(minutes=1)
    assert not parting.part(by=alice, now=later)
    assert not parting.part(by=bob, now=later)
    assert set(Partner.objects.values_list("pk", flat=True)) == seats


def test_alone_there_is_nothing_to_end(dana: User) -> None:
    sole = seat(dana)
    assert not parting.part(by=dana, now=NOW)
    assert seat(dana) == sole


def test_from_then_on_each_reads_only_their_own_words(alice: User, bob: User) -> None:
    writing.write(by=seat(alice), day=DAY, words=words(ALICES), share=True, now=NOW)
    writing.write(by=seat(bob), day=DAY, words=words(BOBS), share=True, now=NOW)
    before = {user: seat(user) for user in (alice, bob)}
    assert evening(before[bob], DAY, now=NOW).theirs is not None
    parting.part(by=alice, now=NOW)
    for user, own in ((alice, ALICES), (bob, BOBS)):
        for place in (seat(user), before[user]):  # the new seat, and an old one somebody still holds
            assert evening(place, DAY, now=NOW).theirs is None
            assert not CheckIn.objects.shared_with(place).exists()
        mine = evening(seat(user), DAY, now=NOW).mine
        assert mine is not None
        assert dict(mine.lines) == {kind: line for kind, line in own.items() if line}


def test_an_open_invitation_ends_with_it(alice: User, bob: User) -> None:
    """There is none while paired; one left from an older version of events must not outlive the parting."""
    left = Invitation.objects.create(
        inviter=alice,
        code_hash="x" * 64,
        code="lamp-lamp-lamp-0001",
        created_at=NOW,
        expires_at=NOW + timedelta(days=3),
    )
    parting.part(by=bob, now=NOW)
    left.refresh_from_db()
    assert left.ended_at == NOW


def test_the_notice_goes_when_it_was_read_for_that_person_only(alice: User, bob: User) -> None:
    parting.part(by=alice, now=NOW)
    parting.notice_read(by=bob, now=NOW)
    parting.notice_read(by=bob, now=NOW)
    assert seat(bob).notice_until is None
    assert seat(alice).notice_until == NOTICED


def test_when_the_others_account_goes_it_is_a_parting(alice: User, bob: User) -> None:
    writing.write(by=seat(alice), day=DAY, words=words(ALICES), share=True, now=NOW)
    writing.write(by=seat(bob), day=DAY, words=words(BOBS), share=True, now=NOW)
    key = bob.key_id
    erase(bob, now=NOW)
    own, other = seats_of(alice)
    assert other is None
    assert not own.couple.paired
    assert own.notice_until == NOTICED
    mine = evening(own, DAY, now=NOW).mine
    assert mine is not None
    assert mine.rose == ALICES["rose"]
    assert not CheckIn.objects.exclude(author=alice).exists()
    assert not DataKey.objects.filter(pk=key).exists()
    assert not parting.part(by=alice, now=NOW)


def test_parted_first_and_erased_then_leaves_the_other_as_they_were(alice: User, bob: User) -> None:
    parting.part(by=alice, now=NOW)
    mine = seat(alice)
    erase(bob, now=NOW + timedelta(days=1))
    assert seat(alice) == mine
    assert not User.objects.filter(pk=bob.pk).exists()
    erase(alice, now=NOW + timedelta(days=2))
    assert not Couple.objects.exists()
    assert not DataKey.objects.exists()


def test_coming_back_together_needs_a_new_invitation_and_restores_nothing(alice: User, bob: User) -> None:
    writing.write(by=seat(alice), day=DAY, words=words(ALICES), share=True, now=NOW)
    writing.write(by=seat(bob), day=DAY, words=words(BOBS), share=True, now=NOW)
    old = seat(alice).couple
    parting.part(by=alice, now=NOW)
    later = NOW + timedelta(minutes=1)
    invitation = pairing.accept(pairing.invite(by=bob, now=later).code, by=alice, now=later)
    pairing.confirm(invitation.pk, by=alice, now=later)
    couple = pairing.confirm(invitation.pk, by=bob, now=later)
    assert couple is not None
    assert couple.pk != old.pk
    assert couple.key_id != old.key_id
    for user in (alice, bob):
        assert seat(user).couple == couple
        assert seat(user).notice_until is None
        assert evening(seat(user), DAY, now=NOW).theirs is None
        assert evening(seat(user), DAY, now=NOW).mine is not None


def test_somebody_elses_couple_is_untouched(alice: User, charlie: User) -> None:
    theirs = seat(charlie)
    parting.part(by=alice, now=NOW)
    assert seat(charlie) == theirs
    assert not seat(charlie).couple.closed_at


@pytest.mark.django_db
def test_a_person_erased_alone_leaves_nothing() -> None:
    gone = person("Gone")
    pairing.invite(by=gone, now=NOW)
    erase(gone, now=NOW)
    erase(gone, now=NOW)
    for model in (User, Couple, Partner, Invitation, DataKey):
        assert not model._default_manager.exists(), model


def test_the_pages_that_are_read_before_leaving_say_what_goes_on_and_what_stays(
    alice: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(alice)
    for page in ("couples:part", "accounts:delete", "accounts:safety"):
        said = client.get(reverse(page)).content.decode()
        assert "go quiet" not in said  # the check-in's don't
        assert ("goes on as it was" in said) == (page != "accounts:safety")
        assert "agreed" in said or page == "accounts:delete"  # the notes of both stay readable
        assert "lists you made together" in said or "lists of wishes" in said
