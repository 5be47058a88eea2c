"""A surprise's plan reaches the other nowhere before it happens or is told: no page, mail, calendar or version."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.errors import Gone
from accounts.models import User
from adventures import dating, feeds, reminding, surprises, wishing
from adventures.models import DateNight, SurprisePlan
from agendas import building
from agendas.models import Agenda
from agendas.models.talks import Part
from agendas.reading import lines
from couples import parting
from reminders import delivery
from tests.adventures.scenarios import accept, asked, change, seen
from tests.agendas.scenarios import agree as agree_on_talks
from tests.cast import NOW, browser_of, seat
from tests.every_route import routes
from tests.private_acts import sight
from tests.scenes import once, stage

AT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
PLANT, DETAIL = "planted planetarium", "planted chips on the hill"
SignIn = Callable[[User], Client]
SHOWN = {"where": "out", "cost": "some", "wear": "warm shoes", "childcare": "nothing", "minutes": 240}


def surprise(by: User, **plan: object) -> DateNight:
    return asked(by, PLANT, at=AT, now=NOW, plan=DETAIL, surprise=True, **SHOWN | plan)


def paths(date_night: DateNight, token: str) -> dict[str, str]:
    """Every page that can be asked for without an argument, the date's own, and the calendar, by its name."""
    found = {}
    for name in routes():
        if name.split(":")[0] in ROOMS and name != "accounts:out":
            with suppress(NoReverseMatch):  # it wants an argument
                found[name] = reverse(name)
    for name in ("adventures:date", "adventures:another_time", "adventures:file"):
        found[name] = reverse(name, args=[date_night.pk])
    return found | {"feed": reverse("adventures:feed", args=[token])}


def pages(client: Client, date_night: DateNight, token: str) -> dict[str, str]:
    """What this person can read of them all."""
    answers = {name: client.get(path) for name, path in paths(date_night, token).items()}
    return {name: answer.content.decode() for name, answer in answers.items() if answer.status_code == 200}


ROOMS = {"accounts", "adventures", "agendas", "challenges", "checkins", "couples", "reminders", "today"}


@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize("agreed", [False, True])
def test_nothing_of_it_is_anywhere_on_the_others_side(
    alice: User, bob: User, signed_in: SignIn, titled: bool, agreed: bool
) -> None:
    with time_machine.travel(NOW, tick=False):
        wish = wishing.wish(by=seat(alice), words=wishing.WishWords(PLANT), now=NOW)
        wishing.take_back(by=seat(alice), wish_id=wish.pk, now=NOW)
        talk = agree_on_talks(alice, bob, now=NOW)
        date_night = surprise(alice)
        feeds.show_titles(by=seat(bob), titled=titled)
        token = feeds.make_address(by=seat(bob))
        if agreed:
            accept(bob, date_night.pk, to=AT, now=NOW)
        talk.refresh_from_db()
        building.build([talk.pk], now=NOW)
        found = pages(signed_in(bob), date_night, token)
        assert len(found) > 40
        assert "A surprise" in found["adventures:dates"]
        for name, body in found.items():
            assert "planted" not in body, name
        assert _said(bob) == {"A surprise": agreed}
    with time_machine.travel(AT.replace(hour=9, minute=0), tick=False):
        reminding.promise_due(now=AT - timedelta(days=2))
        delivery.deliver(clock=lambda: AT.replace(hour=9, minute=1))
        assert len(mail.outbox) == (2 if agreed else 0)
        assert not [one for one in mail.outbox if "planted" in one.message().as_string()]


def _said(user: User) -> dict[str, bool]:
    """Whether the surprise stands on the talk's list, and under which name."""
    agenda = Agenda.objects.get()
    found = lines(seat(user), agenda, list(Part), now=NOW)
    texts = [line.text for part in found.values() for line in part]
    assert not [text for text in texts if "planted" in text]
    return {"A surprise": "A surprise" in texts}


def test_its_planner_reads_it_on_the_dates_own_page_alone(alice: User, bob: User, signed_in: SignIn) -> None:
    """Not on Today, not in the month, not in a calendar: whoever looks over one's shoulder reads it there, too."""
    with time_machine.travel(NOW, tick=False):
        date_night = surprise(alice)
        feeds.show_titles(by=seat(alice), titled=True)
        found = pages(signed_in(alice), date_night, feeds.make_address(by=seat(alice)))
        assert {name for name, body in found.items() if "planted" in body} == {"adventures:date"}
        assert re.search(r"<details[^>]*>.*planted planetarium", found["adventures:date"], re.DOTALL)


