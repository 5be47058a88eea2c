"""Two people's dates, as the other rooms' tests need them."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from adventures import dating, proposing, reading, rhythm, surprises
from adventures.models import DateNight
from adventures.slots import Recurrence
from couples import asking
from tests.cast import seat


def asked(by: User, title: str = "soup", *, at: datetime, now: datetime, **plan: object) -> DateNight:
    """One asks the other for a date."""
    return proposing.propose(by=seat(by), details=proposing.Details(title, **plan), starts_at=at, now=now)  # type: ignore[arg-type]  # keywords of several types


def accept(user: User, pk: UUID, *, to: datetime, now: datetime) -> DateNight:
    """Say yes to this time, and to what is shown of it as it stands."""
    date_night = DateNight.objects.select_related("couple__key").filter(pk=pk).first()
    shown = date_night.shown if date_night is not None else ""
    return dating.accept(by=seat(user), date_id=pk, to=to, shown=shown, now=now)


def agreed(
    one: User, other: User, title: str = "soup", *, at: datetime, now: datetime, **plan: object
) -> DateNight:
    """One asks, the other says yes: it stands."""
    date_night = asked(one, title, at=at, now=now, **plan)
    return accept(other, date_night.pk, to=at, now=now)


def change(user: User, pk: UUID, title: str, **plan: object) -> DateNight:
    """Put what is planned in other words, as one has just read it."""
    date_night = DateNight.objects.select_related("couple__key").filter(pk=pk).first()
    stood = (
        date_night.fingerprint(surprises.own_plan(seat(user), date_night)) if date_night is not None else ""
    )
    details = proposing.Details(title, **plan)  # type: ignore[arg-type]  # keywords of several types
    return dating.change(by=seat(user), date_id=pk, details=details, stood=stood)


def happened(one: User, other: User, title: str = "soup", *, at: datetime) -> DateNight:
    """A date that was."""
    date_night = agreed(one, other, title, at=at, now=at - timedelta(days=2))
    return dating.happened(by=seat(other), date_id=date_night.pk, now=at + timedelta(hours=3))


def seen(user: User, date_night: DateNight, *, now: datetime) -> reading.DateCard | None:
    """How a date stands for one of the two."""
    return reading.one(seat(user), date_night.pk, now=now)


def in_rhythm(one: User, other: User, recurrence: Recurrence, *, now: datetime) -> None:
    """One suggests it, the other says yes."""
    rhythm.suggest(by=seat(one), recurrence=recurrence, now=now)
    ask = asking.asked(seat(one), rhythm.KIND, now=now)
    assert ask is not None
    asking.agree(by=seat(other), ask_id=ask.pk, now=now)
