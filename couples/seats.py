"""Opening and closing couples: the only place that seats people. Callers hold the people locked."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import DataKey, User
from couples import days
from couples.models import NOTICE_LIFE, Couple, Partner


def lock(*people: User, erasing: bool = False) -> dict[object, User]:
    """Lock these people's rows until the transaction ends, in one order, so that two acts can't cross.

    Rows that refer to them may be written meanwhile (a worker's, who never waits for an act), but not while one of them
    is being erased.
    """
    ids = sorted({person.pk for person in people})
    rows = User.objects.with_key().filter(pk__in=ids).order_by("pk")
    rows = rows.select_for_update(of=("self",), no_key=not erasing)
    return {row.pk: row for row in rows}


def people_of(couple: Couple) -> list[User]:
    """The people who sit in this couple now."""
    return [seat.user for seat in couple.partners.live().select_related("user")]


def lock_couple(by: Partner) -> User:
    """Lock `by` and whoever sits with them. Returns the user of `by` as they are behind the lock."""
    return lock(by.user, *people_of(by.couple)).get(by.user_id, by.user)


def lock_both(by: Partner) -> bool:
    """Lock whoever sits with `by`, and `by`. Returns whether they are two, asked behind the lock: whoever was parted
    while waiting for it isn't.
    """
    lock_couple(by)
    return by.couple.partners.live().count() == 2


def are_two(by: Partner) -> bool:
    """Whether somebody sits with `by` in a couple of two. Asked behind the lock, as `lock_both`."""
    return by.couple.paired and by.couple.partners.live().count() == 2


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


def close_couple(couple: Couple, *, now: datetime) -> list[Partner]:
    """Close a couple: everyone leaves their seat. Returns who sat there."""
    seats = list(couple.partners.live().with_keys())
    couple.partners.live().update(left_at=now)
    couple.closed_at = now
    couple.save(update_fields=["closed_at"])
    return seats
