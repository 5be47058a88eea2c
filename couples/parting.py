"""Parting, by which a couple ends: either one, alone, in one request, without a reason. Nothing is sent to anyone."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from accounts import log, withdrawals
from accounts.hooks import Hook
from accounts.models import User
from couples import days
from couples.models import Couple, Invitation, Partner
from couples.seats import close_couple, lock, open_couple

parted = Hook("parted")  # couple=Couple, now=datetime


@transaction.atomic
def part(*, by: User, now: datetime) -> bool:
    """End the couple `by` sits in: closed, and one opened for each, so that both see only what is their own.

    Returns whether there was a couple of two to end; doing it twice (or both at once) is harmless.
    """
    mine = Partner.objects.live().of(by).select_related("couple").filter(couple__paired=True).first()
    if mine is None:
        return False
    everyone = lock(*(seat.user for seat in mine.couple.partners.select_related("user")))
    couple = Couple.objects.select_for_update(of=("self",), no_key=True).get(pk=mine.couple_id)
    if couple.closed_at is not None:
        return False
    left = close_couple(couple, now=now)
    for seat in left:
        open_couple([everyone[seat.user_id]], now=now, noticed=True)
        Invitation.objects.open(now).by(seat.user).update(ended_at=now, mail_due_at=None)
    withdrawals.note("parted", couple=str(couple.pk), person=withdrawals.who(by.pk))
    log.note(by, log.What.PARTED, now=now)  # the other's log has the Day they read it
    parted.announce(couple=couple, now=now)
    return True


@transaction.atomic
def leave(*, user: User, now: datetime) -> None:
    """Prepare the erasing of an account: part, then take away the couples that nobody else sat in, and their keys."""
    lock(user, *_near(user), erasing=True)  # from here on nobody joins them
    part(by=user, now=now)
    for seat in Partner.objects.of(user).select_related("couple__key"):
        couple = seat.couple
        if not couple.partners.exclude(user=user).exists():
            couple.delete()


def _near(user: User) -> models.QuerySet[User]:
    """Whoever sat with `user`, or may be about to: locked together and in one order, before anything is touched."""
    invited = Q(accepted_invitations__inviter=user) | Q(invitations__accepted_by=user)
    return User.objects.filter(invited | Q(seats__couple__partners__user=user)).distinct()


@transaction.atomic
def notice_read(*, by: User, now: datetime) -> None:
    """Note that the person has seen that they write on their own now: their log says so, of this Day. Twice is once."""
    if Partner.objects.live().of(by).filter(notice_until__gt=now).update(notice_until=None):
        log.note_day(by, log.What.ALONE, day=days.day_of(now, by.tz))
