"""Holding a talk: its parts, turns, a break, enough for tonight. Every screen shows what the server says.

Either may do any of it, no reason asked; nothing says who did. Each act names what it was done on (which part, which
turn), so that two who press at once, or one who presses twice, do it once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from agendas import building, scheduling, topics
from agendas.errors import TalkNotHeld
from agendas.models import Agenda, Part
from checkins import thanking
from checkins.quiet_time import Ring
from couples.models import Partner
from couples.seats import lock_couple

BREAK = timedelta(minutes=20)
LONGER = timedelta(minutes=1)
IDLE = timedelta(minutes=45)  # nothing was pressed for so long: it rests as if somebody had left


@dataclass(frozen=True)
class State:
    """The state of a talk at a moment: the same for whoever looks."""

    agenda: Agenda
    now: datetime
    part: Part
    over: bool
    resting: bool  # a break, enough for tonight, or nobody there: the same from outside
    pause: Ring | None  # how far the break is
    turn: Ring | None  # how far the turn is
    speaks: int | None  # the seat whose turn it is

    @property
    def next_part(self) -> Part | None:
        """The part after this one, or None after the last."""
        return next((part for part in self.agenda.parts if part > self.part), None)

    @property
    def again(self) -> int:
        """Milliseconds until it is worth looking again."""
        if self.over:
            return SELDOM
        if not self.resting:
            return SOON
        return min(EVERY, self.pause.left * 1000) if self.pause is not None else EVERY

    @property
    def mark(self) -> str:
        """A mark that changes when anything changed that the whole page depends on."""
        return f"{self.part}-{int(self.over)}-{int(self.resting)}"

    @property
    def seen(self) -> str:
        """A mark of what a page shows that was drawn now: while it is the same, drawing it again is idle.

        It changes with whatever either does to the talk, as a ring fills, and every few seconds for the words.
        """
        turn, pause = self.turn, self.pause
        rings = (turn is not None and int(turn.length), turn is not None and turn.left > 0, pause is not None)
        words = int(self.now.timestamp() * 1000) // EVERY
        return "-".join(str(int(one)) for one in (self.agenda.turn, *rings, words)) + f"-{self.mark}"


# Milliseconds between two looks at the server.
SOON = 1500  # while they talk: a break of either's is on the other's page within two seconds
EVERY = 5000  # while the page rests; and so often words are looked for
SELDOM = 60_000  # when it is over: notes may still be approved


def state(agenda: Agenda, *, now: datetime) -> State:
    """The state of this talk, which was begun."""
    touched = agenda.touched_at or now
    resting = agenda.rests_at is not None or now >= touched + IDLE
    stopped = agenda.rests_at or now
    pause = turn = None
    if agenda.break_until is not None and agenda.rests_at is not None and now < agenda.break_until:
        pause = _ring(agenda.rests_at, agenda.break_until, now)
    if agenda.turn_began_at is not None and agenda.turn_ends_at is not None:
        turn = _ring(agenda.turn_began_at, agenda.turn_ends_at, stopped)
    over = agenda.ended_at is not None or agenda.closed_at is not None
    return State(agenda, now, Part(agenda.part), over, resting and not over, pause, turn, agenda.speaks)


@transaction.atomic
def begin(*, by: Partner, now: datetime) -> Agenda:
    """Begin the talk that is laid out, with what was kept for it and what came in since. Twice is once.

    Raises `TalkNotHeld`.
    """
    agenda = _locked(by, now)
    if agenda.laid_out_at is None:
        raise TalkNotHeld
    if agenda.begun_at is None:
        thanking.release_kept(couple=agenda.couple, now=now)
        agenda.begun_at = agenda.touched_at = now
        building.lay_out([agenda], now=now)
        agenda.save()
    return agenda


@transaction.atomic
def go_to(*, by: Partner, part: int, now: datetime) -> None:
    """Turn to another part. Raises `TalkNotHeld` or `ValueError`."""
    agenda = _held(by, now)
    if part not in agenda.parts:
        raise ValueError(part)
    to = Part(part)
    if agenda.part == to:
        return
    if to > Part.WEIGHING and agenda.was_weighed:
        topics.talked(agenda, now=now)
    agenda.part = to
    _no_turn(agenda)
    _touch(agenda, now)


@transaction.atomic
def swap(*, by: Partner, seat: int, turn: int, now: datetime) -> None:
    """Give the word to a seat: the first turn, or the next. `turn` is the one it follows. Raises `TalkNotHeld`."""
    agenda = _held(by, now)
    if agenda.turn != turn or agenda.part != Part.WEIGHING or seat not in {1, 2}:
        return
    agenda.turn += 1
    agenda.speaks = seat
    agenda.turn_began_at = now
    agenda.turn_ends_at = now + turn_length(agenda)
    _touch(agenda, now)


@transaction.atomic
def extend_turn(*, by: Partner, turn: int, length: int, now: datetime) -> None:
    """Give this turn a minute more. `length` is how many seconds it had. Raises `TalkNotHeld`."""
    agenda = _held(by, now)
    if agenda.turn_began_at is None or agenda.turn_ends_at is None:
        return
    if agenda.turn != turn or int((agenda.turn_ends_at - agenda.turn_began_at).total_seconds()) != length:
        return
    agenda.turn_ends_at = max(now, agenda.turn_ends_at) + LONGER
    _touch(agenda, now)


@transaction.atomic
def take_break(*, by: Partner, now: datetime) -> None:
    """Take a break of twenty minutes; while one runs, it is that one. Raises `TalkNotHeld`."""
    agenda = _held(by, now)
    if agenda.break_until is None or now >= agenda.break_until:
        agenda.rests_at = agenda.rests_at or now
        agenda.break_until = now + BREAK
        _touch(agenda, now)


@transaction.atomic
def pause(*, by: Partner, now: datetime) -> None:
    """Pause the talk, enough for tonight: the page rests. Raises `TalkNotHeld`."""
    agenda = _held(by, now)
    agenda.rests_at, agenda.break_until = agenda.rests_at or now, None
    _touch(agenda, now)


@transaction.atomic
def go_on(*, by: Partner, now: datetime) -> None:
    """Go on where the talk stopped, or was finished too soon; a turn goes on where it was. Raises `TalkNotHeld`."""
    agenda = _locked(by, now)
    if agenda.begun_at is None:
        raise TalkNotHeld
    agenda.ended_at = None
    since = agenda.rests_at
    if since is not None and agenda.turn_began_at is not None and agenda.turn_ends_at is not None:
        agenda.turn_began_at += now - since
        agenda.turn_ends_at += now - since
    agenda.rests_at = agenda.break_until = None
    _touch(agenda, now)


@transaction.atomic
def finish(*, by: Partner, now: datetime) -> None:
    """Finish the talk. Twice is once. Raises `TalkNotHeld`."""
    agenda = _locked(by, now)
    if agenda.begun_at is None:
        raise TalkNotHeld
    if agenda.ended_at is None:
        agenda.ended_at = now
        agenda.rests_at = agenda.break_until = None
        _no_turn(agenda)
        _touch(agenda, now)


def turn_length(agenda: Agenda) -> timedelta:
    """The length of a turn: a tenth of the talk, three minutes of thirty."""
    return timedelta(minutes=agenda.minutes) / 10


def _ring(began: datetime, ends: datetime, now: datetime) -> Ring:
    length = (ends - began).total_seconds()
    return Ring(length=length, gone=min(max((now - began).total_seconds(), 0.0), length))


def _no_turn(agenda: Agenda) -> None:
    agenda.speaks = agenda.turn_began_at = agenda.turn_ends_at = None


def _touch(agenda: Agenda, now: datetime) -> None:
    agenda.touched_at = now
    agenda.save()


def _held(by: Partner, now: datetime) -> Agenda:
    agenda = _locked(by, now)
    if agenda.begun_at is None or agenda.ended_at is not None:
        raise TalkNotHeld
    return agenda


def _locked(by: Partner, now: datetime) -> Agenda:
    """The couple's open talk, with both people and itself locked."""
    lock_couple(by)
    agenda = Agenda.objects.of(by.couple).open().select_for_update(of=("self",)).first()
    if agenda is None or now >= scheduling.expires_at(agenda):
        raise TalkNotHeld
    agenda.couple = by.couple
    return agenda
