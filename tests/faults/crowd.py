"""Many people who want the evening's mail, and what became of it.

Figures are printed, one line a test (`-s`).
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as wall_time
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts import keys
from accounts.models import DataKey, User
from couples.models import Couple, Partner
from reminders.models import Choice, Reminder, State
from tests.cast import NOW
from tests.faults.scripted_smtp import ScriptedSMTP
from tests.servers import environment_of_tests

KIND = "check_in"
TONIGHT = wall_time(19, 2)
DUE = NOW + timedelta(minutes=2)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
ROUNDS = int(os.environ.get("ROUNDS", "20"))
SPEED = 15  # how much faster than real the clocks of workers run: a lease of 27 s lasts 2
SENT = ("sent", "")


def say(line: str) -> None:
    print(f"\nfaults: {line}")  # noqa: T201  shown by -s


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = DUE) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def _keys(count: int) -> list[DataKey]:
    made = [DataKey() for _ in range(count)]
    for key in made:
        key.keyring_name, key.wrapped = keys.wrap(os.urandom(32), key._place)
    return DataKey.objects.bulk_create(made)


def crowd(count: int, *, next_at: datetime = DUE + A_DAY, zone: str = "Etc/UTC") -> list[User]:
    """So many people with proven addresses, each in a couple of one, who want the evening's mail."""
    then = NOW - 40 * A_DAY
    people = [
        User(email=f"{uuid4()}@example.test", name="P", zone=zone, password="!", key=key, joined_at=then)
        for key in _keys(count)
    ]
    User.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people
    )
    couples = Couple.objects.bulk_create(Couple(key=key, opened_at=then) for key in _keys(count))
    Partner.objects.bulk_create(
        Partner(couple=couple, user=user, seat=1, sat_at=then)
        for couple, user in zip(couples, people, strict=True)
    )
    Choice.objects.bulk_create(
        Choice(user=user, kind=KIND, wanted=True, at=TONIGHT, next_at=next_at) for user in people
    )
    return people


def promise(people: list[User], *, due: datetime = DUE, expires: datetime | None = None) -> list[Reminder]:
    """A row in the ledger for each of them, due a moment apart so that their order is known."""
    return Reminder.objects.bulk_create(
        Reminder(
            user=user,
            kind=KIND,
            day=(expires or due).date(),
            due_at=due - timedelta(milliseconds=len(people) - number),
            expires_at=expires or due + timedelta(hours=8),
        )
        for number, user in enumerate(people)
    )


def became(row: Reminder) -> tuple[str, str]:
    """What became of it, and why."""
    row.refresh_from_db()
    return str(State(row.state)), row.reason


def wait_until_settled(seconds: float, clock: Callable[[], datetime] = timezone.now) -> None:
    in_time = time.monotonic() + seconds
    while Choice.objects.due(clock()).exists() or Reminder.objects.unsettled().exists():
        assert time.monotonic() < in_time, Counter(Reminder.objects.values_list("state", "reason"))
        time.sleep(0.05)


def environment_of_workers(smtp: ScriptedSMTP) -> dict[str, str]:
    """What a process finds that is to work on this test's database and mail server."""
    return {
        **environment_of_tests(),
        "EMAIL_URL": f"smtp://{smtp.host}:{smtp.port}",
        "LOG_LEVEL": "ERROR",
    }
