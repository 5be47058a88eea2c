"""The kinds of reminders. Each is registered by the room it belongs to, in its `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from django.utils.functional import Promise

from accounts.models import User

EVERY_DAY = "0123456"  # weekdays as digits; Monday is 0


@dataclass(frozen=True)
class File:
    """A file that goes along with a mail."""

    name: str
    content: bytes
    type: str


@dataclass(frozen=True)
class Kind:
    """A kind of reminder.

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
    occasional: bool = False  # of a thing with a time of its own: its room promises it, no choice is ever due
    joint: bool = False  # about the two: it stops when they part, while one's own go on
    timed: bool = True  # a person sets at what time it comes
    # What is mailed only when somebody asks for it, with a file about one thing: `file(user, about)`, or None where
    # that is gone by then. Nobody chooses when it comes, and there is nothing to unsubscribe from.
    file: Callable[[User, str], "File | None"] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind. Registering the same one twice is harmless."""
    _kinds[kind.name] = kind


def get(name: str) -> Kind | None:
    """The kind with this name, or None if its room is gone."""
    return _kinds.get(name)


def every() -> list[Kind]:
    """The kinds a person chooses among."""
    return [kind for kind in _kinds.values() if kind.file is None]
