"""Private acts around wishes and dates, and the pages on which nobody may notice them."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from accounts.models import User
from adventures import attachments, dating, feeds
from adventures.models import DateNight
from couples import asking
from reminders import delivery, preferences
from tests.adventures.scenarios import change
from tests.cast import seat

A_DAY = timedelta(days=1)
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
HIDDEN = {"where": "out", "cost": "some", "wear": "boots", "childcare": "nothing"}


def date_nights() -> dict[str, DateNight]:
    """The dates there are, by what they stand for."""
    found = {}
    for date_night in DateNight.objects.select_related("couple__key"):
        found[date_night.title or "surprise"] = date_night
    return found


def says_not_this_one(alice: User, now: datetime) -> None:
    dating.set_aside(by=seat(alice), date_id=date_nights()["his ask"].pk, to=AT, now=now)


def says_not_now_to_the_rhythm(alice: User, now: datetime) -> None:
    ask = asking.awaiting(seat(alice), "dates", now=now)
    assert ask is not None
    asking.set_aside(by=seat(alice), ask_id=ask.pk, now=now)


def changes_what_she_hides(alice: User, now: datetime) -> None:
    change(alice, date_nights()["surprise"].pk, "planted anew", plan="planted anew", **HIDDEN)


def subscribes(alice: User, now: datetime) -> None:
    feeds.make_address(by=seat(alice))
    feeds.show_titles(by=seat(alice), titled=True)


def has_a_file_mailed(alice: User, now: datetime) -> None:
    attachments.mail(by=seat(alice), date_night=date_nights()["stands"], now=now)
    delivery.deliver(clock=lambda: now)


def stops_the_mails(alice: User, now: datetime) -> None:
    for kind in ("date", "occasion"):
        preferences.stop(user=alice, kind=kind, now=now)


def looks_at_everything(alice: User, now: datetime) -> None:
    client = Client()
    client.force_login(alice, backend="couples.access.SeatedBackend")
    for date_night in date_nights().values():
        for name in ("date", "another_time"):
            client.get(reverse(f"adventures:{name}", args=[date_night.pk]))
    client.post(
        reverse("adventures:plan"), {"what": "own", "title": "x" * 300, "when": "own"}
    )  # and is refused


ACTS = [
    says_not_this_one,
    says_not_now_to_the_rhythm,
    changes_what_she_hides,
    subscribes,
    has_a_file_mailed,
    stops_the_mails,
    looks_at_everything,
]
EMPTY = [looks_at_everything]
