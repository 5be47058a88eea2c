"""Pairing, by which two people become a couple: an invitation, two equal confirmations, a new couple.

Every act locks the people concerned in one order and asks first whether it is already done, so that racing acts,
crossed invitations and double clicks end in one couple of two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import ResolverMatch

from accounts import log, signups, withdrawals
from accounts.hooks import Hook
from accounts.models import User
from couples import codes
from couples.errors import AlreadyPaired, AlreadyPairedToAccept, InvitationNotOpen, TooManyInvitations
from couples.models import INVITATION_LIFE, Block, Couple, Invitation, InvitationQuerySet, NeverWrite, Partner
from couples.seats import close_couple, lock, open_couple

INVITATIONS_A_DAY = 3
INVITATION_KEPT = timedelta(days=30)

paired = Hook("paired")  # couple=Couple, now=datetime


def start_alone(*, user: User, now: datetime) -> None:
    """Open the couple of one that a new person is in at once."""
    open_couple([user], now=now)


def is_paired(user: User) -> bool:
    return Partner.objects.live().of(user).filter(couple__paired=True).exists()


@transaction.atomic
def invite(*, by: User, now: datetime) -> Invitation:
    """Make an invitation, or return the one that is still open: inviting twice gives the same one.

    Raises `AlreadyPaired`, or `TooManyInvitations` beyond three in 24 hours.
    """
    person = lock(by)[by.pk]
    if is_paired(person):
        raise AlreadyPaired
    open_already = Invitation.objects.by(person).open(now).first()
    if open_already:
        open_already.inviter = person
        return open_already
    if (
        Invitation.objects.by(person).filter(created_at__gt=now - timedelta(days=1)).count()
        >= INVITATIONS_A_DAY
    ):
        raise TooManyInvitations
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
    """Take back what one asked. Harmless when nothing is open. Who signed up by it and proved no address stays out."""
    lock(by)
    for row in Invitation.objects.by(by).open(now).select_for_update(of=("self",)):
        signups.discard(row, now=now)
    Invitation.objects.by(by).open(now).update(ended_at=now, mail_due_at=None)


@transaction.atomic
def ask_by_mail(invitation: Invitation, *, to: str, by: User, now: datetime) -> bool:
    """Have the app mail an invitation, once. Returns whether this call asked for it: False if one was asked for before.

    Looks the same whether or not the address ever wants to hear: a blocked or refused one is known only when the
    worker comes to it, and nothing says so. Raises `InvitationNotOpen`.
    """
    lock(by)
    row = Invitation.objects.by(by).open(now).select_related("inviter__key").filter(pk=invitation.pk).first()
    if row is None:
        raise InvitationNotOpen
    if row.mail_due_at is not None or row.mailed_at is not None:
        return False
    row.mail_to, row.mail_due_at = to, now
    row.save(update_fields=["mail_to", "mail_due_at"])
    return True


def find(code: str, *, by: User, now: datetime) -> Invitation:
    """The invitation with this code, if `by` could take it up now, or made it.

    Raises `InvitationNotOpen` or `AlreadyPairedToAccept`.
    """
    if is_paired(by):
        raise AlreadyPairedToAccept
    found, welcome = _look_up(code, by=by)
    if found is None or not found.is_open(now) or not (welcome or found.inviter_id == by.pk):
        raise InvitationNotOpen
    return found


def meant(way: ResolverMatch, now: datetime) -> InvitationQuerySet:
    """The open invitation that somebody on this way takes up, for `signups`. Whose it is shows by nothing."""
    code_hash = codes.peppered("invitation", codes.tidy(way.kwargs["code"]))
    return Invitation.objects.open(now).filter(code_hash=code_hash)


VOUCHER = signups.Voucher("couples:accept", Invitation, meant, quiet=True)


def _look_up(code: str, *, by: User) -> tuple[Invitation | None, bool]:
    """What has this code, if anything, and whether `by` is welcome to it: not where the inviter found a partner
    meanwhile, or either has blocked the other. The same questions for every code, so that they take as long.
    """
    code_hash = codes.peppered("invitation", codes.tidy(code))
    found = Invitation.objects.filter(code_hash=code_hash).select_related("inviter").first()
    return found, _is_welcome(by, found.inviter if found is not None else by)


def _is_welcome(by: User, inviter: User) -> bool:
    return not any([is_paired(inviter), blocks(inviter, by), blocks(by, inviter)])


@transaction.atomic
def accept(code: str, *, by: User, now: datetime) -> Invitation:
    """Take up an invitation: from now on both see the same two words, and each confirms them.

    Two people racing for one: the first wins, the other gets `InvitationNotOpen`. Crossed invitations become one:
    whoever accepts second joins the pending one. Raises `InvitationNotOpen`, or `AlreadyPairedToAccept` for somebody
    who has a partner.
    """
    if is_paired(by):
        raise AlreadyPairedToAccept
    found, welcome = _look_up(code, by=by)
    waits = (
        Invitation.objects.waiting_for(by, now).filter(pk=found.pk if found is not None else by.pk).first()
    )
    if waits is not None and waits.accepted_by_id == by.pk:
        return waits
    if found is None or not found.is_open(now) or not welcome or found.inviter_id == by.pk:
        raise InvitationNotOpen
    people = lock(by, found.inviter)
    if len(people) != 2:
        raise InvitationNotOpen
    if is_paired(by):
        raise AlreadyPairedToAccept
    return _take_up(found, by=by, inviter=people[found.inviter_id], now=now)


def _take_up(found: Invitation, *, by: User, inviter: User, now: datetime) -> Invitation:
    """Asked again behind the lock of both."""
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    invited_at = invitation.created_at
    crossed = Invitation.objects.crossing(by=by, inviter=inviter, invited_at=invited_at, now=now).first()
    if crossed is not None and crossed.pk == invitation.pk:
        return crossed
    if not invitation.is_open(now) or not _is_welcome(by, inviter):
        raise InvitationNotOpen
    if crossed is not None:
        invitation.ended_at = now
        invitation.save(update_fields=["ended_at"])
        return crossed
    earlier_ones = Invitation.objects.waiting_for(by, now).filter(accepted_by=by)
    for earlier in earlier_ones.select_for_update(of=("self",)).order_by("pk"):
        earlier.end(by=by, now=now)  # one at a time: the newest counts
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.expires_at = runs_out(now)
    invitation.mail_due_at = None
    invitation.save(update_fields=["accepted_at", "accepted_by", "expires_at", "mail_due_at"])
    return invitation


def runs_out(now: datetime) -> datetime:
    """The moment when two words nobody confirms are shown no longer: three days on, at the next midnight in UTC.

    To the minute it would tell, by going, when the other took the invitation up.
    """
    ends = now.astimezone(UTC) + INVITATION_LIFE
    return ends.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


@dataclass(frozen=True)
class Pending:
    """A pairing that waits for two confirmations, as one of the two sees it."""

    invitation: Invitation
    words: tuple[str, str]
    confirmed: bool  # by the person who looks; never whether the other has


def pending_for(user: User, *, now: datetime) -> Pending | None:
    """The pairing this person has to confirm, if anything: the newest."""
    row = Invitation.objects.waiting_for(user, now).order_by("-accepted_at").first()
    if row is None:
        return None
    return Pending(row, codes.two_words(row.pk, row.accepted_by_id), row.has_confirmed(user))


@transaction.atomic
def confirm(invitation_id: UUID, *, by: User, now: datetime) -> Couple | None:
    """Say that the two words are the same. Returns the new couple once both have said so, else None.

    What the other has ended looks to `by` as if they hadn't confirmed yet, until it runs out. Raises
    `InvitationNotOpen` when it
    ran out, when `by` ended it, or found a partner.
    """
    seen = Invitation.objects.concerning(by).filter(pk=invitation_id).first()
    if seen is None or seen.accepted_by_id is None:
        raise InvitationNotOpen
    people = lock(User(pk=seen.inviter_id), User(pk=seen.accepted_by_id))
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("paired_as")
        .filter(pk=seen.pk)
        .first()
    )
    if row is None or len(people) != 2:
        raise InvitationNotOpen
    if row.paired_as is not None:
        return row.paired_as
    if row.expires_at <= now or (row.ended_at is not None and row.still_shown_to_id != by.pk):
        raise InvitationNotOpen
    pair = [people[row.inviter_id], people[row.accepted_by_id]]
    if any(is_paired(person) for person in pair if row.ended_at is None or person == by):
        raise InvitationNotOpen
    if by.pk == row.inviter_id:
        first, row.inviter_confirmed_at = row.inviter_confirmed_at is None, row.inviter_confirmed_at or now
    else:
        first, row.accepter_confirmed_at = row.accepter_confirmed_at is None, row.accepter_confirmed_at or now
    if first:  # in one's own log, when oneself did: when the other does is theirs
        log.note(by, log.What.PAIRED, now=now)
    if row.inviter_confirmed_at and row.accepter_confirmed_at and row.ended_at is None:
        row.paired_as = join(pair, now=now, through=row)
    row.save(update_fields=["inviter_confirmed_at", "accepter_confirmed_at", "paired_as"])
    return row.paired_as


@transaction.atomic(savepoint=False)
def join(pair: list[User], *, now: datetime, through: Invitation | None = None) -> Couple:
    """Open the couple of two and close both couples of one. The two people are locked, and neither is paired.

    Whatever else either had asked or begun is over.
    """
    for seat in Partner.objects.live().filter(user__in=pair).select_related("couple"):
        close_couple(seat.couple, now=now)
    couple = open_couple(pair, now=now)
    for person in pair:
        Invitation.objects.open(now).by(person).update(ended_at=now, mail_due_at=None)
    concerned = Invitation.objects.taken_up(now).filter(Q(inviter__in=pair) | Q(accepted_by__in=pair))
    for row in concerned.select_for_update(of=("self",)).order_by("pk"):
        for person in pair:
            if through is None or row.pk != through.pk:
                row.end(by=person, now=now)
    paired.announce(couple=couple, now=now)
    return couple


@transaction.atomic
def stop(invitation_id: UUID, *, by: User, now: datetime) -> None:
    """End a pairing whose words differ, or of which somebody thought again: nothing is joined. Twice is once.

    The other is shown what an unanswered one would show: declined, ignored and unseen are alike (product, 0.3).
    """
    lock(by)
    rows = Invitation.objects.waiting_for(by, now).filter(pk=invitation_id)
    for row in rows.select_for_update(of=("self",)):
        row.end(by=by, now=now)


def forget(*, now: datetime) -> int:
    """Delete invitations of which nothing came, a month after they ended. Returns how many."""
    return Invitation.objects.over_before(now - INVITATION_KEPT).delete()[0]


def blocks(owner: User, somebody: User) -> bool:
    """Whether `owner` never wants to hear from `somebody`."""
    return Block.objects.filter(owner=owner, address_hash__in=codes.address_hashes(somebody.email)).exists()


@transaction.atomic
def block(address: str, *, by: User, now: datetime) -> None:
    """Keep away invitations from this address: they look normal and never arrive. Write-only; twice is once."""
    address_hash = codes.address_hash(address)
    Block.objects.get_or_create(owner=by, address_hash=address_hash, defaults={"blocked_at": now})
    withdrawals.note("blocked", person=withdrawals.who(by.pk), address=address_hash)


@transaction.atomic
def unblock(address: str, *, by: User) -> None:
    """Take an address off again. Says nothing about whether it was there."""
    hashes = codes.address_hashes(address)
    Block.objects.filter(owner=by, address_hash__in=hashes).delete()
    withdrawals.note("unblocked", person=withdrawals.who(by.pk), addresses=list(hashes))


@transaction.atomic
def never_write(address_hash: str, *, now: datetime) -> None:
    """Never write to this address by an invitation again."""
    NeverWrite.objects.get_or_create(address_hash=address_hash, defaults={"asked_at": now})
    withdrawals.note("never", address=address_hash)


def lapse(*, now: datetime) -> None:
    """Let every invitation of which nothing came be over: what was declined or taken back since is known no more."""
    waiting = Invitation.objects.filter(ended_at__isnull=True, paired_as__isnull=True)
    waiting.update(ended_at=now, mail_due_at=None)
