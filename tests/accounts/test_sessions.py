import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import devices, tasks
from accounts.hooks import rezoned
from accounts.leaving import erase
from accounts.models import Session, User
from accounts.sessions import SessionStore, made_of
from tests.accounts.desk import (
    BY_CODE,
    BY_CODE_CONFIRM,
    CONFIRM,
    RESET,
    RESET_CONFIRM,
    SIGN_UP,
    code_in,
    form,
    is_in,
    prove,
    sign_in,
)
from tests.cast import NOW, PASSWORD, just_signed_in, person
from tests.fixtures import Mailbox

SESSIONS, END, EMAIL = "/account/sessions/", "/account/sessions/end/", "/account/email/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
NEW = "an entirely different sentence"
Ways = dict[str, Callable[[Client], Any]]


def cookie(client: Client) -> str:
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def row(client: Client) -> Session:
    return Session.objects.get(pk=made_of(cookie(client))[0])


def everything() -> list[tuple[str, bytes]]:
    """Every value of every column of every table, with where it stands."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # names of our own tables
            columns = [column.name if hasattr(column, "name") else column[0] for column in cursor.description]
            for values in cursor.fetchall():
                for column, value in zip(columns, values, strict=True):
                    plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    found.append((f"{table}.{column}", plain))
    return found


# --- what the database tells -------------------------------------------------------------------------


def test_no_column_of_any_table_holds_a_cookie_or_a_code(dana: User, erin: User, smtp: Mailbox) -> None:
    """While sessions, codes for signing in, for a new password, for a sign-up and for a new address are live."""
    clients = {
        name: Client(headers={"user-agent": FIREFOX}) for name in ("in", "code", "reset", "new", "moving")
    }
    sign_in(clients["in"], dana.email)
    session = clients["in"].session
    session["planted"] = "planted words of a session"
    session.save()
    clients["code"].post(BY_CODE, {"email": dana.email})
    clients["reset"].post(RESET, {"email": erin.email})
    clients["new"].post(SIGN_UP, form("gwen@example.test"))
    sign_in(clients["moving"], erin.email)
    prove(clients["moving"])
    clients["moving"].post(EMAIL, {"email": "erin.new@example.test", "action_add": ""})
    clients["moving"].post("/settings/", {})
    to = (dana.email, erin.email, "gwen@example.test", "erin.new@example.test")
    codes = [code_in(smtp.to(address)[-1]) for address in to]
    held = json.dumps([dict(client.session.items()) for client in clients.values()])
    assert all(code in held or code.replace("-", "") in held for code in codes)
    secret = [cookie(client) for client in clients.values()] + codes
    secret += [code.replace("-", "") for code in codes] + ["planted words", "gwen@example.test/"]
    stored = everything()
    assert len({place for place, _ in stored if place.startswith("accounts_session.")}) == 7
    for place, value in stored:
        for one in secret:
            assert one.encode().lower() not in value.lower(), place


def test_a_stolen_row_opens_with_nothing_but_its_cookie(dana: User, erin: User) -> None:
    one, other = Client(), Client()
    sign_in(one, dana.email)
    sign_in(other, erin.email)
    stolen = bytes(row(one).session_data)
    assert dana.pk.hex.encode() not in stolen
    Session.objects.filter(pk=row(other).pk).update(session_data=stolen)
    assert is_in(one)
    assert not is_in(other)  # what was sealed for one row doesn't open as another


def test_whoever_only_writes_to_the_database_makes_no_session(dana: User, settings: Any) -> None:
    own = "a" * 32
    settings.SECRET_KEY = "somebody else's"
    store = SessionStore()
    store["planted"] = True
    store._session_key = own
    store.save(must_create=True)
    settings.SECRET_KEY = "only-for-tests-" + "x" * 50
    assert SessionStore(own).load() == {}


@pytest.mark.parametrize("typed", ["", "a", "A" * 32, "a" * 33, "ä" * 32, "' OR 1=1 --", "a" * 31 + "\x00"])
def test_a_made_up_cookie_is_nobodys(db: None, typed: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = typed
    assert client.get("/account/login/").status_code == 200
    assert not is_in(client)


def test_a_row_does_not_tell_when_somebody_was_here(dana: User) -> None:
    """Two people sign in at once; one comes every evening for a fortnight and changes something. The rows say the same
    of both, but for what is sealed, and that is no longer."""
    with time_machine.travel(NOW, tick=False) as clock:
        often, seldom = Client(), Client()
        for client in (often, seldom):
            sign_in(client, dana.email)
            session = client.session
            session["begun"] = True
            session.save()
        for _evening in range(14):
            clock.shift(timedelta(days=1))
            session = often.session
            session["aloud_until"] = time.time()
            session.save()
        rows = [row(client) for client in (often, seldom)]
        said = [(each.user_id, each.device, each.signed_in_at, each.expire_date) for each in rows]
        assert said[0] == said[1]
        assert len(bytes(rows[0].session_data)) == len(bytes(rows[1].session_data))


def test_a_session_lives_a_month_from_its_latest_change_and_no_longer_than_six_weeks(dana: User) -> None:
    client = Client()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, dana.email)
        for days in (29, 29, 29):
            clock.shift(timedelta(days=days))
            assert is_in(client)
            session = client.session
            session["here"] = days
            session.save()
        assert timedelta(days=30) <= row(client).expire_date - timezone.now() <= timedelta(days=45)
        clock.shift(timedelta(days=46))
        assert not is_in(client)
        tasks.clear_sessions()
        assert not Session.objects.exists()


def test_where_nobody_is_signed_in_a_day_is_enough(dana: User, smtp: Mailbox) -> None:
    client = Client()
    with time_machine.travel(NOW, tick=False) as clock:
        client.post(BY_CODE, {"email": dana.email})
        clock.shift(timedelta(days=1, seconds=1))
        tasks.clear_sessions()
        assert not Session.objects.exists()


# --- half way in ---------------------------------------------------------------------------------------


def by_code(dana: User) -> Client:
    client = Client()
    client.post(BY_CODE, {"email": dana.email})
    return client


def by_code_switched_off(dana: User) -> Client:
    User.objects.filter(pk=dana.pk).update(code_sign_in=False)
    return by_code(dana)


def by_reset(dana: User) -> Client:
    client = Client()
    client.post(RESET, {"email": dana.email})
    return client


def by_reset_code_typed(dana: User, smtp: Mailbox) -> Client:
    client = by_reset(dana)
    client.post(RESET_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])})
    return client


def by_sign_up_again(dana: User) -> Client:
    client = Client()
    client.post(SIGN_UP, form(dana.email))
    return client


def with_a_second_factor(dana: User) -> Client:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    secret = get_adapter().encrypt("A" * 32)
    Authenticator.objects.create(user=dana, type=Authenticator.Type.TOTP, data={"secret": secret})
    client = Client()
    assert sign_in(client, dana.email)["Location"] == "/account/2fa/authenticate/"
    return client


HALF_WAY = [
    by_code,
    by_code_switched_off,
    by_reset,
    by_reset_code_typed,
    by_sign_up_again,
    with_a_second_factor,
]


@pytest.fixture(params=HALF_WAY, ids=lambda way: way.__name__)
def half_way(request: pytest.FixtureRequest, dana: User, smtp: Mailbox) -> Client:
    """A browser on its way into Dana's account, or as good as."""
    arguments = [dana, smtp] if request.param is by_reset_code_typed else [dana]
    client: Client = request.param(*arguments)
    assert row(client).user == dana
    assert row(client).signed_in_at is None
    assert dana.email in json.dumps(dict(client.session.items()))
    return client


