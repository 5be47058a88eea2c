"""Acts on the question of a Day: answer it, say that the two talked about it, take the answer back.

Every act locks the two people in one order, so that two answers at once end in one reveal. Who writes alone keeps it.
"""

from datetime import date, datetime

from django.db import transaction

from accounts import withdrawals
from accounts.shown import fingerprint
from checkins.errors import AnswerChanged, AnswerRevealed, AnswerTakenBack, QuestionClosed
from checkins.models import Answer
from checkins.questions import is_here, prompt_of
from couples import days
from couples.models import Couple, Partner
from couples.seats import are_two, lock_couple

LIMIT = 2000  # characters


def mark(text: str) -> str:
    """A fingerprint of the answer a form was shown with: sent back, it tells whether the answer was changed since."""
    return fingerprint("answer", text)


@transaction.atomic
def answer(*, by: Partner, day: date, text: str, now: datetime, seen: str = "") -> Answer:
    """Put `by`'s answer to the question of `day` down. It opens once the other has answered as well.

    `seen` is the mark of what stood there when it was written; without one it writes over whatever stands.
    Raises `QuestionClosed`, `AnswerRevealed`, `AnswerChanged` or `AnswerTakenBack`.
    """
    if not days.is_open(day, now, by.user.tz):
        raise QuestionClosed
    mine = _row(by, day)
    stood = mine.text
    if _is_elsewhere(mine, by):
        _begin(mine, by)
    elif mine.taken_back_at is not None:
        raise AnswerTakenBack
    elif mine.written_at is not None and mine.text == text:
        return mine
    elif _readable(mine, by):
        raise AnswerRevealed
    if seen and seen != mark(stood):
        raise AnswerChanged(stood)
    mine.text, mine.written_at = text, mine.written_at or now
    mine.save()
    return mine


@transaction.atomic
def talk(*, by: Partner, day: date, now: datetime) -> Answer:
    """Note that `by` says the two talked about it: as whole as a written answer. Raises `QuestionClosed`."""
    if not days.is_open(day, now, by.user.tz):
        raise QuestionClosed
    mine = _row(by, day)
    if _is_elsewhere(mine, by) and mine.written_at is None:  # words stay with whom they were written
        _begin(mine, by)
    mine.talked_at = mine.talked_at or now
    mine.save()
    return mine


@transaction.atomic
def not_yet(*, by: Partner, day: date, now: datetime) -> None:
    """Undo "we talked about it": a slip of the finger. Raises `QuestionClosed`."""
    if not days.is_open(day, now, by.user.tz):
        raise QuestionClosed
    mine = _row(by, day)
    mine.talked_at = None
    _keep_or_drop(mine)


@transaction.atomic
def take_back(*, by: Partner, day: date, now: datetime) -> None:
    """Take `by`'s answer back, however long ago it was written.

    If the other could read it, "taken back" stays in its place for both. If not, it is as if it had never been.
    """
    mine = _row(by, day)
    if mine.written_at is None or mine.taken_back_at is not None:
        return
    readable = _readable(mine, by)
    mine.text = ""
    if readable:
        mine.taken_back_at = now
    else:
        mine.written_at = None
    withdrawals.emptied(mine, "written_at", same=("author", "day"))
    _keep_or_drop(mine)


def parted(*, couple: Couple, now: datetime) -> None:
    """Keep the answers that waited in a couple that ended for their writers, as `writing.parted` does the pages."""
    Answer.objects.waiting_in(couple).update(couple=None)


def _row(by: Partner, day: date) -> Answer:
    """`by`'s answer of `day` (a new one, if there is none), with both people locked until the act is over."""
    author = lock_couple(by)
    return Answer.objects.own(author).on(day).first() or Answer(author=author, day=day)


def _is_elsewhere(mine: Answer, by: Partner) -> bool:
    """Whether this answer isn't one to this couple's question: new, or written alone or with somebody else."""
    return mine._state.adding or not is_here(mine, by)


def _begin(mine: Answer, by: Partner) -> None:
    """Turn this answer into an empty one to the question of this couple."""
    mine.prompt, mine.couple = prompt_of(by, mine.day), by.couple if are_two(by) else None
    mine.text, mine.written_at, mine.taken_back_at = "", None, None


def _readable(mine: Answer, by: Partner) -> bool:
    if mine.written_at is None or mine.couple_id != by.couple_id or not are_two(by):
        return False
    return Answer.objects.by_other(by, mine.day).exists()


def _keep_or_drop(mine: Answer) -> None:
    if mine.written_at is not None or mine.talked_at is not None:
        mine.save()
    elif not mine._state.adding:
        mine.delete()
