"""Rotating the keyring: everything opens with the new entry alone, whatever happens on the way."""

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from io import StringIO

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import keys, rewrapping
from accounts.keyring_check import check
from accounts.models import DataKey, User
from checkins import writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from config.embedded.installation import ROOT
from tests.cast import NOW, person, seat
from tests.faults.racing import track
from tests.servers import environment_of_tests

NEW = f"new:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def old(settings: Settings) -> list[str]:
    """The keyring as it was, with a new entry put in front of it from here on."""
    before = list(settings.NEARER_KEYRING)
    settings.NEARER_KEYRING = [NEW, *before]
    return before


@pytest.fixture
def sealed(alice: User) -> User:
    """Alice, with an evening and both kinds of sealed secrets, wrapped before the keyring was rotated."""
    words = CheckInText(rose="the frost", thorn="the queue", kept=frozenset({"thorn"}), note="planted note")
    writing.write(by=seat(alice), day=NOW.date(), words=words, share=True, now=NOW)
    for kind, name in ((Authenticator.Type.TOTP, "secret"), (Authenticator.Type.RECOVERY_CODES, "seed")):
        data = {name: get_adapter().encrypt(f"a {name}"), "used_mask": 0}
        Authenticator.objects.create(user=alice, type=kind, data=data)
    return alice


def opened(user: User) -> tuple[CheckInText, list[str]]:
    page = CheckIn.objects.own(user).with_keys().get()
    devices = Authenticator.objects.order_by("pk")
    return page.words, [
        get_adapter().decrypt(sealed) for device in devices for sealed in rewrapping.sealed_in(device)
    ]


def stored(count: int) -> None:
    """So many keys of nobody's, wrapped by the keyring's first entry."""
    found = []
    for _ in range(count):
        key = DataKey()
        key.keyring_name, key.wrapped = keys.wrap(os.urandom(32), key._place)
        found.append(key)
    DataKey.objects.bulk_create(found)


def device(user: User, **data: object) -> Authenticator:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)


def run() -> str:
    said = StringIO()
    call_command("keys", "rotate", restarted=True, stdout=said)
    return said.getvalue().strip()


def run_for_many(monkeypatch: pytest.MonkeyPatch) -> str:
    """The same where there are enough people for a number to be nobody's."""
    monkeypatch.setattr("accounts.crowd.FEW", 0)
    return run()


def test_everything_opens_with_the_new_entry_alone(sealed: User, old: list[str], settings: Settings) -> None:
    before = opened(sealed)
    names = [entry.partition(":")[0] for entry in old]
    assert run() == f"Wrapped anew. When {', '.join(names)} may be taken out: nearer keys check"
    settings.NEARER_KEYRING = [NEW]
    assert opened(sealed) == before
    assert before[0].note == "planted note"
    check()


