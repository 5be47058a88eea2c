"""A rhythm of dates: one asks for it, the other agrees, and either ends it alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.prepared import Prepared
from accounts.undoing import CannotUndo
from adventures.models import DateRhythm
from adventures.slots import Recurrence
from couples import asking
from couples.models import Ask, Couple, Partner
from couples.seats import lock_both

KIND = "dates"  # of an ask


CURRENT = Prepared(lambda couple: DateRhythm.objects.current().of(Couple(pk=couple)), couple=UUID)


def current(couple: Couple) -> DateRhythm | None:
    """The rhythm the two agreed on, if any. One query."""
    return next(iter(CURRENT(couple=couple.pk)), None)


@transaction.atomic
def suggest(*, by: Partner, recurrence: Recurrence, now: datetime) -> None:
    """Ask the other for this rhythm; alone, it stands at once. What stands already needs no asking.

    Raises `AskResting`.
    """
    two = lock_both(by)
    found = current(by.couple)
    if found is not None and Recurrence.of(found) == recurrence:
        return
    if two:
        asking.ask(by=by, kind=KIND, what=str(recurrence), now=now)
    elif by.couple.partners.live().filter(pk=by.pk).exists():
        _put(by.couple, recurrence, now)


def says(ask: Ask, *, name: str, reader: Partner, now: datetime) -> str:
    """The line of an ask for a rhythm of dates."""
    return _("%(name)s suggests how often to have dates") % {"name": name}


def agreed(*, ask: Ask, now: datetime) -> None:
    """Take up this rhythm, which both want: from now on it stands, instead of any before. Called behind both people's
    lock.
    """
    _put(ask.couple, Recurrence.read(ask.what), now)


def undo_agreed(*, ask: Ask, before: asking.Before, now: datetime) -> None:
    """Have the rhythm again that stood before a yes, or none. Raises `CannotUndo` where another stands by now."""
    found = current(ask.couple)
    if found is None or found.agreed_at != ask.agreed_at:
        raise CannotUndo
    found.delete()
    stood = DateRhythm.objects.of(ask.couple).filter(ended_at=ask.agreed_at)
    stood.update(ended_at=None, turn=found.turn)


@transaction.atomic
def end(*, by: Partner, now: datetime) -> None:
    """End it: either, alone. Dates that are agreed on stay. Twice is once."""
    lock_both(by)
    DateRhythm.objects.current().of(by.couple).update(ended_at=now)


@transaction.atomic
def take_turns(*, by: Partner, on: bool) -> None:
    """Take turns planning, or no longer: either, alone. Begins with whoever switched it on. Twice is once."""
    two = lock_both(by)
    found = current(by.couple)
    if found is not None and (found.turn_id is not None) != (on and two):
        found.turn = by.user if on else None
        found.save(update_fields=["turn"])


def _put(couple: Couple, recurrence: Recurrence, now: datetime) -> None:
    before = current(couple)
    DateRhythm.objects.current().of(couple).update(ended_at=now)
    DateRhythm.objects.create(
        couple=couple,
        rule=recurrence.rule,
        begins_on=recurrence.begins_on,
        at=recurrence.at,
        zone=recurrence.zone,
        agreed_at=now,
        turn=before.turn if before is not None else None,
    )


ASK = asking.Kind(
    name=KIND,
    page="adventures:rhythm",
    icon="repeat",
    says=says,
    on_agreed=agreed,
    on_undone=undo_agreed,
    line=gettext_lazy("Agreed. Your rhythm and its next times are on this page."),
)
