"""The calendar file as three programs read it that know nothing of each other, for people in every zone there is.

khal and dateutil read it in every test run; ical.js (a package of the npm registry, `make icaljs`) in `make full`.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dateutil.parser
import pytest
from django.conf import settings
from khal.icalendar import cal_from_ics
from khal.khalendar.event import Event

from accounts.models import User
from accounts.zones import known
from adventures import feeds, ics
from adventures.models import Calendar, DateNight
from couples import days
from couples.models import Couple, Partner

FIRST, LAST = date(2026, 11, 1), date(2028, 11, 30)
LENGTH = timedelta(minutes=180)
A_DAY = timedelta(days=1)
# One of each kind: a clock that changes, in either half of the world; by half an hour; by two; backwards in winter; for
# Ramadan; on other dates than its neighbours; not at all; by an odd offset; further from Greenwich than any.
KINDS_OF_ZONES = [
    "Europe/London", "Australia/Melbourne", "Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin",
    "Africa/Casablanca", "America/Santiago", "Africa/Cairo", "Asia/Kolkata", "Pacific/Chatham",
    "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York",
]  # fmt: skip  # several values a line, to be looked through
Times = dict[str, tuple[int, int]]


def walls(tz: ZoneInfo) -> Iterator[tuple[date, time]]:
    """What people there type in two years: two evenings a month, and every hour round each change of the clock."""
    day, before = FIRST, None
    while day <= LAST:
        offset = datetime.combine(day, time(12), tz).utcoffset()
        if day.day == 29 or (before is not None and offset != before):
            yield from ((day, at) for at in (time(19, 30), time(23, 45)))
        if before is not None and offset != before:
            for near in (day - A_DAY, day):
                yield from ((near, time(hour, 30)) for hour in range(24) if (near, hour) != (day, 19))
        day, before = day + A_DAY, offset


def made_for(zone: str) -> tuple[str, dict[str, tuple[date, time]]]:
    """The file a person on a clock in `zone` is given, and what they typed of each date in it."""
    file, typed = file_of(zone, dict.fromkeys(walls(ZoneInfo(zone))))
    return file.decode(), typed


def file_of(zone: str, walls: Iterable[tuple[date, time]]) -> tuple[bytes, dict[str, tuple[date, time]]]:
    """The file of the dates that begin then, and by their name in it when each does."""
    seat, typed, dates = Partner(couple=Couple(), user=User(zone=zone)), {}, []
    for day, at in walls:
        starts_at = days.instant(day, at, ZoneInfo(zone))
        date_night = DateNight(made_at=datetime(2026, 11, 1, tzinfo=UTC), starts_at=starts_at, minutes=180)
        typed[str(date_night.pk)] = (day, at)
        dates.append(date_night)
    return ics.of_feed(feeds.Feed(Calendar(seat=seat), dates)), typed


def expected(zone: str, typed: dict[str, tuple[date, time]]) -> Times:
    """When each date is, in seconds since 1970."""
    starts = {uid: days.instant(day, at, ZoneInfo(zone)) for uid, (day, at) in typed.items()}
    return {uid: (int(at.timestamp()), int((at + LENGTH).timestamp())) for uid, at in starts.items()}


def by_dateutil(file: str) -> Times:
    """As dateutil reads it."""
    found, event = {}, {}
    for line in file.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if name in {"DTSTART", "DTEND"}:
            event[name] = int(dateutil.parser.parse(value).timestamp())
        elif name == "UID":
            uid = value
        elif line == "END:VEVENT":
            found[uid] = (event["DTSTART"], event["DTEND"])
    return found


def by_khal(file: str, zone: str) -> Times:
    """As khal shows it on the wall of whoever reads, put back to moments."""
    tz: Any = ZoneInfo(zone)
    locale: Any = {"local_timezone": tz, "default_timezone": tz}
    found = {}
    for one in cal_from_ics(file).walk("VEVENT"):
        shown = Event.fromVEvents([one], calendar="plans", locale=locale)
        found[str(one["UID"])] = (int(shown.start_local.timestamp()), int(shown.end_local.timestamp()))
    return found


def by_icaljs(files: dict[str, str]) -> dict[str, Times]:
    """As ical.js reads them, by zone."""
    library = Path(settings.BASE_DIR) / "var" / "ical.js" / "ical.js"
    assert library.exists(), "`make icaljs` fetches it"
    script = Path(__file__).with_name("read_calendar.mjs")
    done = subprocess.run(
        ["node", script, library], input=json.dumps(files), capture_output=True, text=True, check=True
    )
    return {
        zone: {uid: (start, end) for uid, (start, end) in times.items()}
        for zone, times in json.loads(done.stdout).items()
    }


@pytest.mark.parametrize("zone", KINDS_OF_ZONES)
def test_two_programs_read_when_it_is(zone: str) -> None:
    file, typed = made_for(zone)
    assert by_dateutil(file) == by_khal(file, zone) == expected(zone, typed)


@pytest.mark.slow  # ical.js comes from a registry; 597 zones
def test_three_programs_read_when_it_is_for_everybody_on_earth() -> None:
    made = {zone: made_for(zone) for zone in sorted(known())}
    right = {zone: expected(zone, typed) for zone, (_, typed) in made.items()}
    assert by_icaljs({zone: file for zone, (file, _) in made.items()}) == right
    assert {zone: by_dateutil(file) for zone, (file, _) in made.items()} == right
    assert {zone: by_khal(file, zone) for zone, (file, _) in made.items()} == right


@pytest.mark.parametrize(
    ("zone", "day", "written"),
    [
        ("Europe/London", date(2026, 11, 29), b"DTSTART:20261129T193000Z"),
        ("Africa/Casablanca", date(2027, 2, 20), b"DTSTART:20270220T193000Z"),  # in Ramadan
        ("Africa/Casablanca", date(2027, 3, 20), b"DTSTART:20270320T183000Z"),
        ("Australia/Lord_Howe", date(2027, 1, 5), b"DTSTART:20270105T083000Z"),
    ],
)
def test_a_time_needs_no_rules_to_be_read(zone: str, day: date, written: bytes) -> None:
    file = file_of(zone, [(day, time(19, 30))])[0]
    assert written in file.split(b"\r\n")
    for word in (b"VTIMEZONE", b"TZID", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID", b"X-WR-TIMEZONE"):
        assert word not in file
