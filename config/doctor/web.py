"""The address: whether the page to sign in opens there, and what the server in front passes on.

What arrives is asked of the web server itself (`/health/seen`), by a word that only whoever has SECRET_KEY can sign.
"""

import json
from collections.abc import Iterator
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.urls import reverse

from accounts.clients import address_of
from config.doctor.finding import Finding, not_checked, not_well, well

SALT, FRESH = "config.doctor", 60  # seconds
SECONDS = 10
CLAIMED = "203.0.113.77"  # an address of nobody's (RFC 5737), which a visitor might claim to have

DODGED = (
    "and so get round limits on tries: the server in front has to write X-Forwarded-For anew, or NEARER_PROXY_COUNT "
    "counts too many"
)
ALL_ONE = "or limits on tries take everybody for one (NEARER_PROXY_COUNT)"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def look() -> Iterator[Finding]:
    status, _ = _asked(reverse("account_login"))
    yield _page(status)
    if status == "200":
        yield _proxy()


def _asked(path: str, **headers: str) -> tuple[str, bytes]:
    """What is answered there: a status, or the reason why nothing was."""
    request = Request(f"{settings.NEARER_URL}{path}", headers=headers)  # noqa: S310 - our own address
    try:
        with build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            return str(answer.status), answer.read(100_000)
    except HTTPError as error:
        return str(error.code), b""
    except URLError as error:
        return str(error.reason), b""
    except (OSError, HTTPException) as error:
        return type(error).__name__, b""


def _page(status: str) -> Finding:
    where = f"{settings.NEARER_URL}{reverse('account_login')}"
    reasons = {
        "200": "",
        "301": "leads back to itself: the server in front has to pass on X-Forwarded-Proto",
        "400": "answers 400: the server in front has to pass on Host",
        "502": "answers 502: nothing listens behind the server in front",
    }
    if reason := reasons.get(status, f"doesn't open from here ({status})"):
        return not_well("address", f"{where} {reason}.")
    return well("address", f"{where} opens.")


def _proxy() -> Finding:
    token = TimestampSigner(salt=SALT).sign("doctor")
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": CLAIMED}
    status, body = _asked(reverse("health_seen"), **headers)
    if status != "200":
        return not_checked(
            "proxy", f"The web server there doesn't know this SECRET_KEY, or is older ({status})."
        )
    seen = json.loads(body)
    if settings.SECURE and not seen["secure"]:
        return not_well("proxy", "The server in front doesn't say that it was reached over https.")
    if seen["client"] == CLAIMED:
        return not_well("proxy", f"Visitors can say themselves where they come from, {DODGED}.")
    where = f"This request came from {seen['client']}, as the web server sees it."
    if settings.SECURE and not ip_address(seen["client"]).is_global:
        return not_checked("proxy", f"{where} Of one from elsewhere it has to see another, {ALL_ONE}.")
    return well("proxy", where)


def seen(request: HttpRequest) -> dict[str, Any] | None:
    """The address and scheme that arrived of this request, for the doctor alone; None for anybody else."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        asked = TimestampSigner(salt=SALT).unsign(token, max_age=FRESH)
    except BadSignature:
        return None
    if kind != "Bearer" or asked != "doctor":
        return None
    return {"client": address_of(request), "secure": request.is_secure()}
