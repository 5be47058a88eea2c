"""One device between the two, for the talk: whatever else is on it asks to sign in again.

What speaks in one person's name is not done there, whoever signed in: each approves notes, says "I'll", and tells what
they noticed or hope for from their own sign-in.

The mark stands in the browser's session. It goes when somebody signs in again; until then only the talk, the way out
and the safety page answer.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from accounts import reauthentication
from accounts.not_saved import all_typed, given_back

MARK = "talk_on_one_device"  # since when, in seconds
ASKS = _("This device is the two of yours until the talk is over: other pages ask who is writing first.")
OPEN = {"account_logout", "accounts:out", "accounts:safety", "health"}
WHO = (
    "account_reauthenticate",
    "mfa_reauthenticate",
    "accounts:reauthenticate_by_code",
    "accounts:no_way_left",
)


def begin(request: HttpRequest, *, now: float) -> None:
    """Make this browser session the two people's, from here on."""
    request.session[MARK] = now


def is_on(request: HttpRequest) -> bool:
    return MARK in request.session


def guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: on a device used by two, every page but the talk's asks to sign in again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or MARK not in request.session:
            return get_response(request)
        if reauthentication.proved_since(request, request.session[MARK]):
            del request.session[MARK]
            return get_response(request)
        found = resolve(request.path_info)
        if _answers(found.view_name):
            return get_response(request)
        if request.method == "POST" and (typed := all_typed(request)):
            back = reauthentication.first_way(request, then=_page_of(found.view_name))
            return given_back(request, typed, why=ASKS, back=back, status=403)
        where = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_of(found.view_name)
        return reauthentication.ask(request, then=where)

    return middleware


def _answers(name: str) -> bool:
    return name in OPEN or name.startswith(("agendas:now", *WHO))


def _page_of(name: str) -> str:
    """Where somebody goes on who signed in again to press a button."""
    return reverse("agendas:now" if name in {"agendas:tick", "agendas:say"} else "today:today")
