"""Calendar files (RFC 5545), as real calendars read them: one date, or all of a person's.

Published, never an invitation: nobody is asked to answer a calendar. Nothing in a file says when somebody did
something: its stamps are made of the Day a date was first asked for and its version.

Every time is in UTC, and nothing recurs: then a reader needs no rules of a time zone, and none can read them wrongly.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from adventures import feeds
from adventures.models import Calendar, DateNight

if TYPE_CHECKING:
    import icalendar  # 3 MB, where the first calendar asks

PRODUCT = "-//plans//EN"
TYPE = "text/calendar; charset=utf-8"


def of_date(calendar: Calendar, date_night: DateNight, *, neutral: bool = False) -> bytes:
    """One date as a file; `neutral` as it goes by mail, where nothing anyone writes is ever put."""
    return _file([_event(calendar, date_night, titled=calendar.shows_titles and not neutral)])


def of_feed(feed: feeds.Feed) -> bytes:
    """The file of everything a calendar is told: the same bytes as long as nothing changed."""
    titled = feed.calendar.shows_titles
    return _file(_event(feed.calendar, date_night, titled=titled) for date_night in feed.dates)


def _file(events: "Iterable[icalendar.Event]") -> bytes:
    import icalendar

    file = icalendar.Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _("Plans"))
    file.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    file.add("x-published-ttl", icalendar.vDuration(timedelta(hours=6)))
    for event in events:
        file.add_component(event)
    return bytes(file.to_ical())


def _event(calendar: Calendar, date_night: DateNight, *, titled: bool) -> "icalendar.Event":
    import icalendar

    if date_night.starts_at is None:
        raise ValueError("a date that never had a time stands in no calendar")
    starts_at = date_night.starts_at.astimezone(UTC)
    version = feeds.version(calendar, date_night)
    event = icalendar.Event()
    event.add("uid", str(date_night.pk))
    event.add("dtstamp", _stamp(date_night, version))
    event.add("sequence", version)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=date_night.minutes))
    event.add("summary", _title(date_night) if titled else _("Plans"))
    event.add("status", "CONFIRMED" if date_night.stands else "CANCELLED")
    if not titled:  # of a private event Google shows no more than "busy", to its owner too
        event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if date_night.stands else "TRANSPARENT")
    return event


def _title(date_night: DateNight) -> str:
    """What a reader who wants titles is told. A surprise is one to its planner's too."""
    if date_night.hidden:
        return _("A surprise")
    return date_night.title or _("A date")


def _stamp(date_night: DateNight, version: int) -> datetime:
    """Later with each version, and the same for both: it tells the Day of the first ask, and nothing of any act."""
    first = date_night.made_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return first + timedelta(seconds=version)
