"""The time zones a person can choose from (IANA tz database, the release in `tzdata`)."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Areas people live in; the rest of the database is aliases, legacy names and offsets kept for machines.
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
def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Zones for a select, grouped by area, in the order of their names."""
    groups = [
        (
            area,
            [
                (zone, zone.split("/", 1)[1].replace("_", " ").replace("/", ", "))
                for zone in sorted(known())
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
    """Raises `ValidationError` for a zone the tz database doesn't know."""
    if value not in known():
        raise ValidationError(
            _("We don't know that time zone. Please choose one from the list."), code="zone"
        )
