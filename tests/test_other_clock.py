"""The other's clock can't be found out: one's own pages, and what one's acts answer, are the same wherever they live.

Bob's zone is each of six in turn, all the rest stays: Alice looks and acts at several moments, and every byte is
compared. What Bob writes pairs by his Day (product, two clocks) and what the two agreed on keeps the zone it was agreed
in, as a fact of both: nothing of that zone shows but the times that follow. "We did it" is on one date for both.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from adventures import dating, feeds, occasions, wishing
from adventures.errors import OvernightSurprise
from adventures.models import DateNight
from agendas import building, scheduling
from agendas import reading as talks
from agendas.errors import ImpossibleDay
from agendas.models import Agenda, Part
from agendas.plan import TalkPlan
from challenges import attempts
from checkins import own_questions, prompt_preferences, thanking
from checkins.models import Appreciation, OwnPrompt
from couples import days, weekdays
from tests.adventures.scenarios import accept, agreed, asked
from tests.agendas.scenarios import agree
from tests.cast import NOW, seat
from tests.challenges.scenarios import begin_together
from tests.months_before import live_months
from tests.private_acts import MORE, PAGES, seen
from tests.sights import EVERY_PAGE

SignIn = Callable[[User], Client]
ZONES = (
    "Europe/London",
    "America/New_York",
    "Pacific/Auckland",
    "Asia/Kathmandu",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
)
MOMENTS = [NOW + timedelta(hours=hours) for hours in (0, 5, 22.5, 47, 70, 10 * 24 + 23, 11 * 24 + 20)]
FEW = (
    "today:today",
    "challenges:challenge",
    "today:look_back",
    "agendas:talk",
    "couples:evenings",
    "checkins:own_questions",
    "checkins:thanks",
    "checkins:shared",
    "today:together",
    "today:looking_back",
    "/looking-back/2026-10/page/",
    "adventures:dates",
    "adventures:memories",
)
ALL = tuple(dict.fromkeys((*FEW, *PAGES, *MORE)))
LIVED_ON = NOW.date() - timedelta(days=1)  # which has come wherever he lives
SURPRISE = {"surprise": True, "where": "out", "cost": "some", "minutes": 300}


def masked(body: str) -> str:
    """Without what differs by chance: a row's id, a token."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b", "", body)


def surprises(alice: User, now: datetime) -> list[str]:
    """For each hour of a day: whether a surprise may begin then. Refused or not, nothing stays."""
    found = []
    for hour in range(24):
        at = datetime.combine(now.date() + timedelta(days=5), time(hour), tzinfo=now.tzinfo)
        try:
            with transaction.atomic():
                asked(alice, "planted", at=at, now=now, **SURPRISE)
                transaction.set_rollback(True)
                found.append("may")
        except OvernightSurprise:
            found.append("overnight")
    return found


