"""Limits of how often something may be tried, and by whom: counted by allauth's code, at the rates in
`config.settings`.

Whose tries are counted together decides whom a limit hurts. Wrong passwords are counted by address *and* source, so
that a stranger's don't lock the owner out; above that by source (one stranger, many addresses) and, at a rate no
person reaches, by address (many strangers, one address). A browser that signed in before, and somebody who is signed
in, have tries of their own that nobody else can use up.

Emails that strangers can have sent are counted by the inbox they go to, all kinds together, in the same three ways.
What is too much isn't sent, and no page tells. In the cache stand keyed hashes only, of whom and of what
(`config.cache`).
"""

import re
from datetime import datetime

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import browsers
from accounts.addresses import normal
from accounts.clients import address_of
from accounts.models import User

QUOTED = re.compile(r"\\(.)", re.DOTALL)
APP = "allauth.account"  # whose setting the rates are in: ACCOUNT_RATE_LIMITS


def hashed(purpose: str, *parts: str) -> str:
    """The name to count under: a hash that is useless without SECRET_KEY."""
    return str(salted_hmac(f"nearer.limits.{purpose}", "\n".join(parts), algorithm="sha256").hexdigest())


def inbox(address: str) -> str:
    """The inbox that mail to an address ends up in: `+anything` is the same inbox, and so are dots where Google keeps
    it, and quotes: `"dana"@` and `"d\ana"@` are dana's (RFC 5321, 4.1.2).
    """
    local, _, domain = normal(address).rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = QUOTED.sub(r"\1", local[1:-1])
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def own_place(request: HttpRequest, address: str, *, now: datetime) -> str:
    """The mark of this browser as one of the address's owner; empty for a stranger's, and for a new one."""
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


def may_write(request: HttpRequest | None, address: str, *, now: datetime) -> bool:
    """Count one email that somebody had sent to `address`. False: enough for now, it is not to go out."""
    if request is not None:
        if place := own_place(request, address, now=now):
            return _consume(request, "letters_here", inbox(address), place) is not None
        if _consume(request, "letters_from", inbox(address), _source(request)) is None:
            return False
    return _consume(request, "letters", inbox(address)) is not None


def may_invite(address: str) -> bool:
    """Count one invitation mailed to `address`, whoever asks: many members can mean one person."""
    return _consume(None, "invitations", inbox(address)) is not None


def may_import(user: User) -> bool:
    """Count one file that this person looks into or takes in, which asks the database a lot. False: enough for now."""
    return _consume(None, "import", str(user.pk)) is not None


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


def _consume(request: HttpRequest | None, action: str, *parts: str) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=APP, action=action, key=hashed(action, *parts), limit_get=True)
