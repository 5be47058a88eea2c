"""One date as a file by mail, to oneself: asked for there and then, promised like any other mail."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from adventures import feeds, ics
from adventures.models import DateNight
from couples.models import Partner
from reminders import preferences
from reminders.kinds import Attachment, File

NAME = "plans.ics"


def file_of(user: User, about: UUID) -> File | None:
    """The file of a date as it stands when the mail goes out, or None where it is gone by then.

    Of a couple that ended in between, too: it was asked for before, and says no more than it would have.
    """
    dates = DateNight.objects.seen_by(user).in_calendars().filter(pk=about)
    date_night = dates.select_related("couple__key").first()
    if date_night is None:
        return None
    seat = date_night.couple.partners.get(user=user)
    return File(NAME, ics.of_date(feeds.of(seat), date_night, neutral=True), "text/calendar; method=PUBLISH")


KIND = Attachment("date_file", mail="date_file", file=file_of)


def mail(*, by: Partner, date_night: DateNight, now: datetime) -> None:
    """Have the file mailed to oneself."""
    preferences.ask_now(user=by.user, kind=KIND.name, about=date_night.pk, now=now)
