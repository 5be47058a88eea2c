"""The kinds of reminders. Each is registered by the room it belongs to, in its `AppConfig.ready`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from accounts.models import User

if TYPE_CHECKING:
    from reminders.models import Reminder

EVERY_DAY = "0123456"  # weekdays as digits; Monday is 0
Reasons = Mapping[str, Q | Combinable]


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of reminder: once a Day, at a time a person sets.

    `skip_when` says why there is nothing to remind of ("done", say); the first reason that holds counts. Each is a
    condition that the database is asked of the ledger's row right before sending: `OuterRef("user")` is the person,
    `OuterRef("day")` their Day. Where it takes their clock to say, it is a function of the row that gives conditions.
    """

    name: str
    title: "str | Promise"
    hint: "str | Promise"
    mail: str  # the folder below templates/emails
    default_on: bool
    default_at: time
    skip_when: "Reasons | Callable[[Reminder], Reasons]"
    asked_first: bool = False  # on the second step of signing up
    default_weekdays: str = EVERY_DAY
    weekly: bool = False  # on one weekday, to be chosen
    joint: bool = False  # about the two: it stops when they part, while one's own go on

    @property
    def takes_a_clock(self) -> bool:
        """Whether its reasons are others for each row."""
        return callable(self.skip_when)

    def reasons(self, row: "Reminder | None" = None) -> Reasons:
        """The reasons to skip this row; without one, those of a kind whose reasons are the same for all."""
        if not callable(self.skip_when):
            return self.skip_when
        if row is None:
            raise ValueError(f"{self.name} takes a person's clock")
        return self.skip_when(row)


@dataclass(frozen=True, eq=False)
class OccasionalKind(Kind):
    """A kind about a thing with a time of its own: its room promises it (`reminders.promising`), no choice is due."""

    timed: bool = True  # a person sets at what time it comes


@dataclass(frozen=True)
class File:
    """A file that goes along with a mail."""

    name: str
    content: bytes
    type: str


@dataclass(frozen=True)
class Attachment:
    """A file about one thing, mailed only when somebody asks for it.

    Nobody chooses when it comes, and there is nothing to unsubscribe from. `file(user, about)` is None where the thing
    is gone by then.
    """

    name: str
    mail: str  # the folder below templates/emails
    file: Callable[[User, UUID], File | None]


_kinds: dict[str, Kind] = {}
_attachments: dict[str, Attachment] = {}


def register(kind: Kind | Attachment) -> None:
    """Add a kind. Registering the same one twice is harmless."""
    if isinstance(kind, Attachment):
        _attachments[kind.name] = kind
    else:
        _kinds[kind.name] = kind


def get(name: str) -> Kind | None:
    """The kind with this name that a person chooses, or None if there is none or its room is gone."""
    return _kinds.get(name)


def attachment(name: str) -> Attachment | None:
    """The attachment with this name, or None if there is none or its room is gone."""
    return _attachments.get(name)


def every() -> list[Kind]:
    """The kinds a person chooses among."""
    return list(_kinds.values())
