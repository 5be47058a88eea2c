"""Browser sessions, kept so that a copy of the database opens none of them (ADR 14).

Two things are made of a browser's cookie: the id of its row, and the key its data is sealed under. Neither leads back
to the cookie, and the key is stored nowhere. A row tells whose it is, by which browser and since when, as that person's
own page shows it. It doesn't tell when they were here: the day it runs out on moves in steps of a fortnight.
"""

import json
import logging
import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import halfway
from accounts.keys import Unreadable, decrypt, encrypt
from accounts.models import Session
from accounts.prepared import Prepared

log = logging.getLogger(__name__)

COOKIE = re.compile(f"[{VALID_KEY_CHARS}]{{32}}")  # 165 bits
HALFWAY = timedelta(days=1)  # while nobody is signed in; before accounts that were never verified are swept
STEP = timedelta(days=15)
PADDED = 512  # bytes: what comes and goes in a session doesn't show by its length
DEVICE = "device"  # what a session calls its browser
# What earlier releases called the one way in, as live sessions may still name it. Kept for a release.
FORMER_BACKENDS = {"allauth.account.auth_backends.AuthenticationBackend"}


def made_of(cookie: str) -> tuple[uuid.UUID, AESGCM]:
    """The id of this cookie's row, and the key to what is in it (HKDF, RFC 5869).

    The installation's secret is the salt: whoever can write to the database without knowing it can't make a session.
    """
    derivation = HKDF(SHA256(), length=48, salt=settings.SECRET_KEY.encode(), info=b"accounts_session")
    both = derivation.derive(cookie.encode())
    return uuid.UUID(bytes=both[:16]), AESGCM(both[16:])


def _place(row_id: uuid.UUID) -> bytes:
    return f"accounts_session.session_data.{row_id}".encode()


def seal(row_id: uuid.UUID, cipher: AESGCM, data: dict[str, Any]) -> bytes:
    """A session's data, as its row holds it."""
    plain = json.dumps(data, separators=(",", ":")).encode()
    return encrypt(cipher, plain.ljust(-(-len(plain) // PADDED) * PADDED), _place(row_id))


_row_of = Prepared(lambda pk: Session.objects.filter(pk=pk), pk=uuid.UUID)


class SessionStore(SessionBase):
    """A browser's session as Django wants it, on `Session` (`SESSION_ENGINE`). One query reads it, one writes it."""

    _expires: datetime | None = None  # as the row has them
    _signed_in_at: datetime | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and COOKIE.fullmatch(key) is not None

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)  # nobody else's: there is no need to ask

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=made_of(session_key)[0]).exists()

    def load(self) -> dict[str, Any]:
        """Read what is in the session; nothing, if the cookie is nobody's, has run out, or doesn't open its row."""
        row_id, cipher = made_of(self.session_key or "")
        row = next(iter(_row_of(pk=row_id)), None)
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return {}
        try:
            data: dict[str, Any] = json.loads(decrypt(cipher, bytes(row.session_data), _place(row_id)))
        except Unreadable:
            log.warning("a session that was altered in the database was refused")
            self._session_key = None
            return {}
        self._expires, self._signed_in_at = row.expire_date, row.signed_in_at
        if data.get(BACKEND_SESSION_KEY) in FORMER_BACKENDS:
            data[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        return data

    def create(self) -> None:
        self._session_key = self._get_new_session_key()
        self._expires = self._signed_in_at = None
        self.save(must_create=True)
        self.modified = True

    def cycle_key(self) -> None:
        since, expires = self._signed_in_at, self._expires
        super().cycle_key()
        self._signed_in_at, self._expires = since, expires  # a changed password is no new sign-in

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises `UpdateError` if its row was deleted meanwhile: what ended stays ended."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # the stub lacks it
        row_id, cipher = made_of(self.session_key)
        columns = self._columns(data, now=timezone.now())
        columns["session_data"] = seal(row_id, cipher, data)
        try:
            self._write(row_id, columns, must_create=must_create)
        except IntegrityError:  # its person is gone since this request began: it leads nowhere
            self._write(row_id, columns | {"user_id": None}, must_create=must_create)

    def _write(self, row_id: uuid.UUID, columns: dict[str, Any], *, must_create: bool) -> None:
        if must_create:
            Session.objects.create(pk=row_id, **columns)
        elif not Session.objects.filter(pk=row_id).update(**columns):
            raise UpdateError

    def _columns(self, data: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """What the row says beside the data. Lets go of what in it is about somebody else than its person."""
        person = halfway.person(data)
        if SESSION_KEY not in data:
            self._signed_in_at = None
        elif self._signed_in_at is None:
            self._signed_in_at, self._expires = now, None
        return {
            "user_id": person,
            "signed_in_at": self._signed_in_at,
            "device": data.get(DEVICE, ""),
            "expire_date": self._expiry(now),
        }

    def _expiry(self, now: datetime) -> datetime:
        """When the row runs out: no sooner than its cookie, and a whole number of steps after it first would have."""
        if self._signed_in_at is None:
            return now + HALFWAY
        life = timedelta(seconds=self.get_expiry_age())
        expires = self._expires or now + life + STEP
        while expires < now + life:
            expires += STEP
        self._expires = expires
        return expires

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(pk=made_of(key)[0]).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
