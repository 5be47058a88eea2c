"""One date as a file by mail, to oneself: asked for there and then, promised like any other mail."""

from datetime import datetime, time
from uuid import UUID

from accounts.models import User
from adventures import feeds, ics
from adventures.models import DateNight
from couples.access import seats_of
from couples.models import Partner
from reminders import choosing
from reminders.kinds import File, Kind

NAME = "plans.ics"


def file_of(user: User, about: str) -> File | None:
    """The file of a date as it stands when the mail goes out, or None where it is gone by then."""
    seat, _ = seats_of(user)
    night = DateNight.objects.of(seat.couple).filter(pk=UUID(about), starts_at__isnull=False).first()
    if night is None:
        return None
    night.couple = seat.couple
    return File(
        NAME, ics.of_date(feeds.of(seat), night, user.tz, neutral=True), "text/calendar; method=PUBLISH"
    )


KIND = Kind(
    name="date_file",
    title="",
    hint="",
    mail="date_file",
    default_on=False,
    default_at=time(9),
    why_not=lambda user, day: "",
    occasional=True,
    file=file_of,
)


def mail(*, by: Partner, night: DateNight, now: datetime) -> None:
    """Have the file mailed to oneself."""
    choosing.ask_now(user=by.user, kind=KIND.name, about=night.pk.hex, now=now)
