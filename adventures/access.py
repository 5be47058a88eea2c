"""Locks for acts on what two people share: they follow one another, and whoever acts still has a seat here."""

from uuid import UUID

from adventures.errors import DateGone, SeatLeft
from adventures.models import DateNight
from couples.models import Partner
from couples.seats import lock_seats


def lock_couple(by: Partner) -> bool:
    """Lock the two, and ask behind the lock whether `by` still sits here. Returns whether they are two.

    Raises `SeatLeft`.
    """
    seats = lock_seats(by)
    if by not in seats:
        raise SeatLeft
    return len(seats) == 2


def get_locked_date(by: Partner, date_id: UUID, *, live: bool = True) -> DateNight:
    """The couple's date, with both people locked; `live`: neither happened nor called off.

    Raises `DateGone` or `SeatLeft`.
    """
    lock_couple(by)
    found = DateNight.objects.of(by.couple).filter(pk=date_id).select_for_update().first()
    if found is None or (live and (found.happened_at is not None or found.called_off_at is not None)):
        raise DateGone
    found.couple = by.couple
    return found
