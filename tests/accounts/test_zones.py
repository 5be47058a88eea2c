import re
import sys
import zoneinfo
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import zones
from accounts.forms import SettingsForm, SignUpForm
from accounts.models import User
from reminders import planning
from reminders.models import Reminder
from tests.cast import NOW
from tests.reminders.ledger import wants

SETTINGS = {"name": "Dana", "theme": "", "inbox_shared": "False"}
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
    assert hours == sorted(hours)  # type: ignore[type-var]  # none is None
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


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"), ("Africa/Asmera", "Africa/Asmara"), ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Rangoon", "Asia/Yangon"), ("Asia/Saigon", "Asia/Ho_Chi_Minh"), ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Atlantic/Faeroe", "Atlantic/Faroe"), ("America/Godthab", "America/Nuuk"), ("Pacific/Truk", "Pacific/Chuuk"),
        ("Pacific/Ponape", "Pacific/Pohnpei"), ("US/Pacific", "America/Los_Angeles"), ("Etc/GMT", "Etc/UTC"),
        ("UTC", "Etc/UTC"), ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Oslo", "Europe/Oslo"), ("Etc/GMT-3", "Etc/GMT-3"), ("EST5EDT", "EST5EDT"),
        ("Mars/Olympus", "Mars/Olympus"),
    ],
)  # fmt: skip  # several values a line, to be looked through
def test_a_place_is_offered_by_the_name_it_has_today(former: str, today: str) -> None:
    offered = {zone for _area, group in zones.choices() for zone, _label in group}
    assert zones.current(former) == today
    assert (former in offered) == (former == today and former not in {"EST5EDT", "Mars/Olympus"})


def test_every_known_zone_keeps_its_clock_under_the_name_of_today() -> None:
    weeks = [NOW + timedelta(weeks=number) for number in range(120)]
    offered = {zone for _area, group in zones.choices() for zone, _label in group}
    for zone in zones.known():
        today = zones.current(zone)
        before, after = zoneinfo.ZoneInfo(zone), zoneinfo.ZoneInfo(today)
        assert today in offered | {"CST6CDT", "EST5EDT", "MST7MDT", "PST8PDT"}, zone
        assert [before.utcoffset(at) for at in weeks] == [after.utcoffset(at) for at in weeks], zone


def test_a_stored_name_of_old_is_shown_by_todays_and_stays_the_same_clock(
    dana: User, signed_in: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=dana.pk).update(zone="Asia/Calcutta")
    client = signed_in(dana)
    page = client.get("/settings/").content.decode()
    assert chosen(page) == ["Asia/Kolkata"]
    assert "Asia/Calcutta" not in page
    form = SettingsForm({**SETTINGS, "zone": "Asia/Calcutta"}, instance=User.objects.get(pk=dana.pk))
    assert form.is_valid(), form.errors
    assert "zone" not in form.changed_data
    assert form.cleaned_data["zone"] == "Asia/Kolkata"


@pytest.mark.parametrize("zone", ["EST5EDT", "PST8PDT"])
def test_a_clock_that_is_no_place_stays_chosen(
    dana: User, signed_in: Callable[[User], Client], zone: str
) -> None:
    """Before, the first place of the list stood there instead, and the next Save made it one's clock."""
    User.objects.filter(pk=dana.pk).update(zone=zone)
    assert chosen(signed_in(dana).get("/settings/").content.decode()) == [zone]


def test_what_is_no_zone_leaves_nothing_chosen(dana: User) -> None:
    form = SettingsForm({**SETTINGS, "zone": "Mars/Olympus"}, instance=dana)
    assert "list" in str(form.errors["zone"])
    assert chosen(str(form["zone"])) == [""]


def test_a_browser_offers_its_own_only_before_the_form_is_sent() -> None:
    assert chosen(str(SignUpForm()["zone"])) == [""]
    assert "data-zone" in str(SignUpForm()["zone"])
    sent = str(SignUpForm({"zone": "Etc/UTC"})["zone"])
    assert "data-zone" not in sent
    assert chosen(sent) == ["Etc/UTC"]
    assert "data-zone" not in str(SettingsForm(instance=User(zone="Etc/UTC"))["zone"])


def test_its_options_are_drawn_once() -> None:
    """Drawn for each page they were 50,000 calls of a function, three quarters of Settings."""
    form, calls = SettingsForm(instance=User(zone="Europe/London")), Counter[str]()
    first = str(form["zone"])
    sys.setprofile(lambda frame, event, arg: calls.update([event]))
    second = str(form["zone"])
    sys.setprofile(None)
    assert first == second
    assert first.count("<option") > 400
    assert calls["call"] < 5000


def test_two_who_chose_differently_are_shown_the_same_places() -> None:
    one, other = (
        str(SettingsForm(instance=User(zone=zone))["zone"]) for zone in ("Europe/Oslo", "Etc/GMT-3")
    )
    assert (chosen(one), chosen(other)) == (["Europe/Oslo"], ["Etc/GMT-3"])
    assert one.replace(" selected", "") == other.replace(" selected", "")


def chosen(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)"[^>]* selected', page)


def test_a_zone_that_is_not_known_here_stops_nobody(
    dana: User, bob: User, signed_in: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    """A row from a server with newer rules, or of a place that went: its person reads UTC until they choose anew."""
    for user in (dana, bob):
        wants(user)
    User.objects.filter(pk=dana.pk).update(zone="America/Newly_Founded")
    planning.plan(now=NOW)
    assert set(Reminder.objects.values_list("user__name", flat=True)) == {"Bob", "Dana"}
    dana.refresh_from_db()
    browser = signed_in(dana)
    assert browser.get("/today/").status_code == 200
    assert "Choose a place near you" in browser.get("/settings/").content.decode()
    browser.post("/settings/", SETTINGS | {"zone": "America/Santiago"})
    dana.refresh_from_db()
    assert dana.zone == "America/Santiago"
    assert [record.levelname for record in caplog.records if "time zone" in record.message] == ["WARNING"]
    assert "Newly" not in caplog.text
