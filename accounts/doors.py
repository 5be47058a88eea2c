"""allauth's pages, each behind what we ask of it: a fresh sign-in, codes that are counted.

Whatever isn't named here asks whoever is signed in for a fresh sign-in, so that a page that comes with a later allauth
is closed until somebody has thought about it.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, reverse

from accounts import codes, passkeys, resending, signups
from accounts.not_saved import all_typed, given_back
from accounts.reauthentication import fresh_sign_in

Gate = Callable[[codes.View], codes.View]
# What is for people who aren't signed in, changes nothing, or is how one says who one is. Everything else asks.
OPEN = {
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_password_reset_completed",
    "account_reauthenticate",
    "account_request_login_code",
    "account_reset_password",
    "account_signup",
    "mfa_authenticate",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
ASKS: dict[str, Gate] = {
    "account_email": fresh_sign_in(keep=["email"]),
    "mfa_edit_webauthn": fresh_sign_in(keep=["name"]),
}
CODES: dict[str, Gate] = {
    "account_confirm_login_code": codes.counted(codes.LOGIN),
    "account_email_verification_sent": lambda view: codes.counted(codes.VERIFICATION)(
        resending.to_everybody(view)
    ),
    "account_confirm_password_reset_code": codes.counted(codes.RESET),
    "account_complete_password_reset": codes.counted(codes.RESET),
    "mfa_authenticate": codes.half_way,
}


def pages() -> list[URLPattern | URLResolver]:
    """allauth's URL configuration with our gates round its views."""
    return [_gated(entry) for entry in import_module("allauth.urls").urlpatterns]


def kept_where_closed(view: codes.View) -> codes.View:
    """The page of signing up, which hands back what was typed where nobody, or not this visitor, may sign up now."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (
            request.method == "POST"
            and not request.user.is_authenticated
            and not signups.are_open_for(request)
        ):
            typed = all_typed(request)
            return given_back(
                request, typed, why=signups.NOT_OPEN, back=reverse("account_signup"), status=403
            )
        return view(request, *args, **kwargs)

    return gated


def _gated(entry: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if isinstance(entry, URLResolver):
        within = [_gated(one) for one in entry.url_patterns]
        pattern = passkeys.unnumbered(entry.pattern)
        return URLResolver(pattern, within, entry.default_kwargs, entry.app_name, entry.namespace)
    name, view = entry.name or "", entry.callback
    if name in CODES:
        view = CODES[name](view)
    if name == "account_signup":
        view = kept_where_closed(view)
    if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"}:
        view = passkeys.by_name(view)
    if name not in OPEN:
        view = ASKS.get(name, fresh_sign_in())(view)
    return URLPattern(entry.pattern, view, entry.default_args, entry.name)
