"""What one does about dates alone can't be noticed: the other's pages and calendar stay the same to the byte."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from adventures import attachments, dating, feeds, occasions, wishing
from adventures.models import DateNight
from couples import asking
from reminders import delivery, preferences
from tests.adventures.scenarios import accept, agreed, asked, change, happened
from tests.cast import NOW, seat
from tests.scenes import once, stage
from tests.test_side_channel import SignIn, seen, write

A_DAY = timedelta(days=1)
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
ROOM = tuple(
    f"adventures:{name}"
    for name in ("dates", "plan", "rhythm", "wishes", "before", "memories", "occasions", "calendar", "ideas")
)
BESIDE = (
    "today:today",
    "agendas:talk",
    "agendas:bring",
    "checkins:together",
    "accounts:more",
    "reminders:settings",
)
HIDDEN = {"where": "out", "cost": "some", "wear": "boots", "childcare": "nothing"}


def nights() -> dict[str, DateNight]:
    """The dates there are, by what they stand for."""
    found = {}
    for night in DateNight.objects.select_related("couple__key"):
        found[night.title or "surprise"] = night
    return found


@pytest.fixture
def between(alice: User, bob: User) -> None:
    """One of everything between the two: his ask, her surprise, what stands, what was, wishes, a suggested rhythm."""
    with time_machine.travel(NOW, tick=False):
        stage.play("everything between the two", lambda: _between(alice, bob))


def _calendar(bob: User) -> str:
    feeds.show_titles(by=seat(bob), titled=True)
    return feeds.make_address(by=seat(bob))


def _between(alice: User, bob: User) -> None:
    for user in (alice, bob):
        write(user, share=True, now=NOW - A_DAY)
    asked(bob, "his ask", at=AT, now=NOW)
    hidden = asked(alice, "planted", at=AT + A_DAY, now=NOW, surprise=True, plan="planted", **HIDDEN)
    accept(bob, hidden.pk, to=AT + A_DAY, now=NOW)
    agreed(alice, bob, "stands", at=AT + 2 * A_DAY, now=NOW)
    happened(alice, bob, "was", at=NOW - 2 * A_DAY)
    wishing.wish(by=seat(bob), words=wishing.Words("his wish"), now=NOW)
    occasions.add(by=seat(bob), words=occasions.Words("other", "a day", 12, 24), now=NOW)
    asking.ask(by=seat(bob), kind="dates", what="TWO_WEEKS|2026-11-27|19:30|Europe/London", now=NOW)


def says_not_this_one(alice: User, now: datetime) -> None:
    dating.set_aside(by=seat(alice), date_id=nights()["his ask"].pk, to=AT, now=now)


def says_not_now_to_the_rhythm(alice: User, now: datetime) -> None:
    ask = asking.awaiting(seat(alice), "dates", now=now)
    assert ask is not None
    asking.set_aside(by=seat(alice), ask_id=ask.pk, now=now)


def changes_what_she_hides(alice: User, now: datetime) -> None:
    change(alice, nights()["surprise"].pk, "planted anew", plan="planted anew", **HIDDEN)


def subscribes(alice: User, now: datetime) -> None:
    feeds.make_address(by=seat(alice))
    feeds.show_titles(by=seat(alice), titled=True)


def has_a_file_mailed(alice: User, now: datetime) -> None:
    attachments.mail(by=seat(alice), night=nights()["stands"], now=now)
    delivery.deliver(clock=lambda: now)


def stops_the_mails(alice: User, now: datetime) -> None:
    for kind in ("date", "occasion"):
        preferences.stop(user=alice, kind=kind, now=now)


def looks_at_everything(alice: User, now: datetime) -> None:
    client = Client()
    client.force_login(alice, backend="couples.access.SeatedBackend")
    for night in nights().values():
        for name in ("date", "another_time"):
            client.get(reverse(f"adventures:{name}", args=[night.pk]))
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


def his(bob: User, client: Client, token: str) -> dict[str, str]:
    """Everything he can see, his calendar included."""
    found = seen(
        client, (*BESIDE, *ROOM, *(reverse("adventures:date", args=[one.pk]) for one in nights().values()))
    )
    feed = client.get(reverse("adventures:feed", args=[token]))
    return found | {"feed": f"{feed['ETag']}\n{feed.content.decode()}"}


@pytest.mark.parametrize("act", ACTS)
def test_he_sees_the_same_whatever_she_did(
    alice: User,
    bob: User,
    between: None,
    signed_in: SignIn,
    act: Callable[[User, datetime], None],
) -> None:
    with time_machine.travel(NOW, tick=False):
        token, client = stage.play("his calendar", lambda: _calendar(bob)), signed_in(bob)
        before = once("between the two", lambda: his(bob, client, token))
        act(alice, NOW)
        assert his(bob, client, token) == before
        wishing.want(by=seat(alice), wish_id=wishing.matches(seat(alice), 1)[0].pk, now=NOW)
        assert his(bob, client, token) != before  # the comparison does see a difference


def test_nor_on_any_of_thirty_evenings(alice: User, bob: User, between: None, signed_in: SignIn) -> None:
    """Declined at once, or never looked at: his ask stands there, fades and rests on the same days."""
    client = signed_in(bob)

    def a_month(*acts: Callable[[User, datetime], None]) -> list[dict[str, str]]:
        with time_machine.travel(NOW, tick=False):
            for act in acts:
                act(alice, NOW)
        pictures = []
        for evening in range(0, 31, 3):
            with time_machine.travel(NOW + evening * A_DAY, tick=False):
                write(bob, share=True, now=NOW + evening * A_DAY)
                pictures.append(seen(client, ("today:today", *ROOM)))
        return pictures

    with transaction.atomic():
        ignored = a_month()
        transaction.set_rollback(True)
    assert a_month(*ACTS) == ignored
    assert len({picture["adventures:dates"] for picture in ignored}) > 3
