"""Whoever deletes somebody by hand erases them; whoever writes the database out by hand writes no word of anybody."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import DataKey, User
from accounts.sealed import Ciphertext, SealedTextField, Withheld
from checkins import writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples.models import Couple
from tests.cast import NOW, pair, person, seat

WORDS = CheckInText(
    rose="a heron on the weir", thorn="the queue", kept=frozenset({"thorn"}), note="planted note"
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[User, User]:
    """A couple who both wrote."""
    one, other = person("Ida"), person("Jon")
    pair(one, other)
    for user in (one, other):
        writing.write(by=seat(user), day=NOW.date(), words=WORDS, share=True, now=NOW)
    return one, other


WAYS: dict[str, Callable[[User], Any]] = {
    "one": lambda user: user.delete(),
    "as read anew": lambda user: User.objects.get(pk=user.pk).delete(),
    "of many": lambda user: User.objects.filter(pk=user.pk).delete(),
    "of many, with keys": lambda user: User.objects.with_key().filter(pk=user.pk).delete(),
    "the default manager's": lambda user: User._default_manager.filter(pk=user.pk).delete(),
}


@pytest.mark.parametrize("way", WAYS)
def test_deleting_somebody_erases_them_and_leaves_the_other_their_words(
    two: tuple[User, User], way: str
) -> None:
    gone, stays = two
    key, joint = gone.key_id, seat(stays).couple
    WAYS[way](gone)
    assert not User.objects.filter(pk=gone.pk or gone.id).exists()
    assert not DataKey.objects.filter(pk=key).exists()
    assert not DataKey.objects.unowned().exists()
    assert seat(stays).couple != joint  # as by parting
    assert CheckIn.objects.own(stays).with_keys().get().words.rose == "a heron on the weir"
    assert not CheckIn.objects.exclude(author=stays).exists()


def test_deleting_everybody_leaves_nothing(two: tuple[User, User]) -> None:
    count, _ = User.objects.all().delete()
    assert count >= 2
    for model in (User, Couple, CheckIn, DataKey):
        assert not model._default_manager.exists(), model


@pytest.mark.parametrize(
    "way", [lambda row: row.delete(), lambda row: Couple.objects.filter(pk=row.pk).delete()]
)
def test_a_couple_goes_with_its_key(two: tuple[User, User], way: Callable[[Couple], Any]) -> None:
    couple = seat(two[0]).couple
    key = couple.key_id
    way(couple)
    assert not DataKey.objects.filter(pk=key).exists()


def test_a_key_with_an_owner_is_not_deleted(two: tuple[User, User]) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        DataKey.objects.all().delete()


def test_managers_delete_nobody(db: None) -> None:
    assert not hasattr(User.objects, "delete")
    assert not hasattr(Couple.objects, "delete")


def test_what_a_statement_left_behind_is_destroyed_when_asked(two: tuple[User, User]) -> None:
    gone = person("Kim")
    key = gone.key_id
    with (
        connection.cursor() as cursor
    ):  # as typed into the database's own shell, with the rows that refer to it
        for table, column in _referring(User._meta.db_table):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [_pk(gone.pk)])  # noqa: S608 - names of our own tables
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [_pk(gone.pk)])
    assert DataKey.objects.unowned().filter(pk=key).exists()
    said = StringIO()
    call_command("destroy_unowned_keys", stdout=said)
    assert not DataKey.objects.filter(pk=key).exists()
    assert all(user.key.cipher for user in User.objects.all())
    assert not any(char.isdigit() for char in said.getvalue())


def _pk(pk: Any) -> Any:
    return pk if connection.vendor == "postgresql" else pk.hex


def _referring(table: str) -> list[tuple[str, str | None]]:
    from django.apps import apps

    return [
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation
        and field.related_model is not None
        and field.related_model._meta.db_table == table
    ]


# --- written out ----------------------------------------------------------------------------------------


def written(*options: str) -> str:
    said = StringIO()
    call_command("dumpdata", *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    "options", [(), ("accounts",), ("--with-everybody",), ("--natural-primary", "checkins")]
)
def test_the_database_is_not_written_out_unless_told_twice(
    two: tuple[User, User], options: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError, match="said twice: --with-everybody --with-everybody"):
        written(*options)


def test_told_twice_it_writes_everybody_and_no_word(two: tuple[User, User]) -> None:
    out = written("--with-everybody", "--with-everybody")
    assert "ida@example.test" in out
    assert '"rose": "sealed:' in out
    for words in ("a heron on the weir", "the queue", "planted note"):
        assert words not in out


@pytest.mark.parametrize("form", ["json", "jsonl", "xml", "python"])
def test_no_serializer_writes_a_word(two: tuple[User, User], form: str) -> None:
    out = str(serializers.serialize(form, [*CheckIn.objects.with_keys(), *User.objects.all()]))
    assert "sealed:" in out
    assert "heron" not in out
    assert "planted" not in out
    page = CheckIn.objects.own(two[0]).with_keys().get()
    assert page.rose == "a heron on the weir"  # read, and so plain in memory
    assert "heron" not in str(serializers.serialize(form, [page]))
    with pytest.raises(Withheld):
        serializers.serialize(form, CheckIn.objects.own(two[0]).defer("rose"))


def test_what_was_written_out_is_put_back_and_opens(two: tuple[User, User], tmp_path: Any) -> None:
    file = tmp_path / "all.json"
    file.write_text(
        written("--with-everybody", "--with-everybody", "-e", "contenttypes", "-e", "auth.permission")
    )
    before = {user.pk: CheckIn.objects.own(user).with_keys().get().words for user in two}
    assert len(json.loads(file.read_text())) > 10
    User.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    for user in two:
        again = User.objects.get(pk=user.pk if user.pk else user.id)
        assert CheckIn.objects.own(again).with_keys().get().words == before[again.pk]


@pytest.mark.parametrize("typed", ["sealed:", "sealed:AAAA", "sealed:no base64", "a sealed: letter"])
def test_what_somebody_wrote_is_no_fixture(typed: str) -> None:
    field = SealedTextField(owner="author")
    assert field.to_python(typed) == typed
    assert not isinstance(field.to_python(typed), Ciphertext)
