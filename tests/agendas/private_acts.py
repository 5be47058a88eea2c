"""Private acts around the talk."""

from datetime import datetime

from django.test import Client

from accounts.hooks import rezoned
from accounts.models import User
from agendas import hidden_items, topics
from agendas.models import AgendaItem
from checkins import writing
from checkins.words import CheckInText
from couples import days
from tests.agendas.scenarios import days_before, thank
from tests.cast import seat
from tests.private_acts import seen

PAGES = (
    "agendas:talk",
    "agendas:bring",
    "agendas:park",
    "agendas:rhythm",
    "agendas:goals",
    "agendas:talks",
    "agendas:now",
    "agendas:now_live",
    "today:today",
)


def parks(alice: User, now: datetime) -> None:
    topics.park(by=seat(alice), words=topics.TopicWords("planted topic"), now=now)


def brings_nothing_after_all(alice: User, now: datetime) -> None:
    topics.bring(by=seat(alice), topic_id=None, now=now)


def brings_another(alice: User, now: datetime) -> None:
    topics.bring(by=seat(alice), topic_id=topics.waiting_of(seat(alice))[-1].pk, now=now)


def takes_one_away(alice: User, now: datetime) -> None:
    waiting = [topic for topic in topics.waiting_of(seat(alice)) if topic.wanted_at is None]
    topics.take_back(by=seat(alice), topic_id=waiting[0].pk, now=now)


def leaves_a_rose_out(alice: User, now: datetime) -> None:
    rose = AgendaItem.objects.filter(kind="rose").by(alice).first()
    assert rose is not None
    hidden_items.leave_out(by=seat(alice), item_id=rose.pk, now=now)


def keeps_a_thank_you(alice: User, now: datetime) -> None:
    thank(alice, days_before(0), "planted thanks", keep=True)


def looks_at_everything(alice: User, now: datetime) -> None:
    client = Client()
    client.force_login(alice, backend="couples.access.SeatedBackend")
    seen(client, PAGES)


def keeps_her_evening(alice: User, now: datetime) -> None:
    writing.write(
        by=seat(alice), day=days.day_of(now, alice.tz), words=CheckInText("planted"), share=False, now=now
    )


def changes_her_clock(alice: User, now: datetime) -> None:
    before, alice.zone = alice.zone, "Pacific/Auckland"
    alice.save()
    rezoned.announce(user=alice, before=before, now=now)


ACTS = [
    parks,
    brings_nothing_after_all,
    brings_another,
    takes_one_away,
    leaves_a_rose_out,
    keeps_a_thank_you,
    looks_at_everything,
    keeps_her_evening,
    changes_her_clock,
]
EMPTY = [looks_at_everything]
