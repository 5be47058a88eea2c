"""The talk that is next: opened from the rhythm, moved or skipped by the two, and over when its time has passed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.prepared import Prepared
from accounts.undoing import CannotUndo, row_of, state
from agendas import reminding, topics
from agendas.errors import ImpossibleDay, MoveResting, TalkNotAhead
from agendas.models import Agenda, Rhythm
from agendas.models.talks import LAID_OUT_BEFORE, AgendaQuerySet, Every
from agendas.plan import TalkPlan
from couples import asking, days
from couples.errors import AskResting
from couples.models import Ask, Couple, Partner
from couples.seats import lock_couple

SOON = timedelta(minutes=70)  # before it begins it is built once more
ONE_MORE_EVENING = timedelta(hours=33)  # after it was to begin
A_NIGHT = timedelta(hours=12)  # after it was begun
PERIOD = {Every.WEEK: timedelta(days=7), Every.MONTH: timedelta(days=31)}


def _open_in(couple: UUID) -> AgendaQuerySet:
    return Agenda.objects.of(Couple(pk=couple)).open()  # one at most, says the database


_open_of = Prepared(_open_in, couple=UUID)  # an open page of a talk looks every second or two


def current_talk(partner: Partner, *, now: datetime) -> Agenda | None:
    """The talk that is ahead, laid out or being held, as the clock has it."""
    found = next(iter(_open_of(couple=partner.couple_id)), None)
    return found if found is not None and now < expires_at(found) else None


def lays_out_at(agenda: Agenda) -> datetime:
    """The moment it is laid out: so long before it begins.

    Nothing but its times goes by the clock of the rhythm, or whoever didn't suggest it could tell that clock.
    """
    return agenda.starts_at - LAID_OUT_BEFORE


def expires_at(agenda: Agenda) -> datetime:
    """The moment it is over: there is one more evening to hold it on, and what was begun late isn't broken off."""
    over = agenda.starts_at + ONE_MORE_EVENING
    return over if agenda.begun_at is None else max(over, agenda.begun_at + A_NIGHT)


def _built_from(starts_at: datetime) -> date:
    """The date on which a talk is laid out, on nobody's clock."""
    return (starts_at - LAID_OUT_BEFORE).astimezone(UTC).date()


def next_due(agenda: Agenda) -> datetime:
    """The moment a worker next has something to do for an open talk."""
    if agenda.laid_out_at is None:
        return lays_out_at(agenda)
    soon = agenda.starts_at - SOON
    return soon if agenda.begun_at is None and agenda.laid_out_at < soon else expires_at(agenda)


@transaction.atomic
def skip(*, by: Partner, agenda_id: UUID, now: datetime) -> bool:
    """Leave this talk out: either, alone. The next one of the rhythm follows. Raises `TalkNotAhead`.

    Returns whether it was left out by this; twice is once.
    """
    agenda = _ahead(by, agenda_id)
    if agenda is None:
        raise TalkNotAhead
    if agenda.closed_at is not None:
        return False
    reminding.call_off([agenda], now=now)
    _close([agenda], now=now)
    open_next(Rhythm.objects.current().of([by.couple_id]), [agenda], now=now)
    return True


@transaction.atomic
def hold_after_all(*, by: Partner, talk: str, closed_at: str, now: datetime) -> None:
    """Take back that a talk was left out: it is ahead again, in place of the next. Raises `CannotUndo` where its time
    has passed meanwhile, or the next was laid out.
    """
    agenda = _ahead(by, UUID(talk))
    skipped = agenda is not None and agenda.closed_at == datetime.fromisoformat(closed_at)
    if agenda is None or not skipped or now >= expires_at(agenda) or not _has_rhythm(by.couple):
        raise CannotUndo
    _drop_next(by.couple, but=None)
    agenda.closed_at = None
    agenda.due_at = next_due(agenda)
    agenda.save(update_fields=["closed_at", "due_at"])
    if agenda.laid_out_at is not None:
        reminding.promise([agenda], now=now)


def ahead(couple: Couple) -> dict[str, Any]:
    """The talk that is ahead, as a session keeps it: all of it where it isn't laid out, else its name."""
    found = Agenda.objects.of(couple).open().first()
    if found is None:
        return {}
    if found.laid_out_at is not None:
        return {"on_the_table": str(found.pk)}
    return {"talk": state(found, [field.name for field in Agenda._meta.fields])}


