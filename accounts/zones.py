"""The time zones a person can choose from (IANA tz database, the release in `tzdata`).

Each place is offered once, by the name `zone.tab` gives it. Whatever else the database knows is understood: names of
old stay in rows, in older browsers and in pages that were open when a place was renamed.
"""

import difflib
import logging
import zoneinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

# Areas people live in, as the list is grouped.
AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def known() -> frozenset[str]:
    """Every zone that is accepted: any name the tz database knows, fixed offsets (`Etc/…`) included."""
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "Factory"}


@cache
def clock(zone: str) -> ZoneInfo:
    """The clock of this zone. One that this machine's tz database lacks is kept as UTC, and the log says so once: a row
    may come from a newer one (a place that was added, another server), and must not stop what others are waiting for.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.warning(
            "a time zone that somebody has isn't known here, and UTC stands for it: a newer tzdata has it"
        )
        return ZoneInfo("UTC")


@cache
def places() -> frozenset[str]:
    """The name of each place that keeps a clock of its own or lies in a country that does, as it is spelled today."""
    rows = [line.split("\t") for line in _table("zone.tab") if not line.startswith("#")]
    return frozenset(row[2] for row in rows) & known()


@cache
def current(zone: str) -> str:
    """The name this zone's place has today (Asia/Kolkata for Asia/Calcutta); the same, if it has none but this."""
    if zone in places() or zone not in known():
        return zone
    meant = _meant(zone)
    if meant == "Etc/GMT":
        return "Etc/UTC"
    area = zone.partition("/")[0]
    near = [place for place in places() if place.startswith(f"{area}/") and _meant(place) == meant]
    # The database says which clock Africa/Asmera is (Nairobi's), not which place: that is the one spelled like it.
    return next(iter(difflib.get_close_matches(zone, near, n=1, cutoff=0.8)), meant)


@cache
def former() -> dict[str, list[str]]:
    """Other names of each place, as browsers may call it."""
    found: dict[str, list[str]] = {}
    for zone in sorted(known()):
        if (today := current(zone)) != zone:
            found.setdefault(today, []).append(zone)
    return found


@cache
def _links() -> dict[str, str]:
    """Names that only stand for another: what each is a name for."""
    lines = [line.split() for line in _table("tzdata.zi") if line.startswith("L ")]
    return {name: meant for _mark, meant, name in lines}


def _meant(zone: str) -> str:
    while zone in _links():
        zone = _links()[zone]
    return zone


def _table(name: str) -> list[str]:
    return (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8").splitlines()


@cache
def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Zones for a select, grouped by area, in the order of their names."""
    groups = [
        (
            area,
            [
                (zone, zone.split("/", 1)[1].replace("_", " ").replace("/", ", "))
                for zone in sorted(places())
                if zone.startswith(f"{area}/")
            ],
        )
        for area in AREAS
    ]
    fixed = [
        (zone, _fixed_label(zone)) for zone in sorted(known(), key=_offset) if _offset(zone) != _NO_OFFSET
    ]
    return [*groups, (str(_("Fixed, without summer time")), fixed)]


_NO_OFFSET = 99


def _offset(zone: str) -> int:
    """Hours east of Greenwich of `Etc/GMT±n` (whose sign is reversed, by POSIX), else `_NO_OFFSET`."""
    if zone == "Etc/UTC":
        return 0
    sign, hours = zone[7:8], zone[8:]
    if zone.startswith("Etc/GMT") and sign in "+-" and hours.isdigit() and hours != "0":
        return -int(hours) if sign == "+" else int(hours)
    return _NO_OFFSET


def _fixed_label(zone: str) -> str:
    return f"UTC{_offset(zone):+d}" if _offset(zone) else "UTC"


def validate_zone(value: str) -> None:
    """Refuse, by `ValidationError`, a zone the tz database doesn't know."""
    if value not in known():
        raise ValidationError(
            _("We don’t know that time zone. Please choose one from the list."), code="zone"
        )
