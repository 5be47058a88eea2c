"""Whatever two people in any two zones do of a challenge, the rules hold; Bob's pages tell none of her private acts.

The rules are told a second time here, day by day and without the code's own counting: for each of the two by their own
Days and the moments of what was done. Where the other lives is in no rule.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from challenges import attempts, reading, swapping
from challenges.errors import DayAhead, NotRunning, RemarkAlreadyLeft
from challenges.models import OwnCompletion
from couples import days
from tests.cast import EVENINGS, NOW, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.private_acts import seen
from tests.scenes import stage
from tests.written import written

SignIn = Callable[[User], Client]
ZONES = st.sampled_from(
    [
        "Europe/London",
        "Pacific/Auckland",
        "Pacific/Honolulu",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
    ]
)
# Who, how many hours later, what, on which day counted back from where they are, with which card.
ACTS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from([0, 1, 3, 7, 20, 24, 31, 72, 120, 200]),
        st.sampled_from(["mark", "mark", "mark", "unmark", "swap", "hide", "show", "line", "wake"]),
        st.integers(-2, 6),
        st.sampled_from(["words", "close"]),
    ),
    max_size=14,
)


@dataclass
class Told:
    """The rules, told by hand: where a challenge is on a Day of somebody in this zone."""

    tz: ZoneInfo
    active: set[date] = field(default_factory=set)

    def place(self, now: datetime) -> tuple[int, bool]:
        """The number, and whether it rests."""
        first, day = days.day_of(NOW, self.tz), days.day_of(now, self.tz)
        number, quiet, here = 1, 0, first
        resting = False
        while here < day:
            if here in self.active or here == first:
                quiet, resting = 0, False
            here += timedelta(days=1)
            if here in self.active and quiet >= 4:
                quiet, resting = 0, False  # woken today: today's day is the one it slept on
                continue
            if quiet >= 4:
                resting = True
                continue
            number, quiet = number + 1, quiet + 1
        return min(number, 30), resting

    def falls_asleep(self, now: datetime) -> datetime:
        """The moment from which it rests, or now where it does already."""
        while not self.place(now)[1]:
            now = days.ends(days.day_of(now, self.tz), self.tz)
        return now


@dataclass
class Both:
    """What is told of the two: each on their clock, and what they did."""

    of: dict[str, Told]
    own_completions: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    wakes: datetime = NOW  # of what was done last: later than it was done where somebody woke it for then

    def act(self, now: datetime) -> None:
        """Something was done that keeps the challenge awake, for both."""
        for told in self.of.values():
            today = days.day_of(now, told.tz)
            told.active = {day for day in told.active if day <= today} | {today}
        self.wakes = now

    def wake(self, by: str, now: datetime) -> None:
        """From when it rests for both, where that is today for whoever wakes it; else now."""
        at = self.wakes if self.wakes > now else max(told.falls_asleep(now) for told in self.of.values())
        tz = self.of[by].tz
        self.act(at if days.day_of(at, tz) == days.day_of(now, tz) else now)


@settings(
    max_examples=int(os.environ.get("FUZZ", "80")) // 10,  # 200 in `make full`
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making it smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(zones=st.tuples(ZONES, ZONES), acts=ACTS)
def test_whatever_they_do_the_rules_hold(
    db: None, zones: tuple[str, str], acts: list[tuple[bool, int, str, int, str]]
) -> None:
    with transaction.atomic():
        stage.clear()
        stage.play(("in the challenge", zones), lambda: _in_a_challenge(zones))
        alice, bob = (User.objects.with_key().get(name=name) for name in ("Alice", "Bob"))
        told = Both({user.name: Told(user.tz) for user in (alice, bob)})
        now = NOW
        for hers, hours, what, back, card in acts:
            now += timedelta(hours=hours)
            by = alice if hers else bob
            _do(told, by, what, back, card, now)
            for user in (alice, bob):
                _holds(told, user, now)
        transaction.set_rollback(True)


def _in_a_challenge(zones: tuple[str, str]) -> None:
    alice, bob = person("Alice", zone=zones[0]), person("Bob", zone=zones[1])
    pair(alice, bob)
    begin_together(alice, bob, now=NOW)


def _do(  # one branch for each thing to do
    told: Both, by: User, what: str, back: int, card: str, now: datetime
) -> None:
    here, _ = told.of[by.name].place(now)
    number, mine = here - back, (by.name, here - back)
    if what == "swap":
        if 1 <= number <= 30:
            swapping.swap(by=seat(by), number=number, card=card)
    elif what in {"hide", "show"}:
        swapping.choose_touch(user=by, touch=what == "show")
    elif what == "unmark":
        attempts.uncomplete(by=seat(by), number=number, card=card)
        told.own_completions.setdefault(mine, set()).discard(card)
    elif what == "wake":
        attempts.wake(by=seat(by), now=now)
        told.wake(by.name, now)
    elif not 1 <= number <= here:
        error = NotRunning if not 1 <= number <= 30 else DayAhead
        with pytest.raises(error):
            attempts.complete(by=seat(by), number=number, card=card, now=now)
    elif what == "mark":
        attempts.complete(by=seat(by), number=number, card=card, now=now)
        if number not in told.done:
            told.act(now)
        told.done.add(number)
        told.own_completions.setdefault(mine, set()).add(card)
    else:
        try:
            attempts.leave_line(by=seat(by), number=number, text=f"{by.name} at {now}", now=now)
        except RemarkAlreadyLeft:
            return
        told.act(now)


def _holds(told: Both, user: User, now: datetime) -> None:
    progress = reading.progress(seat(user), now=now)
    assert progress is not None
    assert (progress.number, progress.resting) == told.of[user.name].place(now)
    assert set(progress.done) == {number for number in told.done if number <= progress.number}
    cards = reading.cards(seat(user), progress, progress.today)
    own = told.own_completions.get((user.name, progress.number), set())
    assert {one.card.value for one in cards if one.counted} == own
    touch = (
        {one.title for one in progress.today.still}
        if not swapping.has_touch(user)
        else {one.title for one in progress.today.close}
    )
    assert cards[1].activity.title in touch
    assert OwnCompletion.objects.own(user).count() == sum(
        1 for (name, _), kept in told.own_completions.items() if kept and name == user.name
    )


# --- What Bob sees of it -----------------------------------------------------------------------------

EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
PAGES = (
    "challenges:challenge",
    "/challenge/1/",
    "/challenge/2/",
    "today:look_back",
    "challenges:habits",
    "challenges:cards",
    "today:today",
)


def a_month(
    alice: User, bob: User, client: Client, private: Callable[[int, datetime], None]
) -> list[dict[str, str]]:
    """A month of evenings in a challenge: now and then she gets a day done; `private` is what nobody may notice."""
    found = []
    with time_machine.travel(EVENING, tick=False):
        begin_together(alice, bob, now=EVENING)
    for evening in range(EVENINGS):
        now = EVENING + timedelta(days=evening)
        with time_machine.travel(now, tick=False):
            number = reading.progress(seat(alice), now=now)
            assert number is not None
            if evening % 3 == 0:
                attempts.complete(by=seat(bob), number=number.number, card="words", now=now)
            if evening % 7 == 5:
                attempts.complete(by=seat(alice), number=number.number, card="words", now=now)
            private(evening, now)
            found.append(seen(client, PAGES))
    return found


def hides_and_swaps(alice: User, evening: int, now: datetime) -> None:
    """A different private act each evening: none of them is on a day that isn't done."""
    progress = reading.progress(seat(alice), now=now)
    assert progress is not None
    done = sorted(progress.done)
    if evening % 4 == 0:
        swapping.swap(by=seat(alice), number=progress.number, card="close" if evening % 8 else "words")
    elif evening % 4 == 1:
        swapping.choose_touch(user=alice, touch=evening % 8 == 1)
    elif evening % 4 == 2:  # counts what is done already, by another card or as a second person
        attempts.complete(by=seat(alice), number=done[-1], card="close", now=now)
    else:  # and takes it back, whoever else counts it
        for number in done:
            for card in ("words", "close"):
                attempts.uncomplete(by=seat(alice), number=number, card=card)


