"""An export takes as much memory for a thousand evenings as for a hundred."""

import io
import tracemalloc
from datetime import date, timedelta

from accounts import exporting
from accounts.models import User
from checkins.models import CheckIn
from tests.cast import NOW

FIRST, LONG = date(2010, 1, 1), "a line of an evening " * 40


class Nowhere(io.RawIOBase):
    """A stream that keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        return len(piece)  # type: ignore[arg-type]  # bytes


def peak(user: User) -> int:
    """The most memory an export held at a time, in bytes."""
    tracemalloc.start()
    exporting.write(user, private=True, now=NOW, to=Nowhere())  # type: ignore[arg-type]  # a stream
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def keep(user: User, evenings: range) -> None:
    """Keep so many evenings, put in place."""
    pages = (
        CheckIn(
            author=user, day=FIRST + timedelta(days=number), rose=LONG, thorn=LONG, note=LONG, kept_at=NOW
        )
        for number in evenings
    )
    CheckIn.objects.bulk_create(pages, 200)


def test_a_thousand_evenings_take_no_more_memory_than_a_hundred(dana: User) -> None:
    keep(dana, range(300))
    peak(dana)  # what is read once for all
    few = peak(dana)
    keep(dana, range(300, 1500))
    assert peak(dana) < few * 1.5 + 1024 * 1024
