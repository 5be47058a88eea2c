import pytest
from django.db import IntegrityError

from accounts.models import User
from couples import codes, pairing
from couples.errors import InvitationNotOpen
from couples.models import Block, NeverWrite
from tests.cast import NOW, person


def taken_up(inviter: User, accepter: User) -> bool:
    code = pairing.invite(by=inviter, now=NOW).code
    try:
        pairing.accept(code, by=accepter, now=NOW)
    except InvitationNotOpen:
        return False
    return True


@pytest.mark.parametrize("who", ["inviter", "accepter"])
def test_a_block_works_both_ways(dana: User, erin: User, who: str) -> None:
    owner, other = (dana, erin) if who == "inviter" else (erin, dana)
    pairing.block(other.email.upper(), by=owner, now=NOW)  # an address is the same in any case
    assert not taken_up(dana, erin)
    pairing.unblock(other.email, by=owner)
    assert taken_up(dana, erin)


@pytest.mark.parametrize("other", ["dana+2@example.test", '"dana"@example.test', "DANA+x+y@example.test"])
def test_a_block_holds_for_the_inbox_however_it_is_written(dana: User, erin: User, other: str) -> None:
    pairing.block(dana.email, by=erin, now=NOW)
    dana.email = other  # a new account costs nothing
    dana.save(update_fields=["email"])
    assert not taken_up(dana, erin)
    pairing.unblock(other, by=erin)
    assert taken_up(dana, erin)


def test_a_block_of_an_earlier_release_holds_and_can_be_taken_back(dana: User, erin: User) -> None:
    dana.email = "dana+2@example.test"
    dana.save(update_fields=["email"])
    written = codes.peppered("address", dana.email)  # as it was written, then
    Block.objects.create(owner=erin, address_hash=written, blocked_at=NOW)
    assert not taken_up(dana, erin)
    pairing.unblock(dana.email, by=erin)
    assert taken_up(dana, erin)


def test_a_blocked_persons_invitation_looks_normal_to_them(dana: User, erin: User) -> None:
    pairing.block(dana.email, by=erin, now=NOW)
    invitation = pairing.invite(by=dana, now=NOW)
    assert not _can(invitation.code, erin)
    assert pairing.find(invitation.code, by=dana, now=NOW).ended_at is None
    assert pairing.invite(by=dana, now=NOW).pk == invitation.pk
    assert _can(invitation.code, person("Frank"))  # and is still good for somebody else


def _can(code: str, user: User) -> bool:
    try:
        pairing.accept(code, by=user, now=NOW)
    except InvitationNotOpen:
        return False
    return True


def test_blocking_is_ones_own_matter(dana: User, erin: User) -> None:
    pairing.block(erin.email, by=person("Frank"), now=NOW)
    assert taken_up(dana, erin)


def test_twice_and_in_vain_it_is_harmless(dana: User) -> None:
    pairing.block("somebody@example.test", by=dana, now=NOW)
    pairing.block("somebody@example.test", by=dana, now=NOW)
    assert Block.objects.count() == 1
    pairing.unblock("somebody@example.test", by=dana)
    pairing.unblock("somebody@example.test", by=dana)
    assert not Block.objects.exists()


def test_only_a_peppered_hash_is_kept(dana: User) -> None:
    pairing.block("somebody@example.test", by=dana, now=NOW)
    pairing.never_write(codes.peppered("address", "somebody@example.test"), now=NOW)
    row, never = Block.objects.get(), NeverWrite.objects.get()
    assert "somebody" not in row.address_hash
    assert len(row.address_hash) == len(never.address_hash) == 64
    assert codes.peppered("invitation", "somebody@example.test") != row.address_hash


def test_a_block_stays_when_an_address_is_changed_only_for_the_old_address(dana: User, erin: User) -> None:
    """It is kept by address: a person who takes another one is a stranger again. Known, and said on the page."""
    pairing.block(erin.email, by=dana, now=NOW)
    erin.email = "erin.anew@example.test"
    erin.save(update_fields=["email"])
    assert not pairing.blocks(dana, erin)


def test_the_same_address_twice_is_refused_by_the_database(dana: User) -> None:
    row = {"owner": dana, "address_hash": "x" * 64, "blocked_at": NOW}
    Block.objects.create(**row)
    with pytest.raises(IntegrityError):
        Block.objects.create(**row)
