"""A browser that somebody signed in on before: strangers who guess passwords elsewhere must not lock it out.

The cookie holds a random number and, for the four accounts that signed in here last, a hash of the address; sealed and
always equally long, so that it names nobody, counts nobody and looks new after every sign-in. Alone it opens nothing:
it only gives this browser tries and codes of its own (`accounts.limits`).

How long it stays is a choice between two dangers. Signing out keeps it: the browser's history tells as much, and the
next sign-in is when it is needed. Quick exit and erasing the account take it along: they promise to leave nothing.
"""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from accounts import keys
from accounts.addresses import normal

KEPT = timedelta(days=90)  # since the last sign-in; a session lasts thirty
ACCOUNTS, TAG = 4, 16
_AAD = b"nearer.browser"
_SHAPE = struct.Struct(f">I{TAG}s{ACCOUNTS * TAG}s")


@dataclass(frozen=True)
class Browser:
    """A cookie's content once it is open."""

    name: bytes  # random
    accounts: tuple[bytes, ...]  # newest first; random where there is none

    def knows(self, address: str) -> bool:
        """Whether somebody with this address signed in here."""
        return _tag(address) in self.accounts


def of(request: HttpRequest, *, now: datetime) -> Browser | None:
    """The browser this request comes from; None for a cookie that is missing, old, forged or another installation's."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
        made, name, tags = _SHAPE.unpack(keys.decrypt(_cipher(), sealed, _AAD))
    except (ValueError, keys.Unreadable, struct.error):
        return None
    if not 0 <= now.timestamp() - made <= KEPT.total_seconds():
        return None
    return Browser(name, tuple(tags[place : place + TAG] for place in range(0, len(tags), TAG)))


def remember(response: HttpResponseBase, request: HttpRequest, address: str, *, now: datetime) -> None:
    """Have this browser carry that somebody with `address` signed in on it."""
    before = of(request, now=now) or Browser(os.urandom(TAG), ())
    own = _tag(address)
    others = [tag for tag in before.accounts if tag != own]
    others += [os.urandom(TAG) for _ in range(ACCOUNTS)]
    tags = b"".join([own, *others][:ACCOUNTS])
    sealed = keys.encrypt(_cipher(), _SHAPE.pack(int(now.timestamp()), before.name, tags), _AAD)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=KEPT,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponseBase) -> None:
    """Have this browser carry nothing of that any more."""
    response.delete_cookie(settings.DEVICE_COOKIE_NAME, samesite="Lax")


def _cipher() -> AESGCM:
    return AESGCM(salted_hmac("nearer.browser", "", algorithm="sha256").digest())


def _tag(address: str) -> bytes:
    return hashlib.sha256(normal(address).encode()).digest()[:TAG]  # sealed: needs no key of its own