def test_erasing_the_account_ends_what_was_half_way(dana: User, half_way: Client) -> None:
    erase(dana, now=timezone.now())
    assert not Session.objects.exists()
    assert dict(half_way.session.items()) == {}
    assert half_way.get(BY_CODE_CONFIRM).status_code == 302


def test_signing_out_everywhere_ends_what_was_half_way(dana: User, erin: User, half_way: Client) -> None:
    client, other = just_signed_in(dana), by_code(erin)
    client.post(SESSIONS)
    assert list(Session.objects.of(dana)) == [row(client)]
    assert row(other).user == erin


def test_a_new_password_ends_what_was_half_way_and_every_other_browser(dana: User, half_way: Client) -> None:
    here, there = just_signed_in(dana), just_signed_in(dana)
    since = row(here).signed_in_at
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    here.post("/account/password/change/", typed)
    assert is_in(here)
    assert list(Session.objects.of(dana)) == [row(here)]
    assert row(here).signed_in_at == since
    assert not is_in(there)


def test_a_password_chosen_by_a_code_ends_every_session(dana: User, smtp: Mailbox) -> None:
    there, client = Client(), by_reset_code_typed(dana, smtp)
    there.force_login(dana)
    client.post("/account/password/reset/complete/", {"password1": NEW, "password2": NEW})
    assert not is_in(there)
    assert not Session.objects.of(dana).exists()
    sign_in(client, dana.email, NEW)
    assert is_in(client)


