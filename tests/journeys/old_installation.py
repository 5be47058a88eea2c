"""An installation as release 28ff24e left it: its migrations and no later ones, with rows as it wrote them.

`python -m tests.journeys.old_installation build` makes it in the database of the environment and prints what people
hold of it; `… look` says what the code of today answers to them. Both run as processes of their own, as an operator's
commands do.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.conf import settings

LEAVES = [
    ("contenttypes", "0002_remove_content_type_name"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("account", "0009_emailaddress_unique_primary_email"),
    ("mfa", "0003_authenticator_type_uniq"),
    ("accounts", "0002_keyring_index"),
    ("couples", "0002_asks_and_evenings"),
    ("reminders", "0003_occasional_kinds"),
    ("checkins", "0003_being_heard"),
    ("challenges", "0001_initial"),
    ("adventures", "0001_beginning"),
    ("agendas", "0001_initial"),
    ("sessions", "0001_initial"),
    ("usersessions", "0001_initial"),
]
GONE = ["django.contrib.sessions", "allauth.usersessions"]  # rooms it had and today's code has not
CODE = "BCDF-GHJK"
BACKEND, FORMER = "couples.access.SeatedBackend", "allauth.account.auth_backends.AuthenticationBackend"


def migrate() -> Any:
    """Run the old migrations. Returns the models as they were."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)  # each by itself, as it was then
    executor.migrate(LEAVES)
    return executor.loader.project_state(LEAVES).apps


def a_person(models: Any, name: str) -> Any:
    """Somebody with a key, a proven address and a seat in a couple of one."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from accounts import keys

    wrapped = []
    for _ in range(2):
        key = models.get_model("accounts", "DataKey")()
        place = f"accounts_datakey.wrapped.{key.pk}".encode()
        key.keyring_name, key.wrapped = keys.wrap(name.encode().ljust(32), place)
        key.save()
        wrapped.append(key)
    now, email = timezone.now(), f"{name.lower()}@example.test"
    user = models.get_model("accounts", "User").objects.create(
        email=email,
        name=name,
        zone="Europe/London",
        key=wrapped[0],
        joined_at=now,
        last_login=now,
        password=make_password("a lamp in the evening"),
    )
    models.get_model("account", "EmailAddress").objects.create(
        user=user, email=email, verified=True, primary=True
    )
    couple = models.get_model("couples", "Couple").objects.create(key=wrapped[1], opened_at=now)
    models.get_model("couples", "Partner").objects.create(couple=couple, user=user, seat=1, sat_at=now)
    return user


def a_session(models: Any, data: dict[str, Any], *, days: int = 20) -> str:
    """A row as Django's own store wrote it. Returns the cookie."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    cookie = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
    models.get_model("sessions", "Session").objects.create(
        session_key=cookie,
        session_data=SessionStore().encode(data),
        expire_date=timezone.now() + timedelta(days=days),
    )
    return cookie


def signed_in(models: Any, user: Any, backend: str, **more: Any) -> str:
    """A signed-in session, and allauth's row beside it."""
    from accounts.models import User

    verify = User(password=user.password).get_session_auth_hash()
    data = {"_auth_user_id": str(user.pk), "_auth_user_backend": backend, "_auth_user_hash": verify}
    cookie = a_session(models, data | more)
    models.get_model("usersessions", "UserSession").objects.create(
        user=user, ip="192.0.2.7", session_key=cookie, user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0"
    )
    return cookie


def half_way(user: Any) -> dict[str, Any]:
    """What a session held while a sign-in code was underway."""
    now = time.time()
    code = {"at": now, "failed_attempts": 0, "resend_count": 0, "change_count": 0, "email": user.email}
    code |= {"user_id": str(user.pk), "initiated_by_user": True, "code": CODE}
    login = {"user_pk": user.pk.hex, "email_verification": "mandatory", "signup": False, "redirect_url": None}
    login |= {"email": user.email, "phone": None, "signal_kwargs": None, "initiated_at": now}
    login |= {"state": {"stages": {"current": "login_by_code", "login_by_code": {"data": code}}}}
    return {"account_login": login}


def on_a_path(models: Any, user: Any) -> None:
    """Somebody on stone 6 of a path since they woke it on its fourth, the day before yesterday."""
    from django.utils import timezone

    from couples.days import day_of

    now = timezone.now()
    woken = day_of(now, ZoneInfo(user.zone)) - timedelta(days=2)
    attempt = models.get_model("challenges", "Attempt").objects.create(
        couple=models.get_model("couples", "Couple").objects.get(partners__user=user),
        challenge="thirty-days",
        begun_at=now - timedelta(days=30),
        from_on=woken,
        from_number=4,
        active_on=woken + timedelta(days=1),
    )
    stones = models.get_model("challenges", "Stone").objects
    stones.create(attempt=attempt, number=4, done_on=woken)
    stones.create(attempt=attempt, number=5)


