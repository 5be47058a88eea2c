"""Attempts at a challenge: what each verb does, what it refuses, and what the other sees of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts import leaving
from accounts.hooks import rezoned
from accounts.models import User
from challenges import attempts, catalogue, reading, swapping
from challenges.catalogue import FIRST, STARTER
from challenges.errors import AlreadyRunning, DayAhead, NotRunning, RemarkAlreadyLeft
from challenges.models import Attempt, CompletedDay, OwnCompletion, Remark, Swap
from couples import asking, days, parting, weekdays
from couples.errors import AskResting
from couples.models import Ask
from tests.cast import NOW, pair, person, seat
from tests.challenges.scenarios import attempt_of, begin_together

A_DAY = timedelta(days=1)


def progress(user: User, days: float = 0) -> reading.Progress:
    found = reading.progress(seat(user), now=NOW + days * A_DAY)
    assert found is not None
    return found


def done(user: User, days: float = 0) -> set[int]:
    return set(progress(user, days).done)


def counts(user: User, number: int, days: float = 0, card: str = "words") -> None:
    attempts.complete(by=seat(user), number=number, card=card, now=NOW + days * A_DAY)


def test_it_takes_two_to_begin(alice: User, bob: User) -> None:
    attempts.suggest(by=seat(alice), challenge=FIRST, now=NOW)
    assert attempts.current_attempt(seat(alice).couple) is None
    ask = asking.awaiting(seat(bob), attempts.KIND, now=NOW)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NOW + 2 * A_DAY)
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NOW + 3 * A_DAY)
    attempt = Attempt.objects.get()
    assert (attempt.challenge, attempt.from_at, attempt.again) == (FIRST, NOW + 2 * A_DAY, 0)


def test_both_suggesting_it_is_agreeing(alice: User, bob: User) -> None:
    for user in (alice, bob):
        attempts.suggest(by=seat(user), challenge=STARTER, now=NOW)
    assert attempt_of(alice).challenge == STARTER


def test_ignored_and_declined_look_the_same_and_rest_for_thirty_days(alice: User, bob: User) -> None:
    attempts.suggest(by=seat(alice), challenge=FIRST, now=NOW)
    ask = asking.awaiting(seat(bob), attempts.KIND, now=NOW)
    assert ask is not None
    ignored = asking.state(seat(alice), attempts.KIND, now=NOW + 8 * A_DAY)
    asking.set_aside(by=seat(bob), ask_id=ask.pk, now=NOW)
    assert asking.state(seat(alice), attempts.KIND, now=NOW + 8 * A_DAY) == ignored
    with pytest.raises(AskResting):
        attempts.suggest(by=seat(alice), challenge=STARTER, now=NOW + 29 * A_DAY)


def test_one_at_a_time(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    with pytest.raises(AlreadyRunning):
        attempts.suggest(by=seat(bob), challenge=STARTER, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            couple=seat(alice).couple,
            challenge=STARTER,
            begun_at=NOW,
            from_at=NOW,
            active_at=NOW,
        )


def test_two_asks_agreed_to_begin_one_attempt(alice: User, bob: User) -> None:
    attempts.suggest(by=seat(alice), challenge=FIRST, now=NOW)
    attempts.suggest(by=seat(bob), challenge=STARTER, now=NOW)
    for user in (alice, bob):
        ask = asking.awaiting(seat(user), attempts.KIND, now=NOW)
        if ask is not None:
            asking.agree(by=seat(user), ask_id=ask.pk, now=NOW)
    assert Attempt.objects.count() == 1


def test_alone_it_begins_at_once(dana: User) -> None:
    attempts.suggest(by=seat(dana), challenge=FIRST, now=NOW)
    counts(dana, 1)
    assert done(dana) == {1}


def test_what_is_no_challenge_is_refused(dana: User) -> None:
    with pytest.raises(NotRunning):
        attempts.suggest(by=seat(dana), challenge="nothing of ours", now=NOW)
    with pytest.raises(NotRunning):
        counts(dana, 1)


def test_for_two_a_day_stays_done_whoever_counts_it_no_longer(alice: User, bob: User) -> None:
    """Were it undone with the last mark, to take one's own away would tell whether the other counts it."""
    begin_together(alice, bob, now=NOW)
    for user, card in ((alice, "words"), (alice, "close"), (bob, "close"), (bob, "close")):
        counts(user, 1, card=card)
    for user, card in ((alice, "words"), (alice, "close"), (alice, "close"), (bob, "words"), (bob, "close")):
        attempts.uncomplete(by=seat(user), number=1, card=card)
        assert done(alice) == done(bob) == {1}
    assert OwnCompletion.objects.count() == 0
    counts(bob, 1)
    assert done(alice) == {1}