def put_back(couple: Couple, before: Mapping[str, Any]) -> None:
    """Put the talk back that was `ahead`, in place of what is. Raises `CannotUndo` where that was laid out since."""
    _drop_next(couple, but=before.get("on_the_table"))
    if stood := before.get("talk"):
        Agenda.objects.create(**row_of(Agenda, stood))


def _drop_next(couple: Couple, *, but: str | None) -> None:
    for agenda in _open_and_held(couple):
        if str(agenda.pk) == but:
            continue
        if agenda.laid_out_at is not None:
            raise CannotUndo
        agenda.delete()


def _has_rhythm(couple: Couple) -> bool:
    return Rhythm.objects.current().of([couple.pk]).exists()


def move_kind(agenda: Agenda) -> str:
    """The kind of an ask to move this talk: each talk has its own, so that one unanswered doesn't weigh on the next."""
    return MOVE.about(f"{agenda.slot:%Y-%m-%d}")


def says(ask: Ask, *, name: str, reader: Partner, now: datetime) -> str:
    """The line on Today of an ask to move a talk; none once that talk isn't ahead."""
    agenda = current_talk(reader, now=now)
    if agenda is None or ask.kind != move_kind(agenda):
        return ""
    return _("%(name)s suggests a time to talk") % {"name": name}


@transaction.atomic
def suggest_move(*, by: Partner, agenda_id: UUID, to: datetime, now: datetime) -> None:
    """Ask the other to hold this talk at another time. It stays where it is until they agree.

    Raises `TalkNotAhead`, `ImpossibleDay`, `MoveResting` or `NobodyToAsk`.
    """
    agenda = _ahead(by, agenda_id)
    if agenda is None or agenda.closed_at is not None:
        raise TalkNotAhead
    _check(agenda, to, now=now)
    if to != agenda.starts_at:
        try:
            asking.ask(by=by, kind=move_kind(agenda), what=to.isoformat(), now=now)
        except AskResting:
            raise MoveResting from None


def agreed(*, ask: Ask, now: datetime) -> None:
    """Move the talk to the time both want it at. If that has passed meanwhile, nothing is moved."""
    agenda = Agenda.objects.of(ask.couple).open().select_for_update().first()
    if agenda is None or agenda.begun_at is not None or ask.kind != move_kind(agenda):
        return
    to = datetime.fromisoformat(ask.what)
    try:
        _check(agenda, to, now=now)
    except ImpossibleDay:
        return
    _move(agenda, to, now=now)


def before_move(ask: Ask) -> asking.Before:
    """The time the talk stands at before a yes to another."""
    found = Agenda.objects.of(ask.couple).open().first()
    return {"starts_at": found.starts_at.isoformat()} if found is not None else {}


def undo_agreed(*, ask: Ask, before: asking.Before, now: datetime) -> None:
    """Move the talk back to where it was before a yes. Raises `CannotUndo` where that has passed, or it was begun."""
    agenda = Agenda.objects.of(ask.couple).open().select_for_update().first()
    stood = datetime.fromisoformat(before["starts_at"]) if before else None
    if agenda is None or agenda.begun_at is not None or stood is None or stood <= now:
        raise CannotUndo
    if ask.kind != move_kind(agenda) or agenda.starts_at != datetime.fromisoformat(ask.what):
        raise CannotUndo
    _move(agenda, stood, now=now)


def _move(agenda: Agenda, to: datetime, *, now: datetime) -> None:
    reminding.call_off([agenda], now=now)
    agenda.starts_at = to
    agenda.due_at = next_due(agenda)
    agenda.save(update_fields=["starts_at", "due_at"])
    if agenda.laid_out_at is not None:
        reminding.promise([agenda], now=now)


def replan(rhythm: Rhythm, *, now: datetime) -> None:
    """Another rhythm stands: what was ahead and not laid out falls away for the next one of this."""
    found = Agenda.objects.of(rhythm.couple).open().first()
    if found is not None and now >= expires_at(found):
        _close([found], now=now)
    elif found is not None and found.laid_out_at is None:
        found.delete()
    elif found is not None:
        return  # it is on the table: held as it is, and the new rhythm follows it
    open_next([rhythm], _latest(rhythm.couple), now=now)


