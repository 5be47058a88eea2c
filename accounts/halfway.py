"""The person a browser's session is about before anybody is signed in: a mailed code is underway, a second factor is
awaited.

Such a session is tied to the person, so that it ends with the account, with a new password and with signing out
everywhere. It is about one person at a time: what it held of somebody else is let go.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.contrib.auth import SESSION_KEY
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User


@dataclass(frozen=True)
class Way:
    """One way in that was begun: when, by whom (an id, or only the address that was typed), and where it is kept."""

    begun: float
    user_id: uuid.UUID | None
    email: str
    kept_as: tuple[str, ...]


def _ways(data: dict[str, Any]) -> Iterator[Way]:
    if login := data.get(LOGIN_SESSION_KEY):
        user_id = url_str_to_user_pk(login["user_pk"]) if login["user_pk"] else None
        yield Way(login["initiated_at"], user_id, login["email"] or "", (LOGIN_SESSION_KEY,))
    for key in (EMAIL_VERIFICATION_CODE_SESSION_KEY, PASSWORD_RESET_VERIFICATION_SESSION_KEY):
        if state := data.get(key):
            user_id = uuid.UUID(state["user_id"]) if "user_id" in state else None
            yield Way(state["at"], user_id, state.get("email", ""), (key,))
    if records := data.get(AUTHENTICATION_METHODS_SESSION_KEY):  # a password that was right, say
        user_id = uuid.UUID(data[_AUTHENTICATION_METHODS_USER_SESSION_KEY])
        keys = (AUTHENTICATION_METHODS_SESSION_KEY, _AUTHENTICATION_METHODS_USER_SESSION_KEY)
        yield Way(records[-1]["at"], user_id, "", keys)


def _known(ways: list[Way]) -> dict[Way, uuid.UUID | None]:
    """Whose account each way leads to. One query, whether or not there is any: it must not tell.

    An id that is nobody's any more belongs to a sign-up that made room for a later one with the same address.
    """
    typed = {way.email.lower() for way in ways}
    named = Q(pk__in=[way.user_id for way in ways if way.user_id]) | Q(address__in=typed)
    people = User.objects.alias(address=Lower("email")).filter(named).values_list("pk", "email")
    by_address = {email.lower(): pk for pk, email in people}
    there = set(by_address.values())
    return {way: way.user_id if way.user_id in there else by_address.get(way.email.lower()) for way in ways}


def person(data: dict[str, Any]) -> uuid.UUID | None:
    """The person a session is about: whoever is signed in, else whoever the way begun last leads to, if anybody.

    Ways that lead to somebody else are taken out of `data`.
    """
    ways = list(_ways(data))
    if SESSION_KEY in data:
        about: uuid.UUID | None = uuid.UUID(data[SESSION_KEY])
        leads = {way: way.user_id for way in ways}
    elif ways:
        leads = _known(ways)
        about = leads[max(ways, key=lambda way: way.begun)]
    else:
        return None
    for way in ways:
        if leads[way] not in {about, None}:
            for key in way.kept_as:
                del data[key]
    return about
