"""Both clock changes in six zones, and a person who keeps moving: one mail a Day, at the time they asked for."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from couples import days
from reminders import delivery, planning, preferences
from reminders.models import Choice, Reminder, State
from tests.faults.crowd import A_DAY, A_MINUTE, KIND, Hands, crowd, say
from tests.faults.scripted_smtp import ScriptedSMTP

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "America/Santiago",
]
# 00:30 falls into the gap in Havana, Cairo and Santiago, 02:15 in the others.
TIMES = [wall_time(19, 2), wall_time(0, 30), wall_time(2, 15), wall_time(4), wall_time(3, 59)]
FORTNIGHT = 14 * A_DAY

pytestmark = [pytest.mark.fault, pytest.mark.django_db]


def changes(zone: ZoneInfo, year: int) -> list[date]:
    """The dates in `year` on which the clocks change."""
    noons = [datetime(year, 1, 1, 12, tzinfo=zone) + number * A_DAY for number in range(364)]
    return [later.date() for noon, later in pairwise(noons) if noon.utcoffset() != later.utcoffset()]


def live(now: datetime, until: datetime, hands: Hands) -> None:
    """Planner and deliverer from `now` on: five minutes ahead of whatever comes next, and when it is due."""
    while True:
        wished = Choice.objects.filter(wanted=True).values_list("next_at", flat=True)
        due = [moment for moment in wished if moment is not None]
        due += Reminder.objects.unsettled().values_list("due_at", flat=True)
        soonest = min(due)
        if soonest >= until:
            return
        for moment in (soonest - planning.AHEAD, soonest):
            now = hands.now = max(now, moment)
            planning.plan(now=now)
            delivery.deliver(clock=hands)


def sent(user: User, until: datetime) -> list[Reminder]:
    rows = Reminder.objects.filter(user=user, due_at__lt=until).order_by("due_at")
    assert {row.state for row in rows} <= {State.SENT}
    return list(rows)


@pytest.mark.parametrize("name", ZONES)
def test_a_fortnight_around_each_clock_change(name: str, smtp: ScriptedSMTP) -> None:
    zone = ZoneInfo(name)
    found = changes(zone, 2027)
    assert len(found) == 2
    shifted = Counter[str]()
    for day in found:
        began = days.starts(day - timedelta(days=7), zone)
        over = days.starts(day + timedelta(days=7), zone)
        people = dict(zip(TIMES, crowd(len(TIMES), zone=name), strict=True))
        for at, user in people.items():
            preferences.choices_of(user)[KIND].set(wanted=True, at=at, now=began - timedelta(seconds=1))
        live(began, over, Hands(began))
        for at, user in people.items():
            rows = sent(user, over)
            assert [row.key for row in rows] == [
                (began.astimezone(zone).date() + number * A_DAY).isoformat() for number in range(14)
            ]
            walls = [row.due_at.astimezone(zone).time() for row in rows]
            others = [wall for wall in walls if wall != at]
            assert len(others) <= 1  # the gap, where no clock showed it
            assert all(at < wall <= wall_time(4) for wall in others)
            shifted[f"{at:%H:%M}"] += len(others)
            assert smtp.to(user.email) == 14
        User.objects.filter(pk__in=[user.pk for user in people.values()]).update(is_active=False)
        Choice.objects.update(wanted=False, next_at=None)
    assert 1 <= shifted.total() <= 2  # only in spring, and only the times within the gap
    assert shifted["19:02"] == 0
    say(f"{name}: 2 fortnights, {len(TIMES)} times: one a Day, later only in the gap: {dict(+shifted)}")


WORLD = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Tokyo",
    "Africa/Nairobi",
]


def expected(at: wall_time, stays: list[tuple[datetime, datetime, ZoneInfo]]) -> list[tuple[str, datetime]]:
    """What a watch on the wrist says: each Day, the first minute at which it shows `at`, wherever that is."""
    seen: dict[str, datetime] = {}
    for came, went, zone in stays:
        moment = came
        while moment < went:
            local = moment.astimezone(zone)
            if moment > came and (local.hour, local.minute) == (at.hour, at.minute):
                day = (local.replace(tzinfo=None) - timedelta(hours=4)).date()
                seen.setdefault(day.isoformat(), moment)
            moment += A_MINUTE
    return sorted(seen.items(), key=lambda pair: pair[1])


@pytest.mark.parametrize("at", [wall_time(19, 2), wall_time(0, 30)])
@pytest.mark.parametrize("chance", [1, 2])
def test_a_person_who_moves_across_nine_zones(at: wall_time, chance: int, smtp: ScriptedSMTP) -> None:
    moves = random.Random(chance)
    (user,) = crowd(1)
    now, stays = datetime(2027, 1, 5, 12, tzinfo=UTC), []
    hands = Hands(now)
    for name in [*WORLD, *moves.sample(WORLD, len(WORLD))]:
        # Half of the moves come within minutes of the mail, when it stands in the ledger already.
        User.objects.filter(pk=user.pk).update(zone=name)
        user = User.objects.get(pk=user.pk)
        preferences.choices_of(user)[KIND].set(wanted=True, at=at, now=now)
        stay = timedelta(minutes=moves.randrange(600, 4000))
        until = now + stay
        if moves.random() < 0.5:
            until = days.next_at(until, at, user.tz)[1] + moves.randint(-4, 4) * A_MINUTE
        stays.append((now, until, user.tz))
        live(now, until, hands)
        now = until
    got = [(row.key, row.due_at) for row in sent(user, now)]
    wanted = expected(at, stays)
    say(
        f"{len(WORLD)} zones, {len(stays)} moves, asked for {at:%H:%M}: {len(got)} of {len(wanted)} Days, each once"
    )
    assert got == wanted
    assert smtp.to(user.email) == len(wanted)
    assert len(wanted) > len(stays)
