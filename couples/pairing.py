"""How two people become a couple: an invitation, two equal confirmations, a new couple.

Every act locks the people concerned in one order and asks first whether it is already done, so that racing acts,
crossed invitations and double clicks end in one couple of two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import log
from accounts.hooks import Hook
from accounts.models import User
from couples import codes
from couples.models import INVITATION_LIFE, Block, Couple, Invitation, NeverWrite, Partner
from couples.seats import close_couple, lock, open_couple

INVITATIONS_A_DAY = 3
INVITATION_KEPT = timedelta(days=30)

paired = Hook("paired")  # couple=Couple, now=datetime


class NotOpen(Exception):
    """Wrong, used, expired, taken back or blocked: one answer for all, at every step, so that it tells nothing."""


class TooMany(Exception):
    """More invitations than a day allows."""


class AlreadyPaired(Exception):
    """This person sits in a couple of two already."""


def start_alone(*, user: User, now: datetime) -> None:
    """A new person is at once in a couple of one."""
    open_couple([user], now=now)


def is_paired(user: User) -> bool:
    return Partner.objects.live().of(user).filter(couple__paired=True).exists()


@transaction.atomic
def invite(*, by: User, now: datetime) -> Invitation:
    """Make an invitation, or return the one that is still open: inviting twice gives the same one.

    Raises `AlreadyPaired`, or `TooMany` beyond three in 24 hours.
    """
    person = lock(by)[by.pk]
    if is_paired(person):
        raise AlreadyPaired
    standing = Invitation.objects.by(person).open(now).first()
    if standing:
        standing.inviter = person
        return standing
    if (
        Invitation.objects.by(person).filter(created_at__gt=now - timedelta(days=1)).count()
        >= INVITATIONS_A_DAY
    ):
        raise TooMany
    code = codes.fresh()
    return Invitation.objects.create(
        inviter=person,
        code=code,
        code_hash=codes.peppered("invitation", code),
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )


@transaction.atomic
def revoke(*, by: User, now: datetime) -> None:
    """Take back what one asked. Harmless when nothing is open."""
    lock(by)
    Invitation.objects.by(by).open(now).update(ended_at=now, mail_due_at=None)


@transaction.atomic
def ask_by_mail(invitation: Invitation, *, to: str, by: User, now: datetime) -> bool:
    """Have the app mail an invitation, once. Returns whether this call asked for it: False if one was asked for before.

    Looks the same whether or not the address ever wants to hear: a blocked or refused one is known only when the
    worker comes to it, and nothing says so. Raises `NotOpen`.
    """
    lock(by)
    row = Invitation.objects.by(by).open(now).select_related("inviter__key").filter(pk=invitation.pk).first()
    if row is None:
        raise NotOpen
    if row.mail_due_at is not None or row.mailed_at is not None:
        return False
    row.mail_to, row.mail_due_at = to, now
    row.save(update_fields=["mail_to", "mail_due_at"])
    return True


def find(code: str, *, by: User, now: datetime) -> Invitation:
    """The invitation with this code, if `by` could take it up now, or made it. Raises `NotOpen` or `AlreadyPaired`."""
    if is_paired(by):
        raise AlreadyPaired
    code_hash = codes.peppered("invitation", codes.tidy(code))
    found = Invitation.objects.open(now).filter(code_hash=code_hash).select_related("inviter").first()
    if found is None:
        raise NotOpen
    if found.inviter_id != by.pk:
        _refuse_unwelcome(by, found.inviter)
    return found


def _refuse_unwelcome(by: User, inviter: User) -> None:
    """Raise `NotOpen` where the inviter found a partner meanwhile, or either has blocked the other."""
    if is_paired(inviter) or blocks(inviter, by) or blocks(by, inviter):
        raise NotOpen


@transaction.atomic
def accept(code: str, *, by: User, now: datetime) -> Invitation:
    """Take up an invitation: from now on both see the same two words, and each confirms them.

    Two people racing for one: the first wins, the other gets `NotOpen`. Crossed invitations become one: whoever
    accepts second joins the pending one. Raises `NotOpen`, or `AlreadyPaired` for somebody who has a partner.
    """
    if is_paired(by):
        raise AlreadyPaired
    claimed = Invitation.objects.filter(code_hash=codes.peppered("invitation", codes.tidy(code))).first()
    if claimed is None:
        raise NotOpen
    people = lock(by, User(pk=claimed.inviter_id))
    if by.pk not in people or claimed.inviter_id not in people or by.pk == claimed.inviter_id:
        raise NotOpen
    inviter = people[claimed.inviter_id]
    if is_paired(by):
        raise AlreadyPaired
    invitation = Invitation.objects.select_for_update().get(pk=claimed.pk)
    crossed = Invitation.objects.pending(now).between(by, inviter).first()
    if crossed is not None and crossed.pk == invitation.pk:
        return crossed
    if not Invitation.objects.open(now).filter(pk=invitation.pk).exists():
        raise NotOpen
    _refuse_unwelcome(by, inviter)
    if crossed is not None:
        invitation.ended_at = now
        invitation.save(update_fields=["ended_at"])
        return crossed
    Invitation.objects.pending(now).filter(accepted_by=by).update(
        ended_at=now
    )  # one at a time: the newest counts
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.expires_at = now + INVITATION_LIFE
    invitation.mail_due_at = None
    invitation.save(update_fields=["accepted_at", "accepted_by", "expires_at", "mail_due_at"])
    return invitation


@dataclass(frozen=True)
class Pending:
    """A pairing that waits for two confirmations, as one of the two sees it."""

    invitation: Invitation
    words: tuple[str, str]
    confirmed: bool  # by the person who looks; never whether the other has


def pending_for(user: User, *, now: datetime) -> Pending | None:
    """What this person has to confirm, if anything: the newest."""
    row = Invitation.objects.pending(now).concerning(user).order_by("-accepted_at").first()
    if row is None:
        return None
    return Pending(row, codes.two_words(row.pk, row.accepted_by_id), row.has_confirmed(user))


@transaction.atomic
def confirm(invitation_id: UUID, *, by: User, now: datetime) -> Couple | None:
    """Say that the two words are the same. Returns the new couple once both have said so, else None.

    Raises `NotOpen` when it ended or expired meanwhile, or either found a partner.
    """
    seen = Invitation.objects.concerning(by).filter(pk=invitation_id).first()
    if seen is None or seen.accepted_by_id is None:
        raise NotOpen
    people = lock(User(pk=seen.inviter_id), User(pk=seen.accepted_by_id))
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("paired_as")
        .filter(pk=seen.pk)
        .first()
    )
    if row is None or len(people) != 2:
        raise NotOpen
    if row.paired_as is not None:
        return row.paired_as
    if row.ended_at is not None or row.expires_at <= now:
        raise NotOpen
    pair = [people[row.inviter_id], people[row.accepted_by_id]]
    if any(is_paired(person) for person in pair):
        raise NotOpen
    if by.pk == row.inviter_id:
        first, row.inviter_confirmed_at = row.inviter_confirmed_at is None, row.inviter_confirmed_at or now
    else:
        first, row.accepter_confirmed_at = row.accepter_confirmed_at is None, row.accepter_confirmed_at or now
    if first:  # in one's own log, when oneself did: when the other does is theirs
        log.note(by, log.What.PAIRED, now=now)
    if row.inviter_confirmed_at and row.accepter_confirmed_at:
        row.paired_as = join(pair, now=now, through=row)
    row.save(update_fields=["inviter_confirmed_at", "accepter_confirmed_at", "paired_as"])
    return row.paired_as


def join(pair: list[User], *, now: datetime, through: Invitation | None = None) -> Couple:
    """Open the couple of two and close both couples of one. The two people are locked, and neither is paired.

    Whatever else either had asked or begun is over.
    """
    for seat in Partner.objects.live().filter(user__in=pair).select_related("couple"):
        close_couple(seat.couple, now=now)
    couple = open_couple(pair, now=now)
    for person in pair:
        Invitation.objects.open(now).by(person).update(ended_at=now, mail_due_at=None)
        others = Invitation.objects.pending(now).concerning(person)
        (others.exclude(pk=through.pk) if through else others).update(ended_at=now)
    paired.announce(couple=couple, now=now)
    return couple


@transaction.atomic
def stop(invitation_id: UUID, *, by: User, now: datetime) -> None:
    """The words differ, or somebody thought again: nothing is joined. Harmless when it is over already."""
    lock(by)
    Invitation.objects.pending(now).concerning(by).filter(pk=invitation_id).update(ended_at=now)


def forget(*, now: datetime) -> int:
    """Delete invitations of which nothing came, a month after they ended. Returns how many."""
    return Invitation.objects.over_before(now - INVITATION_KEPT).delete()[0]


def blocks(owner: User, somebody: User) -> bool:
    """Whether `owner` never wants to hear from `somebody`."""
    return Block.objects.filter(owner=owner, address_hash__in=codes.address_hashes(somebody.email)).exists()


def block(address: str, *, by: User, now: datetime) -> None:
    """Invitations from this address look normal and never arrive. Write-only; doing it twice is harmless."""
    Block.objects.get_or_create(
        owner=by, address_hash=codes.address_hash(address), defaults={"blocked_at": now}
    )


def unblock(address: str, *, by: User) -> None:
    """Take an address off again. Says nothing about whether it was there."""
    Block.objects.filter(owner=by, address_hash__in=codes.address_hashes(address)).delete()


def never_write(address_hash: str, *, now: datetime) -> None:
    """Never write to this address by an invitation again."""
    NeverWrite.objects.get_or_create(address_hash=address_hash, defaults={"asked_at": now})
