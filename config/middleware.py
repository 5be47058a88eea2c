"""Headers that every response carries, errors included; and what is said where nothing could be done."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from accounts.hashing import Busy
from accounts.not_saved import NotSaved, all_typed
from config.errors import busy, csrf_failure, not_saved
from config.logs import under_one_name

Handler = Callable[[HttpRequest], HttpResponse]
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def headers(get_response: Handler) -> Handler:
    """Set headers by which browsers and proxies keep nothing unless a view says otherwise, and no other site gets a
    page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Permitted-Cross-Domain-Policies"] = "none"
        return response

    return middleware


def named(get_response: Handler) -> Handler:
    """Give each request a name that its log lines bear; it is random, and in no page nor header."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with under_one_name():
            return get_response(request)

    return middleware


class Compressed(GZipMiddleware):
    """Pages compressed on their way. What is streamed is compressed as it is, and says how long it is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


class WordsKeptLoginRequired(LoginRequiredMiddleware):
    """A gate that closes everything, and hands back what was typed into a form whose session ended meanwhile."""

    def handle_no_permission(  # type: ignore[override]  # Django's stub allows only the redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.method == "POST" and all_typed(request):
            return csrf_failure(request)
        return super().handle_no_permission(request, view_func)


class NothingDone:
    """An answer to a form that nothing was done with: its place is gone, or too many passwords are being hashed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotSaved):
            return not_saved(request, error)
        return busy(request) if isinstance(error, Busy) else None
