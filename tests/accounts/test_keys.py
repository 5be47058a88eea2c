import base64
import uuid

import pytest
from allauth.mfa.adapter import get_adapter
from django.core.exceptions import FieldError, ImproperlyConfigured
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts import keys
from accounts.models import DataKey, User
from accounts.rewrapping import rewrap
from checkins import writing
from checkins.models import CheckIn
from tests.cast import NOW, seat, words

DAY = NOW.date()
WORDS = {"rose": "the frost on the fence", "bud": "", "thorn": "the printer, as ever"}


def ring(*names: str) -> list[str]:
    return [f"{name}:{base64.b64encode(name.encode().ljust(32)).decode()}" for name in names]


def raw(check_in: CheckIn, column: str) -> bytes:
    """The column as it stands in the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        shown = check_in.pk.hex if connection.vendor == "sqlite" else check_in.pk
        cursor.execute(f"SELECT {column} FROM checkins_checkin WHERE id = %s", [shown])  # noqa: S608  # a field's name
        return bytes(cursor.fetchone()[0])


@pytest.fixture
def check_in(alice: User) -> CheckIn:
    written = writing.write(by=seat(alice), day=DAY, words=words(WORDS), share=True, now=NOW)
    return CheckIn.objects.with_keys().get(pk=written.pk)


def test_words_come_back_and_are_sealed_in_the_database(check_in: CheckIn) -> None:
    assert (check_in.rose, check_in.bud, check_in.thorn) == tuple(WORDS.values())
    for line, line_words in WORDS.items():
        assert not line_words or line_words.encode() not in raw(check_in, line)
    assert raw(check_in, "bud") != b""  # an empty line is sealed like any other


def test_the_same_words_are_sealed_differently_each_time(alice: User, check_in: CheckIn) -> None:
    before = raw(check_in, "rose")
    assert check_in.rose
    check_in.save()
    untouched = CheckIn.objects.get(pk=check_in.pk)
    untouched.save()
    assert raw(check_in, "rose") != before  # read, so sealed anew
    assert untouched.__dict__["rose"] == raw(check_in, "rose")  # never read, so written back as it was


def test_a_ciphertext_in_another_column_row_or_persons_hands_does_not_open(
    alice: User, bob: User, check_in: CheckIn
) -> None:
    bobs = writing.write(by=seat(bob), day=DAY, words=words(WORDS), share=True, now=NOW)
    stolen = raw(check_in, "rose")
    for row, column in [(check_in, "thorn"), (bobs, "rose")]:
        fresh = CheckIn.objects.with_keys().get(pk=row.pk)
        fresh.__dict__[column] = type(CheckIn.objects.get(pk=row.pk).__dict__["rose"])(stolen)
        with pytest.raises(keys.Unreadable):
            getattr(fresh, column)


def test_an_altered_ciphertext_does_not_open(check_in: CheckIn) -> None:
    fresh = CheckIn.objects.with_keys().get(pk=check_in.pk)
    sealed = fresh.__dict__["rose"]
    fresh.__dict__["rose"] = type(sealed)(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(keys.Unreadable):
        _ = fresh.rose


def test_sealed_words_cannot_be_searched_or_updated_in_bulk(check_in: CheckIn) -> None:
    with pytest.raises(FieldError):
        CheckIn.objects.filter(rose="the frost on the fence").exists()
    with pytest.raises(FieldError):
        CheckIn.objects.update(rose="plain")


def test_a_destroyed_key_leaves_words_that_nobody_can_read(alice: User, check_in: CheckIn) -> None:
    sealed, key = raw(check_in, "rose"), alice.key
    from accounts.leaving import erase

    erase(alice, now=NOW)
    assert not DataKey.objects.filter(pk=key.pk).exists()
    another = DataKey.make()
    with pytest.raises(keys.Unreadable):
        keys.decrypt(another.cipher, sealed[1:], f"checkins_checkin.rose.{check_in.pk}.{key.pk}".encode())


@pytest.mark.django_db
def test_a_new_keyring_entry_in_front_opens_everything_and_wraps_nothing_until_it_is_said(
    settings: Settings,
) -> None:
    """Another process may still have the old keyring alone: what it can't open would be a fault to whoever asks it."""
    settings.NEARER_KEYRING = ring("old")
    key = DataKey.make()
    settings.NEARER_KEYRING = ring("new", "old")
    again = DataKey.objects.get(pk=key.pk)
    sealed = keys.encrypt(key.cipher, b"words", b"place")
    assert keys.decrypt(again.cipher, sealed, b"place") == b"words"
    made, seed = DataKey.make(), get_adapter().encrypt("a seed")
    settings.NEARER_KEYRING = ring("old")
    assert DataKey.objects.get(pk=made.pk).cipher
    assert get_adapter().decrypt(seed) == "a seed"
    settings.NEARER_KEYRING = ring("new", "old")
    rewrap()
    assert DataKey.make().keyring_name == "new"
    assert get_adapter().encrypt("a seed").startswith("new:")


@pytest.mark.django_db
def test_where_nothing_is_wrapped_yet_the_first_entry_wraps(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.NEARER_KEYRING = ring("new", "old")
    assert DataKey.make().keyring_name == "new"
    settings.NEARER_KEYRING = ring("new")
    with django_assert_num_queries(0):
        assert DataKey.objects.wrapping_entry() == "new"


@pytest.mark.django_db
def test_a_lost_keyring_entry_fails_loudly(settings: Settings) -> None:
    settings.NEARER_KEYRING = ring("old")
    key = DataKey.make()
    settings.NEARER_KEYRING = ring("new")
    with pytest.raises(keys.KeyLost):
        _ = DataKey.objects.get(pk=key.pk).cipher


@pytest.mark.django_db
def test_a_wrapped_key_moved_to_another_row_does_not_open() -> None:
    one, other = DataKey.make(), DataKey.make()
    DataKey.objects.filter(pk=other.pk).update(wrapped=one.wrapped)
    with pytest.raises(keys.KeyLost):
        _ = DataKey.objects.get(pk=other.pk).cipher


@pytest.mark.parametrize(
    "entries", [[], ["a"], ["a:short"], ["a:!!"], [":" + "A" * 44], [*ring("a"), *ring("a")]]
)
def test_a_malformed_keyring_is_refused(settings: Settings, entries: list[str]) -> None:
    settings.NEARER_KEYRING = entries
    with pytest.raises(ImproperlyConfigured):
        keys.keyring()


def test_primary_keys_tell_nothing_of_order(check_in: CheckIn) -> None:
    for pk in (check_in.pk, check_in.author_id, check_in.author.key.pk, check_in.couple_id):
        assert isinstance(pk, uuid.UUID)
        assert pk.version == 4
