"""The catalogue of this room's mails."""

from datetime import time
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from accounts.mail import Mail, Print, Texts, address, compose, render
from accounts.models import User
from reminders import kinds
from reminders.models import Reminder
from reminders.preferences import stop_token

STOP = "/own-stop-link/"  # where each person's own stands


def reminder(row: Reminder) -> Mail:
    """The mail of one reminder; `row` is read with its delivery state. Raises `LookupError` if its kind is gone."""
    if row.attachment is not None:
        return _with_file(row.attachment, row)
    kind = row.registered
    if kind is None:
        raise LookupError(row.kind)
    return of_kind(kind, row.user, at=row.chosen_at or kind.default_at, message_id=row.message_id)


def _with_file(asked: kinds.Attachment, row: Reminder) -> Mail:
    """What somebody asked for, with its file. Raises `LookupError` if that is gone."""
    file = row.file
    if file is None:
        raise LookupError(row.about)
    mail = compose(asked.mail, to=row.user.email, message_id=row.message_id)
    mail.attach(file.name, file.content, file.type)
    return mail


def of_kind(kind: kinds.Kind, user: User, *, at: time, message_id: str | None = None) -> Mail:
    """A mail as a reminder of this kind looks: it says only that something is there, stops with one click
    (RFC 8058).
    """
    stop = reverse("reminders:stop", args=[stop_token(user, kind.name)])
    texts = _texts(kind.mail, at, settings.NEARER_URL).replace(STOP, stop)
    mail = address(texts, to=user.email, message_id=message_id, headers=_way_out(stop))
    message_id = mail.extra_headers["Message-ID"]
    stop_mark, id_mark = STOP.ljust(len(stop), "-"), "<mark".ljust(len(message_id) - 1, "-") + ">"
    mail.printed = _print(kind.mail, at, settings.NEARER_URL, stop_mark, id_mark).of(
        mail, {stop_mark: stop, id_mark: message_id}
    )
    return mail


def _way_out(stop: str) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{settings.NEARER_URL}{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@lru_cache(maxsize=256)
def _texts(mail: str, at: time, _url: str) -> Texts:
    """The same for everybody who chose this time, but for their own link: rendered once."""
    return render(mail, {"at": at, "stop": STOP})


@lru_cache(maxsize=64)
def _print(mail: str, at: time, url: str, stop_mark: str, id_mark: str) -> Print:
    """The same as bytes, but for their link, their address and the mail's own id."""
    texts = _texts(mail, at, url).replace(STOP, stop_mark)
    return Print(texts, headers=_way_out(stop_mark), message_id=id_mark)