def test_a_browser_is_on_its_way_to_one_account_at_a_time(dana: User, erin: User, smtp: Mailbox) -> None:
    client = by_code(dana)
    client.post(RESET, {"email": erin.email})
    assert row(client).user == erin
    assert dana.email not in json.dumps(dict(client.session.items()))
    sign_in(client, dana.email)
    assert row(client).user == dana
    assert erin.email not in json.dumps(dict(client.session.items()))


def test_whoever_is_signed_in_asks_for_a_new_password_of_their_own_alone(
    dana: User, erin: User, smtp: Mailbox
) -> None:
    client = Client()
    client.force_login(dana)
    for address in (erin.email, "nobody@example.test"):
        page = client.post(RESET, {"email": address}).content.decode()
        assert "signed in with another address" in page
        assert address in page
        assert smtp.to(address) == []
    client.post(RESET, {"email": dana.email})
    assert client.post(RESET_CONFIRM, {"code": code_in(smtp.to(dana.email)[-1])}).status_code == 302
    assert row(client).user == dana


def test_a_sign_up_that_made_room_for_another_goes_with_it(smtp: Mailbox, db: None) -> None:
    """Somebody waits for a code; somebody else signs up with the same address, and is proven. The first page goes on
    looking as one for a known address would, leads nowhere, and goes when the account does."""
    first, second = Client(), Client()
    first.post(SIGN_UP, form("gwen@example.test"))
    early = code_in(smtp.to("gwen@example.test")[-1])
    cache.clear()  # a while later
    second.post(SIGN_UP, form("gwen@example.test", name="Gwendolyn"))
    second.post(CONFIRM, {"code": code_in(smtp.to("gwen@example.test")[-1])})
    assert is_in(second)
    assert first.get(CONFIRM).status_code == 200
    first.post(CONFIRM, {"code": early})
    assert not is_in(first)
    gwen = User.objects.get()
    assert gwen.name == "Gwendolyn"
    erase(gwen, now=timezone.now())
    assert not Session.objects.exists()


def test_the_same_browser_may_sign_up_again(smtp: Mailbox, db: None) -> None:
    client = Client()
    for _ in range(2):
        cache.clear()  # a while later
        assert client.post(SIGN_UP, form("gwen@example.test"))["Location"] == CONFIRM
    client.post(CONFIRM, {"code": code_in(smtp.to("gwen@example.test")[-1])})
    assert is_in(client)


# --- the page, and ending ------------------------------------------------------------------------------


