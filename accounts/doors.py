"""allauth's pages, each behind what we ask of it: codes are counted, and say when they ran out."""

from collections.abc import Callable
from importlib import import_module

from django.urls import URLPattern, URLResolver

from accounts import codes, passkeys, resending

Gate = Callable[[codes.View], codes.View]
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


def _gated(entry: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if isinstance(entry, URLResolver):
        within = [_gated(one) for one in entry.url_patterns]
        pattern = passkeys.unnumbered(entry.pattern)
        return URLResolver(pattern, within, entry.default_kwargs, entry.app_name, entry.namespace)
    name = entry.name or ""
    view = CODES[name](entry.callback) if name in CODES else entry.callback
    if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"}:
        view = passkeys.by_name(view)
    return URLPattern(entry.pattern, view, entry.default_args, entry.name)
