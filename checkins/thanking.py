"""Thank-yous and small wins: said at once, or kept for the talk and gone out after ten days at the latest.

Either is there for the other from 17:00 on their own clock on: nothing tells when it was said, and nothing on its
writer's pages where the other is.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.prepared import Prepared
from checkins.errors import NobodyToThank
from checkins.models import Appreciation, SmallWin
from couples import days
from couples.authored import by_people_of
from couples.models import Couple, Partner
from couples.seats import lock, lock_both

S = TypeVar("S", Appreciation, SmallWin)
TRAIT_LIMIT = 50  # characters
KEPT_FOR = timedelta(days=10)
A_DAY = timedelta(days=1)
A_WHILE = timedelta(days=14)  # so long whoever said one isn't offered to say another
FRESH_FOR = timedelta(days=2)  # after the Day it came to be there on: three Days it lies on Today
A_PRESS = timedelta(minutes=10)  # the same words again within it are a second press of the button


@transaction.atomic
def say_thanks(*, by: Partner, text: str, trait: str, keep: bool, now: datetime) -> Appreciation:
    """Say thank you, at once or kept for the talk. Raises `NobodyToThank` where one sits alone.

    The same words again, within minutes, are a second press of the button and change nothing.
    """
    if not _together(by):
        raise NobodyToThank
    for said in _just_said(by, Appreciation, now):
        if (said.text, said.trait, said.has_gone_out(now)) == (text, trait, not keep):
            return said
    goes_out_at = now + KEPT_FOR if keep else now
    return Appreciation.objects.create(
        author=by.user,
        couple=by.couple,
        text=text,
        trait=trait,
        written_at=now,
        goes_out_at=goes_out_at,
    )


@transaction.atomic
def note_win(*, by: Partner, text: str, now: datetime) -> SmallWin:
    """Note a small thing that went well: for both, or for oneself where one sits alone.

    A second press changes nothing.
    """
    couple = by.couple if _together(by) else None
    for said in _just_said(by, SmallWin, now):
        if said.text == text:
            return said
    return SmallWin.objects.create(author=by.user, couple=couple, text=text, written_at=now, goes_out_at=now)


def release_kept(*, couple: Couple, now: datetime) -> int:
    """Release the thank-yous the two kept for their talk: it is now. Returns how many; doing it twice is harmless."""
    return Appreciation.objects.kept(couple, now).update(goes_out_at=now)


@transaction.atomic
def take_back(*, by: Partner, model: type[Appreciation] | type[SmallWin], pk: UUID, now: datetime) -> None:
    """Take one's own line back. Where the other can have read it, "taken back" stays; else it never was there.

    Doing it twice is harmless. Raises `DoesNotExist` if it isn't one's own.
    """
    lock(by.user)
    found = model.objects.own(by.user).get(pk=pk)
    if found.taken_back_at is not None:
        return
    if not found.may_have_been_read(now):
        withdrawals.removed(found)
        found.delete()
        return
    found.text = ""
    if isinstance(found, Appreciation):
        found.trait = ""
    found.taken_back_at = now
    withdrawals.emptied(found)
    found.save()


def own(
    partner: Partner, model: type[Appreciation] | type[SmallWin], pk: UUID
) -> Appreciation | SmallWin | None:
    """One's own line, or None."""
    return model.objects.own(partner.user).filter(pk=pk).first()


def kept(partner: Partner, *, now: datetime) -> list[Appreciation]:
    """One's own thank-yous that haven't gone out, the next one first. Nobody else's business."""
    return list(Appreciation.objects.own(partner.user).kept(partner.couple, now).order_by("goes_out_at"))


def never_said(partner: Partner, first: date, last: date) -> list[Appreciation]:
    """One's own thank-yous, written on these Days, that were kept until there was nobody to say them to. One query."""
    tz = partner.user.tz
    rows = Appreciation.objects.own(partner.user).never_said()
    rows = rows.filter(written_at__gte=days.starts(first, tz), written_at__lt=days.ends(last, tz))
    return list(rows.order_by("-written_at"))


class Thanked(NamedTuple):
    """A thank-you, and the reader's Day from which on it is there."""

    day: date
    words: Appreciation


GONE_OUT = Prepared(
    lambda user, couple, since, until: (
        Appreciation.objects.shared_with(Partner(user_id=user, couple_id=couple), now=until)
        .filter(goes_out_at__gte=since)
        .order_by("-goes_out_at")
    ),
    user=UUID,
    couple=UUID,
    since=datetime,
    until=datetime,
)


SAID = Prepared(
    lambda user, couple, said_since, until: (
        Appreciation.objects.own(user)
        .filter(couple=couple, goes_out_at__gt=said_since, goes_out_at__lte=until, taken_back_at=None)
        .order_by("-goes_out_at")
        .only("goes_out_at")[:1]
    ),
    user=UUID,
    couple=UUID,
    said_since=datetime,
    until=datetime,
)


def fresh_since(partner: Partner, *, now: datetime) -> datetime:
    """The moment from which on `GONE_OUT` is asked for what is fresh."""
    tz = partner.user.tz
    return days.starts(days.day_of(now, tz) - FRESH_FOR, tz) - A_DAY


def fresh(partner: Partner, rows: list[Appreciation], *, now: datetime) -> list[Thanked]:
    """The other's thank-yous that came to be there on this Day of the reader's or the two before, latest first: of
    the rows of `GONE_OUT` since `fresh_since`. No query.

    One that was taken back since stays until its Day, without its words: like every fact it leaves by its date. Gone
    at once, it would tell whoever had seen it when it was taken, and let something else take its place.
    """
    tz = partner.user.tz
    first = days.day_of(now, tz) - FRESH_FOR
    there = [
        Thanked(days.day_of(row.appears_at(partner), tz), row)
        for row in by_people_of(partner, rows)
        if row.is_there(partner, now)
    ]
    latest_first = sorted(there, key=lambda one: one.words.goes_out_at, reverse=True)
    return [one for one in latest_first if one.day >= first]


def lines(partner: Partner, model: type[S], ids: Collection[UUID], *, now: datetime) -> dict[UUID, S]:
    """The lines, of these, that `partner` may read by now, but for those taken back. One query."""
    if not ids:
        return {}
    rows: list[S] = list(model.objects.filter(pk__in=ids).readable_by(partner, now=now))
    return {row.pk: row for row in rows if row.taken_back_at is None}


def _just_said(by: Partner, model: type[S], now: datetime) -> list[S]:
    """What `by` said in the last minutes and hasn't taken back."""
    return list(model.objects.own(by.user).written_since(now - A_PRESS))


def _together(by: Partner) -> bool:
    return lock_both(by) and by.couple.paired
