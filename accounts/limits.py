"""How often something may be tried, and by whom: counted by allauth's code, at the rates in `config.settings`.

Whose tries are counted together decides whom a limit hurts. Wrong passwords are counted by address *and* source, so
that a stranger's don't lock the owner out; above that by source (one stranger, many addresses) and, at a rate no
person reaches, by address (many strangers, one address). A browser that signed in before, and somebody who is signed
in, have tries of their own that nobody else can use up. Addresses stand in the cache as keyed hashes only.
"""

from datetime import datetime

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import browsers
from accounts.clients import address_of

APP = "allauth.account"  # whose setting the rates are in: ACCOUNT_RATE_LIMITS


def hashed(purpose: str, *parts: str) -> str:
    """What is counted under: a hash that is useless without SECRET_KEY."""
    return str(salted_hmac(f"nearer.limits.{purpose}", "\n".join(parts), algorithm="sha256").hexdigest())


def normal(address: str) -> str:
    """An address as it is counted: however it is written, it is one inbox."""
    return address.strip().lower()


def own_place(request: HttpRequest, address: str, *, now: datetime) -> str:
    """What marks this browser as one of the address's owner; empty for a stranger's, and for a new one."""
    browser = browsers.of(request, now=now)
    if browser and browser.knows(address):
        return browser.name.hex()
    user = request.user
    return str(user.pk) if user.is_authenticated and normal(user.email) == normal(address) else ""


def try_password(request: HttpRequest, address: str, *, now: datetime) -> RateLimitUsage | None:
    """Count one try before it is looked at. None: too many. A right password rolls back what is returned."""
    if place := own_place(request, address, now=now):
        return _consume(request, "wrong_password_here", normal(address), place)
    if _consume(request, "sign_in") is None:
        return None
    here = _consume(request, "wrong_password", normal(address), _source(request))
    anywhere = _consume(request, "wrong_password_anywhere", normal(address)) if here else None
    return RateLimitUsage(here.usage + anywhere.usage) if here and anywhere else None


def forgive(request: HttpRequest, address: str, *, now: datetime) -> None:
    """Forget wrong passwords for this address: its owner has just chosen a new one."""
    counted = {
        "wrong_password": (normal(address), _source(request)),
        "wrong_password_anywhere": (normal(address),),
        "wrong_password_here": (normal(address), own_place(request, address, now=now)),
    }
    for action, parts in counted.items():
        ratelimit.clear(request, app=APP, action=action, key=hashed(action, *parts))


def _source(request: HttpRequest) -> str:
    return str(ratelimit.truncate_ip(address_of(request)))


def _consume(request: HttpRequest, action: str, *parts: str) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=APP, action=action, key=hashed(action, *parts), limit_get=True)
