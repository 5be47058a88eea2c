"""Short ways to say what the ledger's tests are about."""

from datetime import date, datetime, time
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reminders import delivery, planning, preferences
from reminders.models import Choice, Reminder, State
from tests.cast import NOW

KIND = "check_in"
DAY = NOW.date()


def wants(user: User, at: time = time(19, 2), *, now: datetime = NOW) -> None:
    """This person wants to be reminded at `at` on their clock."""
    preferences.choices_of(user)[KIND].set(wanted=True, at=at, now=now)


def planned(user: User, *, at: time = time(19, 2)) -> Reminder:
    """One reminder of theirs, planned and not yet due."""
    wants(user, at)
    for choice in Choice.objects.due(NOW).select_related(
        "user"
    ):  # the cast joined weeks ago: up to date since
        choice.set(wanted=True, now=NOW)
    planning.plan(now=NOW)
    return Reminder.objects.get(user=user)


def deliver() -> int:
    return delivery.deliver(clock=timezone.now)


def state(row: Reminder) -> tuple[str, str]:
    """What became of it, and why."""
    row.refresh_from_db()
    return str(State(row.state)), row.reason


def skip_reason(kind: str, user: User, day: date = DAY) -> str:
    """What this kind says of the mail of that Day, right before it would be sent. The mail is undone."""
    with transaction.atomic():
        row = Reminder.objects.create(
            user=user, kind=kind, day=day, about=uuid4(), due_at=NOW, expires_at=NOW
        )
        said = Reminder.objects.with_last_look(row).get(pk=row.pk).kind_skips
        transaction.set_rollback(True)
    return said
