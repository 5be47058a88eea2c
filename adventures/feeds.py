"""A person's own calendar: whether it shows titles, its secret address, and what it is told.

The address is random, kept only as a hash, and shown once. A version number moves with what this reader sees: of the
time always, of the words only where titles are shown. When titles go, the number is raised past what it was, for
calendars take no version that goes back.

What a calendar is told depends on what is stored alone, never on the time it asks nor on a clock: nothing drops out as
days go by, and after parting it goes on answering the same bytes.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts import withdrawals
from adventures.models import Calendar, DateNight
from couples.codes import peppered
from couples.models import Partner
from couples.seats import lock

PURPOSE = "calendar"
WRITTEN = 1  # how often the way of writing files changed: what is written better is taken with a higher version only
SHOWN = (
    300  # dates, the latest: so many, not so far back, as a calendar that is over must not be told by time
)


@dataclass(frozen=True)
class Feed:
    """The feed one calendar is told: its dates, and how much of them."""

    calendar: Calendar
    dates: Sequence[DateNight]

    def version(self, date_night: DateNight) -> int:
        """The number of times this reader's calendar was told something else about a date."""
        return version(self.calendar, date_night)


def of(seat: Partner) -> Calendar:
    """A seat's calendar as it is set, or as it would be."""
    found = Calendar.objects.filter(seat=seat).first() or Calendar(seat=seat)
    found.seat = seat
    return found


def all_of(seat: Partner) -> list[Calendar]:
    """The calendars of this person that have an address, those of couples that are over included."""
    with_address = Calendar.objects.own(seat.user).filter(address_hash__isnull=False)
    return list(with_address.select_related("seat").order_by("seat__sat_at"))


@transaction.atomic
def make_address(*, by: Partner) -> str:
    """A new secret address, instead of any before. Returns its token, which isn't kept."""
    calendar = _get_locked(by)
    token = secrets.token_hex(24)
    calendar.address_hash = peppered(PURPOSE, token)
    calendar.titles_read = False
    _note_closed(calendar)
    calendar.save()
    return token


@transaction.atomic
def revoke(*, by: Partner, pk: UUID) -> None:
    """Close an address of one's own: it answers nobody any more. Twice is once."""
    lock(by.user)
    for calendar in Calendar.objects.own(by.user).filter(pk=pk, address_hash__isnull=False):
        _note_closed(calendar)
        calendar.address_hash = None
        calendar.save(update_fields=["address_hash"])


def _note_closed(calendar: Calendar) -> None:
    """Note that the address before is none any more: it may have been told to somebody."""
    withdrawals.put(Calendar(pk=calendar.pk, address_hash=None), "address_hash")


@transaction.atomic
def show_titles(*, by: Partner, titled: bool) -> None:
    """Show titles in one's calendar, or nothing but that there are plans. Twice is once."""
    calendar = _get_locked(by)
    if calendar.titled != titled:
        _turn(calendar, titled=titled)


def read(token: str) -> Feed | None:
    """The feed of the calendar with this token, or None. Two queries; two more the first time titles are read there.

    That once is kept (the one thing a feed writes): after parting, titles that were read stay, byte for byte, and what
    nobody read before shows none.
    """
    calendar = _at(token)
    if calendar is not None and calendar.titled and not calendar.titles_read:
        Calendar.objects.live().filter(pk=calendar.pk, titled=True).update(titles_read=True)
        calendar = _at(token)  # asked again: they may have parted in this very moment
    if calendar is None:
        return None
    dates = list(DateNight.objects.of(calendar.seat.couple).in_calendars()[:SHOWN])
    for date_night in dates:
        date_night.couple = calendar.seat.couple
    return Feed(calendar, dates[::-1])


def _at(token: str) -> Calendar | None:
    found = Calendar.objects.filter(address_hash=peppered(PURPOSE, token))
    return found.select_related("seat__couple__key").first()


def version(calendar: Calendar, date_night: DateNight) -> int:
    """SEQUENCE (RFC 5545): moves by what this calendar's reader may see."""
    return WRITTEN + calendar.raised + date_night.moves + (date_night.rewordings if calendar.titled else 0)


def _turn(calendar: Calendar, *, titled: bool) -> None:
    most = DateNight.objects.of(calendar.seat.couple).aggregate(most=Max("rewordings"))["most"] or 0
    calendar.titled, calendar.titles_read = titled, False
    calendar.raised += 1 if titled else most + 1
    calendar.save()


def _get_locked(by: Partner) -> Calendar:
    lock(by.user)
    found, _ = Calendar.objects.get_or_create(seat=by)
    found.seat = by
    return found
