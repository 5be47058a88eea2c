"""Names of passkeys in addresses.

allauth calls it by the number of its row, which counts everybody's: who has 1 and then 3 sees that somebody else added
one in between.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import Http404, HttpResponse
from django.urls.resolvers import RoutePattern
from django.utils.crypto import constant_time_compare, salted_hmac

NUMBERED, NAMED = "<int:pk>", "<slug:pk>"
View = Callable[..., HttpResponse]


def name(authenticator: Authenticator) -> str:
    """A passkey's name in addresses: always the same, and nothing of its number can be seen in it."""
    row = f"{authenticator.user_id}.{authenticator.pk}"
    return str(salted_hmac("accounts.passkeys", row, algorithm="sha256").hexdigest()[:32])


def by_name(view: View) -> View:
    """Let a view of allauth's that takes a number be asked for by the name of a passkey of one's own, or 404."""

    @wraps(view)
    def gate(request: Any, pk: str) -> HttpResponse:
        own = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
        found = next((one for one in own if constant_time_compare(name(one), pk)), None)
        if found is None:
            raise Http404
        return view(request, pk=found.pk)

    return gate


def unnumbered(pattern: Any) -> Any:
    """An address of allauth's with a name where allauth's has a number."""
    return RoutePattern(str(pattern).replace(NUMBERED, NAMED)) if NUMBERED in str(pattern) else pattern
