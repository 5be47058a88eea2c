"""Couples as an export knows them: whose joint things it takes along."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.export_fields import Mark
from accounts.exporting import Reader
from couples import days
from couples.models import Partner

NOT_AGAIN = Mark(_("Doesn’t come back on Today"))  # of what may; in a private export alone


def seats_of(reader: Reader) -> list[Partner]:
    """The seats an export is about, the first first, with their couples and keys: by default the present or the latest
    one of two, in a private export every one this person has or had.

    Whoever is with them now could read nothing of an earlier couple, and needn't learn that there was one.
    """
    seats = Partner.objects.of(reader.user).select_related("couple__key").order_by("sat_at", "pk")
    found = list(seats) if reader.private else [seat for seat in seats if seat.couple.paired][-1:]
    for seat in found:
        seat.user = reader.user
    return found


def pairs_of(reader: Reader) -> set[UUID]:
    """The couples of two, of those an export is about: what isn't theirs both could never read."""
    return {seat.couple_id for seat in seats_of(reader) if seat.couple.paired}


def day_of(reader: Reader, moment: datetime) -> date:
    """The Day of a moment on this person's clock, as every page says it."""
    return days.day_of(moment, reader.user.tz)


def by(reader: Reader, author: object) -> str:
    """The word for whose a joint thing is: "you", or "them", of an account that is gone as well."""
    return "you" if author == reader.user.pk else "them"


def shared(reader: Reader, seat: Partner) -> bool:
    """Whether to mark a joint thing as shared: it is in a private export, among one's own."""
    return reader.private and seat.couple.paired
