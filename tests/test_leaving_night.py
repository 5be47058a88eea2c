"""The night of leaving: what reaches the other in the 24 hours after it is what an ordinary day would have brought.

Alice parts, or erases her account, at some moment; Bob's whole mail and his calendar are compared with the same 24
hours in which she did nothing. What is about the two of them stops; nothing else differs by a byte.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.leaving import erase
from accounts.models import User
from adventures import attachments, feeds, occasions
from adventures import reminding as dates
from adventures.models import DateNight
from adventures.models.occasions import Ahead, What
from agendas import building
from challenges import attempts
from challenges.models import Habit
from checkins import writing
from checkins.words import CheckInText
from couples import parting
from reminders import delivery, kinds, planning, preferences
from tests.adventures.scenarios import agreed
from tests.agendas.scenarios import PLAN, agree
from tests.cast import NOW, seat
from tests.challenges.scenarios import begin_together

BEGINS = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # a Friday; Saturday is the day of the week's letter
A_DAY = timedelta(days=1)
# When a worker comes by, in hours: whenever something is due, and when she may leave.
ROUNDS = [
    BEGINS + timedelta(hours=hours) for hours in (0, 1, 2.5, 3, 3.5, 11, 15, 23.5, 24, 25, 26.5, 27.5, 35, 38)
]
Leave = Callable[[User, datetime], object]
pytestmark = pytest.mark.every_database  # workers claim what is due otherwise there


def parts(alice: User, now: datetime) -> None:
    parting.part(by=alice, now=now)


def erases(alice: User, now: datetime) -> None:
    erase(User.objects.get(pk=alice.pk), now=now)


def nothing(alice: User, now: datetime) -> None:
    pass


@pytest.fixture
def date_night(alice: User, bob: User) -> DateNight:
    """Everything that could send Bob a mail, within a day; he wants every kind there is."""
    tomorrow = (BEGINS + A_DAY).date()
    agree(alice, bob, replace(PLAN, weekday=5), now=NOW)
    date_night = agreed(alice, bob, at=BEGINS + timedelta(hours=26), now=NOW)
    on = tomorrow + timedelta(days=Ahead.WEEK)
    day = occasions.OccasionWords(What.BIRTHDAY, "planted", on.month, on.day, Ahead.WEEK)
    occasions.add(by=seat(alice), words=day, now=NOW)
    attempt = begin_together(alice, bob, now=NOW)
    kept = attempts.challenge_of(attempt).days[0].activity("words")
    Habit.objects.create(author=bob, what=f"{attempt.challenge}/1/{kept.title}", kept_at=NOW)
    for user in (alice, bob):
        write(user, NOW)
    for kind in kinds.every():
        choice = preferences.choices_of(bob)[kind.name]
        at = kind.default_at if kind.default_at > time(4) else time(9)
        preferences.choose(choice, wanted=True, at=at, weekdays="0123456", now=NOW)
    return date_night


@pytest.fixture
def address(bob: User, date_night: DateNight) -> str:
    """His calendar's, with titles; it is read before."""
    feeds.show_titles(by=seat(bob), titled=True)
    found = reverse("adventures:feed", args=[feeds.make_address(by=seat(bob))])
    assert b"soup" in Client().get(found).content
    return found


def write(user: User, now: datetime) -> None:
    writing.write(by=seat(user), day=now.date(), words=CheckInText("planted"), share=True, now=now)


class Clock:
    """A worker's clock at one moment. The first time it is read is the claim; she may leave at the second."""

    def __init__(self, now: datetime, leave: Callable[[], object] | None) -> None:
        self.now, self.leave, self.read = now, leave, 0

    def __call__(self) -> datetime:
        self.read += 1
        if self.read == 2 and self.leave is not None:
            self.leave()
        return self.now


def kind_of(sent: outbox.EmailMessage) -> kinds.Kind | None:
    """The kind of a reminder, by its own stop link; None of a mail that has none."""
    link = sent.extra_headers.get("List-Unsubscribe", "").strip("<>")
    read = preferences.read_stop_token(link.rstrip("/").rsplit("/", 1)[-1]) if link else None
    return kinds.get(read[1]) if read is not None else None


def a_day(
    alice: User,
    bob: User,
    date_night: DateNight,
    address: str,
    leave: Leave,
    at: datetime,
    *,
    in_hands: bool,
    wrote: bool,
) -> list[tuple[str, bool, str]]:
    """Everything that reaches Bob, mails and his calendar: when, whether it is a mail about the two, and all of it.

    Rolled back afterwards.
    """
    outbox.outbox = []
    found = []
    with transaction.atomic():
        for now in (one for one in ROUNDS if one < at + A_DAY):
            with time_machine.travel(now, tick=False):
                if now == BEGINS and wrote:
                    write(alice, now)
                    write(bob, now)
                if now == at:
                    attachments.mail(by=seat(bob), date_night=date_night, now=now)
                if now == at and not in_hands:
                    leave(alice, now)
                building.build_due(now=now)
                dates.promise_due(now=now)
                planning.plan(now=now)
                hands = (lambda now=now: leave(alice, now)) if now == at and in_hands else None
                delivery.deliver(clock=Clock(now, hands))
                told = Client().get(address)
                headers = [item for item in told.items() if item[0] != "Content-Security-Policy"]
                found.append((f"{now:%a %H:%M}", False, repr((told.status_code, headers, told.content))))
            for one in outbox.outbox:
                if one.to == [bob.email]:
                    kind = kind_of(one)
                    said = {name: value for name, value in one.extra_headers.items() if name != "Message-ID"}
                    whole = (
                        one.subject,
                        one.from_email,
                        one.body,
                        getattr(one, "alternatives", []),
                        one.attachments,
                        said,
                    )
                    found.append((f"{now:%a %H:%M}", kind is not None and kind.joint, repr(whole)))
            outbox.outbox = []
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    ("hours", "in_hands", "wrote"),
    [
        (1, False, False),  # before the evening's mail
        (1, False, True),  # which doesn't come where he has written
        (2.5, True, False),  # it is claimed, and not sent
        (3, False, True),  # after it, and before the mail that both pages are open
        (11, False, False),  # at five in the morning
        (15, True, True),  # at nine, when most about the two is in a worker's hands
    ],
)
def test_his_mails_and_calendar_are_those_of_an_ordinary_day(
    alice: User, bob: User, date_night: DateNight, address: str, hours: float, in_hands: bool, wrote: bool
) -> None:
    at = BEGINS + timedelta(hours=hours)
    ordinary = a_day(alice, bob, date_night, address, nothing, at, in_hands=in_hands, wrote=wrote)
    own = [one for one in ordinary if not one[1]]
    assert len(own) >= 12, ordinary
    before = [one for one in ordinary if one[1]]
    for leave in (parts, erases):
        found = a_day(alice, bob, date_night, address, leave, at, in_hands=in_hands, wrote=wrote)
        assert [one for one in found if not one[1]] == own, leave
        joint = [one for one in found if one[1]]
        assert joint == before[: len(joint)], leave  # those that were out already
        assert len(joint) < len(before), leave
