"""Statements of every page that links lead to, of two who have little of everything, and then much of it."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import time_machine

from bench.figures import Figure, size
from bench.site import HOST, NOW
from bench.visitor import BUD, ROSE, THORN, TODAY

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from couples.models import Partner

FEW, MANY = 3, size(300, toy=4)  # days, with one of each thing a day
OF_A_KIND = 2  # pages of each view: what lies ahead and what lies behind, say
LEAVING = "accounts:out"  # the quick exit: who opens that is signed out
LEAST_KINDS = 40  # of pages: fewer would mean that links were lost


def any_page_queries() -> Iterator[Figure]:
    """The most statements any page of ours takes, and how many more any of them takes once there is much of everything.

    Two who have what the demo has, and of each thing one more a day for 3 days, then for 300: check-ins with replies,
    thank-yous, wins, wishes, dates with their lines, days to remember, goals, topics, questions, a talk a week.
    """
    from accounts.models import User
    from config.demo import couple
    from config.demo.people import ROSA

    begun = NOW - timedelta(days=MANY + 1)
    couple.seed(now=begun)
    rosa = User.objects.get(email=ROSA.email)
    for day in range(1, FEW + 1):
        _live(begun + timedelta(days=day), day)
    few = _statements(rosa, begun + timedelta(days=FEW))
    for day in range(FEW + 1, MANY + 1):
        _live(begun + timedelta(days=day), day)
    many = _statements(rosa, begun + timedelta(days=MANY))
    both = few.keys() & many.keys()
    assert len(both) >= LEAST_KINDS, (sorted(few), sorted(many))
    most = max(many, key=many.__getitem__)
    grown = max(both, key=lambda name: many[name] - few[name])
    raw = {f"{name}: few, many": [few[name], many[name]] for name in sorted(both)}
    over = sorted(f"{name} {many[name]:g}" for name in many if many[name] > 10)
    said = f"{most}, of {len(many)} kinds of pages{'; over 10: ' + ', '.join(over) if over else ''}"
    yield Figure("any-page-queries", many[most], "<=", 10, said, raw)
    growth = many[grown] - few[grown]
    grew = sorted(f"{name} {few[name]:g}-{many[name]:g}" for name in both if many[name] > few[name])
    yield Figure(
        "any-page-queries-growth",
        growth,
        "=",
        0,
        ", ".join(grew) or f"from {FEW} to {MANY} days of everything",
    )


def _statements(user: "User", moment: datetime) -> dict[str, float]:
    """How many each kind of page takes, by the name of its view: the most of those that were opened."""
    from django.test import Client
    from django.urls import resolve

    most: dict[str, float] = {}
    with time_machine.travel(moment, tick=False):
        client = Client(headers={"host": HOST})
        client.force_login(user, backend="couples.access.SeatedBackend")
        ahead, known, seen = [TODAY], {TODAY}, Counter[str]()
        while ahead:
            path = ahead.pop(0)
            match = resolve(urlsplit(path).path)
            ours = not match.func.__module__.startswith("allauth.") and match.view_name != LEAVING
            if seen[match.view_name] == OF_A_KIND or not ours:
                continue
            seen[match.view_name] += 1
            page, count = _opened(client, path)
            if page:
                most[match.view_name] = max(most.get(match.view_name, 0), count)
            links = re.findall(r'href="(/[^/"#][^"#]*)"', page.replace("&amp;", "&"))
            fresh = sorted({one for one in links if not one.startswith("/static/")} - known)
            ahead += fresh
            known |= set(fresh)
    return most


def _opened(client: "Client", path: str) -> tuple[str, int]:
    """The page, and the statements it took when opened a second time. No page: it leads elsewhere, or is a file."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(path)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return "", 0
    return answer.content.decode(), len(statements)


# --- A day ------------------------------------------------------------------------------------------


def _live(moment: datetime, number: int) -> None:
    """Live one evening of Rosa's and Theo's: one of everything."""
    from accounts.models import User
    from agendas import building
    from agendas.errors import TalkNotHeld
    from config.demo.people import PEOPLE
    from couples.access import seat_of

    with time_machine.travel(moment, tick=False):
        building.build_due(now=moment)
        rosa, theo = (seat_of(User.objects.get(email=person.email)) for person in PEOPLE)
        _write(rosa, theo, moment, number)
        _meet(rosa, theo, moment, number)
        with suppress(TalkNotHeld):  # it is not the day of the talk
            _talk(rosa, theo, moment, number)


def _write(rosa: "Partner", theo: "Partner", now: datetime, number: int) -> None:
    from checkins import own_questions, replies, thanking, writing
    from checkins.words import CheckInText, SaidBack
    from couples import days

    day = days.day_of(now, rosa.user.tz)
    for by in (rosa, theo):
        words = CheckInText(f"{ROSE} {number}", BUD, THORN)
        writing.write(by=by, day=day, words=words, share=True, now=now)
    for by in (rosa, theo):
        replies.reply(by=by, day=day, said=SaidBack(back=f"Two hours, {number}."), now=now)
        thanking.say_thanks(by=by, text=f"For the soup of day {number}.", trait="", keep=False, now=now)
        thanking.note_win(by=by, text=f"A drawer is tidy, the {number}th.", now=now)
    if number <= own_questions.MOST:
        own_questions.ask(by=rosa, text=f"What was it that you hummed on day {number}?", now=now)


def _meet(rosa: "Partner", theo: "Partner", now: datetime, number: int) -> None:
    from adventures import dating, occasions, remembering, wishing
    from agendas import goals, topics
    from couples import days

    today = days.day_of(now, rosa.user.tz)
    wishing.wish(by=rosa, words=wishing.WishWords(f"A walk to the {number}th bridge"), now=now)
    lived = wishing.wish(by=theo, words=wishing.WishWords(f"Soup at the {number}th counter"), now=now)
    wishing.want(by=rosa, wish_id=lived.pk, now=now)
    date_night = dating.fulfil(by=theo, wish_id=lived.pk, day=today, now=now)
    for by in (rosa, theo):
        remembering.leave_line(by=by, date_id=date_night.pk, text=f"Warm, and {number} steps.", now=now)
    topics.park(by=rosa, words=topics.TopicWords(f"The {number}th shelf"), now=now)
    if number < goals.EACH:  # the demo has one
        goals.add(by=theo, details=goals.GoalDetails(f"{number} evenings without screens"), now=now)
    if number < occasions.EACH:
        words = occasions.OccasionWords("anniversary", f"Bridge {number}", 1 + number % 12, 1 + number % 28)
        occasions.add(by=rosa, words=words, now=now)


def _talk(rosa: "Partner", theo: "Partner", now: datetime, number: int) -> None:
    from agendas import meeting, notes, outcomes
    from agendas.models import Part

    agenda = meeting.begin(by=rosa, now=now)
    for part in (Part.RIGHT, Part.TRACK, Part.LOVING):
        meeting.go_to(by=rosa, part=part, now=now)
    note = notes.write(by=theo, agenda=agenda, part=Part.TRACK, text=f"Shelves, {number}.", stood="", now=now)
    if note is not None:
        for by in (theo, rosa):
            notes.approve(by=by, note_id=note.pk, stood=note.shown, now=now)
    outcomes.say(by=rosa, agenda=agenda, kind="noticed", text=f"You rang, {number} times.", now=now)
    outcomes.add_action(
        by=theo, agenda=agenda, who="i", part=Part.AHEAD, text=f"put up shelf {number}", now=now
    )
    meeting.go_to(by=theo, part=Part.AHEAD, now=now)
    meeting.finish(by=theo, now=now)
