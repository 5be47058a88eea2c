"""The kinds of lines a talk has. Each is registered by a module of its own below `agendas/lines`; building a talk and
reading it know the kinds from here alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agendas.models import Action, Agenda, AgendaItem, Goal, Part, Topic
from couples.models import Partner

A_WEEK = timedelta(days=7)  # so far back a weekday says which day it was
NAME_LIMIT = AgendaItem._meta.get_field("kind").max_length  # characters

# What some room lets one of the two read: `read(partner, ids, now=now)`, of these rows the ones they may, by id.
Read = Callable[..., Mapping[UUID, Any]]


@dataclass(frozen=True)
class TalkLine:
    """One line of a talk, as one of the two reads it."""

    item: AgendaItem
    text: str
    reason: str  # where it comes from, in words
    own: bool = False
    more: str = ""  # the trait a thank-you shows
    feel: str = ""
    need: str = ""
    topic: Topic | None = None
    goal: Goal | None = None
    action: Action | None = None

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def joint(self) -> bool:
        """Whether it is nobody's alone."""
        return _kinds[self.item.kind].joint


@dataclass(frozen=True)
class Reader:
    """A partner who reads a talk on their Day, and the rows its lines come from as far as they may read them."""

    partner: Partner
    agenda: Agenda
    today: date
    found: Mapping[Read, Mapping[UUID, Any]]

    def row(self, read: Read, pk: UUID | None) -> Any | None:
        """A row that `read` found, or None where it is gone or isn't this reader's."""
        return self.found.get(read, {}).get(pk) if pk is not None else None

    def wrote(self, item: AgendaItem) -> bool:
        """Whether a line is of this reader's own words."""
        return item.author_id == self.partner.user_id

    def named(self, day: date) -> str:
        """The name of a day: "Tuesday" in the last seven days, "3 November" before."""
        near = timedelta(0) <= self.today - day < A_WEEK
        return date_format(day, "l" if near else "j F")

    def on(self, day: date) -> str:
        """A day within a sentence: "on Tuesday", "today", "on 3 November"."""
        return _("today") if day == self.today else _("on %(day)s") % {"day": self.named(day)}


@dataclass(frozen=True)
class LineKind:
    """One kind of line: which rows stand for which talk, through which door they are read, and how the line reads.

    `rows(agendas)` are candidates for the talks with these ids: annotated with `talk` and `last` (the talk before),
    ids only, no words are read. `picked` (one of `line_rows`) says which few of them, and in which order. Kinds that
    name the same `read` are read in one query. `line(reader, item, row)` is None where there is nothing to show.
    """

    name: str  # of its module, and in every row of it that was laid out
    part: Part
    place: int  # among all kinds: in a part, the lower ones stand first
    rows: Callable[[Sequence[UUID]], QuerySet[Any]]
    picked: "Callable[[LineKind, QuerySet[Any]], QuerySet[Any]]"
    read: Read
    line: Callable[[Reader, AgendaItem, Any], TalkLine | None]
    joint: bool = False  # nobody's alone
    # What a row read needs of another door, as the pages that thorns stand on: `refers_to(row)`, an id for each door.
    refers_to: Callable[[Any], Mapping[Read, UUID]] | None = None

    def select(self, agendas: Sequence[UUID]) -> QuerySet[Any]:
        """The rows that stand for these talks, with `talk`, `whose` (their author, if they are somebody's words) and
        `rank`.
        """
        return self.picked(self, self.rows(agendas))

    def line_of(self, reader: Reader, item: AgendaItem) -> TalkLine | None:
        """The line of an item, or None where its words are gone or aren't this reader's."""
        row = reader.row(self.read, item.source)
        return self.line(reader, item, row) if row is not None else None


_kinds: dict[str, LineKind] = {}


def register(kind: LineKind) -> LineKind:
    """Add a kind. Raises `ValueError` if its name doesn't fit, or another has its name or its place."""
    if not 0 < len(kind.name) <= (NAME_LIMIT or 0):
        raise ValueError(f"a kind of line has a name of up to {NAME_LIMIT} characters: {kind.name}")
    if any(kind.name == other.name or kind.place == other.place for other in _kinds.values()):
        raise ValueError(f"another kind of line has this name or place: {kind.name}, {kind.place}")
    _kinds[kind.name] = kind
    return kind


def get(name: str) -> LineKind | None:
    """The kind with this name, or None if it was taken out of the house."""
    return _kinds.get(name)


def every() -> Iterator[LineKind]:
    """The kinds there are, in the order they are laid out."""
    return iter(sorted(_kinds.values(), key=lambda kind: kind.place))
