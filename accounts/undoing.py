"""The line after an act: what happened, where it is found again, and its Undo.

What an Undo needs to know stands in one's own session, sealed as that is, for an hour; the page has a name for it and
nothing else, so that what was before can hold what its reader isn't shown.
"""

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError

LIFE = timedelta(hours=1)
AT_MOST = 5  # that wait in one session
SESSION = "undo"

State = dict[str, str | None]
Changes = dict[str, list[str | None]]  # by column: what stood there before an act, and after it


class CannotUndo(ActError):
    """An act can't be undone (any more): something followed it."""

    sentence = _("That can’t be undone any more: something else has happened since. Here is how it is now.")


class Verb(Protocol):
    """An act that takes another one back. `what` is as it was offered. Raises `CannotUndo`."""

    def __call__(self, *, by: Any, now: datetime, **what: Any) -> object: ...


@dataclass(frozen=True)
class Undo:
    """An Undo that is offered: the verb's name, what it is told, and the page one goes to after it."""

    name: str
    what: Mapping[str, Any]
    back: str


_verbs: dict[str, Callable[..., object]] = {}


def register(name: str, verb: Callable[..., object]) -> None:
    """Let an act be undone by this verb. Twice is once."""
    _verbs[name] = verb


def done(
    request: HttpRequest, sentence: Any, *, at: str = "", link: Any = "", undo: Undo | None = None
) -> None:
    """Say on the next page what happened, with a way to it (`at` and `link`, both or neither) and with its Undo."""
    beside: dict[str, str] = {"at": at, "link": str(link)} if at else {}
    if undo is not None:
        beside["undo"] = _keep(request, undo)
    messages.success(request, sentence, extra_tags=json.dumps(beside) if beside else "")


def beside(message: Message) -> dict[str, str]:
    """The way and the Undo that stand beside a line, by `at`, `link` and `undo`."""
    with suppress(ValueError):
        found: dict[str, str] = json.loads(message.extra_tags or "{}")
        return found
    return {}


def take(request: HttpRequest, token: str) -> tuple[Callable[..., object], Undo] | None:
    """The Undo of this name that waits in one's session, which it leaves. None where none does (any more)."""
    waiting = dict(request.session.get(SESSION, {}))
    kept = waiting.pop(token, None)
    if kept is None:
        return None
    request.session[SESSION] = waiting
    until, name, what, back = kept
    verb = _verbs.get(name)
    if verb is None or until <= timezone.now().timestamp():
        return None
    return verb, Undo(name, what, back)


def _keep(request: HttpRequest, undo: Undo) -> str:
    now, token = timezone.now(), secrets.token_urlsafe(12)
    waiting = request.session.get(SESSION, {})
    fresh = [(name, one) for name, one in waiting.items() if one[0] > now.timestamp()]
    kept = [(now + LIFE).timestamp(), undo.name, dict(undo.what), undo.back]
    request.session[SESSION] = dict([*fresh, (token, kept)][-AT_MOST:])
    return token


def state(row: models.Model, names: Collection[str]) -> State:
    """The values of these columns, as a session keeps them. None of them may be sealed."""
    found: dict[str, object] = {name: row.serializable_value(name) for name in names}
    return {name: None if value is None else str(value) for name, value in found.items()}


def row_of(model: type[models.Model], stood: State) -> dict[str, Any]:
    """The columns of a row as it stood, to create it again."""
    found = {}
    for name, value in stood.items():
        field = model._meta.get_field(name)
        found[field.attname] = None if value is None else field.to_python(value)  # type: ignore[union-attr]  # columns
    return found


def changes(before: State, after: State) -> Changes:
    """Compare these columns before an act and after it; nothing where it left them all."""
    return {name: [before[name], after[name]] for name in before} if before != after else {}


def changed_by(changed: Changes) -> set[str]:
    """The columns that are others since."""
    return {name for name, (before, after) in changed.items() if before != after}


def put_back(row: models.Model, changed: Changes, *, unseen: Collection[str] = ()) -> None:
    """Put back on the row what stood there, unless anything was changed since. Doesn't save. Raises `CannotUndo`.

    A change of what is `unseen` by whoever undoes hinders nothing, as it would be told by that.
    """
    stands = state(row, changed)
    if not changed or any(
        stands[name] != after for name, (_, after) in changed.items() if name not in unseen
    ):
        raise CannotUndo
    for name, value in row_of(type(row), {name: changed[name][0] for name in changed_by(changed)}).items():
        setattr(row, name, value)
