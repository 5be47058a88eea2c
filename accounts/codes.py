"""Mailed codes: each lives a quarter of an hour and takes three tries, counted before it is checked.

A code waits in the session of the browser that asked for it, where parallel requests overwrite each other's counts. So
tries are counted in the shared cache, by the code's own flow: parallel ones get different numbers, whatever happens to
the session. Whoever comes too late, or has tried too often, reads so and lands where the next code is asked for.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

TRIES = 3
COUNTED_FOR = 60 * 60  # seconds; longer than any code lives
SAFE = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponse]


class Away(Exception):
    """The shared cache can't count just now. Nothing may be checked that isn't counted."""


@dataclass(frozen=True)
class Flow:
    """One kind of code: where it waits in a session, and where one asks for the next."""

    name: str
    path: tuple[str, ...]
    lives: int  # seconds
    again: Callable[[HttpRequest], str]  # where the next code is asked for
    advice: Callable[[HttpRequest], str]  # how
    signs_in: bool = False  # half of a sign-in waits for it

    def waiting(self, request: HttpRequest) -> dict[str, Any] | None:
        """The session's note of a code that was asked for, even if it has run out."""
        found: Any = request.session.get(self.path[0])
        for step in self.path[1:]:
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) and "at" in found else None

    def end(self, request: HttpRequest) -> None:
        """Forget the code, and the half of a sign-in that waited for it."""
        request.session.pop(self.path[0], None)
        if self.signs_in and not request.user.is_authenticated:
            clear_login(request)

    def key(self, waiting: dict[str, Any]) -> str:
        """The name that tries at this one code are counted under; it says nothing about whose it is."""
        parts = [self.name, *(str(waiting.get(name, "")) for name in ("at", "email", "user_id"))]
        return salted_hmac("accounts.codes", "\n".join(parts), algorithm="sha256").hexdigest()

    def turn_away(self, request: HttpRequest, why: str) -> HttpResponse:
        """Say why, and go where the next one is asked for."""
        messages.error(request, f"{why} {self.advice(request)}")
        return redirect(self.again(request))


def _of_login(request: HttpRequest) -> str:
    return _("Ask for another one here.")


def _of_verification(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return _("Type the new address once more, and another one comes.")
    return _("Sign in with your password, and another one comes.")


LOGIN = Flow(
    "login",
    (LOGIN_SESSION_KEY, "state", "stages", "login_by_code", "data"),
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
    lambda request: "account_request_login_code",
    _of_login,
    signs_in=True,
)
VERIFICATION = Flow(
    "verification",
    (EMAIL_VERIFICATION_CODE_SESSION_KEY,),
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    lambda request: "account_email" if request.user.is_authenticated else "account_login",
    _of_verification,
    signs_in=True,
)
RESET = Flow(
    "reset",
    (PASSWORD_RESET_VERIFICATION_SESSION_KEY,),
    settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT,
    lambda request: "account_reset_password",
    _of_login,
)
REAUTHENTICATION = Flow(
    "reauthentication",
    ("reauthentication_code",),
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
    lambda request: request.get_full_path(),  # it is asked for where it is typed
    _of_login,
)


def count(key: str) -> int:
    """Count one try and say which it is: parallel ones get different numbers. Raises `Away`."""
    try:
        cache.add(f"tries:{key}", 0, COUNTED_FOR)
        return int(cache.incr(f"tries:{key}"))
    except (
        RedisError,
        OSError,
        ValueError,
    ) as error:  # ValueError: the cache was away, or emptied, in between
        raise Away from error


def counted(flow: Flow) -> Callable[[View], View]:
    """Count the tries of a view that takes codes of `flow`: it never sees one that wasn't counted, nor one after the
    last try.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            waiting = flow.waiting(request)
            # Read before any form: what isn't counted is never checked, whichever form takes the code.
            typed = request.method not in SAFE and bool(request.POST.get("code", "").strip())
            if waiting is None:
                return _nothing_waits(flow, request) if typed else view(request, *args, **kwargs)
            if time.time() - waiting["at"] > flow.lives:
                flow.end(request)
                return flow.turn_away(request, _("That code has run out: it works for a quarter of an hour."))
            if not typed:
                return _renewing(flow, request, view(request, *args, **kwargs))
            try:
                number = count(flow.key(waiting))
            except Away:
                messages.error(request, _("Codes can’t be checked just now. Please try again in a minute."))
                return redirect(request.get_full_path())
            if number > TRIES:
                return _too_often(flow, request)
            response = view(request, *args, **kwargs)
            wrong = response.status_code == HTTPStatus.OK  # the page again; the right one leads on
            return _too_often(flow, request) if wrong and number == TRIES else response

        return gate

    return decorate


def _too_often(flow: Flow, request: HttpRequest) -> HttpResponse:
    flow.end(request)
    return flow.turn_away(request, _("That was the third try, and this code is closed."))


def _nothing_waits(flow: Flow, request: HttpRequest) -> HttpResponse:
    return flow.turn_away(request, _("No code is waiting here any more."))


def _renewing(flow: Flow, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A code that was sent anew lives as long as the first, and has its own tries."""
    waiting = flow.waiting(request)
    if waiting is not None and waiting.get("renewed", 0) != waiting.get("resend_count", 0):
        waiting |= {"renewed": waiting["resend_count"], "at": time.time()}
        request.session.modified = True
    return response


def half_way(view: View) -> View:
    """Guard the second step of signing in: whoever took longer than a sign-in may take reads so."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login = request.session.get(LOGIN_SESSION_KEY)
        begun = login.get("initiated_at") if isinstance(login, dict) else None
        if begun is not None and time.time() - begun > settings.ACCOUNT_LOGIN_TIMEOUT:
            clear_login(request)
            messages.error(request, _("That took a while, so please begin again."))
            return redirect("account_login")
        return view(request, *args, **kwargs)

    return gate
