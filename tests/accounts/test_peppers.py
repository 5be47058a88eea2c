"""Another SECRET_KEY, the same keyring: whoever moved to another server keeps what had to be found again."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import keys, peppers
from accounts.keyring_check import refuse_if_lost
from accounts.models import DataKey, Pepper, User
from accounts.rewrapping import rewrap
from adventures import feeds
from config.embedded.installation import ROOT
from couples import codes, emails, pairing
from couples.errors import InvitationNotOpen
from reminders import preferences
from tests.cast import NOW, person, seat
from tests.servers import environment_of_tests

MOVED = "made anew on the new server, " * 3
Start = Callable[[], None]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """A process begins: it knows nothing yet, and looks."""

    def begin() -> None:
        monkeypatch.setattr(peppers._Read, "secret", None)
        peppers.keep()

    monkeypatch.setattr(peppers._Read, "secret", None)
    return begin


def is_welcome(inviter: User, reader: User) -> bool:
    code = pairing.invite(by=inviter, now=NOW).code
    try:
        pairing.find(code, by=reader, now=NOW)
    except InvitationNotOpen:
        return False
    return True


def test_nothing_is_forgotten_with_another_secret_key(
    alice: User, dana: User, erin: User, start: Start, settings: Settings
) -> None:
    start()
    pairing.block(dana.email, by=erin, now=NOW)
    never = emails.never_token("quiet@example.test")
    preferences.suppress(user=dana, address=dana.email, now=NOW)
    feed = feeds.make_address(by=seat(alice))
    stop = preferences.stop_token(alice, "check_in")
    open_one = pairing.invite(by=erin, now=NOW)
    assert not is_welcome(dana, erin)

    settings.SECRET_KEY = MOVED
    start()
    assert not is_welcome(dana, erin)
    assert emails.address_hash_from(never) == codes.address_hash("quiet@example.test")
    assert preferences.is_suppressed(User.objects.get(pk=dana.pk))
    assert Client().get(reverse("adventures:feed", args=[feed])).status_code == 200
    assert Client().post(reverse("reminders:stop", args=[stop])).status_code == 200
    assert Client().post(reverse("couples:never", args=[never])).status_code == 200
    assert pairing.find(open_one.code, by=person("Frank"), now=NOW) == open_one


def test_what_earlier_releases_hashed_is_right_for_good(
    dana: User, erin: User, start: Start, settings: Settings
) -> None:
    pairing.block(dana.email, by=erin, now=NOW)  # nothing is kept yet: by SECRET_KEY, as releases before did
    stop = preferences.stop_token(dana, "check_in")
    start()  # the upgrade
    settings.SECRET_KEY = MOVED
    start()
    assert pairing.blocks(erin, dana)
    assert preferences.read_stop_token(stop) == (dana, "check_in")


def test_a_change_is_said_once(db: None, start: Start, settings: Settings, capfd: Any) -> None:
    start()
    assert capfd.readouterr().err == ""
    settings.SECRET_KEY = MOVED
    start()
    assert capfd.readouterr().err == f"Nearer: {peppers.CHANGED}\n"
    start()
    assert capfd.readouterr().err == ""


def test_it_lies_sealed_and_is_wrapped_anew_like_every_key(
    db: None, start: Start, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, last_key FROM accounts_pepper")
        stored = b"".join(bytes(column) for column in cursor.fetchone())
    assert settings.SECRET_KEY.encode()[:16] not in stored
    settings.NEARER_KEYRING = ["new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", *settings.NEARER_KEYRING]
    rewrap()
    settings.NEARER_KEYRING = settings.NEARER_KEYRING[:1]
    start()
    assert peppers.secret() == settings.SECRET_KEY


def test_with_a_lost_entry_nothing_starts(db: None, start: Start, settings: Settings, capfd: Any) -> None:
    start()
    peppers._Read.secret = None
    settings.NEARER_KEYRING = ["other:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    with pytest.raises(keys.KeyLost):
        peppers.secret()
    with pytest.raises(SystemExit):
        refuse_if_lost()
    assert "NEARER_KEYRING has no key named 'tests'" in capfd.readouterr().err


def test_one_that_was_altered_is_one_sentence(db: None, start: Start, capfd: Any) -> None:
    start()
    peppers._Read.secret = None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_pepper SET secret = last_key")
    with pytest.raises(SystemExit):
        refuse_if_lost()
    assert capfd.readouterr().err.count("\n") == 1


def test_there_is_one_and_it_is_read_once_a_process(
    db: None, start: Start, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    start()
    start()
    assert (Pepper.objects.count(), DataKey.objects.filter(pepper__isnull=False).count()) == (1, 1)
    assert DataKey.objects.filter(pepper__isnull=True, user__isnull=True, couple__isnull=True).count() == 0
    with django_assert_num_queries(0):
        codes.address_hash("somebody@example.test")


@pytest.mark.journey  # real processes
@pytest.mark.django_db(transaction=True)
def test_a_server_that_begins_keeps_it(dana: User, erin: User) -> None:
    """Two servers of one database, the second with a SECRET_KEY of its own: what one hashed the other finds."""
    ask = (
        "import config.wsgi\nfrom accounts.models import User\nfrom couples import pairing\n"
        "erin, dana = (User.objects.get(name=name) for name in ('Erin', 'Dana'))\n"
    )
    write = "from django.utils import timezone\npairing.block(dana.email, by=erin, now=timezone.now())\n"
    ran(ask + write)
    assert "True" in ran(ask + "print(pairing.blocks(erin, dana))\n", SECRET_KEY=MOVED)
    assert "True" in ran(ask + "print(pairing.blocks(erin, dana))\n")


def ran(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment_of_tests(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("SECRET_KEY is another one" in done.stderr) or not environment
    return done.stdout
