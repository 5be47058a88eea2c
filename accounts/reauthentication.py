"""A fresh sign-in, before anything that changes who can get in or takes words out (ADR 15).

Fresh is whoever proved within five minutes, in this very browser session, that it is them: by signing in, or by saying
so once more with a password, a passkey, an app's number or, where nobody else reads the inbox, a mailed code. allauth
keeps these proofs in the session, so they end with it. Whoever has no way left reads what to do; nobody is waved
through. Parting, quick exit and signing out here never ask.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Literal

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.codes import REAUTHENTICATION, SAFE, View
from accounts.models import User

When = Literal["page", "post", "some"]
BY_CODE, NO_WAY = "accounts:reauthenticate_by_code", "accounts:no_way_left"
KEPT = "kept_for_later"  # in the session: what was typed into a form that had to wait


class NotFresh(Exception):
    """A fresh sign-in comes first. `keep` waits in the session meanwhile: never a secret."""

    def __init__(self, keep: Mapping[str, Any]) -> None:
        super().__init__()  # never what was typed: exceptions are logged
        self.keep = keep


def address_for_codes(user: User) -> str:
    """The address to which a code may be mailed to prove who one is; empty where it may not.

    Only to the proven address one signs in with, if its owner alone reads it and has codes on. Somebody with a second
    lock proves it by that, or by the password: a mailed code would open it with the inbox alone.
    """
    if user.inbox_shared or not user.code_sign_in or is_mfa_enabled(user):
        return ""
    primary: EmailAddress | None = EmailAddress.objects.get_primary(user)
    return str(primary.email) if primary is not None and primary.verified else ""


def proved_since(request: HttpRequest, moment: float) -> bool:
    """Whether this browser session proved later than `moment` (in seconds) that it is its person's."""
    user = request.user
    if not isinstance(user, User):
        return False
    proofs = [one for one in get_authentication_records(request, user) if one.get("at", 0) > moment]
    if any(one["method"] != "code" for one in proofs):
        return True
    read = {str(one.get("email", "")).lower() for one in proofs}
    return bool(proofs) and address_for_codes(user).lower() in read - {""}


def is_fresh(request: HttpRequest) -> bool:
    return proved_since(request, time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def ways(request: HttpRequest, *, then: str = "") -> list[dict[str, Any]]:
    """The ways this person has to prove that it is them, the first one first; each goes on to `then`."""
    then = then or get_next_redirect_url(request) or ""
    query = f"?{urlencode({'next': then})}" if then else ""
    return [
        way | {"url": way["url"] + query} for way in get_adapter().get_reauthentication_methods(request.user)
    ]


def first_way(request: HttpRequest, *, then: str) -> str:
    """The address where one says who one is and goes on to `then`; whoever can't say is told what to do there."""
    found = ways(request, then=then)
    return str(found[0]["url"]) if found else reverse(NO_WAY)


def ask(request: HttpRequest, *, then: str) -> HttpResponse:
    """Ask who it is, and go on to `then`."""
    return redirect(first_way(request, then=then))


def require(request: HttpRequest, *, keep: Mapping[str, Any]) -> None:
    """Raise `NotFresh` unless it is fresh. For views where only some answers ask (`fresh_sign_in(on="some")`)."""
    if not is_fresh(request):
        raise NotFresh(keep)


def fresh_sign_in(*, on: When = "page", back: str = "", keep: Iterable[str] = ()) -> Callable[[View], View]:
    """Ask for a fresh sign-in: for the whole page, for its POST, or where it calls `require` itself.

    A POST that comes too late changes nothing and is never sent again by itself: its person comes back to the page
    (`back`, or its own), where the fields named in `keep` are as they were typed (`kept`).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asks = on == "page" or (on == "post" and request.method not in SAFE)
            if not asks or not request.user.is_authenticated:
                return _unless_asked(view, back, request, *args, **kwargs)
            if not is_fresh(request):
                # As it came, for whichever form the view has: it is shown again, and checked then.
                typed = {name: request.POST[name] for name in keep if name in request.POST}
                return _put_off(request, back, typed)
            request.let_through = True  # type: ignore[attr-defined]  # so allauth doesn't ask again a moment later
            return _unless_asked(view, back, request, *args, **kwargs)

        gate.asks_fresh_sign_in = on  # type: ignore[attr-defined]  # read by the table of what asks
        return gate

    return decorate


def _unless_asked(view: View, back: str, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except NotFresh as wanted:
        return _put_off(request, back, wanted.keep)


def _put_off(request: HttpRequest, back: str, typed: Mapping[str, Any]) -> HttpResponse:
    page = reverse(back) if back else request.path
    if request.method in SAFE:
        return ask(request, then=request.get_full_path())
    if typed:
        request.session[KEPT] = {"page": page, "typed": dict(typed), "at": time.time()}
        messages.warning(request, _("Not saved yet. What you typed is waiting on the page."))
    else:
        messages.warning(
            request, _("Nothing has changed yet. You come back to the page, to press once more.")
        )
    return ask(request, then=page)


def kept(request: HttpRequest) -> dict[str, Any]:
    """Take what was typed into this page's form before it asked for a fresh sign-in. Given back once."""
    waiting = request.session.get(KEPT)
    if request.method not in SAFE or waiting is None or waiting["page"] != request.path:
        return {}
    del request.session[KEPT]
    in_time = time.time() - waiting["at"] < settings.ACCOUNT_LOGIN_TIMEOUT
    return dict(waiting["typed"]) if in_time else {}


class MailedProof(AbstractCodeVerificationProcess):
    """A mailed code that proves once more who is signed in. It waits in the session that asked for it."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        super().__init__(user=request.user, state=state, max_attempts=1000, timeout=REAUTHENTICATION.lives)
        self.request = request

    @classmethod
    def begin(cls, request: HttpRequest, email: str) -> None:
        """Mail a code to `email` (`address_for_codes`). The one before is void."""
        state = cls.initial_state(request.user, email)
        proof = cls(request, state | {"code": get_adapter().generate_login_code()})
        proof.send()
        proof.persist()

    @classmethod
    def waiting(cls, request: HttpRequest, email: str) -> "MailedProof | None":
        """The code this session waits for, if it went to `email`, where one may be mailed now."""
        state = REAUTHENTICATION.waiting(request)
        if state is None or state["email"] != email:
            return None
        return cls(request, state)

    def persist(self) -> None:
        self.request.session[REAUTHENTICATION.path[0]] = self.state

    def send(self) -> None:
        context = {"code": self.code, "request": self.request}
        get_adapter().send_mail("account/email/reauthentication_code", self.state["email"], context)

    def abort(self) -> None:
        REAUTHENTICATION.end(self.request)

    def finish(self) -> None:
        """Note the proof, as allauth notes the others, once the right code was typed."""
        self.abort()
        proof = {"method": "code", "email": self.state["email"], "reauthenticated": True}
        record_authentication(self.request, self.request.user, **proof)
