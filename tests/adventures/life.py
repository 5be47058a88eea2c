"""Two people's dates, as the other rooms' tests need them."""

from datetime import datetime, timedelta

from accounts.models import User
from adventures import dating, reading, rhythm
from adventures.models import DateNight
from adventures.slots import Plan
from couples import asking
from tests.cast import seat


def asked(by: User, title: str = "soup", *, at: datetime, now: datetime, **plan: object) -> DateNight:
    """One asks the other for a date."""
    return dating.propose(by=seat(by), plan=dating.Plan(title, **plan), starts_at=at, now=now)  # type: ignore[arg-type]


def agreed(
    one: User, other: User, title: str = "soup", *, at: datetime, now: datetime, **plan: object
) -> DateNight:
    """One asks, the other says yes: it stands."""
    night = asked(one, title, at=at, now=now, **plan)
    return dating.agree(by=seat(other), date_id=night.pk, to=at, now=now)


def happened(one: User, other: User, title: str = "soup", *, at: datetime) -> DateNight:
    """A date that was."""
    night = agreed(one, other, title, at=at, now=at - timedelta(days=2))
    return dating.happened(by=seat(other), date_id=night.pk, now=at + timedelta(hours=3))


def seen(user: User, night: DateNight, *, now: datetime) -> reading.Night | None:
    """How a date stands for one of the two."""
    return reading.one(seat(user), night.pk, now=now)


def in_rhythm(one: User, other: User, plan: Plan, *, now: datetime) -> None:
    """One suggests it, the other says yes."""
    rhythm.suggest(by=seat(one), plan=plan, now=now)
    ask = asking.asked(seat(one), rhythm.KIND, now=now)
    assert ask is not None
    asking.agree(by=seat(other), ask_id=ask.pk, now=now)