def test_alone_a_day_is_done_while_one_counts_anything_on_it(dana: User) -> None:
    attempts.suggest(by=seat(dana), challenge=catalogue.FIRST, now=NOW)
    for card in ("words", "close"):
        counts(dana, 1, card=card)
    for card, left in (("words", {1}), ("close", set()), ("close", set())):
        attempts.uncomplete(by=seat(dana), number=1, card=card)
        assert done(dana) == left


def test_any_day_behind_can_be_counted_and_none_ahead(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    for day in range(4):
        counts(bob, 1 + day, day)
    counts(alice, 3, 4.1)
    with pytest.raises(DayAhead):
        counts(alice, 6, 4.1)
    with pytest.raises(DayAhead):
        attempts.leave_line(by=seat(alice), number=6, text="x", now=NOW + 4 * A_DAY)
    for number in (0, 31, 10**9):
        with pytest.raises(NotRunning):
            counts(alice, number, 4)
    assert done(bob, 4) == {1, 2, 3, 4}


def test_it_rests_and_either_wakes_it(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    counts(alice, 1)
    assert (progress(bob, 4).number, progress(bob, 4).resting) == (5, False)
    assert (progress(bob, 5).number, progress(bob, 5).resting) == (5, True)
    assert (progress(alice, 90).number, progress(alice, 90).resting) == (5, True)
    attempts.wake(by=seat(bob), now=NOW + 90 * A_DAY)
    attempts.wake(by=seat(alice), now=NOW + 90 * A_DAY)
    assert (progress(alice, 90).number, progress(alice, 90).resting) == (5, False)
    assert progress(alice, 92).number == 7


def test_counting_any_day_wakes_it(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    counts(alice, 2, 20)
    assert (progress(bob, 20).number, progress(bob, 20).resting) == (5, False)
    assert progress(bob, 21).number == 6


def test_a_line_left_keeps_it_awake_and_counting_a_done_day_does_not(alice: User, bob: User) -> None:
    """That somebody counts what is done already is theirs alone: nothing may tell."""
    begin_together(alice, bob, now=NOW)
    counts(alice, 1)
    counts(bob, 1, 3)
    assert progress(alice, 5).resting
    attempts.leave_line(by=seat(bob), number=2, text="x", now=NOW + 4 * A_DAY)
    assert not progress(alice, 5).resting


def test_other_evenings_leave_the_challenge_where_it_is(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)  # a Wednesday
    counts(bob, 2, 1)
    weekdays.name(by=seat(alice), weekdays=[2, 6], now=NOW + A_DAY)
    weekdays.name(by=seat(bob), weekdays=[2, 6], now=NOW + 2 * A_DAY)
    assert [progress(alice, day).number for day in (2, 3, 4, 5, 6, 7, 11)] == [3, 3, 4, 4, 4, 5, 6]
    assert not progress(alice, 11).resting
    weekdays.name(by=seat(bob), weekdays=range(7), now=NOW + 11 * A_DAY)
    assert progress(alice, 11).number == 6


def test_one_line_each_a_day(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    line = attempts.leave_line(by=seat(alice), number=1, text="the cat timed it", now=NOW)
    assert attempts.leave_line(by=seat(alice), number=1, text="the cat timed it", now=NOW).pk == line.pk
    with pytest.raises(RemarkAlreadyLeft):
        attempts.leave_line(by=seat(alice), number=1, text="another", now=NOW)
    attempts.leave_line(by=seat(bob), number=1, text="his", now=NOW + A_DAY / 24)
    assert [(one.text, one.own) for one in reading.lines(seat(bob), progress(bob, 1))] == [
        ("the cat timed it", False),
        ("his", True),
    ]
    for _ in range(2):
        attempts.take_back(by=seat(alice), pk=line.pk, now=NOW)
    attempts.leave_line(by=seat(alice), number=1, text="another", now=NOW + A_DAY)
    assert [(one.text, one.taken_back) for one in reading.lines(seat(bob), progress(bob, 1))] == [
        ("", True),
        ("another", False),
        ("his", False),
    ]
    with pytest.raises(Remark.DoesNotExist):
        attempts.take_back(by=seat(bob), pk=line.pk, now=NOW)


def test_either_ends_it_and_another_begins_with_other_cards_first(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    first = [one.activity.title for one in reading.cards(seat(alice), progress(alice), progress(alice).today)]
    for _ in range(2):
        attempts.end(by=seat(bob), now=NOW + 3 * A_DAY)
    assert attempts.current_attempt(seat(alice).couple) is None
    with pytest.raises(NotRunning):
        attempts.leave_line(by=seat(alice), number=1, text="x", now=NOW + 3 * A_DAY)
    (before,) = reading.ended(seat(alice))
    attempt = Attempt.objects.get(pk=before.id)
    assert (attempt.first_seat_from, attempt.second_seat_from, before.challenge.id) == (4, 4, FIRST)
    begin_together(bob, alice, now=NOW + 4 * A_DAY)
    again = [
        one.activity.title for one in reading.cards(seat(alice), progress(alice, 4), progress(alice, 4).today)
    ]
    assert attempt_of(alice).again == 1
    assert not set(first) & set(again)


@pytest.mark.parametrize("first", [0, 1], ids=["Alice first", "Bob first"])
def test_which_of_the_two_left_their_line_first_is_told_by_no_order(
    alice: User, bob: User, first: int
) -> None:
    """Nor by which line of the days before stands on a day's page."""
    begin_together(alice, bob, now=NOW)
    two = [alice, bob]
    for number, day in ((1, 1), (2, 2)):
        for hour, user in enumerate((two[first], two[1 - first])):
            now = NOW + day * A_DAY + timedelta(hours=hour)
            attempts.leave_line(by=seat(user), number=number, text=f"of {user.name}", now=now)
    for user, other in ((alice, bob), (bob, alice)):
        lines = reading.lines(seat(user), progress(user, 2))
        assert [(one.number, one.own) for one in lines] == [(1, False), (1, True), (2, False), (2, True)]
        latest = reading.latest_of(lines, without=3)
        assert latest is not None
        assert (latest.number, latest.text) == (2, f"of {other.name}")


def test_swapping_changes_ones_own_cards_only(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)

    def cards(user: User) -> list[str]:
        return [one.activity.title for one in reading.cards(seat(user), progress(user), progress(user).today)]

    before = cards(bob)
    for card in ("words", "close"):
        swapping.swap(by=seat(alice), number=1, card=card)
    assert not set(cards(alice)) & set(before)
    swapping.choose_touch(user=alice, touch=False)
    still = {one.title for one in catalogue.every()[FIRST].days[0].still}
    assert cards(alice)[1] in still
    assert cards(bob) == before
    assert swapping.has_touch(bob)
    swapping.choose_touch(user=alice, touch=True)
    swapping.swap(by=seat(alice), number=1, card="words")
    assert cards(alice)[0] == before[0]
    assert Swap.objects.count() == 1


def test_parting_ends_it_and_leaves_each_their_own_lines(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    counts(bob, 1)
    for user in (alice, bob):
        attempts.leave_line(by=seat(user), number=1, text=f"of {user.name}", now=NOW)
    parting.part(by=alice, now=NOW + A_DAY)
    for user in (alice, bob):
        here = seat(user)
        assert reading.progress(here, now=NOW + A_DAY) is None
        old = reading.latest(here, now=NOW + A_DAY)
        assert old is not None
        assert not old.running
        assert [one.text for one in reading.lines(here, old)] == [f"of {user.name}"]
        with pytest.raises(NotRunning):
            counts(user, 1, 1)


def test_pairing_ends_what_each_did_alone(dana: User, charlie: User) -> None:
    erin = person("Erin")
    for user in (dana, erin):
        attempts.suggest(by=seat(user), challenge=FIRST, now=NOW)
        attempts.leave_line(by=seat(user), number=1, text=f"alone, {user.name}", now=NOW)
    pair(dana, erin, now=NOW + A_DAY)
    assert Attempt.objects.running().count() == 0
    old = reading.latest(seat(dana), now=NOW + A_DAY)
    assert old is not None
    assert [one.text for one in reading.lines(seat(dana), old)] == ["alone, Dana"]
    of_erin = Attempt.objects.seen_by(erin)
    assert [reading.progress_in(seat(dana), one.pk, now=NOW) for one in of_erin] == [None]
    assert reading.progress_in(seat(charlie), of_erin[0].pk, now=NOW) is None


def test_an_erased_account_leaves_no_mark(alice: User, bob: User) -> None:
    begin_together(alice, bob, now=NOW)
    counts(alice, 1)
    attempts.leave_line(by=seat(alice), number=1, text="hers", now=NOW)
    leaving.erase(alice, now=NOW)
    assert not OwnCompletion.objects.exists()
    assert not Remark.objects.exists()
    assert CompletedDay.objects.count() == 1
    assert attempts.current_attempt(seat(bob).couple) is None


ZONES = (
    "America/New_York",
    "Pacific/Auckland",
    "Europe/London",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


@pytest.mark.parametrize("his", ZONES)
def test_the_second_day_begins_at_ones_own_four_wherever_the_other_is(
    alice: User, bob: User, his: str
) -> None:
    bob.zone = his
    bob.save()
    begins = days.ends(days.day_of(NOW, bob.tz), bob.tz)
    moments = [begins + timedelta(hours=hours) for hours in (-24, -0.01, 0, 23.9, 48, 96, 200)]
    for hers in ZONES:
        with transaction.atomic():
            User.objects.filter(pk=alice.pk).update(zone=hers)
            begin_together(alice, bob, now=NOW)
            here = seat(bob)
            found = [reading.progress(here, now=moment) for moment in moments]
            numbers = [(one.number, one.resting) for one in found if one is not None]
            assert numbers == [*[(1, False)] * 2, *[(2, False)] * 2, (4, False), (5, True), (5, True)], hers
            transaction.set_rollback(True)


def test_what_the_other_did_further_on_shows_when_one_has_come_there(db: None) -> None:
    """Her second Day begins at 09:00 UTC, his at 15:00: his page says so neither now nor ever."""
    alice, bob = person("Alice", zone="America/New_York"), person("Bob", zone="Pacific/Auckland")
    pair(alice, bob)
    begin_together(alice, bob, now=NOW)
    for number in (1, 2):
        counts(alice, number, 17 / 24)
        attempts.leave_line(by=seat(alice), number=number, text=f"{number}", now=NOW + 17 / 24 * A_DAY)
    for hours, seen in ((17, [1]), (19.9, [1]), (20.1, [1, 2])):
        assert sorted(progress(bob, hours / 24).done) == seen
        assert [one.number for one in reading.lines(seat(bob), progress(bob, hours / 24))] == seen
        days_done, now = CompletedDay.objects.values_list("pk", flat=True), NOW + timedelta(hours=hours)
        steps = reading.days_done(seat(bob), days_done, now=now).values()
        assert sorted(step.day.number for step in steps) == seen
    assert [one.number for one in reading.lines(seat(alice), progress(alice, 17 / 24))] == [1, 2]
    attempts.end(by=seat(bob), now=NOW + 18 / 24 * A_DAY)
    over = reading.latest(seat(bob), now=NOW + 9 * A_DAY)
    assert over is not None
    assert (over.number, sorted(over.done)) == (1, [1])
    hers = reading.latest(seat(alice), now=NOW + 9 * A_DAY)
    assert hers is not None
    assert (hers.number, sorted(hers.done)) == (2, [1, 2])


@pytest.mark.parametrize("days_after", [2, 9])
@pytest.mark.parametrize("to", ZONES)
def test_whoever_sets_their_clock_to_another_zone_stays_at_their_day(
    alice: User, bob: User, to: str, days_after: int
) -> None:
    begin_together(alice, bob, now=NOW)
    now = NOW + days_after * A_DAY
    hours = [days_after + hour / 24 for hour in range(0, 60, 7)]
    for_him, there = [progress(bob, one) for one in hours], progress(alice, days_after)
    alice.zone = to
    alice.save()
    rezoned.announce(user=alice, before="Europe/London", now=now)
    here = progress(alice, days_after)
    assert (here.number, here.resting) == (there.number, there.resting)
    assert [(one.number, one.resting) for one in for_him] == [
        (one.number, one.resting) for one in (progress(bob, hour) for hour in hours)
    ]
    counts(alice, 1, days_after)
    tomorrow = days.ends(days.day_of(now, alice.tz), alice.tz)
    assert progress(alice, (tomorrow - NOW) / A_DAY).number == there.number + 1


def test_a_challenge_rests_and_goes_on_right_across_the_clock_changes(db: None) -> None:
    alice, bob = person("Alice", zone="America/New_York"), person("Bob")
    pair(alice, bob)
    for began in (datetime(2026, 10, 23, 19, tzinfo=UTC), datetime(2027, 3, 12, 19, tzinfo=UTC)):
        begin_together(alice, bob, now=began)
        seats = [seat(user) for user in (alice, bob)]
        for day in range(20):  # five past four, and five to: no Day is skipped and none told twice
            for here in seats:
                tz = here.user.tz
                first = days.day_of(began, tz)
                for moment in (
                    days.starts(first + day * A_DAY, tz) + timedelta(minutes=5),
                    days.ends(first + day * A_DAY, tz) - timedelta(minutes=5),
                ):
                    found = reading.progress(here, now=max(moment, began))
                    assert found is not None
                    assert (found.number, found.resting) == (day + 1, False)
            counts(bob, day + 1, (began - NOW) / A_DAY + day + 0.2)
        attempts.end(by=seat(bob), now=began + 20 * A_DAY)
        Ask.objects.all().delete()


def test_reading_a_challenge_is_one_query(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    begin_together(alice, bob, now=NOW)
    here = seat(alice)
    for number in range(1, 4):
        with django_assert_num_queries(1):
            reading.progress(here, now=NOW)
        counts(bob, number, number)
