"""How often two people hold their talk, and which one is next."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import WEEKLY, rrule
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.zones import known
from agendas import building, meeting, rhythm, scheduling
from agendas.errors import ImpossibleDay, TalkNotAhead
from agendas.models import Agenda, Rhythm
from agendas.plan import TalkPlan
from checkins.models import CheckIn
from couples import asking, days, parting
from couples.errors import NobodyToAsk
from tests.agendas.scenarios import LAYS_OUT, PLAN, STARTS, SUNDAY, agree
from tests.cast import NOW, seat

OTHER = TalkPlan("month", 2, time(20, 15), 60, "Europe/London")
WEEK, A_DAY = timedelta(weeks=1), timedelta(days=1)


def the_next(user: User) -> Agenda:
    return Agenda.objects.open().get(couple=seat(user).couple)


@pytest.mark.parametrize(
    "plan", [PLAN, OTHER, TalkPlan("week", 0, time(0, 5), 20, "America/Argentina/Buenos_Aires")]
)
def test_a_plan_reads_as_it_was_written(plan: TalkPlan) -> None:
    assert TalkPlan.read(str(plan)) == plan
    assert len(str(plan)) <= 64  # what an ask holds


@pytest.mark.parametrize(
    "what", ["", "week", "day 6 19:00 30 Europe/London", "week x 19:00 30 Europe/London"]
)
def test_nothing_else_is_a_plan(what: str) -> None:
    with pytest.raises(ValueError):
        TalkPlan.read(what)


def test_once_a_month_is_the_first_such_day() -> None:
    found = OTHER.days(date(2026, 11, 4))
    assert [next(found) for _ in range(4)] == [
        date(2026, 12, 2),
        date(2027, 1, 6),
        date(2027, 2, 3),
        date(2027, 3, 3),
    ]


@given(
    zone=st.sampled_from(sorted(known())),
    weekday=st.integers(0, 6),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    start=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
)
@settings(max_examples=150)
def test_it_is_that_wall_time_on_each_such_day(zone: str, weekday: int, at: time, start: date) -> None:
    """As dateutil expands it on a local wall clock: over both clock changes, no Day lost, none twice."""
    plan, tz = TalkPlan("week", weekday, at, 30, zone), ZoneInfo(zone)
    now = days.starts(start, tz)
    expected = rrule(WEEKLY, dtstart=datetime.combine(start, time()), byweekday=weekday, count=60)
    day, found = start - A_DAY, []
    for _ in range(50):
        day, moment = plan.next(now=now, after=day)
        assert day.weekday() == weekday
        assert days.day_of(moment, tz) == day
        assert moment == days.at(day, at, tz)
        found.append(day)
        now = moment
    empty = {one.date() for one in expected if days.starts(one.date(), tz) == days.ends(one.date(), tz)}
    wanted = [one.date() for one in expected if one.date() not in empty]
    assert found == wanted[wanted.index(found[0]) :][:50]
    assert found[0] in wanted[:2]  # a talk in the first hours of the first Day may be past


def test_it_is_asked_for_from_the_first_evening_on(alice: User, bob: User) -> None:
    assert not CheckIn.objects.exists()
    rhythm.suggest(by=seat(alice), plan=PLAN, now=seat(alice).sat_at)
    assert asking.awaiting(seat(bob), rhythm.KIND, now=seat(alice).sat_at) is not None


def test_nobody_alone_asks_for_one(dana: User) -> None:
    with pytest.raises(NobodyToAsk):
        rhythm.suggest(by=seat(dana), plan=PLAN, now=NOW)


def test_asked_and_agreed(alice: User, bob: User) -> None:
    rhythm.suggest(by=seat(alice), plan=PLAN, now=NOW)
    assert rhythm.current(seat(bob).couple) is None
    ask = asking.awaiting(seat(bob), rhythm.KIND, now=NOW)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NOW)
    current = rhythm.current(seat(bob).couple)
    assert current is not None
    assert TalkPlan.of(current) == PLAN
    agenda = the_next(alice)
    assert (agenda.slot, agenda.starts_at, agenda.since_on) == (SUNDAY, STARTS, SUNDAY - WEEK)
    rhythm.suggest(by=seat(alice), plan=PLAN, now=NOW)  # what stands needs no asking
    assert asking.awaiting(seat(bob), rhythm.KIND, now=NOW) is None


def test_another_rhythm_replaces_it(alice: User, bob: User) -> None:
    agree(alice, bob, now=NOW)
    agenda = agree(bob, alice, OTHER, now=NOW + A_DAY)
    assert (agenda.slot, agenda.minutes) == (date(2026, 12, 2), 60)
    assert Rhythm.objects.current().count() == 1
    assert Agenda.objects.count() == 1  # what was ahead and not laid out is gone


def test_what_is_on_the_table_is_held_as_it_is(alice: User, bob: User) -> None:
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    assert agree(bob, alice, OTHER, now=LAYS_OUT + timedelta(hours=1)).starts_at == STARTS
    building.build_due(now=STARTS + timedelta(days=2))
    assert the_next(alice).slot == date(2026, 12, 2)


@pytest.mark.parametrize("ends", ["alice", "bob"])
def test_either_ends_it_alone(alice: User, bob: User, ends: str) -> None:
    agenda = agree(alice, bob, now=NOW)
    by = alice if ends == "alice" else bob
    for _ in range(2):
        rhythm.end(by=seat(by), now=NOW + A_DAY)
    agenda.refresh_from_db()
    assert agenda.closed_at == NOW + A_DAY
    assert rhythm.current(seat(alice).couple) is None
    building.build_due(now=LAYS_OUT + 4 * WEEK)
    assert Agenda.objects.count() == 1


def test_parting_ends_it(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    parting.part(by=bob, now=NOW + A_DAY)
    agenda.refresh_from_db()
    assert agenda.closed_at is not None
    assert not Rhythm.objects.current().exists()
    assert building.build_due(now=LAYS_OUT) == 0


def test_two_open_talks_are_refused_by_the_database(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    agenda.pk, agenda.slot = None, SUNDAY + WEEK
    with pytest.raises(IntegrityError):
        Agenda.objects.create(
            couple=agenda.couple,
            slot=agenda.slot,
            starts_at=STARTS + WEEK,
            zone="Europe/London",
            minutes=30,
            since_on=SUNDAY,
        )


# --- Left out, moved, over ----------------------------------------------------------------------------


def test_either_leaves_one_out(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    for _ in range(2):
        scheduling.skip(by=seat(bob), agenda_id=agenda.pk, now=NOW)
    assert the_next(alice).slot == SUNDAY + WEEK
    assert Agenda.objects.count() == 2


def test_another_couples_talk_is_not_theirs_to_leave_out(alice: User, bob: User, charlie: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    with pytest.raises(TalkNotAhead):
        scheduling.skip(by=seat(charlie), agenda_id=agenda.pk, now=NOW)
    agenda.refresh_from_db()
    assert agenda.closed_at is None


def test_moved_when_both_say_so(alice: User, bob: User) -> None:
    agenda, to = agree(alice, bob, now=NOW), STARTS + timedelta(days=2, hours=1)
    scheduling.suggest_move(by=seat(alice), agenda_id=agenda.pk, to=to, now=NOW)
    agenda.refresh_from_db()
    assert agenda.starts_at == STARTS
    ask = asking.awaiting(seat(bob), scheduling.move_kind(agenda), now=NOW)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NOW)
    agenda.refresh_from_db()
    assert (agenda.starts_at, agenda.slot) == (to, SUNDAY)
    assert building.build_due(now=LAYS_OUT + timedelta(days=2)) == 0
    assert building.build_due(now=to - (STARTS - LAYS_OUT)) == 1  # as long before it as ever
    building.build_due(now=to + timedelta(days=2))
    assert the_next(alice).slot == SUNDAY + WEEK


def test_moved_to_earlier_it_is_still_that_sundays(alice: User, bob: User) -> None:
    agenda, to = agree(alice, bob, now=NOW), NOW + timedelta(days=1)
    scheduling.suggest_move(by=seat(alice), agenda_id=agenda.pk, to=to, now=NOW)
    ask = asking.awaiting(seat(bob), scheduling.move_kind(agenda), now=NOW)
    assert ask is not None
    asking.agree(by=seat(bob), ask_id=ask.pk, now=NOW)
    building.build_due(now=to)
    building.build_due(now=to + timedelta(days=2))
    assert the_next(alice).slot == SUNDAY + WEEK


@pytest.mark.parametrize(
    "to", [NOW - A_DAY, NOW, STARTS + WEEK, STARTS + WEEK - timedelta(hours=15), STARTS + 9 * WEEK]
)
def test_it_cannot_be_moved_into_the_past_or_beyond_the_next(alice: User, bob: User, to: datetime) -> None:
    agenda = agree(alice, bob, now=NOW)
    with pytest.raises(ImpossibleDay):
        scheduling.suggest_move(by=seat(alice), agenda_id=agenda.pk, to=to, now=NOW)


def test_a_no_to_moving_changes_nothing(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    scheduling.suggest_move(by=seat(alice), agenda_id=agenda.pk, to=STARTS + A_DAY, now=NOW)
    seen = asking.asked(seat(alice), scheduling.move_kind(agenda), now=NOW)
    ask = asking.awaiting(seat(bob), scheduling.move_kind(agenda), now=NOW)
    assert ask is not None
    asking.set_aside(by=seat(bob), ask_id=ask.pk, now=NOW)
    after = asking.asked(seat(alice), scheduling.move_kind(agenda), now=NOW)
    assert seen is not None
    assert after is not None
    assert (after.pk, after.asked_at) == (seen.pk, seen.asked_at)
    agenda.refresh_from_db()
    assert agenda.starts_at == STARTS


def test_there_is_one_more_evening_for_it(alice: User, bob: User) -> None:
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    last = datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert scheduling.current_talk(seat(alice), now=last - timedelta(minutes=1)) is not None
    assert (
        scheduling.current_talk(seat(alice), now=last) is None
    )  # by the clock, before any worker came round
    building.build_due(now=last)
    assert the_next(alice).slot == SUNDAY + WEEK


def test_what_was_begun_on_that_evening_is_not_broken_off(alice: User, bob: User) -> None:
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    late = datetime(2026, 11, 24, 3, 55, tzinfo=UTC)
    meeting.begin(by=seat(bob), now=late)
    building.build_due(now=late + timedelta(hours=1))
    assert scheduling.current_talk(seat(alice), now=late + timedelta(hours=1)) is not None
    building.build_due(now=late + timedelta(hours=12))
    assert the_next(alice).slot == SUNDAY + WEEK


def test_after_three_weeks_without_a_worker_only_the_next_one_is_ahead(alice: User, bob: User) -> None:
    first = agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT + 3 * WEEK + timedelta(hours=30))
    first.refresh_from_db()
    assert first.laid_out_at is None
    assert the_next(alice).slot == SUNDAY + 4 * WEEK
    assert Agenda.objects.count() == 2


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_where_either_is_changes_nothing(alice: User, bob: User, zone: str) -> None:
    agenda = agree(alice, bob, now=NOW)
    before = scheduling.lays_out_at(agenda), scheduling.expires_at(agenda)
    for user in (alice, bob):
        User.objects.filter(pk=user.pk).update(zone=zone)
    assert building.build_due(now=LAYS_OUT - timedelta(seconds=1)) == 0
    assert building.build_due(now=LAYS_OUT) == 1
    agenda.refresh_from_db()
    assert (scheduling.lays_out_at(agenda), scheduling.expires_at(agenda)) == before


@pytest.mark.parametrize("change", [date(2026, 10, 25), date(2027, 3, 28)])
def test_seven_in_the_evening_stays_seven_over_the_clock_change(alice: User, bob: User, change: date) -> None:
    begins = datetime.combine(change - timedelta(days=10), time(12), UTC)
    agree(alice, bob, now=begins)
    found = []
    for week in range(4):
        agenda = the_next(alice)
        found.append((agenda.slot, alice.local(agenda.starts_at).time()))
        building.build_due(now=scheduling.expires_at(agenda) + timedelta(hours=week))
    assert [at for _, at in found] == [time(19)] * 4
    assert [later - earlier for (earlier, _), (later, _) in pairwise(found)] == [WEEK] * 3
