"""The browsers a person is signed in on: what a browser is called, and signing out of the others."""

import uuid
from datetime import datetime

from django.http import HttpRequest

from accounts.models import Session, SessionQuerySet, User
from accounts.sessions import made_of

# What browsers say of themselves, the more particular first: most of them call themselves Safari too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "Chrome/": "Chrome",
    "CriOS": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def called(agent: str) -> str:
    """A browser's name in a word or two ("Firefox · Linux"), from what it says of itself; "" if that says nothing."""
    words = [
        next((name for sign, name in signs.items() if sign in agent), "") for signs in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(filter(None, words))


def here(request: HttpRequest | None) -> uuid.UUID | None:
    """The row of the session that asks, if there is one."""
    key = request.session.session_key if request is not None else None
    return made_of(key)[0] if key else None


def _others(user: User, request: HttpRequest | None) -> SessionQuerySet:
    """Every session of `user` but the one that asks, and every way in that is underway."""
    this, sessions = here(request), Session.objects.of(user)
    return sessions.exclude(pk=this) if this else sessions


def of(user: User, *, request: HttpRequest, now: datetime) -> list[Session]:
    """The sessions `user` is signed in by, the one that asks marked `is_here`."""
    this, devices = here(request), list(Session.objects.devices(user, now=now))
    for device in devices:
        device.is_here = device.pk == this
    return devices


def sign_out_elsewhere(user: User, *, request: HttpRequest | None) -> None:
    """End every session of `user` but the one that asks, and every way in that is underway."""
    _others(user, request).delete()


def sign_out(user: User, name: uuid.UUID, *, request: HttpRequest) -> None:
    """End one session of `user`, not the one that asks. One that is over already stays over."""
    _others(user, request).filter(name=name).delete()
