"""Calendar files (RFC 5545), as real calendars read them: one date, or all of a person's.

Published, never an invitation: nobody is asked to answer a calendar. Nothing in a file says when somebody did
something: its stamps are made of the Day a date was first asked for and its version.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from adventures import feeds
from adventures.models import Calendar, DateNight

PRODUCT = "-//plans//EN"
TYPE = "text/calendar; charset=utf-8"


def of_date(calendar: Calendar, night: DateNight, tz: ZoneInfo, *, neutral: bool = False) -> bytes:
    """One date as a file; `neutral` as it goes by mail, where nothing anyone writes is ever put."""
    event = _event(calendar, night, tz)
    if neutral:
        event["summary"] = _("Plans")
    return _file([event])


def of_feed(feed: feeds.Feed) -> bytes:
    """All a calendar is told, on its reader's clock. The same bytes as long as nothing changed."""
    return _file(_event(feed.calendar, night, feed.calendar.tz) for night in feed.dates)


def _file(events: Iterable[icalendar.Event]) -> bytes:
    file = icalendar.Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _("Plans"))
    file.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    file.add("x-published-ttl", icalendar.vDuration(timedelta(hours=6)))
    for event in events:
        file.add_component(event)
    file.add_missing_timezones()
    return bytes(file.to_ical())


def _event(calendar: Calendar, night: DateNight, tz: ZoneInfo) -> icalendar.Event:
    if night.starts_at is None:
        raise ValueError("a date that never had a time stands in no calendar")
    starts_at = night.starts_at.astimezone(tz)
    ends_at = (night.starts_at + timedelta(minutes=night.minutes)).astimezone(tz)
    version = feeds.version(calendar, night)
    event = icalendar.Event()
    event.add("uid", str(night.pk))
    event.add("dtstamp", _stamp(night, version))
    event.add("sequence", version)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", _summary(calendar, night))
    event.add("status", "CONFIRMED" if night.stands else "CANCELLED")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if night.stands else "TRANSPARENT")
    return event


def _summary(calendar: Calendar, night: DateNight) -> str:
    """Nothing but that there are plans, unless the reader wants titles. A surprise is one to its planner's too."""
    if not calendar.shows_titles:
        return _("Plans")
    if night.hidden:
        return _("A surprise")
    return night.title or _("A date")


def _stamp(night: DateNight, version: int) -> datetime:
    """Later with each version, and the same for both: it tells the Day of the first ask, and nothing of any act."""
    first = night.made_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return first + timedelta(seconds=version)
