"""Mails the talk promises: that it is laid out, and that it begins in an hour."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agendas.models import Agenda
from couples import days
from couples.access import seats_of
from reminders.kinds import OccasionalKind
from reminders.models import Choice, Reminder

AN_HOUR = timedelta(hours=1)


def _no_talk(user: User, day: date) -> str:
    """There is nothing to remind of where the talk is skipped, over, held already, or on another Day by now."""
    agenda = Agenda.objects.of(seats_of(user)[0].couple).open().first()
    if agenda is None or agenda.laid_out_at is None or days.day_of(agenda.starts_at, user.tz) != day:
        return "no talk"
    return "done" if agenda.begun_at is not None else ""


LAID_OUT = OccasionalKind(
    name="talk_laid_out",
    joint=True,
    title=_("The talk is laid out"),
    hint=_("On the day of a talk"),
    mail="talk_laid_out",
    default_on=True,
    default_at=time(9),
    skip_reason=_no_talk,
)
SOON = OccasionalKind(
    name="talk_soon",
    joint=True,
    title=_("Talk in an hour"),
    hint=_("An hour before it begins"),
    mail="talk_soon",
    default_on=False,
    default_at=time(18),
    skip_reason=_no_talk,
    timed=False,
)
KINDS = (LAID_OUT, SOON)


def promise(agendas: Collection[Agenda], *, now: datetime) -> None:
    """Promise both mails for talks that are laid out, to whoever of the two wants them. Set-based; twice is once."""
    of_couple = {agenda.couple_id: agenda for agenda in agendas}
    of_name = {kind.name: kind for kind in KINDS}
    rows = []
    for choice in Choice.objects.wanted_in(of_couple, of_name):
        kind, agenda = of_name[choice.kind], of_couple[choice.couple]
        due_at = _due(kind, choice, agenda)
        if due_at is not None and now < agenda.starts_at:
            rows.append(_row(kind, choice, agenda, max(due_at, now)))
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _due(kind: OccasionalKind, choice: Choice, agenda: Agenda) -> datetime | None:
    """When this mail is to go out, if that is before the talk."""
    if kind is SOON:
        return agenda.starts_at - AN_HOUR
    day = days.day_of(agenda.starts_at, choice.user.tz)
    at = days.at(day, choice.at, choice.user.tz)
    return at if at < agenda.starts_at else None


def _row(kind: OccasionalKind, choice: Choice, agenda: Agenda, due_at: datetime) -> Reminder:
    return Reminder(
        user=choice.user,
        kind=kind.name,
        channel=choice.channel,
        key=_key(agenda),
        due_at=due_at,
        expires_at=agenda.starts_at,
    )


def call_off(agendas: Sequence[Agenda], *, now: datetime) -> None:
    """Call off what was promised for these talks: they are moved or left out."""
    for agenda in agendas:
        people = [seat.user_id for seat in agenda.couple.partners.all()]
        names = [kind.name for kind in KINDS]
        rows = Reminder.objects.filter(user__in=people, kind__in=names, key=_key(agenda))
        rows.skip("called off", now=now)


def _key(agenda: Agenda) -> str:
    """The talk at this very time: moved, it is another promise."""
    return f"talk {agenda.starts_at:%Y-%m-%dT%H:%MZ}"
