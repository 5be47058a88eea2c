"""Couples as an export knows them: whose joint things it takes along."""

from accounts.exporting import Reader
from couples.models import Partner


def seats_of(reader: Reader) -> list[Partner]:
    """The seats this person has or had, the first first, with their couples and keys: those of two; in a private
    export also those of one.
    """
    seats = Partner.objects.of(reader.user).select_related("couple__key").order_by("sat_at", "pk")
    found = [seat for seat in seats if reader.private or seat.couple.paired]
    for seat in found:
        seat.user = reader.user
    return found


def by(reader: Reader, author: object) -> str:
    """The word for whose a joint thing is: "you", or "them", of an account that is gone as well."""
    return "you" if author == reader.user.pk else "them"


def shared(reader: Reader, seat: Partner) -> bool:
    """Whether to mark a joint thing as shared: it is in a private export, among one's own."""
    return reader.private and seat.couple.paired
