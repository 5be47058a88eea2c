"""Context that every template has: facts about the installation and the reader's look."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, Any]:
    # A visitor without a session cookie is not looked up: public pages stay free of cookies and queries.
    # A request that was refused before anybody looked whose it is has no user.
    known = settings.SESSION_COOKIE_NAME in request.COOKIES and hasattr(request, "user")
    signed_in = known and request.user.is_authenticated
    theme = request.user.theme if signed_in else ""  # type: ignore[union-attr]  # it isn't anonymous
    about = {
        "url": settings.NEARER_URL,
        "demo": settings.DEMO,
        "theme": theme,
        "run_by": settings.NEARER_RUN_BY,
        "signups": settings.NEARER_SIGNUPS,
    }
    return {"installation": about}
