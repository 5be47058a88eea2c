"""Mails the talk promises: that it is laid out, and that it begins in an hour."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from agendas.models import Agenda
from couples import days
from reminders import promising
from reminders.kinds import OccasionalKind
from reminders.models import Choice, Reminder

AN_HOUR = timedelta(hours=1)


# Of a row: the talk stands at the very time that was promised, and isn't held already.
AHEAD = Exists(
    Agenda.objects.open().filter(
        couple__partners__user=OuterRef("user"),
        couple__partners__left_at__isnull=True,
        starts_at=OuterRef("starts_at"),
        laid_out_at__isnull=False,
        begun_at__isnull=True,
    )
)
LAID_OUT = OccasionalKind(
    name="talk_laid_out",
    joint=True,
    title=_("The talk is laid out"),
    hint=_("On the day of a talk"),
    mail="talk_laid_out",
    default_on=True,
    default_at=time(9),
    skip_when={"no talk": ~AHEAD},
)
SOON = OccasionalKind(
    name="talk_soon",
    joint=True,
    title=_("Talk in an hour"),
    hint=_("An hour before it begins"),
    mail="talk_soon",
    default_on=False,
    default_at=time(18),
    skip_when={"no talk": ~AHEAD},
    timed=False,
)
KINDS = (LAID_OUT, SOON)


def promise(agendas: Collection[Agenda], *, now: datetime) -> None:
    """Promise both mails for talks that are laid out, to whoever of the two wants them. Twice is once."""
    promising.promise(KINDS, agendas, partial(_row, now=now), now=now)


def _row(choice: Choice, agenda: Agenda, *, now: datetime) -> Reminder | None:
    """The mail this person wants, if its time is before the talk; laid out late, it is still said."""
    day = days.day_of(agenda.starts_at, choice.user.tz)
    due_at = agenda.starts_at - AN_HOUR
    if choice.kind == LAID_OUT.name:
        due_at = days.at(day, choice.at, choice.user.tz)
    if due_at >= agenda.starts_at:
        return None
    return promising.mail(
        choice,
        agenda,
        day=day,
        starts_at=agenda.starts_at,
        due_at=max(due_at, now),
        expires_at=agenda.starts_at,
    )


def call_off(agendas: Sequence[Agenda], *, now: datetime) -> None:
    """Call off what was promised for these talks: they are moved or left out."""
    promising.call_off(KINDS, agendas, now=now)
