"""Rotating the keyring: everything opens with the new entry alone, whatever happens on the way."""

import base64
import os
from functools import partial
from io import StringIO

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from pytest_django import Settings

from accounts import keys, rewrapping
from accounts.keyring_check import check
from accounts.models import DataKey, User
from checkins import writing
from checkins.models import CheckIn
from checkins.words import Words
from tests.cast import NOW, person, seat
from tests.faults.racing import track

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
    words = Words(rose="the frost", thorn="the queue", kept=frozenset({"thorn"}), note="planted note")
    writing.write(by=seat(alice), day=NOW.date(), words=words, share=True, now=NOW)
    for kind, name in ((Authenticator.Type.TOTP, "secret"), (Authenticator.Type.RECOVERY_CODES, "seed")):
        data = {name: get_adapter().encrypt(f"a {name}"), "used_mask": 0}
        Authenticator.objects.create(user=alice, type=kind, data=data)
    return alice


def opened(user: User) -> tuple[Words, list[str]]:
    page = CheckIn.objects.own(user).with_keys().get()
    secrets = [
        device.data.get("secret") or device.data["seed"] for device in Authenticator.objects.order_by("pk")
    ]
    return page.words, [get_adapter().decrypt(secret) for secret in secrets]


def run() -> str:
    said = StringIO()
    call_command("rewrap_keys", stdout=said)
    return said.getvalue().strip()


def test_everything_opens_with_the_new_entry_alone(sealed: User, old: list[str], settings: Settings) -> None:
    before, count = opened(sealed), DataKey.objects.count()
    names = [entry.partition(":")[0] for entry in old]
    assert run() == f"Wrapped anew: {count + 2}. No longer used, and may be removed: {', '.join(names)}."
    settings.NEARER_KEYRING = [NEW]
    assert opened(sealed) == before
    assert before[0].note == "planted note"
    check()


def test_again_it_has_nothing_to_do(sealed: User, old: list[str]) -> None:
    run()
    stood = set(DataKey.objects.values_list("wrapped", flat=True))
    assert run().startswith("Wrapped anew: 0.")
    assert set(DataKey.objects.values_list("wrapped", flat=True)) == stood


def test_what_was_wrapped_meanwhile_is_left_alone(sealed: User, old: list[str]) -> None:
    key = sealed.key
    DataKey.objects.filter(pk=key.pk).update(keyring_name="new", wrapped=key.rewrapped()[1])
    assert rewrapping._rewrap_key(key) == 0
    assert opened(sealed)[0].rose == "the frost"


def test_one_that_cannot_be_opened_is_named_and_the_others_are_done(
    sealed: User, bob: User, old: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    DataKey.objects.filter(pk=bob.key_id).update(wrapped=os.urandom(60))
    with pytest.raises(SystemExit) as end:
        run()
    assert str(bob.key_id) in str(end.value)
    assert str(end.value).count("data key") == 1
    assert DataKey.objects.exclude(keyring_name="new").get().pk == bob.key_id
    assert opened(sealed)[0].rose == "the frost"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
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