def test_again_it_has_nothing_to_do(sealed: User, old: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    stood = set(DataKey.objects.values_list("wrapped", flat=True))
    assert run_for_many(monkeypatch).startswith("Everything is wrapped by new already.")
    assert rewrapping.rewrap().done == 0
    assert set(DataKey.objects.values_list("wrapped", flat=True)) == stood


def test_every_row_is_met_once_whatever_the_batch(
    sealed: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    stored(5)
    settings.NEARER_KEYRING = [NEW, *settings.NEARER_KEYRING]
    count = DataKey.objects.count()
    assert run_for_many(monkeypatch).startswith(f"Wrapped anew: {count + 2}.")
    assert set(DataKey.objects.values_list("keyring_name", flat=True)) == {"new"}


def test_codes_taken_over_from_elsewhere_are_wrapped_too(
    bob: User, old: list[str], settings: Settings
) -> None:
    settings.NEARER_KEYRING = old
    codes = [get_adapter().encrypt(code) for code in ("12345678", "87654321")]
    taken = device(bob, migrated_codes=codes)
    settings.NEARER_KEYRING = [NEW, *old]
    run()
    settings.NEARER_KEYRING = [NEW]
    taken.refresh_from_db()
    assert RecoveryCodes(taken).get_unused_codes() == ["12345678", "87654321"]
    check()


def test_a_code_used_meanwhile_stays_used(sealed: User, old: list[str]) -> None:
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    as_read = Authenticator.objects.get(pk=codes.pk)
    codes.data["used_mask"] = 5
    codes.save()
    assert rewrapping._rewrap_secrets(as_read, "new") == 0
    assert Authenticator.objects.get(pk=codes.pk).data == codes.data
    run()
    assert Authenticator.objects.get(pk=codes.pk).data["used_mask"] == 5


def test_what_was_wrapped_meanwhile_is_left_alone(sealed: User, old: list[str]) -> None:
    key = sealed.key
    DataKey.objects.filter(pk=key.pk).update(keyring_name="new", wrapped=key.rewrapped()[1])
    assert rewrapping._rewrap_key(key) == 0
    assert opened(sealed)[0].rose == "the frost"


def test_one_that_cannot_be_opened_is_named_and_the_others_are_done(
    sealed: User, bob: User, old: list[str]
) -> None:
    DataKey.objects.filter(pk=bob.key_id).update(wrapped=os.urandom(60))
    with pytest.raises(SystemExit) as end:
        run()
    assert str(bob.key_id) in str(end.value)
    assert str(end.value).count("data key") == 1
    assert DataKey.objects.exclude(keyring_name="new").get().pk == bob.key_id
    assert opened(sealed)[0].rose == "the frost"


@pytest.mark.parametrize("secret", ["tests:no base64", "JBSWY3DPEHPK3PXP", "gone:AAAA", "tests:AAAA"])
def test_so_is_a_seed_and_its_text_is_never_said(
    secret: str, bob: User, old: list[str], settings: Settings
) -> None:
    settings.NEARER_KEYRING = old
    broken = device(bob, seed=secret)
    whole = device(person("Dana"), seed=get_adapter().encrypt("whole"))
    settings.NEARER_KEYRING = [NEW, *old]
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("keys", "rotate", restarted=True, stdout=said)
    assert str(end.value) == f"Not to be opened, left as they are: authenticator {broken.pk}."
    assert said.getvalue().startswith("Wrapped anew.")
    whole.refresh_from_db()
    assert rewrapping.names_in(whole) == {"new"}
    broken.refresh_from_db()
    assert broken.data == {"seed": secret}
    with pytest.raises(keys.KeyLost) as lost:
        get_adapter().decrypt(secret)
    assert (secret.partition(":")[2] or secret) not in str(lost.value)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_end_in_the_same(settings: Settings) -> None:
    people = [person(f"P{number}") for number in range(20)]
    settings.NEARER_KEYRING = [NEW, *settings.NEARER_KEYRING]
    with track(2) as lanes:
        first, second = lanes.race(partial(rewrapping.rewrap), partial(rewrapping.rewrap))
    assert isinstance(first, rewrapping.Rewrapped), first
    assert isinstance(second, rewrapping.Rewrapped), second
    assert first.done + second.done == DataKey.objects.count()
    assert first.lost == second.lost == []
    settings.NEARER_KEYRING = [NEW]
    for user in people:
        assert User.objects.with_key().get(pk=user.pk).key.cipher


@pytest.mark.django_db(transaction=True)
def test_it_runs_while_the_app_writes(settings: Settings) -> None:
    stored(3 * rewrapping.BATCH)
    settings.NEARER_KEYRING = [NEW, *settings.NEARER_KEYRING]
    done = threading.Event()

    def rewrap() -> rewrapping.Rewrapped:
        try:
            return rewrapping.rewrap()
        finally:
            done.set()

    def write() -> int:
        written = 0
        while not done.wait(0.001):
            DataKey.make()
            written += 1
        return written

    with track(2) as lanes:
        found, written = lanes.race(rewrap, write)
    assert isinstance(found, rewrapping.Rewrapped), found
    assert isinstance(written, int), written
    assert written > 0
    assert found.done >= 3 * rewrapping.BATCH  # and what was written before the first was wrapped anew
    # One that was begun in the very moment of the first may be wrapped by the former yet: `keys check` says so.
    assert DataKey.objects.exclude(keyring_name="new").count() <= 1
    rewrapping.rewrap()
    assert not DataKey.objects.exclude(keyring_name="new").exists()


@pytest.mark.journey  # a real process, killed
@pytest.mark.django_db(transaction=True)
def test_one_that_was_killed_is_begun_again(settings: Settings) -> None:
    stored(1000)
    settings.NEARER_KEYRING = [NEW, *settings.NEARER_KEYRING]
    environment = {**environment_of_tests(), "NEARER_KEYRING": ",".join(settings.NEARER_KEYRING)}
    anew = DataKey.objects.filter(keyring_name="new")
    with transaction.atomic():  # half-way it comes to one that is held, and no further
        DataKey.objects.select_for_update().get(pk=DataKey.objects.order_by("pk")[500].pk)
        running = subprocess.Popen(
            [sys.executable, "nearer", "keys", "rotate", "--restarted"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        while running.poll() is None and anew.count() < 500:
            time.sleep(0.01)
        running.kill()
        assert running.wait(60) == -signal.SIGKILL
        assert anew.count() == 500
    assert rewrapping.rewrap().done in {499, 500}  # what it had asked for last may be done all the same
    settings.NEARER_KEYRING = [NEW]
    assert all(key.cipher for key in DataKey.objects.all())


def test_a_lost_entry_is_found_at_the_start(sealed: User, settings: Settings) -> None:
    check()
    settings.NEARER_KEYRING = [NEW]
    with pytest.raises(keys.KeyLost, match="no key named"):
        check()


def test_so_is_one_that_lost_only_a_second_factor(sealed: User, old: list[str], settings: Settings) -> None:
    for key in DataKey.objects.all():
        rewrapping._rewrap_key(key)
    check()
    settings.NEARER_KEYRING = [NEW]
    with pytest.raises(keys.KeyLost, match="no key named"):
        check()


def test_and_one_with_the_right_name_and_the_wrong_bytes(sealed: User, settings: Settings) -> None:
    name = settings.NEARER_KEYRING[0].partition(":")[0]
    settings.NEARER_KEYRING = [f"{name}:{NEW.partition(':')[2]}"]
    with pytest.raises(keys.KeyLost, match="doesn't open"):
        check()


def test_a_seed_that_its_entry_no_longer_opens_is_found_too(
    sealed: User, old: list[str], settings: Settings
) -> None:
    for key in DataKey.objects.all():
        rewrapping._rewrap_key(key)
    name = old[0].partition(":")[0]
    settings.NEARER_KEYRING = [NEW, f"{name}:{NEW.partition(':')[2]}"]
    with pytest.raises(keys.KeyLost, match="mfa_authenticator"):
        check()


def test_the_check_asks_as_much_of_many_as_of_few(
    sealed: User, old: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rewrapping._rewrap_key(sealed.key)
    with django_assert_num_queries(5):  # two names and the end, the authenticators' names, a sample of each
        check()
    stored(30)
    with django_assert_num_queries(5):
        check()


def test_a_row_that_was_never_sealed_keeps_nobody_from_starting(sealed: User) -> None:
    device(person("Dana"), seed="JBSWY3DPEHPK3PXP")
    check()
