"""The kinds of reminders. Each is registered by the room it belongs to, in its `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import User

EVERY_DAY = "0123456"  # weekdays as digits; Monday is 0


@dataclass(frozen=True)
class Kind:
    """What one kind of reminder is: once a Day, at a time a person sets.

    `skip_reason(user, day)` answers, right before sending, why there is nothing to remind of ("done", say), or "".
    """

    name: str
    title: "str | Promise"
    hint: "str | Promise"
    mail: str  # the folder below templates/emails
    default_on: bool
    default_at: time
    skip_reason: Callable[[User, date], str]
    asked_first: bool = False  # on the second step of signing up
    default_weekdays: str = EVERY_DAY
    weekly: bool = False  # on one weekday, to be chosen
    joint: bool = False  # about the two: it stops when they part, while one's own go on


@dataclass(frozen=True)
class OccasionalKind(Kind):
    """Of a thing with a time of its own: its room promises it (`reminders.promising`), no choice is ever due."""

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