def did_it(models: Any) -> None:
    """Dates of which nobody knows the hour, kept as noon of whoever told it: of London, of Auckland, of nobody here."""
    from accounts.sealed import Ciphertext

    nights = models.get_model("adventures", "DateNight").objects
    words = dict.fromkeys(("title", "plan", "wear", "earlier"), Ciphertext(b"\x01sealed"))
    of = models.get_model("couples", "Couple").objects
    models.get_model("accounts", "User").objects.filter(name="Bob").update(zone="Pacific/Auckland")
    for name, day, hour in (("Alice", 17, 12), ("Bob", 17, 23), ("Alice", 18, 23)):
        noon = datetime(2026, 1, day, hour, tzinfo=UTC)
        couple = of.get(partners__user__name=name)
        nights.create(couple=couple, made_at=noon, starts_at=noon, happened_at=noon, minutes=0, **words)


def path(email: str) -> list[Any]:
    """Where somebody's path has come to, and which of its stones are done."""
    from django.utils import timezone

    from accounts.models import User
    from challenges import reading
    from couples.access import seats_of

    found = reading.progress(seats_of(User.objects.get(email=email))[0], now=timezone.now())
    return [found.number, found.resting, sorted(found.done)] if found is not None else []


def build() -> dict[str, Any]:
    from accounts import peppers
    from adventures.feeds import PURPOSE
    from couples.codes import peppered
    from reminders.preferences import stop_token

    peppers._Read.secret = settings.SECRET_KEY  # what that release hashed with
    models = migrate()
    alice, bob, erased = (a_person(models, name) for name in ("Alice", "Bob", "Erased"))
    seat = models.get_model("couples", "Partner").objects.get(user=alice)
    on_a_path(models, alice)
    did_it(models)
    feed = "f" * 48
    models.get_model("adventures", "Calendar").objects.create(seat=seat, address_hash=peppered(PURPOSE, feed))
    held = {
        "alice": signed_in(models, alice, BACKEND, planted="a heron"),
        "bob, before the last release": signed_in(models, bob, FORMER),
        "half way": a_session(models, half_way(alice)),
        "nobody": a_session(models, {"signup_next": "/partner/invited/"}),
        "run out": a_session(models, {"_auth_user_id": str(alice.pk)}, days=-1),
        "erased, half way": a_session(models, half_way(erased)),
    }
    models.get_model("couples", "Partner").objects.filter(user=erased).delete()
    erased.delete()
    models.get_model("couples", "Block").objects.create(
        owner=bob, address_hash=peppered("address", alice.email), blocked_at=alice.joined_at
    )
    models.get_model("couples", "NeverWrite").objects.create(
        address_hash=peppered("address", "quiet@example.test"), asked_at=alice.joined_at
    )
    models.get_model("reminders", "Suppression").objects.create(
        user=bob, address_hash=peppered("address", bob.email), since=alice.joined_at
    )
    return {"cookies": held, "feed": feed, "stop": stop_token(alice, "check_in")}


def kept() -> dict[str, bool]:
    """Whether today's code still knows whom somebody wants to hear nothing from."""
    from accounts.models import User
    from couples import codes, pairing
    from couples.models import NeverWrite
    from reminders.preferences import is_suppressed

    alice, bob = (User.objects.get(name=name) for name in ("Alice", "Bob"))
    quiet = NeverWrite.objects.filter(address_hash__in=codes.address_hashes("quiet@example.test"))
    return {
        "block": pairing.blocks(bob, alice),
        "never": quiet.exists(),
        "suppressed": is_suppressed(bob),
    }


def dates() -> list[list[str]]:
    """On which date each was that has no hour, and where it comes among the others."""
    from adventures.models import DateNight

    nights = DateNight.objects.filter(minutes=0).order_by("starts_at")
    return [[f"{night.happened_on}", f"{night.starts_at:%d %H:%M}"] for night in nights]


def look(held: dict[str, Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    answers: dict[str, Any] = {}
    for who, cookie in held["cookies"].items():
        client = Client(SERVER_NAME="localhost")
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        if who == "half way":
            client.post(reverse("account_confirm_login_code"), {"code": CODE})
        answers[who] = client.get(reverse("today:today")).status_code
        if who == "alice":
            answers["planted"] = client.session.get("planted")
            page = client.get(reverse("accounts:sessions")).content.decode()
            answers["device"] = "Firefox · Linux" in page
    feed = Client(SERVER_NAME="localhost").get(reverse("adventures:feed", args=[held["feed"]]))
    answers["feed"] = feed.status_code, feed.content.decode().splitlines()[0]
    answers["stop"] = (
        Client(SERVER_NAME="localhost").get(reverse("reminders:stop", args=[held["stop"]])).status_code
    )
    answers["path"] = path("alice@example.test")
    answers["dates"] = dates()
    answers["kept"] = kept()
    answers["tables"] = connection.introspection.table_names()
    return answers


if __name__ == "__main__":
    if sys.argv[1] == "build":
        settings.INSTALLED_APPS += GONE
    django.setup()
    json.dump(build() if sys.argv[1] == "build" else look(json.load(sys.stdin)), sys.stdout)
