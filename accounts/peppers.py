"""The secret that keys what must be found again by its hash, or was signed for good: an address that was blocked or
asked for quiet, a calendar's secret address, an invitation's code, the links in mails.

It is what SECRET_KEY was when the database was first used, and from then on it lies there, sealed by the keyring. So it
moves along with the database, opens with what the start check guards, and another SECRET_KEY forgets nothing. Rows of
releases before this one were keyed by SECRET_KEY itself, and are right as they are.

What may end with a SECRET_KEY is keyed by that: sessions, what a browser carries, counts, marks on open pages.
"""

import hashlib
import os

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import keys
from accounts.models import DataKey, Pepper

CHANGED = (
    "SECRET_KEY is another one than before: everybody signs in once more. Nothing else is lost: blocks, addresses "
    "never to write to, calendars and the links in mails hold as they did."
)


class _Read:
    secret: str | None = None  # it never changes: one look a process


def secret() -> str:
    """The pepper. Raises `KeyLost` when the keyring can't open it."""
    if _Read.secret is None:
        row = _row()
        if row is None:  # a database nobody has started on yet: this is what will be kept
            return settings.SECRET_KEY
        _Read.secret = row.secret
    return _Read.secret


def keep() -> None:
    """Store the pepper where there is none yet, and say once when SECRET_KEY has changed. Done at each start, before
    anything is served. Raises `KeyLost` when the keyring can't open it."""
    row = _row() or _made()
    now = hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()
    _Read.secret = row.secret
    if row.last_key != now:
        row.last_key = now
        row.save(update_fields=["last_key"])
        os.write(2, f"Nearer: {CHANGED}\n".encode())


def _row() -> Pepper | None:
    """What is kept, opened. Raises `KeyLost`."""
    row = Pepper.objects.select_related("key").first()
    try:
        _ = row and (row.secret, row.last_key)  # opened here, where it can be said that they don't
    except keys.Unreadable:
        raise keys.KeyLost("accounts_pepper was altered, and doesn't open with its key") from None
    return row


def _made() -> Pepper:
    try:
        with transaction.atomic():
            row = Pepper(key=DataKey.make(), secret=settings.SECRET_KEY)
            row.last_key = hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()
            row.save(force_insert=True)
            return row
    except IntegrityError:  # another process was first
        return Pepper.objects.select_related("key").get()
