"""Two people in a challenge, as the other rooms' tests need them."""

from datetime import datetime

from accounts.models import User
from challenges import attempts, catalogue
from challenges.models import Attempt
from couples import asking
from tests.cast import seat


def begin_together(one: User, other: User, *, now: datetime, challenge: str = catalogue.FIRST) -> Attempt:
    """One suggests it, the other says yes: day 1 is `now`."""
    attempts.suggest(by=seat(one), challenge=challenge, now=now)
    ask = asking.asked(seat(one), attempts.KIND, now=now)
    assert ask is not None
    asking.agree(by=seat(other), ask_id=ask.pk, now=now)
    return attempt_of(one)


def attempt_of(user: User) -> Attempt:
    """The attempt this person is in now."""
    found = attempts.current_attempt(seat(user).couple)
    assert found is not None
    return found
