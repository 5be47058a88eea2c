"""Thank-yous and small wins: said at once, or kept for the talk and gone out after ten Days at the latest."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from checkins.models import Appreciation, SmallWin
from couples import days
from couples.models import Couple, Partner
from couples.seats import lock

LIMIT = 500  # characters
TRAIT_LIMIT = 50  # characters
KEPT_FOR = timedelta(days=10)


class Nobody(Exception):
    """A thank-you needs somebody to be said to."""


@transaction.atomic
def thank(*, by: Partner, text: str, trait: str, keep: bool, now: datetime) -> Appreciation:
    """Say thank you, at once or kept for the talk. Raises `Nobody` where one sits alone."""
    if not _together(by):
        raise Nobody
    goes_out_at = days.starts(days.day_of(now, by.user.tz) + KEPT_FOR, by.user.tz) if keep else now
    return Appreciation.objects.create(
        author=by.user,
        couple=by.couple,
        text=text,
        trait=trait,
        written_at=now,
        goes_out_at=goes_out_at,
    )


@transaction.atomic
def win(*, by: Partner, text: str, now: datetime) -> SmallWin:
    """Note a small thing that went well: for both, or for oneself where one sits alone."""
    couple = by.couple if _together(by) else None
    return SmallWin.objects.create(author=by.user, couple=couple, text=text, written_at=now, goes_out_at=now)


def let_out(*, couple: Couple, now: datetime) -> int:
    """Let out what the two kept for their talk: it is now. Returns how many; doing it twice is harmless."""
    return Appreciation.objects.kept(couple, now).update(goes_out_at=now)


@transaction.atomic
def take_back(*, by: Partner, model: type[Appreciation] | type[SmallWin], pk: UUID, now: datetime) -> None:
    """Take one's own line back. Where the other could read it, "taken back" stays; else it is as if it had never been.

    Doing it twice is harmless. Raises `DoesNotExist` if it isn't one's own.
    """
    lock(by.user)
    found = model.objects.own(by.user).get(pk=pk)
    if found.taken_back_at is not None:
        return
    found.author = by.user
    if found.couple_id is None or not found.has_gone_out(now):
        found.delete()
        return
    found.text = ""
    if isinstance(found, Appreciation):
        found.trait = ""
    found.taken_back_at = now
    found.save()


def own(
    partner: Partner, model: type[Appreciation] | type[SmallWin], pk: UUID
) -> Appreciation | SmallWin | None:
    """One's own line, or None."""
    found = model.objects.own(partner.user).filter(pk=pk).first()
    if found is not None:
        found.author = partner.user
    return found


def kept(partner: Partner, *, now: datetime) -> list[Appreciation]:
    """One's own thank-yous that haven't gone out, the next one first. Nobody else's business."""
    found = list(Appreciation.objects.own(partner.user).kept(partner.couple, now).order_by("goes_out_at"))
    for one in found:
        one.author = partner.user
    return found


def _together(by: Partner) -> bool:
    """Asked behind the lock: whoever was parted while waiting for it says it to nobody."""
    people = [seat.user for seat in by.couple.partners.live().select_related("user")]
    lock(by.user, *people)
    return by.couple.paired and by.couple.partners.live().count() == 2
