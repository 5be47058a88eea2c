"""Two people act on one date at the same moment: one outcome, and both see the same. PostgreSQL, `ROUNDS` of each."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from accounts.errors import Gone
from accounts.models import User
from adventures import dating, feeds, proposing, reminding, rhythm, wishing
from adventures.errors import DateAskResting, DateChanged
from adventures.models import DateNight, DateRhythm, Want, Wish
from adventures.slots import Every, Recurrence
from couples import parting
from couples.models import Ask
from reminders.models import Reminder
from tests.adventures.scenarios import accept, agreed, asked, seen
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]
ROUNDS = int(os.environ.get("ROUNDS", "5"))  # of answer × answer and postpone × yes; 200 in `make full`
FEWER = int(os.environ.get("ROUNDS", "3"))  # of the others
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
LATER = AT + timedelta(days=1)
EXPECTED = (Gone, DateChanged, DateAskResting)
Act = Callable[[User, DateNight], object]


def yes(user: User, date_night: DateNight) -> object:
    return accept(user, date_night.pk, to=AT, now=NOW)


def yes_later(user: User, date_night: DateNight) -> object:
    return accept(user, date_night.pk, to=LATER, now=NOW)


def no(user: User, date_night: DateNight) -> object:
    return dating.set_aside(by=seat(user), date_id=date_night.pk, to=AT, now=NOW)


def another(user: User, date_night: DateNight) -> object:
    return proposing.suggest(by=seat(user), date_id=date_night.pk, to=LATER, now=NOW)


def postpone(user: User, date_night: DateNight) -> object:
    return dating.postpone(by=seat(user), date_id=date_night.pk, stood=AT, now=NOW)


def call_off(user: User, date_night: DateNight) -> object:
    return dating.call_off(by=seat(user), date_id=date_night.pk, now=NOW)


def was(user: User, date_night: DateNight) -> object:
    return dating.happened(by=seat(user), date_id=date_night.pk, now=AT)


def part(user: User, date_night: DateNight) -> object:
    return parting.part(by=user, now=NOW)


def promise(user: User, date_night: DateNight) -> object:
    return reminding.promise_due(now=AT - timedelta(days=2))


def troubles(outcome: list[object]) -> list[object]:
    return [one for one in outcome if isinstance(one, Exception) and not isinstance(one, EXPECTED)]


def hold(date_night: DateNight) -> None:
    """What is true of every date, whatever was done to it."""
    row = DateNight.objects.get(pk=date_night.pk)
    assert not (row.stands and row.asked_for is not None and row.asked_for == row.starts_at)
    assert (row.asked_at is None) == (row.asked_for is None)
    if row.called_off_at is not None or row.happened_at is not None:
        assert row.asked_for is None
    assert feeds.version(feeds.of(seat(User.objects.get(name="Alice"))), row) == feeds.WRITTEN + row.moves
    unsettled = Reminder.objects.unsettled().filter(kind="date")
    if not row.stands or row.couple.closed_at is not None:
        assert not unsettled.exists()


ASKED: list[tuple[Act, Act]] = [
    (lambda user, date_night: call_off(user, date_night), yes),  # she takes it back while he says yes
    (another, yes),  # she asks for another time while he says yes to this one
    (another, no),
    (another, another),  # both ask for the same other time
    (part, yes),
]
ANSWERS: list[tuple[Act, Act]] = [(yes, no), (yes, yes), (yes, another), (no, another)]
STANDING: list[tuple[Act, Act]] = [
    (postpone, postpone),
    (postpone, call_off),
    (postpone, another),
    (call_off, another),
    (was, postpone),
    (was, was),
    (postpone, promise),
    (part, promise),
    (part, postpone),
]


def rounds(count: int = FEWER) -> Iterator[tuple[User, User]]:
    """The two, round after round, with nothing between them yet; a couple again where they had parted."""
    alice, bob = person("Alice"), person("Bob")
    for _ in range(count):
        if not seat(alice).couple.paired:
            pair(alice, bob, now=NOW)
        yield alice, bob
        for model in (DateNight, DateRhythm, Wish, Ask, Reminder):
            model.objects.all().delete()


def race(one: Act, other: Act, *, by: str, stands: bool = False, count: int = FEWER) -> None:
    """Round after round; afterwards both see the same, and nothing is half done."""
    with track(2) as lanes:
        for alice, bob in rounds(count):
            date_night = agreed(alice, bob, at=AT, now=NOW) if stands else asked(alice, at=AT, now=NOW)
            first = alice if by == "both" else bob
            outcome = lanes.race(partial(one, first, date_night), partial(other, bob, date_night))
            assert troubles(outcome) == []
            hold(date_night)
            hers, his = seen(alice, date_night, now=NOW), seen(bob, date_night, now=NOW)
            row = DateNight.objects.get(pk=date_night.pk)
            if row.stands or row.postponed_at is not None:
                assert (hers is None) == (his is None)
            if hers is not None and his is not None:
                same = {"asks": "asked", "asked": "asks"}
                assert his.state in {same.get(hers.state, hers.state), "stands", "put off"}
                assert (hers.date.starts_at, hers.title) == (his.date.starts_at, his.title)


@pytest.mark.parametrize(("one", "other"), ASKED)
def test_what_she_does_with_her_ask_while_he_answers(one: Act, other: Act) -> None:
    race(one, other, by="both")


@pytest.mark.parametrize(("one", "other"), ANSWERS)
def test_two_answers_of_his_from_two_devices(one: Act, other: Act) -> None:
    race(one, other, by="one", count=ROUNDS)


@pytest.mark.parametrize(("one", "other"), STANDING)
def test_both_act_on_what_stands(one: Act, other: Act) -> None:
    race(one, other, by="both", stands=True)


def test_postponed_or_agreed_on_and_never_both() -> None:
    """She has asked for a later time; he says yes to it while she puts the evening off: it stands later, or waits."""
    with track(2) as lanes:
        for alice, bob in rounds(ROUNDS):
            date_night = agreed(alice, bob, at=AT, now=NOW)
            another(alice, date_night)
            outcome = lanes.race(partial(postpone, alice, date_night), partial(yes_later, bob, date_night))
            assert troubles(outcome) == []
            row = DateNight.objects.get(pk=date_night.pk)
            refused = [one for one in outcome if isinstance(one, DateChanged)]
            assert row.stands
            assert row.starts_at == LATER
            assert row.moves == (1 if refused else 2)


def test_each_asks_the_other_at_the_same_moment() -> None:
    """For the same thing at the same time: both are asked, and one yes makes one date."""
    with track(2) as lanes:
        for alice, bob in rounds():
            outcome = lanes.race(
                partial(asked, alice, "soup", at=AT, now=NOW), partial(asked, bob, "soup", at=AT, now=NOW)
            )
            assert troubles(outcome) == []
            assert DateNight.objects.of(seat(alice).couple).count() == 1
            assert DateNight.objects.of(seat(alice).couple).standing().count() == 1


def test_the_same_wish_and_the_same_me_too_at_once() -> None:
    with track(2) as lanes:
        for alice, bob in rounds():
            words = wishing.WishWords("the ferry")
            wish = partial(wishing.wish, words=words, now=NOW)
            outcome = lanes.race(partial(wish, by=seat(alice)), partial(wish, by=seat(bob)))
            assert troubles(outcome) == []
            [one] = Wish.objects.of(seat(alice).couple)
            assert Want.objects.filter(wish=one).count() == 1


def test_both_say_yes_to_two_rhythms_at_once() -> None:
    """Each suggested the same: crossed asks are one agreement."""
    with track(2) as lanes:
        for alice, bob in rounds():
            recurrence = Recurrence(Every.TWO_WEEKS, AT.date(), AT.time(), "UTC")
            suggest = partial(rhythm.suggest, recurrence=recurrence, now=NOW)
            outcome = lanes.race(partial(suggest, by=seat(alice)), partial(suggest, by=seat(bob)))
            assert troubles(outcome) == []
            assert DateRhythm.objects.current().of(seat(alice).couple).count() == 1
