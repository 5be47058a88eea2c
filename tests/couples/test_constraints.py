"""The database refuses nonsense, whatever code may come to write it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import DataKey, User
from couples.models import Couple, Invitation, NeverWrite, Partner
from couples.seats import open_couple
from tests.cast import NOW, person, seat


def invitation(inviter: User, **fields: Any) -> Invitation:
    given = {"code_hash": "x" * 64, "code": "lamp-lamp-lamp-0001", "created_at": NOW, "expires_at": NOW}
    return Invitation.objects.create(inviter=inviter, **(given | fields))


@pytest.mark.parametrize("number", [0, 3])
def test_a_couple_has_two_seats(alice: User, dana: User, number: int) -> None:
    Partner.objects.of(dana).update(left_at=NOW)
    with pytest.raises(IntegrityError, match="couples_partner_two_seats"):
        Partner.objects.create(couple=seat(alice).couple, user=dana, seat=number, sat_at=NOW)


@pytest.mark.parametrize("number", [1, 2])
def test_nobody_sits_on_a_taken_seat(alice: User, dana: User, number: int) -> None:
    Partner.objects.of(dana).update(left_at=NOW)
    with pytest.raises(IntegrityError):
        Partner.objects.create(couple=seat(alice).couple, user=dana, seat=number, sat_at=NOW)


def test_a_person_sits_in_one_live_couple(alice: User) -> None:
    with pytest.raises(IntegrityError):
        open_couple([alice], now=NOW)


def test_a_person_sits_once_in_a_couple(dana: User) -> None:
    sole = seat(dana)
    Partner.objects.of(dana).update(left_at=NOW)
    with pytest.raises(IntegrityError):
        Partner.objects.create(couple=sole.couple, user=dana, seat=2, sat_at=NOW)


def test_a_couple_closes_after_it_opened(db: None) -> None:
    with pytest.raises(IntegrityError, match="closes_after"):
        Couple.objects.create(key=DataKey.make(), opened_at=NOW, closed_at=NOW - timedelta(seconds=1))


def test_a_couple_has_a_key_of_its_own(dana: User) -> None:
    with pytest.raises(IntegrityError):
        Couple.objects.create(key=seat(dana).couple.key, opened_at=NOW)


def test_accepted_is_who_and_when(dana: User) -> None:
    with pytest.raises(IntegrityError, match="who_and_when"):
        invitation(dana, accepted_at=NOW)


def test_accepted_by_somebody_at_no_time_is_refused(dana: User, erin: User) -> None:
    with pytest.raises(IntegrityError, match="who_and_when"):
        invitation(dana, accepted_by=erin)


def test_nobody_accepts_themselves(dana: User) -> None:
    with pytest.raises(IntegrityError, match="somebody_else"):
        invitation(dana, accepted_at=NOW, accepted_by=dana)


@pytest.mark.parametrize("confirmed", [{}, {"inviter_confirmed_at": NOW}, {"accepter_confirmed_at": NOW}])
def test_one_confirmation_pairs_nobody(dana: User, erin: User, confirmed: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="both_confirmed"):
        invitation(dana, accepted_at=NOW, accepted_by=erin, paired_as=seat(dana).couple, **confirmed)


def test_two_invitations_never_share_a_code_or_a_couple(dana: User, erin: User) -> None:
    invitation(dana)
    with pytest.raises(IntegrityError):
        invitation(erin)


def test_an_invitation_becomes_one_couple(dana: User, erin: User) -> None:
    both = {
        "accepted_at": NOW,
        "accepted_by": erin,
        "inviter_confirmed_at": NOW,
        "accepter_confirmed_at": NOW,
        "paired_as": seat(dana).couple,
    }
    invitation(dana, **both)
    with pytest.raises(IntegrityError):
        invitation(dana, **both | {"code_hash": "y" * 64})


def test_an_address_is_refused_once(db: None) -> None:
    NeverWrite.objects.create(address_hash="x" * 64, asked_at=NOW)
    with pytest.raises(IntegrityError):
        NeverWrite.objects.create(address_hash="x" * 64, asked_at=NOW)


def test_one_account_an_address_in_any_case(db: None) -> None:
    person("Dana")
    again = User(email="DANA@example.test", name="D", zone="UTC", key=DataKey.make(), joined_at=NOW)
    with pytest.raises(IntegrityError):
        again.save()
