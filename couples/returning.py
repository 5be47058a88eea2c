"""Answers to what comes back on somebody's Today: which kinds they want, and what they said of single things.

Theirs alone. What comes back follows from the Days of the pages (`checkins/comes_back.py`), so that looking changes
nothing and no line comes twice within sixty days. Hidden once, it never does.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.undoing import CannotUndo
from couples.models import Partner, ReturnAnswer
from couples.seats import lock

# Kinds that can be switched off, and what they are called.
BUD, MONTH, HALF, YEAR, ROSE = "bud", "month", "half", "year", "rose"
KINDS = {
    BUD: _("Something I looked forward to, a week later"),
    MONTH: _("An evening of a month ago"),
    HALF: _("An evening of half a year ago"),
    YEAR: _("An evening of a year or more ago, or a date of a year ago"),
    ROSE: _("Now and then an old rose"),
}
PAGE, DATE = "page", "date"  # single things beside a bud: the rest of an evening, and a date
GOOD, NOT, HIDE = "good", "not", "hide"
ANSWERS = (GOOD, NOT, HIDE)
SIZE = max(map(len, ANSWERS))  # of each, as it is sealed
CHUNK = 200  # rows written at once


def wants(user: User | UUID, kind: str, thing: str) -> Q:
    """A condition on rows that may come back: this person neither switched the kind off nor answered this thing."""
    said = Q(kind=thing, about=OuterRef("pk")) | Q(kind=kind, about__isnull=True)
    return Q(~Exists(ReturnAnswer.objects.own(user).filter(said)))


def wants_kind(user: User | UUID, kind: str) -> Q:
    """A condition on rows that may come back: this person didn't switch the kind off."""
    return Q(~Exists(ReturnAnswer.objects.own(user).to_a_kind().filter(kind=kind)))


def answered(user: User | UUID, thing: str, rows: QuerySet[Any] | None = None) -> Exists:
    """A condition on rows that may come back: whether this person said anything of the row itself, or of one of `rows`.

    Of the rest of an evening and of a date there is but one thing to say: that they needn't come back.
    """
    said = ReturnAnswer.objects.own(user).filter(kind=thing)
    if rows is not None:
        return Exists(said.filter(about__in=rows.values("pk")))
    return Exists(said.filter(about=OuterRef("pk")))


def sealed_answer(user: User | UUID, thing: str) -> dict[str, Subquery]:
    """Columns of rows that may come back, by which `opened` tells what this person said of each: the database can't."""
    said = ReturnAnswer.objects.own(user).filter(kind=thing, about=OuterRef("pk"))
    return {"answer_id": Subquery(said.values("pk")), "answer_sealed": Subquery(said.values("answer"))}


def opened(user: User, row: Any) -> str:
    """The answer of this person to a row with a `sealed_answer`: of `ANSWERS`, or nothing."""
    if row.answer_id is None:
        return ""
    return said_by(ReturnAnswer(pk=row.answer_id, author=user, answer=row.answer_sealed))


def said_by(answer: ReturnAnswer) -> str:
    """The word of `ANSWERS` that an answer is, without what brings all of them to one length."""
    return (answer.answer or "").rstrip()


@transaction.atomic
def answer(*, by: Partner, kind: str, about: Iterable[UUID], said: str, now: datetime) -> list[UUID]:
    """Say of these things that they were good, weren't, or needn't come back. Returns those that had no answer yet.

    Twice is harmless: the latest answer stands. Raises `ValueError` for an answer that there isn't.
    """
    if said not in ANSWERS or (said != HIDE and kind != BUD):
        raise ValueError(said)
    ids = list(about)
    lock(by.user)
    there = {row.about: row for row in ReturnAnswer.objects.own(by.user).about(kind, ids)}
    for row in there.values():
        row.author, row.answer = by.user, said.ljust(SIZE)
        row.save(update_fields=["answer"])
    new = [one for one in ids if one not in there]
    ReturnAnswer.objects.bulk_create(_answer(by.user, kind, one, said) for one in new)
    return new


@transaction.atomic
def take_back(*, by: Partner, kind: str, about: Collection[str], now: datetime) -> None:
    """Undo an answer to these things. Raises `CannotUndo` where there is none."""
    lock(by.user)
    rows = list(ReturnAnswer.objects.own(by.user).about(kind, [UUID(one) for one in about]))
    if not rows:
        raise CannotUndo
    _forget(rows)


def answers(user: User) -> dict[tuple[str, UUID], str]:
    """The words of `ANSWERS` that this person said of single things, by each one's kind and row. One query."""
    rows = list(ReturnAnswer.objects.own(user).exclude(about=None))
    for row in rows:
        row.author = user
    return {(row.kind, row.about): said_by(row) for row in rows if row.about is not None}


def bring_in(user: User, said: Iterable[tuple[str, UUID | None, str]]) -> None:
    """Store what this person said elsewhere of things and kinds that have no answer here: kind, row and word."""
    ReturnAnswer.objects.bulk_create((_answer(user, *one) for one in said), CHUNK)


def wanted(user: User) -> list[str]:
    """The kinds this person wants back: all they haven't switched off."""
    off = ReturnAnswer.objects.own(user).to_a_kind().values_list("kind", flat=True)
    return [kind for kind in KINDS if kind not in set(off)]


@transaction.atomic
def choose(*, by: Partner, kinds: Collection[str], now: datetime) -> None:
    """Let these kinds come back, and no others. Raises `ValueError` for one that there isn't."""
    if not set(kinds) <= set(KINDS):
        raise ValueError("there is no such kind")
    lock(by.user)
    off = {row.kind: row for row in ReturnAnswer.objects.own(by.user).to_a_kind()}
    _forget(row for kind, row in off.items() if kind in kinds)
    new = [kind for kind in KINDS if kind not in kinds and kind not in off]
    ReturnAnswer.objects.bulk_create(_answer(by.user, kind, None, HIDE) for kind in new)


def _answer(user: User, kind: str, about: UUID | None, said: str) -> ReturnAnswer:
    return ReturnAnswer(author=user, kind=kind, about=about, answer=said.ljust(SIZE))


def _forget(rows: Iterable[ReturnAnswer]) -> None:
    """Delete these without a note in the list outside: it would hold for long when somebody changed their mind about
    what nobody may learn of. A restore brings such an answer again as it was in the backup.
    """
    for row in rows:
        row.delete()
