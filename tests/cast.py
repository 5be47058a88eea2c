"""The cast: Alice and Bob are the couple, Charlie is somebody else's partner (Cleo's), Dana has none, Erin was
Bob's partner once.
"""

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http.cookies import SimpleCookie

import pytest
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import update_last_login
from django.test import Client
from django.utils import timezone

from accounts.joining import join
from accounts.models import User
from accounts.sessions import SessionStore
from checkins.words import CheckInText
from couples import pairing, parting
from couples.access import seat_of
from couples.models import Couple, Partner
from tests.scenes import stage

PASSWORD = "a lamp in the evening"
NOW = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)  # a Wednesday evening; 20:00 in Europe/Berlin
# How many evenings of a month are lived through: each private act once. All thirty in `make full`.
EVENINGS = int(os.environ.get("EVENINGS", "12"))
_HASH: list[str] = []


def person(name: str, *, zone: str = "Europe/London", verified: bool = True, now: datetime = NOW) -> User:
    """Somebody who signed up, by default with a proven address."""
    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    user = User(email=f"{name.lower()}@example.test", name=name, zone=zone, password=_HASH[0])
    join(user, now=now - timedelta(days=40))
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def pair(one: User, other: User, *, now: datetime = NOW - timedelta(days=30)) -> Couple:
    """Make two people a couple, as if both had confirmed their words."""
    return pairing.join([one, other], now=now)


def seat(user: User) -> Partner:
    """The person's live seat, fresh from the database."""
    return seat_of(user)


def words(lines: Mapping[str, str]) -> CheckInText:
    """An evening's three lines, as the verbs take them."""
    return CheckInText(lines["rose"], lines["bud"], lines["thorn"])


CAST = frozenset({"bob", "erin", "alice", "charlie", "dana"})


def enter(names: frozenset[str]) -> None:
    """Let these people live up to tonight: Bob first, then Erin, who came and went before Alice."""
    if names & {"bob", "erin", "alice"}:
        bob = person("Bob")
    if "erin" in names:
        erin = person("Erin")
        pair(erin, bob, now=NOW - timedelta(days=39))
        parting.part(by=erin, now=NOW - timedelta(days=35))
    if "alice" in names:
        pair(person("Alice"), bob)
    if "charlie" in names:
        pair(person("Charlie"), person("Cleo"))
    if "dana" in names:
        person("Dana")


@pytest.fixture
def cast(db: None, request: pytest.FixtureRequest) -> dict[str, User]:
    """Those of the cast that this test names."""
    names = CAST & set(request.fixturenames)
    stage.play(names, partial(enter, names))
    return {user.name.lower(): user for user in User.objects.with_key()}


@pytest.fixture
def bob(cast: dict[str, User]) -> User:
    """Bob, whose partner is Alice where she appears; Erin was his partner once."""
    return cast["bob"]


@pytest.fixture
def erin(cast: dict[str, User]) -> User:
    """Erin, on her own again."""
    return cast["erin"]


@pytest.fixture
def alice(cast: dict[str, User]) -> User:
    """Alice, whose partner is Bob; where Erin appears too, she came and went before."""
    return cast["alice"]


@pytest.fixture
def charlie(cast: dict[str, User]) -> User:
    """Charlie, whose partner is Cleo: a stranger to the others."""
    return cast["charlie"]


@pytest.fixture
def dana(cast: dict[str, User]) -> User:
    """Dana, on her own."""
    return cast["dana"]


def just_signed_in(user: User) -> Client:
    """A browser in which `user` has just signed in with the password, as Django and allauth note it.

    The rows are those that signing in leaves, in two statements instead of eight: half of what a test's sign-in took.
    """
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "couples.access.SeatedBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    update_last_login(User, user)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


def browser_of(user: User) -> Client:
    """A browser in which `user` has just signed in, as part of the scene: every test that begins there has this one
    session. For a clock that stands still.
    """

    def sign_in() -> dict[str, str]:
        return {name: cookie.value for name, cookie in just_signed_in(user).cookies.items()}

    client = Client()
    client.cookies = SimpleCookie(stage.play(("a browser of", user.email, timezone.now()), sign_in))
    return client


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser session of one of the cast, just begun."""
    return just_signed_in