def test_each_browser_is_listed_by_name_and_can_be_signed_out_alone(dana: User, erin: User) -> None:
    phone, laptop, other = (Client(headers={"user-agent": agent}) for agent in (IPHONE, FIREFOX, "curl/8"))
    for client in (phone, laptop):
        sign_in(client, dana.email)
    sign_in(other, erin.email)
    page = laptop.get(SESSIONS).content.decode()
    assert re.findall(r"<b>(.*?)</b>", page) == ["Safari · iPhone", "Firefox · Linux"]
    assert "A browser" in other.get(SESSIONS).content.decode()
    names = re.findall(r'name="session" value="([^"]+)"', page)
    assert names == [str(row(phone).name)]
    for one in (phone, laptop):
        assert not any(word in page for word in (cookie(one), str(row(one).pk), row(one).pk.hex))
    other.post(END, {"session": names[0]})  # somebody else's name for it
    laptop.post(END, {"session": str(row(laptop).name)})  # the one that asks ends by signing out
    for typed in ("", "x", str(uuid.uuid4())):
        assert laptop.post(END, {"session": typed})["Location"] == SESSIONS
    assert is_in(phone)
    assert is_in(laptop)
    laptop.post(END, {"session": names[0]})
    assert not is_in(phone)
    assert is_in(laptop)
    assert is_in(other)
    laptop.post(END, {"session": names[0]})  # twice is once


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        (IPHONE, "Safari · iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0", "Samsung Internet · Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140.0 Safari/537.36", "Chrome · Chromebook"),
        ("Something else (Linux)", "Linux"),
        ("curl/8", ""),
        ("Firefox/" * 10_000, "Firefox"),
    ],
)
def test_what_a_browser_is_called(agent: str, name: str) -> None:
    assert devices.called(agent) == name


def test_a_session_that_was_ended_is_not_written_anew(dana: User) -> None:
    """A request that was underway when its session ended must not bring it back."""
    client = Client()
    sign_in(client, dana.email)
    underway = client.session
    underway["late"] = True
    devices.sign_out_elsewhere(dana, request=None)
    with pytest.raises(UpdateError):
        underway.save()
    assert not Session.objects.exists()
    assert not is_in(client)


def test_a_page_that_was_underway_when_its_session_ended_is_refused(dana: User, client: Client) -> None:
    """Another browser signs this one out while it saves its settings: neither a 500, nor signed in again."""

    def end(**_news: object) -> None:
        devices.sign_out_elsewhere(dana, request=None)

    client.force_login(dana)
    typed = {
        "name": "Dana",
        "zone": "Europe/Berlin",
        "theme": "",
        "inbox_shared": "False",
        "code_sign_in": "on",
    }
    rezoned.take(end)
    try:
        assert client.post("/settings/", typed).status_code == 400
    finally:
        rezoned._takers.remove(end)
    assert not Session.objects.exists()
    assert not is_in(client)


def test_signing_in_takes_a_new_cookie_and_leaves_no_old_row(dana: User, erin: User) -> None:
    client = Client()
    client.post(RESET, {"email": "nobody@example.test"})
    before = cookie(client)
    sign_in(client, dana.email)
    assert cookie(client) != before
    assert Session.objects.count() == 1
    assert SessionStore(before).load() == {}
    client.post("/account/logout/")
    assert not Session.objects.of(dana).exists()


def test_sessions_that_name_the_way_in_of_an_earlier_release_stay(dana: User, client: Client) -> None:
    client.force_login(dana, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session.save()
    assert is_in(client)
    session = client.session
    session["_auth_user_backend"] = "somewhere.else.Backend"
    session.save()
    assert not is_in(client)


def test_one_query_reads_a_session(dana: User, client: Client, django_assert_num_queries: Any) -> None:
    sign_in(client, dana.email)
    with django_assert_num_queries(1):
        assert SessionStore(cookie(client))["_auth_user_id"] == str(dana.pk)


def test_somebody_elses_end_changes_nothing_of_mine(dana: User) -> None:
    hers, frank = Client(), person("Frank")
    sign_in(hers, dana.email)
    erase(frank, now=timezone.now())
    assert is_in(hers)
