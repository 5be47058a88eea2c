"""Opening and closing couples: the only place that seats people. Callers hold the people locked."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import DataKey, User
from accounts.prepared import Prepared
from couples import days
from couples.models import NOTICE_LIFE, Couple, Partner


def _two_with(seat: UUID, couple: UUID) -> QuerySet[User]:
    seats = Partner.objects.filter(Q(pk=seat) | Q(couple=couple, left_at__isnull=True))
    return _to_lock(User.objects.filter(pk__in=seats.values("user")))


def _to_lock(people: QuerySet[User], *, erasing: bool = False) -> QuerySet[User]:
    return people.select_related("key").order_by("pk").select_for_update(of=("self",), no_key=not erasing)


# Every act of one of two begins with these.
_locked_with = Prepared(_two_with, seat=UUID, couple=UUID)
_live_seats = Prepared(lambda couple: Partner.objects.live().filter(couple=couple), couple=UUID)


def lock(*people: User, erasing: bool = False) -> dict[object, User]:
    """Lock these people's rows until the transaction ends, in one order, so that two acts can't cross.

    Rows that refer to them may be written meanwhile (a worker's, who never waits for an act), but not while one of them
    is being erased.
    """
    ids = sorted({person.pk for person in people})
    return {row.pk: row for row in _to_lock(User.objects.filter(pk__in=ids), erasing=erasing)}


def people_of(couple: Couple) -> list[User]:
    """The people who sit in this couple now."""
    return [seat.user for seat in couple.partners.live().select_related("user")]


def lock_couple(by: Partner) -> User:
    """Lock `by` and whoever sits with them. Returns the user of `by` as they are behind the lock."""
    locked = _locked_with(seat=by.pk, couple=by.couple_id)
    return next((user for user in locked if user.pk == by.user_id), by.user)


def lock_seats(by: Partner) -> list[Partner]:
    """Lock whoever sits with `by`, and `by`. Returns the seats of their couple, asked behind the lock: of whoever was
    parted while waiting for it there are none.
    """
    lock_couple(by)
    return _live_seats(couple=by.couple_id)


def lock_both(by: Partner) -> bool:
    """Lock whoever sits with `by`, and `by`. Returns whether they are two."""
    return len(lock_seats(by)) == 2


def are_two(by: Partner) -> bool:
    """Whether somebody sits with `by` in a couple of two. Asked behind the lock, as `lock_both`."""
    return by.couple.paired and len(_live_seats(couple=by.couple_id)) == 2


def open_couple(people: Iterable[User], *, now: datetime, noticed: bool = False) -> Couple:
    """Open a couple for one or two people, with a key of its own. `noticed` shows them that they were parted."""
    seated = list(people)
    couple = Couple.objects.create(key=DataKey.make(), opened_at=now, paired=len(seated) == 2)
    Partner.objects.bulk_create(
        Partner(
            couple=couple,
            user=person,
            seat=number,
            sat_at=now,
            # To the end of a Day: to the minute, it would tell by going when the other left.
            notice_until=days.starts(days.day_of(now, person.tz) + NOTICE_LIFE, person.tz)
            if noticed
            else None,
        )
        for number, person in enumerate(seated, start=1)
    )
    return couple


def open_closed(person: User, *, now: datetime) -> Couple:
    """Open a couple of one that is over already: it holds what somebody brings in, as an earlier list of theirs."""
    couple = Couple.objects.create(key=DataKey.make(), opened_at=now, closed_at=now)
    Partner.objects.create(couple=couple, user=person, seat=1, sat_at=now, left_at=now)
    return couple


def copy_of(person: User) -> Couple | None:
    """The couple of one that was over as it was opened, where somebody has one. With its key at hand."""
    over = Couple.objects.filter(paired=False, closed_at=F("opened_at"), partners__user=person)
    return over.select_related("key").order_by("opened_at", "pk").first()


def close_couple(couple: Couple, *, now: datetime) -> list[Partner]:
    """Close a couple: everyone leaves their seat. Returns who sat there."""
    seats = list(couple.partners.live().with_keys())
    couple.partners.live().update(left_at=now)
    couple.closed_at = now
    couple.save(update_fields=["closed_at"])
    return seats
