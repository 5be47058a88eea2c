from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from couples import codes, pairing
from couples.errors import AlreadyPaired, InvitationNotOpen, TooManyInvitations
from couples.models import INVITATION_LIFE, Couple, Invitation, Partner
from tests.cast import NOW, pair, person, seat

A_MINUTE = timedelta(minutes=1)


def test_a_new_person_is_at_once_in_a_couple_of_one(dana: User) -> None:
    sole = seat(dana)
    assert (sole.seat, sole.left_at, sole.notice_until) == (1, None, None)
    assert not sole.couple.paired
    assert sole.couple.key_id != dana.key_id
    assert Partner.objects.filter(user=dana).count() == 1


def test_inviting_twice_gives_the_same_invitation(dana: User) -> None:
    first = pairing.invite(by=dana, now=NOW)
    again = pairing.invite(by=dana, now=NOW + timedelta(hours=71))
    assert first.pk == again.pk
    assert first.code == again.code
    assert Invitation.objects.count() == 1


def test_three_a_day_and_room_again_tomorrow(dana: User) -> None:
    for hour in range(3):
        pairing.invite(by=dana, now=NOW + timedelta(hours=hour))
        pairing.revoke(by=dana, now=NOW + timedelta(hours=hour))
    with pytest.raises(TooManyInvitations):
        pairing.invite(by=dana, now=NOW + timedelta(hours=4))
    with pytest.raises(TooManyInvitations):
        pairing.invite(by=dana, now=NOW + timedelta(hours=24) - A_MINUTE)
    assert pairing.invite(by=dana, now=NOW + timedelta(hours=24)).code


def test_somebody_with_a_partner_cannot_invite(alice: User) -> None:
    with pytest.raises(AlreadyPaired):
        pairing.invite(by=alice, now=NOW)
    assert not Invitation.objects.exists()


def test_an_invitation_is_found_until_72_hours_are_over(dana: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    assert pairing.find(code, by=dana, now=NOW + INVITATION_LIFE - A_MINUTE).inviter_id == dana.pk
    with pytest.raises(InvitationNotOpen):
        pairing.find(code, by=dana, now=NOW + INVITATION_LIFE)
    fresh = pairing.invite(by=dana, now=NOW + INVITATION_LIFE)
    assert fresh.code != code


def test_it_is_found_in_any_spelling(dana: User) -> None:
    invitation = pairing.invite(by=dana, now=NOW)
    one, two, three, digits = invitation.code.split("-")
    spellings = [
        invitation.code,
        invitation.code.upper(),
        f"  {one} {two} {three} {digits}\n",
        f"{one.title()}_{two.title()}_{three.title()}{digits}",
        f"{one}–{two} — {three}. {digits}",
    ]
    for typed in spellings:
        assert pairing.find(typed, by=dana, now=NOW).pk == invitation.pk, typed


@pytest.mark.parametrize(
    "typed", ["", "lamp", "1234", "lamp-maple-otter", "x" * 5000, "lamp-maple-otter-472", "😀", "\0"]
)
def test_what_is_no_code_is_not_open(dana: User, typed: str) -> None:
    pairing.invite(by=dana, now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.find(typed, by=dana, now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.accept(typed, by=dana, now=NOW)


def test_taken_back_it_is_over_and_doing_so_twice_is_harmless(dana: User, erin: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    pairing.revoke(by=erin, now=NOW)  # somebody else takes back nothing
    assert pairing.find(code, by=dana, now=NOW)
    pairing.revoke(by=dana, now=NOW)
    pairing.revoke(by=dana, now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.find(code, by=dana, now=NOW)
    assert pairing.invite(by=dana, now=NOW).code != code


def test_wrong_used_expired_taken_back_and_blocked_are_one_answer(dana: User, erin: User) -> None:
    """The same exception without a word more, so that no page can tell them apart."""
    said = []

    def asked(code: str, by: User, now: datetime = NOW) -> None:
        with pytest.raises(InvitationNotOpen) as refused:
            pairing.accept(code, by=by, now=now)
        said.append(str(refused.value))

    asked("lamp-maple-otter-0000", erin)
    expired = pairing.invite(by=dana, now=NOW - timedelta(hours=80)).code
    asked(expired, erin)
    revoked = pairing.invite(by=dana, now=NOW).code
    pairing.revoke(by=dana, now=NOW)
    asked(revoked, erin)
    used = pairing.invite(by=dana, now=NOW).code
    pairing.accept(used, by=person("Frank"), now=NOW)
    asked(used, erin)
    blocked = pairing.invite(by=dana, now=NOW).code
    pairing.block(erin.email, by=dana, now=NOW)
    asked(blocked, erin)
    pairing.unblock(erin.email, by=dana)
    pairing.block(dana.email, by=erin, now=NOW)
    asked(blocked, erin)
    assert said == [""] * 6


def test_ones_own_invitation_cannot_be_taken_up(dana: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    with pytest.raises(InvitationNotOpen):
        pairing.accept(code, by=dana, now=NOW)
    assert pairing.find(code, by=dana, now=NOW).accepted_by_id is None


def test_somebody_with_a_partner_cannot_take_one_up(alice: User, dana: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    with pytest.raises(AlreadyPaired):
        pairing.accept(code, by=alice, now=NOW)
    assert pairing.find(code, by=dana, now=NOW).accepted_by_id is None


def test_the_code_is_stored_hashed_and_sealed_only(dana: User) -> None:
    invitation = pairing.invite(by=dana, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM couples_invitation")
        (row,) = cursor.fetchall()
    whole = b"|".join(
        bytes(part) if isinstance(part, bytes | memoryview) else str(part).encode() for part in row
    )
    for word in invitation.code.split("-"):
        assert word.encode() not in whole
    assert codes.peppered("invitation", invitation.code).encode() in whole


def test_a_code_has_more_than_forty_bits() -> None:
    assert len(codes.words()) ** 3 * 10_000 > 2**40
    assert len(set(codes.words())) == len(codes.words())
    assert all(codes.tidy(codes.fresh()) for _ in range(50))


@pytest.mark.parametrize(
    "typed",
    ["Lamp maple–otter 4725", "ｌａｍｐ－ｍａｐｌｅ－ｏｔｔｅｒ－４７２５", "lamp\u3000maple otter4725"],
)
def test_a_code_is_taken_as_it_is_typed(typed: str) -> None:
    assert codes.tidy(typed) == "lamp-maple-otter-4725"


def test_the_first_to_take_it_up_wins_and_the_other_is_told_it_is_not_open(dana: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    first, second = person("First"), person("Second")
    won = pairing.accept(code, by=first, now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.accept(code, by=second, now=NOW)
    assert won.accepted_by_id == first.pk
    assert pairing.pending_for(second, now=NOW) is None


def test_taking_it_up_twice_is_harmless(dana: User, erin: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    first = pairing.accept(code, by=erin, now=NOW)
    again = pairing.accept(code, by=erin, now=NOW + A_MINUTE)
    assert (again.pk, again.accepted_at) == (first.pk, NOW)


def test_an_inviter_who_found_a_partner_meanwhile_is_not_open(dana: User, erin: User) -> None:
    code = pairing.invite(by=dana, now=NOW).code
    pair(dana, person("Frank"), now=NOW)
    with pytest.raises(InvitationNotOpen):
        pairing.accept(code, by=erin, now=NOW)
    assert Couple.objects.filter(paired=True, closed_at__isnull=True).count() == 1
