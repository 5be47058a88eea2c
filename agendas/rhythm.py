"""The rhythm of talks: one asks for it, the other agrees, and either ends it alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.prepared import Prepared
from accounts.undoing import CannotUndo
from agendas import scheduling
from agendas.errors import RhythmResting
from agendas.models import Rhythm
from agendas.plan import TalkPlan
from couples import asking
from couples.errors import AskResting
from couples.models import Ask, Couple, Partner
from couples.seats import lock_couple

KIND = "talk"  # of an ask
USUAL_LENGTH = 30  # minutes


CURRENT = Prepared(lambda couple: Rhythm.objects.current().of([couple]), couple=UUID)


def current(couple: Couple) -> Rhythm | None:
    """The rhythm the two agreed on, if any. One query."""
    return next(iter(CURRENT(couple=couple.pk)), None)


@transaction.atomic
def suggest(*, by: Partner, plan: TalkPlan, now: datetime) -> None:
    """Ask the other for this rhythm. What stands already needs no asking.

    Raises `RhythmResting` or `NobodyToAsk`.
    """
    found = current(by.couple)
    if found is None or TalkPlan.of(found) != plan:
        try:
            asking.ask(by=by, kind=KIND, what=str(plan), now=now)
        except AskResting:
            raise RhythmResting from None


def says(ask: Ask, *, name: str, reader: Partner, now: datetime) -> str:
    """The line on Today of an ask for a rhythm of talks."""
    return _("%(name)s suggests a time to talk") % {"name": name}


def agreed(*, ask: Ask, now: datetime) -> None:
    """Take up this rhythm, which both want: from now on it stands, instead of any before. Called behind both people's
    lock.
    """
    plan = TalkPlan.read(ask.what)
    Rhythm.objects.current().of([ask.couple_id]).update(ended_at=now)
    rhythm = Rhythm.objects.create(
        couple=ask.couple,
        every=plan.every,
        weekday=plan.weekday,
        at=plan.at,
        zone=plan.zone,
        minutes=plan.minutes,
        agreed_at=now,
    )
    scheduling.replan(rhythm, now=now)


def before(ask: Ask) -> asking.Before:
    """The talk that is ahead before a yes."""
    return scheduling.ahead(ask.couple)


def undo_agreed(*, ask: Ask, before: asking.Before, now: datetime) -> None:
    """Have the rhythm again that stood before a yes, with its talk, or none. Raises `CannotUndo` where another stands
    by now, or a talk of this one was laid out.
    """
    found = current(ask.couple)
    if found is None or found.agreed_at != ask.agreed_at:
        raise CannotUndo
    scheduling.put_back(ask.couple, before)
    found.delete()
    Rhythm.objects.filter(couple=ask.couple, ended_at=ask.agreed_at).update(ended_at=None)


@transaction.atomic
def end(*, by: Partner, now: datetime) -> None:
    """End the rhythm: either, alone. A talk being held may go on to its end, one ahead falls away. Twice is once."""
    lock_couple(by)
    Rhythm.objects.current().of([by.couple_id]).update(ended_at=now)
    scheduling.call_off(by.couple, now=now)


def parted(*, couple: Couple, now: datetime) -> None:
    """End the rhythm and the talks of a couple that ended: nothing is ahead, and what was being held is over."""
    Rhythm.objects.current().of([couple.pk]).update(ended_at=now)
    scheduling.close_all(couple, now=now)


ASK = asking.Kind(
    name=KIND,
    page="agendas:talk",
    icon="messages-square",
    says=says,
    on_agreed=agreed,
    on_undone=undo_agreed,
    line=gettext_lazy("Agreed. The next talk is on this page."),
    before=before,
)
