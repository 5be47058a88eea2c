"""The kinds of reminders. Each is registered by the room it belongs to, in its `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from django.utils.functional import Promise

from accounts.models import User


@dataclass(frozen=True)
class Kind:
    """What one kind of reminder is.

    `is_done(user, day)` answers, right before sending, whether there is nothing left to remind of.
    """

    name: str
    title: "str | Promise"
    hint: "str | Promise"
    mail: str  # the folder below templates/emails
    default_on: bool
    default_at: time
    asked_first: bool  # on the second step of signing up
    is_done: Callable[[User, date], bool]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind. Registering the same one twice is harmless."""
    _kinds[kind.name] = kind


def get(name: str) -> Kind | None:
    """The kind with this name, or None if its room is gone."""
    return _kinds.get(name)


def every() -> list[Kind]:
    return list(_kinds.values())