def call_off(couple: Couple, *, now: datetime) -> None:
    """Call off what is ahead, as there is no rhythm any more. What was begun may be held to its end."""
    agendas = [one for one in _open_and_held(couple) if one.begun_at is None]
    reminding.call_off(agendas, now=now)
    _close(agendas, now=now)


def close_all(couple: Couple, *, now: datetime) -> None:
    """Close every talk: nothing is ahead, and what was being held is over."""
    agendas = _open_and_held(couple)
    reminding.call_off(agendas, now=now)
    _close(agendas, now=now)


def _open_and_held(couple: Couple) -> list[Agenda]:
    """Its open talks, locked: whoever is just laying one out has promised its mails by the time they are called off."""
    return list(Agenda.objects.of(couple).open().select_for_update(of=("self",)))


def close_and_open_next(agendas: Sequence[Agenda], *, now: datetime) -> None:
    """Close talks whose time has passed, and open the next of each rhythm that stands. Set-based."""
    _close(agendas, now=now)
    rhythms = Rhythm.objects.current().of([agenda.couple_id for agenda in agendas])
    open_next(rhythms, agendas, now=now)


def open_next(rhythms: Iterable[Rhythm], latest: Sequence[Agenda], *, now: datetime) -> None:
    """Open the next talk of each rhythm, after the couple's latest one."""
    last = {agenda.couple_id: agenda for agenda in latest}
    rhythms = list(rhythms)
    topics.promote([rhythm.couple_id for rhythm in rhythms], now=now)
    Agenda.objects.bulk_create(
        [_next(rhythm, last.get(rhythm.couple_id), now) for rhythm in rhythms], ignore_conflicts=True
    )


def _next(rhythm: Rhythm, last: Agenda | None, now: datetime) -> Agenda:
    today = days.day_of(now, rhythm.tz)
    day, starts_at = TalkPlan.of(rhythm).next(now=now, after=last.slot if last else today - timedelta(days=1))
    held = last if last is not None and last.begun_at is not None else None
    since = _built_from(starts_at) - PERIOD[Every(rhythm.every)]
    agenda = Agenda(
        couple_id=rhythm.couple_id,
        slot=day,
        starts_at=starts_at,
        zone=rhythm.zone,
        minutes=rhythm.minutes,
        since_on=max(since, _built_from(held.starts_at)) if held else since,
        previous_id=held.pk if held else (last.previous_id if last else None),
    )
    agenda.due_at = next_due(agenda)
    return agenda


def _check(agenda: Agenda, to: datetime, *, now: datetime) -> None:
    """Raises `ImpossibleDay` unless a talk may be moved there: ahead, and before the next one of the rhythm."""
    if to <= now:
        raise ImpossibleDay
    rhythm = Rhythm.objects.current().of([agenda.couple_id]).first()
    if rhythm is not None:
        following = _next(rhythm, agenda, max(now, agenda.starts_at))
        if to >= lays_out_at(following):
            raise ImpossibleDay


def _ahead(by: Partner, agenda_id: UUID) -> Agenda | None:
    """The couple's talk, with both people locked, unless it was begun."""
    lock_couple(by)
    agenda = Agenda.objects.of(by.couple).filter(pk=agenda_id).select_for_update().first()
    return agenda if agenda is not None and agenda.begun_at is None else None


def _latest(couple: Couple) -> list[Agenda]:
    return list(Agenda.objects.of(couple).order_by("-slot")[:1])


def _close(agendas: Sequence[Agenda], *, now: datetime) -> None:
    for agenda in agendas:
        agenda.closed_at, agenda.due_at = now, None
    Agenda.objects.filter(pk__in=[agenda.pk for agenda in agendas]).update(closed_at=now, due_at=None)


MOVE = asking.Kind(
    name="talk of",
    page="agendas:talk",
    icon="messages-square",
    says=says,
    on_agreed=agreed,
    on_undone=undo_agreed,
    line=gettext_lazy("Agreed. The talk is at its new time, on this page."),
    before=before_move,
)