def acts(alice: User, bob: User, step: int, now: datetime) -> object:
    """What each of the two does at one moment, and what Alice's own acts answer."""
    her = seat(alice)
    if step == 0:
        begin_together(alice, bob, now=now)
        attempts.complete(by=seat(bob), number=1, card="words", now=now)
        asked(bob, "his", at=now + timedelta(days=4), now=now)
        wish = wishing.wish(by=her, words=wishing.WishWords("hers, lived"), now=now)
        dating.fulfil(by=seat(bob), wish_id=wish.pk, day=LIVED_ON, now=now)
        thanking.say_thanks(by=seat(bob), text="his thanks", trait="", keep=False, now=now)
        thanking.say_thanks(by=seat(bob), text="his kept thanks", trait="", keep=True, now=now)
        thanking.say_thanks(by=her, text="hers", trait="", keep=False, now=now)
        thanking.say_thanks(by=her, text="hers kept", trait="", keep=True, now=now)
        prompt_preferences.choose(by=seat(bob), depth=3, seasons=["illness"], now=now)
        prompt_preferences.choose(by=her, depth=3, seasons=["illness"], now=now)
        own_questions.ask(by=her, text="hers to ask", now=now)
    if step == 1:
        own_questions.agree(by=seat(bob), prompt_id=OwnPrompt.objects.get().pk, now=now)
        date_night = DateNight.objects.get(asked_by=bob)
        accept(alice, date_night.pk, to=date_night.asked_for or now, now=now)
        attempts.leave_line(by=seat(bob), number=1, text="his line", now=now)
    if step == 2:
        prompt_preferences.choose(by=her, depth=1, seasons=[], now=now)
        said = Appreciation.objects.own(alice).filter(written_at=MOMENTS[0]).earliest("goes_out_at")
        thanking.take_back(by=her, model=Appreciation, pk=said.pk, now=now)
    if step == 3:
        date_night = DateNight.objects.live().filter(starts_at__isnull=False).earliest("made_at")
        dating.postpone(by=her, date_id=date_night.pk, stood=date_night.starts_at or now, now=now)
        weekdays.name(by=seat(bob), weekdays=[0, 2, 4, 6], now=now)
        weekdays.name(by=her, weekdays=[0, 2, 4, 6], now=now)
    if step == 5:
        attempts.wake(by=seat(bob), now=now)
    if step == 6:
        attempts.end(by=seat(bob), now=now)
    if step == 4:
        own_questions.take_back(by=her, prompt_id=OwnPrompt.objects.get().pk, now=now)
    return surprises(alice, now) if step in {0, 3} else None


def life(alice: User, bob: User, client: Client, pages: tuple[str, ...], feed: str) -> list[object]:
    """All of it, at every moment. Rolled back afterwards."""
    found: list[object] = []
    for step, now in enumerate(MOMENTS):
        with time_machine.travel(now, tick=False):
            building.build_due(now=now)
            found.append(acts(alice, bob, step, now))
            days = [f"/question/{now.date() + timedelta(days=ahead)}/" for ahead in (-1, 0)]
            for page, body in seen(client, (*pages, *days)).items():
                found.append((step, page, masked(body)))
            found.append(masked(Client().get(feed).content.decode()))
    return found


@pytest.mark.parametrize(
    ("which", "zones"),
    [(FEW, ZONES[::2]), pytest.param(ALL, ZONES, marks=pytest.mark.slow)],
    ids=["few", "all"],
)
def test_her_pages_and_acts_are_the_same_wherever_he_lives(
    alice: User, bob: User, signed_in: SignIn, which: tuple[str, ...], zones: tuple[str, ...]
) -> None:
    live_months(alice, bob)
    client = signed_in(alice)
    agree(alice, bob, now=NOW - timedelta(days=1))
    agreed(alice, bob, at=NOW + timedelta(days=2), now=NOW - timedelta(days=1))
    feeds.show_titles(by=seat(alice), titled=True)
    feed = reverse("adventures:feed", args=[feeds.make_address(by=seat(alice))])
    stories = {}
    for zone in zones:
        with transaction.atomic():
            User.objects.filter(pk=bob.pk).update(zone=zone)
            bob.refresh_from_db()
            stories[zone] = life(alice, bob, client, which, feed)
            transaction.set_rollback(True)
    for zone, story in stories.items():
        for here, there in zip(stories[ZONES[0]], story, strict=True):
            assert here == there, zone
    pages = [entry for entry in stories[ZONES[0]] if isinstance(entry, tuple)]
    assert len({body for _, page, body in pages if page == "today:today"}) > 3
    assert any("his thanks" in body for _, page, body in pages if page == "checkins:shared")
    assert all("thanks 44 of Alice" in body for _, page, body in pages if page.endswith("/page/"))
    assert len({body for _, page, body in pages if page == "challenges:challenge"}) > 4


TALK_PAGES = ("agendas:talk", "agendas:bring", "agendas:talks", "today:today", "adventures:dates")
AGREED = [
    datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (2, 10, 19)
]  # on one clock or another, a night's talk

