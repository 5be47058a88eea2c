"""Asking again, moving, taking back: nobody is asked twice, and nobody agrees to what they didn't see."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.errors import Gone
from accounts.leaving import erase
from accounts.models import User
from adventures import dating, feeds, proposing, reading, rhythm, surprises, wishing
from adventures.errors import DateAskResting, DateChanged, OvernightSurprise
from adventures.models import DateNight, DateRhythm
from adventures.slots import Every, Recurrence
from couples import parting
from couples.models import ASK_REST
from tests.adventures.scenarios import accept, agreed, asked, change, seen
from tests.cast import NOW, pair, person, seat

AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)
LATER = AT + A_DAY
SHOWN: dict[str, Any] = {
    "surprise": True,
    "where": "out",
    "cost": "some",
    "wear": "anything",
    "childcare": "nothing",
}


def state(user: User, date_night: DateNight, now: datetime = NOW) -> str | None:
    found = seen(user, date_night, now=now)
    return found.state if found is not None else None


# --- asking again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surprise", [False, True])
def test_asked_again_for_another_hour_it_is_the_same_ask(alice: User, bob: User, surprise: bool) -> None:
    """Whoever said "not this one" isn't shown it again, and whoever asked can't tell."""
    plan = SHOWN if surprise else {}
    date_night = asked(alice, at=AT, now=NOW, **plan)
    dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
    again = asked(alice, " SOUP", at=LATER, now=NOW + A_DAY, **plan)
    assert (again.pk, again.asked_for, again.asked_at) == (date_night.pk, LATER, NOW)
    assert state(alice, date_night, NOW + A_DAY) == "asked"
    assert state(bob, date_night, NOW + A_DAY) is None
    assert DateNight.objects.count() == 1


@pytest.mark.parametrize("declined", [False, True])
def test_taken_back_it_rests_as_if_it_had_faded(alice: User, bob: User, declined: bool) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    if declined:
        dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
    proposing.withdraw(by=seat(alice), date_id=date_night.pk, now=NOW)
    with pytest.raises(DateAskResting):
        asked(alice, at=LATER, now=NOW + A_DAY)
    assert asked(alice, at=AT + ASK_REST, now=NOW + ASK_REST).pk != date_night.pk


def test_asked_again_it_says_what_was_typed_last(alice: User, bob: User) -> None:
    asked(alice, at=AT, now=NOW, plan="the corner table")
    asked(alice, at=AT, now=NOW, plan="the table by the window", cost="low", together=True)
    row = DateNight.objects.select_related("couple__key").get()
    assert (row.plan, row.cost, row.planner_id) == ("the table by the window", "low", None)
    assert row.revisions == {"plan": ["the corner table"]}


@pytest.mark.parametrize("surprise", [False, True])
def test_asked_again_in_one_step_nothing_that_was_said_is_lost(
    alice: User, bob: User, surprise: bool
) -> None:
    date_night = asked(alice, at=AT, now=NOW, **SHOWN | {"surprise": surprise, "plan": "the corner table"})
    asked(alice, at=LATER, now=NOW, surprise=surprise)  # as the list does it: a title and a time
    row = DateNight.objects.select_related("couple__key").get()
    surprise_plan = surprises.own_plan(seat(alice), row)
    assert (row.pk, row.asked_for, row.revisions) == (date_night.pk, LATER, {})
    assert (surprise_plan or row).plan == "the corner table"
    assert (row.where, row.cost, row.wear, row.childcare) == ("out", "some", "anything", "nothing")


def test_one_takes_back_that_one_asked_for_another_time(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW)
    with pytest.raises(Gone):
        proposing.withdraw(by=seat(bob), date_id=date_night.pk, now=NOW)
    for _ in range(2):
        proposing.withdraw(by=seat(alice), date_id=date_night.pk, now=NOW)
    assert (state(alice, date_night), state(bob, date_night)) == ("stands", "stands")
    with pytest.raises(Gone):
        accept(bob, date_night.pk, to=LATER, now=NOW)
    with pytest.raises(DateAskResting):
        proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW + A_DAY)


def test_to_ask_for_the_time_that_stands_is_to_take_it_back(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW)
    proposing.suggest(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)  # his answer is no answer
    assert state(bob, date_night) == "asks"
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT, now=NOW)
    assert (state(alice, date_night), state(bob, date_night)) == ("stands", "stands")


def test_put_off_after_a_suggestion_faded_another_time_can_be_found(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT + 10 * A_DAY, now=NOW)
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW)
    later = NOW + 8 * A_DAY
    with pytest.raises(DateAskResting):
        proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + 11 * A_DAY, now=later)
    dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT + 10 * A_DAY, now=later)
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + 11 * A_DAY, now=later)
    assert state(bob, date_night, later) == "asks"


@pytest.mark.parametrize("said", [{"plan": "his words"}, {"wear": "wellingtons"}, {"childcare": "open"}])
def test_crossed_asks_are_one_unless_one_says_more(alice: User, bob: User, said: dict[str, str]) -> None:
    date_night = asked(alice, at=AT, now=NOW, plan="her words")
    his = asked(bob, at=AT, now=NOW, **said)
    assert his.pk != date_night.pk
    assert (state(alice, date_night), state(bob, date_night)) == ("asked", "asks")
    assert asked(bob, "Soup", at=AT, now=NOW + A_DAY).pk == his.pk  # open already


def test_crossed_asks_are_one(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW, plan="her words")
    assert asked(bob, " soup", at=AT, now=NOW).pk == date_night.pk
    assert (state(alice, date_night), state(bob, date_night)) == ("stands", "stands")


def test_alone_the_same_twice_is_once(dana: User) -> None:
    assert asked(dana, at=AT, now=NOW).pk == asked(dana, "Soup", at=AT, now=NOW).pk
    assert asked(dana, at=LATER, now=NOW) != asked(dana, "bread", at=AT, now=NOW)
    assert DateNight.objects.count() == 3


# --- a yes is to what was seen -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "skydiving"},
        {"plan": "from very high up"},
        {"wear": "a helmet"},
        {"where": "away"},
        {"cost": "much"},
        {"childcare": "open"},
        {"phones_away": True},
    ],
)
def test_a_yes_to_what_it_was_before_it_was_changed_is_none(
    alice: User, bob: User, changed: dict[str, Any]
) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    page = date_night.shown
    change(alice, date_night.pk, **{"title": "soup"} | changed)
    with pytest.raises(DateChanged):
        dating.accept(by=seat(bob), date_id=date_night.pk, to=AT, shown=page, now=NOW)
    assert state(bob, date_night) == "asks"
    accept(bob, date_night.pk, to=AT, now=NOW)
    assert state(bob, date_night) == "stands"


def test_what_a_surprise_hides_is_nothing_a_yes_depends_on(alice: User, bob: User) -> None:
    date_night = asked(alice, "planted", at=AT, now=NOW, **SHOWN)
    page = date_night.shown
    change(
        alice,
        date_night.pk,
        "planted twice",
        plan="and hidden",
        **{k: v for k, v in SHOWN.items() if k != "surprise"},
    )
    dating.accept(by=seat(bob), date_id=date_night.pk, to=AT, shown=page, now=NOW)
    assert state(bob, date_night) == "stands"


def test_two_windows_never_write_over_each_other_unseen(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW, together=True)
    stood = date_night.fingerprint(None)
    change(bob, date_night.pk, "soup", plan="his plan")
    with pytest.raises(DateChanged):
        dating.change(
            by=seat(alice), date_id=date_night.pk, details=proposing.Details("soup", "hers"), stood=stood
        )
    assert DateNight.objects.select_related("couple__key").get().plan == "his plan"


def test_every_earlier_word_stays_beside_it(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW, plan="first", wear="boots")
    change(alice, date_night.pk, "bungee", plan="second", wear="boots")
    change(alice, date_night.pk, "soup at home", plan="second", wear="slippers")
    row = DateNight.objects.select_related("couple__key").get()
    assert row.revisions == {"title": ["soup", "bungee"], "plan": ["first"], "wear": ["boots"]}


def test_alone_nothing_is_marked(dana: User) -> None:
    date_night = asked(dana, at=AT, now=NOW)
    change(dana, date_night.pk, "bread")
    assert DateNight.objects.select_related("couple__key").get().revisions == {}


# --- surprises ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_surprise_is_never_overnight_on_the_clock_of_whoever_asks(db: None, zone: str) -> None:
    """Each hour of a day is refused or not by one's own clock alone: an answer tells nothing of the other's."""
    alice, bob = person("Alice"), person("Bob", zone=zone)
    pair(alice, bob)
    refused = set()
    for hour in range(24):
        try:
            with transaction.atomic():
                asked(alice, at=AT.replace(hour=hour, minute=0), now=NOW, minutes=480, **SHOWN)
                transaction.set_rollback(True)
        except OvernightSurprise:
            refused.add(hour)
    assert refused == {0, 1, 2, 3, 21, 22, 23}
    date_night = asked(alice, at=AT.replace(hour=13, minute=0), now=NOW, minutes=480, **SHOWN)
    late = datetime.combine(AT.date(), time(23), tzinfo=bob.tz)
    with pytest.raises(OvernightSurprise):
        proposing.suggest(by=seat(bob), date_id=date_night.pk, to=late, now=NOW)
    assert asked(alice, "openly", at=AT.replace(hour=23), now=NOW, minutes=480)


def test_whoever_is_surprised_says_that_it_was_once_it_is_over(alice: User, bob: User) -> None:
    date_night = asked(alice, "planted", at=AT, now=NOW, **SHOWN)
    accept(bob, date_night.pk, to=AT, now=NOW)
    ends = AT + timedelta(minutes=180)
    with pytest.raises(Gone):
        dating.happened(by=seat(bob), date_id=date_night.pk, now=ends - timedelta(seconds=1))
    dating.happened(by=seat(bob), date_id=date_night.pk, now=ends)
    assert DateNight.objects.select_related("couple__key").get().title == "planted"


def test_whoever_planned_it_says_so_from_its_beginning(alice: User, bob: User) -> None:
    date_night = asked(alice, "planted", at=AT, now=NOW, **SHOWN)
    accept(bob, date_night.pk, to=AT, now=NOW)
    assert dating.happened(by=seat(alice), date_id=date_night.pk, now=AT).title == "planted"


def test_told_it_is_like_any_other(alice: User, bob: User) -> None:
    date_night = asked(alice, "planted", at=AT, now=NOW, **SHOWN)
    accept(bob, date_night.pk, to=AT, now=NOW)
    surprises.ask_to_be_told(by=seat(bob), date_id=date_night.pk, now=NOW)
    surprises.tell(by=seat(alice), date_id=date_night.pk, now=NOW)
    assert dating.happened(by=seat(bob), date_id=date_night.pk, now=AT)


# --- what lies ahead when something ends -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", [False, True])
def test_who_suggested_another_time_and_leaves_takes_no_date_along(
    alice: User, bob: User, part: bool
) -> None:
    agreed(alice, bob, at=AT, now=NOW)
    token = feeds.make_address(by=seat(bob))
    proposing.suggest(by=seat(alice), date_id=DateNight.objects.get().pk, to=LATER, now=NOW)
    if part:
        parting.part(by=alice, now=NOW)
    erase(alice, now=NOW + A_DAY)
    feed = feeds.read(token)
    assert feed is not None
    assert [date_night.starts_at for date_night in feed.dates] == [AT]


def test_planned_alone_it_can_be_asked_for_together(db: None) -> None:
    alice, bob, charlie = person("Alice"), person("Bob"), person("Charlie")
    date_night = asked(alice, "an hour by the river", at=AT, now=NOW - 31 * A_DAY, plan="with a flask")
    rhythm.suggest(
        by=seat(alice), recurrence=Recurrence(Every.WEEK, AT.date(), AT.time(), "UTC"), now=NOW - 31 * A_DAY
    )
    pair(alice, bob)
    assert DateNight.objects.get().due_at is None
    assert not DateRhythm.objects.current().exists()
    [found] = reading.planned_alone(seat(alice), now=NOW)
    assert found.title == "an hour by the river"
    assert reading.planned_alone(seat(bob), now=NOW) == []
    for user in (bob, charlie):
        with pytest.raises(Gone):
            proposing.bring_along(by=seat(user), date_id=date_night.pk, now=NOW)
    for _ in range(2):
        brought = proposing.bring_along(by=seat(alice), date_id=date_night.pk, now=NOW)
    assert (brought.asked_for, brought.plan, DateNight.objects.count()) == (AT, "with a flask", 2)
    assert state(bob, brought) == "asks"
    assert reading.planned_alone(seat(alice), now=AT) == []


# --- wishes ------------------------------------------------------------------------------------------------


def test_me_too_was_said_to_these_words(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("ramen"), now=NOW)
    wishing.want(by=seat(bob), wish_id=wish.pk, now=NOW)
    wishing.change(by=seat(alice), wish_id=wish.pk, words=wishing.WishWords("Ramen ", cost="low"))
    assert wishing.matches(seat(bob), 1)[0].matched
    wishing.change(by=seat(alice), wish_id=wish.pk, words=wishing.WishWords("bungee"))
    wishing.change(by=seat(alice), wish_id=wish.pk, words=wishing.WishWords("soup"))
    found = wishing.matches(seat(bob), 1)[0]
    assert (found.matched, found.revisions) == (False, ["Ramen ", "bungee"])