def test_a_month_of_swapping_and_hiding_leaves_no_trace_for_him(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(bob)
    with transaction.atomic():
        quiet = a_month(alice, bob, client, lambda evening, now: None)
        transaction.set_rollback(True)

    def private(evening: int, now: datetime) -> None:
        with written() as changed:
            hides_and_swaps(alice, evening, now)
        assert changed, evening

    busy = a_month(alice, bob, client, private)
    assert busy == quiet
    assert (
        len({one["challenges:challenge"] for one in quiet}) == EVENINGS
    )  # the comparison has something to compare


@pytest.mark.parametrize("card", ["words", "close"])
def test_whichever_card_she_did_he_sees_the_same(
    alice: User, bob: User, signed_in: SignIn, card: str
) -> None:
    client, found = signed_in(bob), []
    for chosen in ("words", card):
        with time_machine.travel(EVENING, tick=False), transaction.atomic():
            begin_together(alice, bob, now=EVENING)
            attempts.complete(by=seat(alice), number=1, card=chosen, now=EVENING)
            found.append(seen(client, PAGES))
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_her_own_page_differs_in_nothing_but_the_activity(alice: User, bob: User, signed_in: SignIn) -> None:
    """Seen over her shoulder, cards without touch look like anybody's."""
    with time_machine.travel(EVENING, tick=False):
        begin_together(alice, bob, now=EVENING)
        client = signed_in(alice)
        pages = []
        for touch in (True, False):
            swapping.choose_touch(user=alice, touch=touch)
            page = seen(client, ("challenges:challenge",))["challenges:challenge"]
            progress = reading.progress(seat(alice), now=EVENING)
            assert progress is not None
            shown = reading.cards(seat(alice), progress, progress.today)[1].activity
            for text in (shown.title, shown.text, shown.apart):
                page = page.replace(text, "")
            pages.append(
                re.sub(r"'Content-Length': '\d+'", "", page.replace(f"About {shown.minutes} minutes", ""))
            )
        assert pages[0] == pages[1]
