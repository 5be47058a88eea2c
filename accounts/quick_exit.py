"""Quick exit: this browser signed out, whether or not the server hears of it.

Whoever leaves waits for nobody: the script puts the neutral page there at once and tells the server by a request that
outlives the page. Until that arrives (no connection, a busy server, the back button within that second) a cookie, put
there by the script, says that somebody left. A request that carries it is nobody's, and its answer clears all of it
away. There is no `Clear-Site-Data`: browsers empty their cache before they go on, and nothing private is in it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts import browsers


def mark(request: HttpRequest) -> str:
    """The cookie by which a script says that somebody left; empty where there is nothing to be signed out of."""
    carried = {settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME} & request.COOKIES.keys()
    if not carried:
        return ""
    secure = "; secure" if settings.SECURE else ""
    age = int(browsers.KEPT.total_seconds())
    return f"{settings.LEFT_COOKIE_NAME}=1; path=/; max-age={age}; samesite=lax{secure}"


def forget(response: HttpResponseBase) -> None:
    """Have this browser carry nothing that says who was here. What the answer itself sets stays."""
    for name in (settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME, settings.LEFT_COOKIE_NAME):
        if name not in response.cookies:
            response.delete_cookie(name, samesite="Lax")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Have whoever left be nobody, before anybody asks whose session it is."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.COOKIES.get(settings.LEFT_COOKIE_NAME):
            return get_response(request)
        for name in (settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME):
            request.COOKIES.pop(name, None)
        response = get_response(request)
        forget(response)
        return response

    return answer
