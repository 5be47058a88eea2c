"""The database says of a challenge what `counting.position` says: where it rests, and whether its day is done."""

from datetime import timedelta
from random import Random

import pytest

from accounts.models import User
from challenges.attempts import position_of
from challenges.models import Attempt, CompletedDay
from couples import days
from tests.cast import NOW, seat
from tests.challenges.scenarios import begin_together
from tests.reminders.ledger import skip_reason

A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"]
)
def test_the_last_look_sees_the_day_that_is_counted(alice: User, bob: User, zone: str) -> None:
    chance = Random(zone)
    User.objects.filter(pk=alice.pk).update(zone=zone)
    alice.refresh_from_db()
    begin_together(alice, bob, now=NOW)
    attempt, answers = Attempt.objects.get(), set()
    for _ in range(40):
        evenings = "".join(sorted(chance.sample("0123456", chance.choice([1, 2, 4, 7]))))
        attempt.couple.evenings = evenings
        attempt.couple.save()
        begun = NOW + chance.random() * 150 * A_DAY  # over a clock change, and at any hour
        # Of an attempt begun before it was anchored at what is done, what was done last came later.
        attempt.from_at, attempt.active_at = sorted([begun, begun + chance.choice([0, 0, 9]) * A_DAY])
        attempt.first_seat_from = attempt.second_seat_from = chance.randint(1, 30)
        attempt.save()
        day = days.day_of(attempt.active_at, alice.tz) + chance.choice([0, 1, 2, 4, 9, 25]) * A_DAY
        there = position_of(attempt, seat(alice), day)
        CompletedDay.objects.all().delete()
        other = chance.choice([there.number, there.number - 1, there.number + 1])
        CompletedDay.objects.create(attempt=attempt, number=max(other, 1), done_at=NOW)
        wanted = "done" if max(other, 1) == there.number else ""
        if there.resting:
            wanted = "resting"
        if str(day.weekday()) not in evenings:
            wanted = "no path"
        assert skip_reason("challenge_day", alice, day) == wanted, (attempt.__dict__, evenings, day, there)
        answers.add(wanted)
    assert answers == {"", "done", "resting", "no path"}


def test_without_a_challenge_there_is_none(dana: User) -> None:
    assert skip_reason("challenge_day", dana) == "no path"
