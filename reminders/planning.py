"""Planning, from what people want to rows in the ledger. It may run any number of times, in parallel, late
or twice.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.turns import GoesOn, always
from couples import days
from reminders.models import Choice, Reminder

AHEAD = timedelta(minutes=5)
KEPT = timedelta(days=35)  # how long a settled row stays
BATCH = 500


def plan(*, now: datetime, goes_on: GoesOn = always) -> int:
    """Write the reminders that come up within `AHEAD`, batch by batch. Returns how many choices were gone through."""
    planned = 0
    _bring_back(now)
    while (done := _plan_batch(now)) > 0:
        planned += done
        if done < BATCH or not goes_on():
            break
    return planned


@transaction.atomic
def _plan_batch(now: datetime) -> int:
    due = Choice.objects.due(now + AHEAD)
    ids = list(due.soonest()[:BATCH])
    found = due.filter(pk__in=ids).select_for_update(
        of=("self",), skip_locked=True
    )  # asked again behind the lock
    choices = list(found.select_related("user"))
    Reminder.objects.bulk_create([_reminder(choice) for choice in choices], ignore_conflicts=True)
    for choice in choices:
        # After an outage the evenings gone by are not caught up on: the next one counts.
        choice.compute_next_at(after=max(_due(choice), now))
    _put_off(choices)
    return len(choices)


def _put_off(choices: list[Choice]) -> None:
    """Write when each comes up next: one statement for each moment, and many share one. One statement with a case for
    each of them took more than half of planning."""
    ids: dict[datetime | None, list[UUID]] = {}
    for choice in choices:
        ids.setdefault(choice.next_at, []).append(choice.pk)
    for next_at, of_them in ids.items():
        Choice.objects.filter(pk__in=of_them).update(next_at=next_at)


@transaction.atomic
def _bring_back(now: datetime) -> None:
    """A clock that ran ahead, if only for a minute, puts every next reminder off to its own time: they are reckoned
    anew once it is right again."""
    far = Choice.objects.out_of_reach(now).select_for_update(of=("self",), skip_locked=True)
    choices = list(far.select_related("user")[:BATCH])
    for choice in choices:
        choice.compute_next_at(after=now)
    _put_off(choices)


def _due(choice: Choice) -> datetime:
    if choice.next_at is None:
        raise ValueError("a choice that isn't wanted is never due")
    return choice.next_at


def _reminder(choice: Choice) -> Reminder:
    due_at = _due(choice)
    day = days.day_of(due_at, choice.user.tz)
    return Reminder(
        user=choice.user,
        kind=choice.kind,
        day=day,
        channel=choice.channel,
        due_at=due_at,
        expires_at=days.ends(day, choice.user.tz),
    )


def prune(*, now: datetime) -> int:
    """Delete rows that were settled longer ago than `KEPT`. Returns how many."""
    return Reminder.objects.settled_before(now - KEPT).delete()[0]
