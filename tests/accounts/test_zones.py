import zoneinfo
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts import zones
from accounts.models import User
from tests.cast import NOW

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_every_choice_is_known_and_loads() -> None:
    offered = [zone for _area, group in zones.choices() for zone, _label in group]
    assert len(offered) == len(set(offered)) > 300
    for zone in offered:
        zones.validate_zone(zone)
        assert zoneinfo.ZoneInfo(zone).utcoffset(NOW) is not None


def test_the_fixed_ones_say_what_they_are() -> None:
    """`Etc/GMT-3` is three hours east (POSIX turns the sign round); people read it the other way."""
    fixed = dict(zones.choices()[-1][1])
    assert fixed["Etc/UTC"] == "UTC"
    assert fixed["Etc/GMT-3"] == "UTC+3"
    assert fixed["Etc/GMT+5"] == "UTC-5"
    hours = [zoneinfo.ZoneInfo(zone).utcoffset(NOW) for zone in fixed]
    assert hours == sorted(hours)  # type: ignore[type-var]
    for zone in fixed:
        assert zoneinfo.ZoneInfo(zone).utcoffset(NOW) == zoneinfo.ZoneInfo(zone).utcoffset(SUMMER)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "localtime", "Factory", "../etc/passwd", "europe/berlin "]
)
def test_what_is_no_zone_is_refused_with_a_plain_sentence(zone: str) -> None:
    with pytest.raises(ValidationError, match="time zone"):
        zones.validate_zone(zone)


def test_a_persons_clock(dana: User) -> None:
    dana.zone = "Asia/Kathmandu"
    assert dana.local(NOW).strftime("%H:%M") == "00:45"
