"""Sending the code that proves an address again: an email for whoever gets none, too.

Asked to send again, allauth writes only where a code is of use: not to a known address, nor where another sign-up took
the place of this one. The page is the same, but its time has a whole email in it or not, which tells who has an
account. So the letter without a code goes out again; how many go to one inbox is counted as ever (`accounts.limits`).
"""

from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from accounts import codes
from accounts.models import User


def to_everybody(view: codes.View) -> codes.View:
    """Let the view that sends a verification code again do so for everybody: where it wrote to nobody, write to the
    address.
    """

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        before = _asked_again(request)
        response = view(request, *args, **kwargs)
        waiting = codes.VERIFICATION.waiting(request)
        if waiting is not None and _asked_again(request) > before and not _has_a_person(waiting):
            get_adapter().send_account_already_exists_mail(waiting["email"])
        return response

    return gate


def _asked_again(request: HttpRequest) -> int:
    return int((codes.VERIFICATION.waiting(request) or {}).get("resend_count", 0))


def _has_a_person(waiting: dict[str, Any]) -> bool:
    found = waiting.get("user_id")
    return bool(found) and User.objects.filter(pk=str(found)).exists()
