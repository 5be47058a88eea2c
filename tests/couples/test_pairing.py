import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import DataKey, LogEntry, User
from checkins import writing
from checkins.models import CheckIn
from checkins.reading import evening
from couples import codes, pairing
from couples.access import seats_of
from couples.errors import InvitationNotOpen
from couples.models import Couple, Invitation, Partner
from tests.cast import NOW, person, seat, words

LATER = NOW + timedelta(minutes=5)
DAY = NOW.date()
PLANTED = {"rose": "the frost on the fence", "bud": "", "thorn": ""}


def asked(inviter: User, accepter: User) -> Invitation:
    """An invitation that was taken up and waits for two confirmations."""
    return pairing.accept(pairing.invite(by=inviter, now=NOW).code, by=accepter, now=NOW)


def words_of(user: User) -> tuple[str, str]:
    pending = pairing.pending_for(user, now=LATER)
    assert pending is not None
    return pending.words


def live_couples(user: User) -> list[Couple]:
    return [seat.couple for seat in Partner.objects.live().of(user).select_related("couple")]


def test_both_see_the_same_two_words_and_another_accepter_would_see_others(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    assert words_of(dana) == words_of(erin)
    assert len(set(words_of(dana))) == 2
    frank = person("Frank")
    assert codes.two_words(invitation.pk, frank.pk) != words_of(dana)
    assert codes.two_words(uuid4(), erin.pk) != words_of(dana)


def test_confirmed_by_one_nothing_is_joined_and_the_other_sees_no_sign(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    before = pairing.pending_for(dana, now=LATER)
    assert pairing.confirm(invitation.pk, by=erin, now=LATER) is None
    assert not seat(dana).couple.paired
    assert not seat(erin).couple.paired
    after = pairing.pending_for(dana, now=LATER)
    assert before is not None
    assert after is not None
    assert (before.words, before.confirmed) == (after.words, after.confirmed) == (words_of(dana), False)
    mine = pairing.pending_for(erin, now=LATER)
    assert mine is not None
    assert mine.confirmed


def test_confirmed_twice_by_one_is_still_one(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    assert pairing.confirm(invitation.pk, by=erin, now=LATER) is None
    assert pairing.confirm(invitation.pk, by=erin, now=LATER) is None
    assert not seat(erin).couple.paired


@pytest.mark.parametrize("inviter_first", [True, False])
def test_confirmed_by_both_they_are_a_couple(dana: User, erin: User, inviter_first: bool) -> None:
    alone = {seat(dana).couple, seat(erin).couple}
    invitation = asked(dana, erin)
    order = [dana, erin] if inviter_first else [erin, dana]
    pairing.confirm(invitation.pk, by=order[0], now=LATER)
    couple = pairing.confirm(invitation.pk, by=order[1], now=LATER)
    assert couple is not None
    assert couple.paired
    own, other = seats_of(dana)
    assert (own.couple, own.user_id) == (couple, dana.pk)
    assert other is not None
    assert (other.couple, other.user_id) == (couple, erin.pk)
    assert {own.seat, other.seat} == {1, 2}
    assert couple not in alone
    assert {row.closed_at for row in Couple.objects.filter(pk__in=[one.pk for one in alone])} == {LATER}
    assert couple.key_id not in {one.key_id for one in alone}
    for person_ in (dana, erin):
        assert live_couples(person_) == [couple]
    # and once more by either: the same couple, nothing new
    assert pairing.confirm(invitation.pk, by=dana, now=LATER) == couple
    assert pairing.confirm(invitation.pk, by=erin, now=LATER) == couple
    assert Couple.objects.filter(paired=True, closed_at__isnull=True).count() == 1


@pytest.mark.parametrize("inviter_first", [True, False])
def test_each_log_has_when_oneself_confirmed_and_never_when_the_other_did(
    dana: User, erin: User, inviter_first: bool
) -> None:
    invitation = asked(dana, erin)
    order = [dana, erin] if inviter_first else [erin, dana]
    for minutes, person_ in enumerate(order):
        for _twice in range(2):
            pairing.confirm(invitation.pk, by=person_, now=LATER + timedelta(minutes=minutes))
    for minutes, person_ in enumerate(order):
        [entry] = LogEntry.objects.of(person_).filter(what=LogEntry.What.PAIRED)
        assert entry.at == LATER + timedelta(minutes=minutes)


def test_somebody_else_cannot_confirm(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    with pytest.raises(InvitationNotOpen):
        pairing.confirm(invitation.pk, by=person("Frank"), now=LATER)
    with pytest.raises(InvitationNotOpen):
        pairing.confirm(uuid4(), by=dana, now=LATER)


def test_an_invitation_nobody_took_up_cannot_be_confirmed(dana: User) -> None:
    invitation = pairing.invite(by=dana, now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.confirm(invitation.pk, by=dana, now=LATER)


def test_too_late_it_cannot_be_confirmed(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    late = datetime(2026, 11, 22, tzinfo=UTC)  # 72 hours, and on to the next midnight
    assert pairing.pending_for(dana, now=late - timedelta(seconds=1)) is not None
    assert pairing.pending_for(dana, now=late) is None
    with pytest.raises(InvitationNotOpen):
        pairing.confirm(invitation.pk, by=dana, now=late)


@pytest.mark.parametrize("who", ["dana", "erin"])
def test_either_stops_it_and_nothing_is_joined(dana: User, erin: User, who: str) -> None:
    invitation = asked(dana, erin)
    pairing.confirm(invitation.pk, by=erin, now=LATER)
    by = {"dana": dana, "erin": erin}[who]
    other = {"dana": erin, "erin": dana}[who]
    pairing.stop(invitation.pk, by=by, now=LATER)
    pairing.stop(invitation.pk, by=by, now=LATER)
    with pytest.raises(InvitationNotOpen):
        pairing.confirm(invitation.pk, by=by, now=LATER)
    assert pairing.pending_for(by, now=LATER) is None
    assert pairing.confirm(invitation.pk, by=other, now=LATER) is None
    assert not Couple.objects.filter(paired=True, closed_at__isnull=True).exists()
    pairing.stop(invitation.pk, by=other, now=LATER)
    assert pairing.pending_for(other, now=LATER) is None
    assert pairing.pending_for(by, now=LATER) is None
    again = asked(by, other)
    for one in (dana, erin):
        couple = pairing.confirm(again.pk, by=one, now=LATER)
    assert couple is not None


def nothing(dana: User, erin: User, invitation: Invitation) -> None:
    """She never answers."""


def declines(dana: User, erin: User, invitation: Invitation) -> None:
    pairing.stop(invitation.pk, by=dana, now=LATER)


def confirms_and_declines(dana: User, erin: User, invitation: Invitation) -> None:
    pairing.confirm(invitation.pk, by=dana, now=LATER)
    pairing.stop(invitation.pk, by=dana, now=LATER)


def finds_somebody_else(dana: User, erin: User, invitation: Invitation) -> None:
    pairing.join([dana, person("Frank")], now=LATER)


def takes_up_another(dana: User, erin: User, invitation: Invitation) -> None:
    pairing.accept(pairing.invite(by=person("Frank"), now=NOW).code, by=dana, now=LATER)


def blocks_her(dana: User, erin: User, invitation: Invitation) -> None:
    pairing.block(erin.email, by=dana, now=LATER)


@pytest.mark.parametrize("taken_up_by", ["her", "the other"])
def test_whatever_one_does_the_other_sees_what_an_unanswered_one_shows(
    dana: User, erin: User, signed_in: Callable[[User], Client], taken_up_by: str
) -> None:
    """Unseen, ignored and declined look the same, at every step, until it runs out (product, 0.3)."""
    stories = []
    hers = signed_in(erin)
    for act in (nothing, declines, confirms_and_declines, finds_somebody_else, takes_up_another, blocks_her):
        with transaction.atomic():
            cache.clear()
            invitation = asked(dana, erin) if taken_up_by == "the other" else asked(erin, dana)
            act(dana, erin, invitation)
            stories.append([act.__name__, *_looks(hers, invitation)])
            transaction.set_rollback(True)
    for story in stories:
        assert story[1:] == stories[0][1:], story[0]
    assert [status for status, *_ in stories[0][1:]][:5] == [200, 200, 302, 200, 200]
    assert stories[0][-2][:2] == (302, "/partner/")  # it ran out


def _looks(client: Client, invitation: Invitation) -> list[tuple[Any, ...]]:
    """What somebody who waits for two words sees: before and after confirming, shortly before it runs out, after."""
    words = codes.two_words(invitation.pk, invitation.accepted_by_id)
    found: list[tuple[Any, ...]] = []

    def look(where: str, typed: dict[str, str] | None = None) -> None:
        answer = client.get(where) if typed is None else client.post(where, typed)
        hidden = r'(csrfmiddlewaretoken" value|nonce|name="words" value)="[^"]*"|hand-[ab]">\w+<'
        page = re.sub(hidden, "", answer.content.decode())
        for code in (invitation.code, invitation.code.upper()):
            page = page.replace(code, "")
        found.append((answer.status_code, answer.get("Location"), page))

    def look_round() -> None:
        look(f"/i/{invitation.code}/accept/")
        look(f"/i/{invitation.code}/accept/", {})
        look("/partner/words/")
        look("/partner/")

    with time_machine.travel(LATER, tick=False):
        look("/partner/words/")
        look("/partner/")
        look("/partner/words/same/", {"words": " ".join(words)})
        look("/partner/words/")
        look("/partner/")
        look_round()
    for moment in (invitation.expires_at - timedelta(minutes=1), invitation.expires_at):
        with time_machine.travel(moment, tick=False):
            look_round()
    return found


def test_somebody_else_cannot_stop_it(dana: User, erin: User) -> None:
    invitation = asked(dana, erin)
    pairing.stop(invitation.pk, by=person("Frank"), now=LATER)
    assert pairing.pending_for(dana, now=LATER) is not None


@pytest.mark.parametrize("both_asked_first", [True, False])
def test_crossed_invitations_make_one_couple_and_both_still_confirm(
    dana: User, erin: User, both_asked_first: bool
) -> None:
    danas = pairing.invite(by=dana, now=NOW)
    erins = pairing.invite(by=erin, now=NOW)
    one = pairing.accept(danas.code, by=erin, now=NOW)
    if both_asked_first:
        other = pairing.accept(erins.code, by=dana, now=NOW)
        assert one.pk == other.pk
        assert words_of(dana) == words_of(erin)
    assert not seat(dana).couple.paired
    assert pairing.confirm(one.pk, by=dana, now=LATER) is None
    couple = pairing.confirm(one.pk, by=erin, now=LATER)
    assert live_couples(dana) == live_couples(erin) == [couple]
    assert not Invitation.objects.open(LATER).exists()
    assert not Invitation.objects.pending(LATER).exists()


@pytest.mark.parametrize("act", [nothing, declines, confirms_and_declines, takes_up_another])
def test_crossed_after_a_no_the_other_still_sees_the_same_two_words(
    dana: User, erin: User, act: Callable[[User, User, Invitation], None]
) -> None:
    """Both had asked; she took his up and declined it; with her own link he would have seen other words."""
    danas = pairing.invite(by=dana, now=NOW)
    one = asked(erin, dana)
    act(dana, erin, one)
    words = words_of(erin)
    assert pairing.accept(danas.code, by=erin, now=LATER).pk == one.pk
    assert words_of(erin) == words
    assert not seat(erin).couple.paired


def test_a_link_made_after_a_no_begins_anew(dana: User, erin: User) -> None:
    one = asked(erin, dana)
    words = words_of(erin)
    declines(dana, erin, one)
    fresh = pairing.invite(by=dana, now=LATER + timedelta(minutes=1))
    pairing.accept(fresh.code, by=erin, now=LATER + timedelta(minutes=2))
    assert words_of(erin) == words_of(dana) != words


def test_whatever_else_was_asked_is_over_once_joined(dana: User, erin: User) -> None:
    frank = person("Frank")
    elsewhere = asked(frank, erin)  # Erin took up Frank's, then Dana's: the newest counts
    fresh = pairing.invite(by=erin, now=NOW)
    invitation = asked(dana, erin)
    assert pairing.pending_for(frank, now=LATER) is not None  # which Frank can't tell
    waiting = asked(person("Gwen"), dana)
    again = asked(dana, erin)  # Dana's second one, taken up as well
    for who in (dana, erin):
        pairing.confirm(again.pk, by=who, now=LATER)
    assert seat(dana).couple.paired
    for old in (elsewhere, fresh, invitation, waiting):
        if old.pk != again.pk:
            assert Invitation.objects.get(pk=old.pk).ended_at is not None
    assert pairing.confirm(elsewhere.pk, by=frank, now=LATER) is None
    assert not seat(frank).couple.paired
    with pytest.raises(InvitationNotOpen):
        pairing.find(fresh.code, by=person("Hal"), now=LATER)


def test_an_inviter_with_two_takers_pairs_with_one_and_the_other_sees_no_sign(dana: User) -> None:
    first, second = person("First"), person("Second")
    one = asked(dana, first)
    two = asked(dana, second)
    for who in (dana, first):
        pairing.confirm(one.pk, by=who, now=LATER)
    assert pairing.confirm(two.pk, by=second, now=LATER) is None
    assert not seat(second).couple.paired


def test_nothing_written_alone_is_shared_by_pairing(dana: User, erin: User) -> None:
    written = writing.write(by=seat(dana), day=DAY, words=words(PLANTED), share=True, now=NOW)
    assert written.shared_at is None  # alone there is nobody to share with
    invitation = asked(dana, erin)
    for who in (dana, erin):
        pairing.confirm(invitation.pk, by=who, now=LATER)
    writing.write(by=seat(erin), day=DAY, words=words(PLANTED), share=True, now=LATER)
    assert evening(seat(erin), DAY, now=NOW).theirs is None
    assert not CheckIn.objects.shared_with(seat(erin)).exists()
    mine = evening(seat(dana), DAY, now=NOW).mine
    assert mine is not None
    assert mine.rose == PLANTED["rose"]


def test_keys_are_never_handed_on(dana: User, erin: User) -> None:
    keys = set(DataKey.objects.values_list("pk", flat=True))
    invitation = asked(dana, erin)
    for who in (dana, erin):
        pairing.confirm(invitation.pk, by=who, now=LATER)
    new = set(DataKey.objects.values_list("pk", flat=True)) - keys
    assert new == {seat(dana).couple.key_id}