def _stands(alice: User, bob: User) -> str:
    """He said yes to her surprise, and has his calendar told of it: its token."""
    accept(bob, surprise(alice).pk, to=AT, now=NOW)
    feeds.show_titles(by=seat(bob), titled=True)
    return feeds.make_address(by=seat(bob))


@pytest.mark.parametrize("what", ["title", "plan", "wish"])
def test_changing_it_changes_not_one_byte_on_the_others_side(alice: User, bob: User, what: str) -> None:
    with time_machine.travel(NOW, tick=False):
        token = stage.play("her surprise stands", lambda: _stands(alice, bob))
        date_night, client = DateNight.objects.get(), browser_of(bob)
        his = tuple(path for name, path in paths(date_night, token).items() if name != "adventures:wishes")
        before = once("her surprise stands", lambda: sight(client, his))  # with the calendar's version
        if what == "wish":
            wish = wishing.wish(by=seat(alice), words=wishing.WishWords("planted wish"), now=NOW)
            wishing.take_back(by=seat(alice), wish_id=wish.pk, now=NOW - timedelta(days=30))
        title, plan = (PLANT + "!", DETAIL) if what == "title" else (PLANT, DETAIL + "!")
        change(alice, date_night.pk, title, plan=plan, **{k: v for k, v in SHOWN.items() if k != "minutes"})
        assert before.again(client) == before.bodies


def test_its_words_lie_under_its_planners_key_until_then(alice: User, bob: User) -> None:
    date_night = surprise(alice)
    assert (date_night.title, date_night.plan, date_night.wish_id) == ("", "", None)
    surprise_plan = SurprisePlan.objects.select_related("author__key").get()
    assert (surprise_plan.title, surprise_plan.plan, surprise_plan.author_id) == (PLANT, DETAIL, alice.pk)
    assert surprises.own_plan(seat(bob), date_night) is None
    with pytest.raises(Gone):
        change(bob, date_night.pk, "his")


def test_happened_it_is_a_surprise_no_more(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(bob), words=wishing.WishWords(PLANT), now=NOW)
    date_night = surprise(alice, wish=wish.pk)
    accept(bob, date_night.pk, to=AT, now=NOW)
    dating.happened(by=seat(bob), date_id=date_night.pk, now=AT + timedelta(hours=4))
    found = seen(bob, date_night, now=AT + timedelta(hours=4))
    assert found is not None
    assert (found.title, found.date.plan, found.date.wish_id) == (PLANT, DETAIL, wish.pk)
    wish.refresh_from_db()
    assert wish.lived_at == AT + timedelta(hours=4)
    assert not SurprisePlan.objects.exists()


def test_tell_me_first(alice: User, bob: User) -> None:
    date_night = surprise(alice)
    with pytest.raises(Gone):
        surprises.ask_to_be_told(by=seat(alice), date_id=date_night.pk, now=NOW)
    for _ in range(2):
        surprises.ask_to_be_told(by=seat(bob), date_id=date_night.pk, now=NOW)
    with pytest.raises(Gone):
        surprises.tell(by=seat(bob), date_id=date_night.pk, now=NOW)
    found = seen(bob, date_night, now=NOW)
    assert found is not None
    assert found.title == "A surprise"
    for _ in range(2):
        surprises.tell(by=seat(alice), date_id=date_night.pk, now=NOW)
    found = seen(bob, date_night, now=NOW)
    assert found is not None
    assert (found.title, found.date.plan, found.state) == (PLANT, DETAIL, "asks")
    assert not SurprisePlan.objects.exists()


def test_parted_it_stays_untold(alice: User, bob: User, signed_in: SignIn) -> None:
    with time_machine.travel(NOW, tick=False):
        date_night = surprise(alice)
        accept(bob, date_night.pk, to=AT, now=NOW)
        token = feeds.make_address(by=seat(bob))
        parting.part(by=alice, now=NOW)
        assert "planted" not in str(pages(signed_in(bob), date_night, token))
        assert SurprisePlan.objects.own(alice).exists()
