""" "We did it": on one date for both, wherever they live, and at no hour."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.zones import known
from adventures import board, dating, reading, wishing
from adventures.models import DateNight
from agendas import building
from agendas.models import Part
from agendas.reading import lines
from couples import days
from tests.agendas.scenarios import LAYS_OUT, agree
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
to_dates = import_module("adventures.migrations.0006_dates_without_an_hour")
FAR_APART = ("Pacific/Kiritimati", "Europe/London", "Pacific/Pago_Pago")


def did_it(user: User, day: date, title: str = "the ferry") -> DateNight:
    """Somebody says in the evening of that day that it came true."""
    wish = wishing.wish(by=seat(user), words=wishing.WishWords(title), now=NOW)
    return dating.fulfil(by=seat(user), wish_id=wish.pk, day=day, now=days.at(day, time(21), user.tz))


def living(user: User, zone: str) -> User:
    User.objects.filter(pk=user.pk).update(zone=zone)
    return User.objects.get(pk=user.pk)


def in_month(user: User, first: date) -> list[date]:
    found = board.read(seat(user), first, now=NOW)
    return [cell.day for week in found.month.weeks for cell in week for _ in cell.entries]


@pytest.mark.parametrize("hers", FAR_APART)
@pytest.mark.parametrize("his", FAR_APART)
def test_it_is_that_date_for_both(alice: User, bob: User, signed_in: SignIn, his: str, hers: str) -> None:
    first, last = date(2026, 10, 26), date(2026, 12, 6)  # of November's page
    bob, alice = living(bob, his), living(alice, hers)
    year_end = date(2025, 12, 31)
    for day in (first, last, year_end):
        did_it(bob, day)
    for user in (bob, alice):
        assert in_month(user, date(2026, 11, 1)) == [first, last]
        assert in_month(user, date(2025, 12, 1)) == [year_end]
        assert [date_night.on for date_night in reading.timeline(seat(user), now=NOW)[0]] == [
            last,
            first,
            year_end,
        ]
        assert [
            date_night.on for date_night in reading.last_year(seat(user), date(2026, 12, 24), now=NOW)
        ] == [year_end]
        assert reading.last_year(seat(user), date(2026, 12, 23), now=NOW) == []
        for later in range(4):
            ago = reading.for_today(seat(user), date(2026, 12, 31) + timedelta(days=later), now=NOW).year_ago
            assert (ago is not None) == (later == 0)
        with time_machine.travel(NOW, tick=False):
            page = signed_in(user).get(reverse("adventures:memories")).content.decode()
        assert page.index("2026</h2>") < page.index("6 Dec") < page.index("26 Oct")
        assert page.index("26 Oct") < page.index("2025</h2>") < page.index("31 Dec")
        assert 'datetime="2025-12-31"' in page


def test_a_date_with_an_hour_stands_under_the_year_of_its_reader(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    date_night = did_it(bob, date(2025, 12, 31))
    evening = datetime(2026, 1, 1, 3, tzinfo=UTC)  # the last of the year in New York
    DateNight.objects.filter(pk=date_night.pk).update(starts_at=evening, minutes=60, happened_on=None)
    alice = living(alice, "America/New_York")
    with time_machine.travel(NOW, tick=False):
        page = signed_in(alice).get(reverse("adventures:memories")).content.decode()
    assert "2025</h2>" in page
    assert "2026</h2>" not in page


@pytest.mark.parametrize("zone", FAR_APART)
def test_the_talk_names_that_date(alice: User, bob: User, zone: str) -> None:
    did_it(bob, NOW.date() - timedelta(days=1))
    agenda = agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    alice = living(alice, zone)
    found = lines(seat(alice), agenda, [Part.RIGHT], now=LAYS_OUT + timedelta(hours=12))
    assert [line.reason for line in found[Part.RIGHT]] == ["it was on Tuesday"]


@pytest.mark.parametrize("day", [date(2026, 1, 17), date(2026, 7, 17)])
def test_what_was_kept_as_noon_becomes_that_date(day: date) -> None:
    for zone in known():
        noon = days.instant(day, time(12), ZoneInfo(zone))
        assert to_dates.date_of(noon, {zone, "Europe/London"}) == day, zone


def test_whoever_moved_since_keeps_the_likelier_date() -> None:
    """Every place is found but the few that have noon with more people of another date."""
    wrong = set()
    for zone in known():
        noon = days.instant(date(2026, 1, 17), time(12), ZoneInfo(zone))
        if to_dates.date_of(noon, set()) != date(2026, 1, 17):
            wrong.add(noon.astimezone(ZoneInfo(zone)).utcoffset())
    assert wrong <= {timedelta(hours=hours) for hours in (-12, -11, 14)}
