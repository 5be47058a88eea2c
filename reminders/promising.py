"""Promises of mails about a thing with a time of its own: to whoever of the couple wants it, on their clock.

Set-based; twice is once. A kind's hour, and what follows a changed choice, are the room's.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef

from couples.models import Couple
from reminders.kinds import OccasionalKind
from reminders.models import Choice, Reminder, ReminderQuerySet, State

# Of a row: a mail of the same kind went out on the same Day. Two things are one mail, as it names neither.
SAID = Exists(
    Reminder.objects.filter(
        user=OuterRef("user"),
        kind=OuterRef("kind"),
        day=OuterRef("day"),
        about__isnull=False,
        state=State.SENT,
    )
)


class Thing(Protocol):
    """A thing that a mail is about; it belongs to a couple."""

    pk: UUID
    couple_id: UUID

    @property
    def couple(self) -> Couple: ...


T = TypeVar("T", bound=Thing)


def promise(
    kinds: Collection[OccasionalKind],
    things: Iterable[T],
    row: Callable[[Choice, T], Reminder | None],
    *,
    now: datetime,
) -> None:
    """Put down the mails of these kinds about these things: `row` says which mail a choice wants about one, if any."""
    of_couple: dict[UUID, list[T]] = {}
    for thing in things:
        of_couple.setdefault(thing.couple_id, []).append(thing)
    wanted = Choice.objects.wanted_in(of_couple, [kind.name for kind in kinds])
    found = (row(choice, thing) for choice in wanted for thing in of_couple[choice.couple])
    put_down((one for one in found if one is not None), now=now)


def put_down(rows: Iterable[Reminder], *, now: datetime) -> None:
    """Put down what isn't too late. What is agreed on later that day needs no mail, and it would tell that it was."""
    in_time = [row for row in rows if now <= row.due_at < row.expires_at]
    Reminder.objects.bulk_create(in_time, ignore_conflicts=True)


def replace(choice: Choice, rows: Collection[Reminder], *, now: datetime) -> None:
    """Put these rows down in place of the same promises made to this person before, as far as nothing was tried yet.

    What was waiting for a time that is past already by the new row goes out now. Switched off, they only go.
    """
    anew = {row.promise: row for row in rows}
    ledger = Reminder.objects.of(choice.user, choice.kind).filter(about__in=[row.about for row in rows])
    before = [row for row in untried(ledger) if row.promise in anew]
    untried(Reminder.objects.filter(pk__in=[row.pk for row in before])).delete()
    if choice.wanted:
        for row in before:
            if row.state == State.PENDING:
                anew[row.promise].due_at = max(anew[row.promise].due_at, now)
        put_down(rows, now=now)


def mail(
    choice: Choice,
    thing: Thing,
    *,
    day: date,
    due_at: datetime,
    expires_at: datetime,
    starts_at: datetime | None = None,
) -> Reminder:
    """The mail about this thing as this person wants it. Unsaved."""
    return Reminder(
        user=choice.user,
        kind=choice.kind,
        channel=choice.channel,
        about=thing.pk,
        day=day,
        starts_at=starts_at,
        due_at=due_at,
        expires_at=expires_at,
    )


def call_off(kinds: Collection[OccasionalKind], things: Iterable[Thing], *, now: datetime) -> None:
    """Call off what was promised of these things, before they are changed.

    What no mail server was offered is forgotten: agreed on again, or corrected back, it is promised again.
    """
    for thing in things:
        people = [seat.user_id for seat in thing.couple.partners.all()]
        names = [kind.name for kind in kinds]
        rows = Reminder.objects.filter(user__in=people, kind__in=names, about=thing.pk)
        rows.skip("called off", now=now)
        untried(rows).delete()


def untried(rows: ReminderQuerySet) -> ReminderQuerySet:
    """The rows among these that no mail server was ever offered."""
    return rows.filter(state__in=[State.PENDING, State.SKIPPED], attempts=0)
