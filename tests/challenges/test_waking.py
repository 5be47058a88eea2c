"""A challenge that is woken where it rests already, and not yet where the other is."""

from datetime import timedelta

import pytest

from accounts.hooks import rezoned
from accounts.models import User
from challenges import attempts, reading
from couples import days
from tests.cast import NOW, pair, person, seat
from tests.challenges.scenarios import begin_together

A_DAY = timedelta(days=1)


def _progress(user: User, days_after: float) -> reading.Progress:
    found = reading.progress(seat(user), now=NOW + days_after * A_DAY)
    assert found is not None
    return found


@pytest.mark.parametrize("between", ["", "sets another zone"])
@pytest.mark.parametrize("hers", ["Pacific/Auckland", "Asia/Kathmandu"])
def test_woken_where_it_rests_already_it_rests_for_the_other_too_before_it_goes_on(
    db: None, hers: str, between: str
) -> None:
    """Her sixth Day begins on his fifth evening: had it never rested for him, he would know that hers is further on."""
    alice, bob = person("Alice", zone=hers), person("Bob")
    pair(alice, bob)
    begin_together(alice, bob, now=NOW - 7 / 24 * A_DAY)  # at noon of both their first Days
    her_sixth = days.starts(days.day_of(NOW - 7 / 24 * A_DAY, alice.tz) + 5 * A_DAY, alice.tz)
    assert reading.progress(seat(bob), now=her_sixth) == _progress(bob, 4)
    for _twice in range(2):
        attempts.wake(by=seat(alice), now=her_sixth + timedelta(minutes=1))
    if between == "sets another zone":
        alice.zone = "Asia/Tokyo"
        alice.save()
        rezoned.announce(user=alice, before=hers, now=her_sixth + timedelta(hours=1))
    his_sixth = days.starts(days.day_of(NOW, bob.tz) + 5 * A_DAY, bob.tz)
    for ahead, here, there in ((-0.01, 5, 5), (0, 5, 5), (0.9, 5, 6), (1, 6, 6), (2, 7, 7)):
        after = (his_sixth - NOW) / A_DAY + ahead
        found = [_progress(bob, after), _progress(alice, after)]
        assert [(one.number, one.resting) for one in found] == [(here, False), (there, False)], ahead
