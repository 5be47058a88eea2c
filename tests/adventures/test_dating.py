"""Dates: asked for, answered, moved, put off, called off, happened. Each twice, each by either."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import Gone
from accounts.models import User
from adventures import dating, proposing, rhythm, surprises, wishing
from adventures.errors import DateAskResting, DateChanged, DayNotReached, ImpossibleTime, TooManyDateAsks
from adventures.models import DateNight, SurprisePlan
from adventures.slots import Every, Recurrence
from couples import parting
from couples.models import ASK_LIFE, ASK_REST
from tests.adventures.scenarios import accept, agreed, asked, change, happened, in_rhythm, seen
from tests.cast import NOW, seat

AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
LATER = AT + timedelta(days=1)
A_DAY = timedelta(days=1)


def state(user: User, date_night: DateNight, now: datetime = NOW) -> str | None:
    found = seen(user, date_night, now=now)
    return found.state if found is not None else None


def states(
    alice: User, bob: User, date_night: DateNight, now: datetime = NOW
) -> tuple[str | None, str | None]:
    return state(alice, date_night, now), state(bob, date_night, now)


def test_one_asks_and_the_other_says_yes(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    assert states(alice, bob, date_night) == ("asked", "asks")
    accept(bob, date_night.pk, to=AT, now=NOW)
    assert states(alice, bob, date_night) == ("stands", "stands")
    again = accept(bob, date_night.pk, to=AT, now=NOW + A_DAY)
    assert (again.starts_at, again.moves) == (AT, 0)


def test_asking_the_same_twice_is_once(alice: User, bob: User) -> None:
    assert asked(alice, at=AT, now=NOW).pk == asked(alice, "  Soup ", at=AT, now=NOW).pk
    assert asked(alice, "bread", at=AT, now=NOW).pk != asked(alice, at=AT, now=NOW).pk
    assert DateNight.objects.count() == 2


def test_alone_it_stands_at_once(dana: User) -> None:
    date_night = asked(dana, at=AT, now=NOW, surprise=True)
    assert state(dana, date_night) == "stands"
    assert not date_night.surprise  # nobody to surprise
    proposing.suggest(by=seat(dana), date_id=date_night.pk, to=LATER, now=NOW)
    assert seen(dana, date_night, now=NOW).when == LATER  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("act", ["nothing", "looks", "sets aside", "asks to be told"])
def test_unseen_ignored_and_declined_look_the_same_to_who_asked(alice: User, bob: User, act: str) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    if act == "looks":
        seen(bob, date_night, now=NOW)
    if act == "sets aside":
        dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
        dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
        assert state(bob, date_night) is None
    last = NOW + ASK_LIFE
    assert state(alice, date_night, last - timedelta(seconds=1)) == "asked"
    assert states(alice, bob, date_night, last) == (None, None)
    with pytest.raises(DateAskResting):
        asked(alice, at=AT + ASK_LIFE, now=last)
    assert asked(alice, "something else", at=AT + ASK_LIFE, now=last)
    assert asked(alice, at=AT + ASK_REST, now=NOW + ASK_REST).pk != date_night.pk


def test_an_ask_fades_when_its_evening_has_come(alice: User, bob: User) -> None:
    date_night = asked(alice, at=NOW + timedelta(hours=2), now=NOW)
    assert states(alice, bob, date_night, NOW + timedelta(hours=2)) == (None, None)
    with pytest.raises(Gone):
        accept(bob, date_night.pk, to=NOW + timedelta(hours=2), now=NOW + timedelta(hours=2))


def test_another_time_is_an_ask_the_other_way_round(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    proposing.suggest(by=seat(bob), date_id=date_night.pk, to=LATER, now=NOW)
    assert states(alice, bob, date_night) == ("asks", "asked")
    with pytest.raises(Gone):
        accept(bob, date_night.pk, to=LATER, now=NOW)  # one's own
    with pytest.raises(DateChanged):
        accept(alice, date_night.pk, to=AT, now=NOW)  # what stood before
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + 3 * A_DAY, now=NOW)
    assert states(alice, bob, date_night) == ("asked", "asks")
    proposing.suggest(
        by=seat(bob), date_id=date_night.pk, to=AT + 3 * A_DAY, now=NOW
    )  # the very time she asks for
    assert states(alice, bob, date_night) == ("stands", "stands")


def test_moving_ones_own_ask_tells_nothing_and_wins_no_time(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
    moved = proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW + A_DAY)
    assert (moved.asked_at, moved.asked_for) == (NOW, LATER)
    assert states(alice, bob, date_night, NOW + A_DAY) == ("asked", None)


def test_what_stands_goes_on_standing_until_the_other_says_yes(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW)
    found = seen(bob, date_night, now=NOW)
    assert found is not None
    assert (found.state, found.besides, found.date.starts_at) == ("asks", True, AT)
    assert states(alice, bob, date_night, NOW + ASK_LIFE) == ("stands", "stands")
    with pytest.raises(DateAskResting):
        proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW + ASK_LIFE)
    proposing.suggest(by=seat(bob), date_id=date_night.pk, to=LATER, now=NOW + ASK_LIFE)
    moved = accept(alice, date_night.pk, to=LATER, now=NOW + ASK_LIFE)
    assert (moved.starts_at, moved.moves) == (LATER, 1)


def test_postponed_by_either_it_waits_for_another_time(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    for by in (bob, alice):
        dating.postpone(by=seat(by), date_id=date_night.pk, stood=AT, now=NOW)
    assert states(alice, bob, date_night) == ("postponed", "postponed")
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=LATER, now=NOW)
    assert states(alice, bob, date_night) == ("asked", "asks")
    stands = accept(bob, date_night.pk, to=LATER, now=NOW)
    assert (stands.starts_at, stands.postponed_at, stands.moves) == (LATER, None, 2)
    with pytest.raises(DateChanged):
        dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=NOW)


def test_called_off_by_either_it_is_gone(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    for by in (bob, alice):
        dating.call_off(by=seat(by), date_id=date_night.pk, now=NOW)
    assert states(alice, bob, date_night) == (None, None)
    assert DateNight.objects.get().moves == 1


def test_an_ask_is_taken_back_only_by_who_asked(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    for verb in (dating.call_off, proposing.withdraw):
        with pytest.raises(Gone):
            verb(by=seat(bob), date_id=date_night.pk, now=NOW)
    for _ in range(2):
        proposing.withdraw(by=seat(alice), date_id=date_night.pk, now=NOW)
    assert states(alice, bob, date_night) == (None, None)
    with pytest.raises(Gone):
        accept(bob, date_night.pk, to=AT, now=NOW)


def test_it_happened_once_its_time_has_come(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("soup"), now=NOW)
    date_night = agreed(alice, bob, at=AT, now=NOW, wish=wish.pk)
    with pytest.raises(Gone):
        dating.happened(by=seat(bob), date_id=date_night.pk, now=AT - timedelta(seconds=1))
    for by in (bob, alice):
        dating.happened(by=seat(by), date_id=date_night.pk, now=AT)
    assert states(alice, bob, date_night, AT) == ("happened", "happened")
    wish.refresh_from_db()
    assert wish.lived_at == AT
    with pytest.raises(Gone):
        dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=AT)
    with pytest.raises(Gone):
        accept(bob, date_night.pk, to=AT, now=AT)


def test_a_wish_that_came_true_unplanned_is_a_memory(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=NOW)
    first = dating.fulfil(by=seat(bob), wish_id=wish.pk, day=NOW.date(), now=NOW)
    again = dating.fulfil(by=seat(alice), wish_id=wish.pk, day=NOW.date(), now=NOW + A_DAY)
    assert first.pk == again.pk
    assert states(alice, bob, first) == ("happened", "happened")
    assert (first.starts_at, first.minutes) == (NOW.replace(hour=12), 0)  # the Day, and nothing of the hour
    with pytest.raises(DayNotReached):
        dating.fulfil(by=seat(alice), wish_id=wish.pk, day=NOW.date() + A_DAY, now=NOW)


def test_a_wish_that_came_true_as_planned_is_one_memory(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=NOW)
    date_night = agreed(alice, bob, "the ferry", at=AT, now=NOW, wish=wish.pk)
    fulfilled = dating.fulfil(by=seat(bob), wish_id=wish.pk, day=AT.date(), now=AT + timedelta(hours=3))
    assert (fulfilled.pk, fulfilled.starts_at) == (date_night.pk, AT)
    dating.happened(by=seat(alice), date_id=date_night.pk, now=AT + A_DAY)
    assert DateNight.objects.happened().count() == 1


def test_whose_turn_passes_on_only_where_they_take_turns(alice: User, bob: User) -> None:
    in_rhythm(alice, bob, Recurrence(Every.TWO_WEEKS, AT.date(), AT.time(), "UTC"), now=NOW)
    happened(alice, bob, at=NOW - A_DAY)
    assert rhythm.current(seat(alice).couple).turn_id is None  # type: ignore[union-attr]  # it stands
    for _ in range(2):
        rhythm.take_turns(by=seat(bob), on=True)
    assert rhythm.current(seat(alice).couple).turn_id == bob.pk  # type: ignore[union-attr]  # it stands
    happened(alice, bob, "bread", at=NOW - A_DAY)
    assert rhythm.current(seat(alice).couple).turn_id == alice.pk  # type: ignore[union-attr]  # it stands
    rhythm.take_turns(by=seat(bob), on=False)
    assert rhythm.current(seat(alice).couple).turn_id is None  # type: ignore[union-attr]  # it stands


def test_times_that_are_past_or_absurd(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    for at in (NOW, NOW - A_DAY, NOW + 900 * A_DAY):
        with pytest.raises(ImpossibleTime):
            asked(alice, "bread", at=at, now=NOW)
        with pytest.raises(ImpossibleTime):
            proposing.suggest(by=seat(bob), date_id=date_night.pk, to=at, now=NOW)


def test_twenty_asks_at_a_time(alice: User, bob: User) -> None:
    for number in range(proposing.EACH):
        asked(alice, f"soup {number}", at=AT, now=NOW)
    with pytest.raises(TooManyDateAsks):
        asked(alice, "one more", at=AT, now=NOW)
    assert asked(bob, "his", at=AT, now=NOW)


VERBS: list[Callable[[User, UUID], object]] = [
    lambda user, pk: accept(user, pk, to=AT, now=NOW),
    lambda user, pk: dating.set_aside(by=seat(user), date_id=pk, to=AT, now=NOW),
    lambda user, pk: proposing.suggest(by=seat(user), date_id=pk, to=LATER, now=NOW),
    lambda user, pk: dating.postpone(by=seat(user), date_id=pk, stood=AT, now=NOW),
    lambda user, pk: proposing.withdraw(by=seat(user), date_id=pk, now=NOW),
    lambda user, pk: dating.call_off(by=seat(user), date_id=pk, now=NOW),
    lambda user, pk: dating.happened(by=seat(user), date_id=pk, now=AT),
    lambda user, pk: surprises.ask_to_be_told(by=seat(user), date_id=pk, now=NOW),
    lambda user, pk: surprises.tell(by=seat(user), date_id=pk, now=NOW),
    lambda user, pk: change(user, pk, "x"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_elses_date_and_none_that_isnt_there(
    alice: User, bob: User, charlie: User, erin: User, verb: Callable[[User, UUID], object]
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    before = DateNight.objects.values().get()
    for user in (charlie, erin):
        with pytest.raises(Gone):
            verb(user, date_night.pk)
    with pytest.raises(Gone):
        verb(alice, uuid4())
    assert DateNight.objects.values().get() == before


@pytest.mark.parametrize("verb", VERBS)
def test_after_parting_nothing_about_it_changes(
    alice: User, bob: User, verb: Callable[[User, UUID], object]
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    parting.part(by=alice, now=NOW)
    before = DateNight.objects.values().get()
    for user in (alice, bob):
        with pytest.raises(Gone):
            verb(user, date_night.pk)
    assert DateNight.objects.values().get() == before
    assert states(alice, bob, date_night) == (None, None)


def test_what_happened_can_be_read_after_parting_what_was_planned_cannot(alice: User, bob: User) -> None:
    was, planned = happened(alice, bob, at=NOW - A_DAY), agreed(alice, bob, "next", at=AT, now=NOW)
    parting.part(by=bob, now=NOW)
    for user in (alice, bob):
        found = seen(user, was, now=NOW)
        assert found is not None
        assert found.title == "soup"
        assert seen(user, planned, now=NOW) is None


def test_the_database_refuses_nonsense(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    nonsense: list[dict[str, object]] = [
        {"asked_at": NOW},
        {"set_aside_at": NOW},
        {"happened_at": NOW},
        {"postponed_at": NOW},
        {"withdrawn_at": NOW},
        {"starts_at": NOW, "happened_at": NOW, "called_off_at": NOW},
        {"surprise": True, "where": "away"},
        {"surprise": True, "where": ""},
    ]
    for fields in nonsense:
        with pytest.raises(IntegrityError), transaction.atomic():
            DateNight.objects.create(couple=couple, made_at=NOW, **fields)
    assert not SurprisePlan.objects.exists()