# The clocks of the zones are more hours apart than this; every hour in `make full`.
HOURS = 1 if EVERY_PAGE else 3


def talk_at(moment: datetime, zone: str) -> TalkPlan:
    """A weekly talk at this moment, as somebody in `zone` says it."""
    wall, day = moment.astimezone(ZoneInfo(zone)), days.day_of(moment, ZoneInfo(zone))
    return TalkPlan(every="week", weekday=day.weekday(), at=wall.time(), minutes=30, zone=zone)


def moved(by: User, to: datetime, now: datetime) -> str:
    """Whether one may ask to hold the talk then. Nothing of it stays."""
    agenda = Agenda.objects.open().get(couple=seat(by).couple)
    try:
        with transaction.atomic():
            scheduling.suggest_move(by=seat(by), agenda_id=agenda.pk, to=to, now=now)
            transaction.set_rollback(True)
            return "may"
    except ImpossibleDay:
        return "impossible"


def a_talk(alice: User, client: Client, moment: datetime) -> list[object]:
    """What she finds from before it is laid out until it is over, and how far she may move it."""
    found: list[object] = []
    for hour in range(-18, 36, HOURS):
        now = moment + timedelta(hours=hour, minutes=1)
        with time_machine.travel(now, tick=False):
            building.build_due(now=now)
            for page, body in seen(
                client, ("agendas:talk", "today:today") if hour % 6 else TALK_PAGES
            ).items():
                found.append((hour, page, masked(body)))
            if hour == 0:
                agenda = Agenda.objects.open().get(couple=seat(alice).couple)
                for part, lines in talks.lines(seat(alice), agenda, Part.values, now=now).items():
                    found.append((part, [(line.text, line.reason) for line in lines]))
    with time_machine.travel(now, tick=False):
        hours = [
            moment + timedelta(days=14, hours=hour) for hour in range(-48, 12)
        ]  # around the one after the next
        found.extend((to, moved(alice, to, now)) for to in hours)
    return found


def lines_of_a_talk(alice: User, bob: User, moment: datetime) -> None:
    """Of each day around the edge of what it is built from, and days to remember around the edge of three weeks."""
    for ago in range(6, 10):
        day = (moment - timedelta(days=ago)).date()
        thanking.note_win(by=seat(alice), text=f"hers of {day}", now=moment - timedelta(days=ago))
        date_night = agreed(
            alice, bob, f"{day}", at=moment - timedelta(days=ago), now=moment - timedelta(days=12)
        )
        dating.happened(by=seat(bob), date_id=date_night.pk, now=moment - timedelta(days=ago - 0.5))
    for away in (0, 20, 21, 22):
        day = (moment + timedelta(days=away)).date()
        words = occasions.OccasionWords("birthday", f"in {away}", day.month, day.day)
        occasions.add(by=seat(alice), words=words, now=moment - timedelta(days=12))


@pytest.mark.parametrize(
    "moment", [AGREED[2], *(pytest.param(one, marks=pytest.mark.slow) for one in AGREED[:2])]
)
def test_a_talk_tells_no_more_of_where_it_was_suggested_than_its_moment(
    alice: User, bob: User, signed_in: SignIn, moment: datetime
) -> None:
    client, stories = signed_in(alice), {}
    lines_of_a_talk(alice, bob, moment)
    for zone in ZONES[::2] if moment == AGREED[2] else ZONES:
        with transaction.atomic():
            User.objects.filter(pk=bob.pk).update(zone=zone)
            bob.refresh_from_db()
            agenda = agree(bob, alice, talk_at(moment, zone), now=moment - timedelta(days=3))
            assert agenda.starts_at == moment
            stories[zone] = a_talk(alice, client, moment)
            transaction.set_rollback(True)
    for zone, story in stories.items():
        for here, there in zip(stories[ZONES[0]], story, strict=True):
            assert here == there, zone
