"""Headers the server in front has to pass on, said in the log where it does not: otherwise there is only a blank
page.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
AGAIN = 3600.0  # seconds until the same is said again: strangers knock with any name they like
_said: dict[str, float] = {}
SENTENCES = {
    "Host": (
        "Somebody asked for another name than %s, and got 400. If that was you, the server in front does not pass on "
        "`Host`: docs/hosting/proxies.md has its lines."
    ),
    "X-Forwarded-Proto": (
        "A page of %s was asked for without `X-Forwarded-Proto`, and led back to itself. The server in front has to "
        "say how it was reached: docs/hosting/proxies.md has its lines."
    ),
}


def say_what_is_missing(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """First of the middleware: names the header that was missing, where that is why a request was turned away."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 400 and not _host_is_ours(request):
            _say("Host")
        elif response.status_code == 301 and settings.SECURE and "X-Forwarded-Proto" not in request.headers:
            _say("X-Forwarded-Proto")
        return response

    return middleware


def _host_is_ours(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _say(header: str) -> None:
    now = time.monotonic()
    if now - _said.get(header, -AGAIN) >= AGAIN:
        _said[header] = now
        log.warning(SENTENCES[header], settings.NEARER_URL)
