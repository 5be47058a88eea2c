"""What a dump of the database shows of people's words: nothing; and after a person left, nothing ever again."""

import base64
import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import connection, models

from accounts import leaving
from accounts.crowd import FEW
from accounts.models import DataKey, LongWork, Pepper, User
from accounts.sealed import Ciphertext, SealedTextField
from adventures.models import DateNight, Memory, Occasion, SurprisePlan, Wish
from agendas.models import Action, Addition, Agenda, Goal, Note, Part, Saying, Topic
from challenges.models import Attempt, Cards, CompletedDay, Habit, OwnCompletion, Remark, Swap
from checkins import drafts, writing
from checkins.models import (
    Answer,
    Appreciation,
    CheckIn,
    Draft,
    OwnPrompt,
    PromptPreference,
    PromptSelection,
    Reply,
    SmallWin,
)
from checkins.words import CheckInText, FormVersion
from couples import pairing
from couples.models import Invitation, ReturnAnswer
from tests.cast import NOW, pair, person, seat
from tests.servers import postgres_binary

pytestmark = pytest.mark.django_db(transaction=True)


def check_in(user: User) -> models.Model:
    return writing.write(by=seat(user), day=NOW.date(), words=CheckInText(rose="x"), share=True, now=NOW)


def draft(user: User) -> models.Model:
    drafts.keep(
        by=seat(user), day=NOW.date(), words=CheckInText(rose="x"), base=FormVersion(1, "tab"), now=NOW
    )
    return Draft.objects.own(user).get()


def invitation(user: User) -> models.Model:
    return pairing.invite(by=user, now=NOW)


def made(model: type[models.Model], **fields: Any) -> Callable[[User], models.Model]:
    """A bare row of `model`, whose owner is found by the name of its foreign key."""

    def make(user: User) -> models.Model:
        owners = {"author": user, "user": user, "couple": seat(user).couple}
        names = {field.name for field in model._meta.get_fields()}
        return model._default_manager.create(
            **{name: owner for name, owner in owners.items() if name in names}, **fields
        )

    return make


def of_a_talk(model: type[models.Model], **fields: Any) -> Callable[[User], models.Model]:
    """A bare row of `model` that belongs to a talk of this person's couple."""

    def make(user: User) -> models.Model:
        agenda, _ = Agenda.objects.get_or_create(
            couple=seat(user).couple,
            slot=NOW.date(),
            defaults={"starts_at": NOW, "zone": user.zone, "minutes": 30, "since_on": NOW.date()},
        )
        return made(model, agenda=agenda, **fields)(user)

    return make


def of_a_day(model: type[models.Model], **fields: Any) -> Callable[[User], models.Model]:
    """A bare row of `model` that belongs to an attempt of this person's couple."""

    def make(user: User) -> models.Model:
        attempt, _ = Attempt.objects.get_or_create(
            couple=seat(user).couple,
            defaults={
                "challenge": "thirty-days",
                "begun_at": NOW,
                "from_at": NOW,
                "active_at": NOW,
            },
        )
        day, _ = CompletedDay.objects.get_or_create(attempt=attempt, number=1)
        known = {"attempt": attempt, "completed_day": day}
        names = {field.name for field in model._meta.get_fields()}
        return made(model, **{name: row for name, row in known.items() if name in names}, **fields)(user)

    return make


def of_a_date(model: type[models.Model], **fields: Any) -> Callable[[User], models.Model]:
    """A bare row of `model` that belongs to a date of this person's couple."""

    def make(user: User) -> models.Model:
        date = DateNight.objects.create(couple=seat(user).couple, made_at=NOW, starts_at=NOW, happened_at=NOW)
        return made(model, date=date, **fields)(user)

    return make


def pepper(user: User) -> models.Model:
    """Nobody's in particular: the installation's."""
    return Pepper.objects.create(key=DataKey.make())


def of_a_note(user: User) -> models.Model:
    note = Note.objects.own(user).first()
    return made(Addition, note=note, added_at=NOW)(user)


# How a row of each model with sealed columns comes about. A new one has to be told here how. In this order: a draft is
# begun on a page that stands, and sharing one throws the draft away.
ROWS: dict[type[models.Model], Callable[[User], models.Model]] = {
    CheckIn: check_in,
    Draft: draft,
    Invitation: invitation,
    ReturnAnswer: made(ReturnAnswer, kind="bud"),
    Reply: made(Reply, day=NOW.date(), round=1, sent_at=NOW),
    Appreciation: made(Appreciation, written_at=NOW, goes_out_at=NOW),
    SmallWin: made(SmallWin, written_at=NOW, goes_out_at=NOW),
    PromptPreference: made(PromptPreference),
    PromptSelection: made(PromptSelection, first_day=NOW.date()),
    OwnPrompt: made(OwnPrompt, asked_at=NOW),
    Answer: made(Answer, day=NOW.date(), prompt="p", written_at=NOW),
    Topic: made(Topic, parked_at=NOW),
    Note: of_a_talk(Note, part=Part.THANKS, written_at=NOW),
    Addition: of_a_note,
    Saying: of_a_talk(Saying, kind="hope", said_at=NOW),
    Action: of_a_talk(Action, who="i", part=Part.THANKS, added_at=NOW),
    Goal: made(Goal, added_at=NOW, changed_at=NOW),
    Wish: made(Wish, added_at=NOW),
    DateNight: made(DateNight, made_at=NOW),
    SurprisePlan: of_a_date(SurprisePlan),
    Memory: of_a_date(Memory, left_at=NOW),
    Occasion: made(Occasion, what="other", month=1, day=1, added_at=NOW),
    OwnCompletion: of_a_day(OwnCompletion),
    Swap: of_a_day(Swap, number=1),
    Remark: of_a_day(Remark, left_at=NOW),
    Cards: made(Cards),
    Habit: made(Habit, kept_at=NOW),
    Pepper: pepper,
    LongWork: made(LongWork, kind="export", asked_at=NOW, due_at=NOW, expires_at=NOW),
}


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for column in model._meta.get_fields():
            if isinstance(column, SealedTextField):
                yield model, column.name


def plant(user: User) -> list[str]:
    """A string of its own in every sealed column there is."""
    planted = []
    assert {model for model, _ in sealed_columns()} == set(ROWS)
    for model, make in ROWS.items():
        row = model._default_manager.get(pk=make(user).pk)
        for name in [column for of, column in sealed_columns() if of is model]:
            words = f"planted-{model.__name__.lower()}-{name.replace('_', '-')}"
            setattr(row, name, words if name != "earlier" else f'{{"rose": ["{words}"]}}')
            planted.append(words)
        row.save()
    data = {"secret": get_adapter().encrypt("planted-authenticator-secret")}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    return [*planted, "planted-authenticator-secret"]


def dump() -> bytes:
    """The whole database as a backup would hold it."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        files = [Path(str(database["NAME"]) + end) for end in ("", "-wal")]
        return b"".join(file.read_bytes() for file in files if file.exists())
    place = ["-h", database["HOST"], "-p", str(database["PORT"]), "-U", database["USER"], database["NAME"]]
    environment = {**os.environ, "PGPASSWORD": database["PASSWORD"]}
    command = [postgres_binary("pg_dump"), *place]
    return subprocess.run(command, check=True, capture_output=True, env=environment).stdout


def hits(where: bytes, words: bytes) -> int:
    """How often `words` stand there: plain, in hexadecimal digits, or in base64 at any offset."""
    shapes = {words, words.hex().encode(), words.hex().upper().encode()}
    for offset in range(3):
        shapes.add(base64.b64encode(b"x" * offset + words)[4 if offset else 0 : -4])
    return sum(where.count(shape) for shape in shapes)


def test_no_word_stands_in_a_dump(dana: User) -> None:
    planted = plant(dana)
    assert len(planted) > 15
    found = dump()
    assert hits(found, b"dana@example.test") >= 1  # the search does find what is there
    assert {words: hits(found, words.encode()) for words in planted} == dict.fromkeys(planted, 0)


def test_the_search_finds_every_disguise() -> None:
    for disguise in (
        b"planted",
        b"planted".hex().encode(),
        base64.b64encode(b"planted words"),
        base64.b64encode(b"so planted words"),
    ):
        assert hits(b"-- " + disguise + b" --", b"planted") == 1, disguise


def sealed_rows(user: User) -> list[tuple[bytes, bytes]]:
    """Everything sealed of this person's, and the place it is bound to, as an old backup holds it."""
    found = []
    for model, name in sealed_columns():
        column: Any = model._meta.get_field(name)
        if column.owner in {"couple", "self"}:  # joint, or nobody's: each under a key that goes with its row
            continue
        for row in model._default_manager.filter(**{column.owner: user}):
            setattr(row, column.owner, user)
            found.append((bytes(row.__dict__[name]), column._place(row, user.key)))
            assert isinstance(row.__dict__[name], Ciphertext)
    return found


def opens(sealed: bytes, place: bytes, key: DataKey) -> bool:
    try:
        key.cipher.decrypt(sealed[1:13], sealed[13:], place)
    except InvalidTag:
        return False
    return True


def test_once_the_key_is_gone_an_old_backup_opens_with_none_that_is_left(dana: User) -> None:
    plant(dana)
    bob = person("Bob")
    pair(bob, person("Alice"))
    old, key = sealed_rows(dana), DataKey.objects.get(pk=dana.key_id)
    assert all(opens(sealed, place, key) for sealed, place in old)
    assert len(old) > 15
    wrapped = bytes(key.wrapped)
    assert hits(dump(), wrapped) >= 1
    leaving.erase(dana, now=NOW)
    found = dump()
    assert hits(found, wrapped) == 0
    assert all(hits(found, sealed[13:]) == 0 for sealed, _ in old)
    left = list(DataKey.objects.all())
    assert left
    assert not any(opens(sealed, place, key) for key in left for sealed, place in old)
    assert os.environ["NEARER_KEYRING"]  # the keyring was there all the time


@pytest.mark.skipif("sqlite" not in os.environ["DATABASE_URL"], reason="PostgreSQL has no such file")
def test_a_reader_in_the_way_is_logged_and_the_next_erasure_forgets_both(
    dana: User, caplog: pytest.LogCaptureFixture
) -> None:
    other, wrapped = person("Charlie"), bytes(dana.key.wrapped)
    for number in range(
        FEW
    ):  # with fewer the line would tell the other of two who erased themselves, and when
        person(f"P{number}")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=50")  # milliseconds; it would wait for 20 seconds
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM accounts_datakey").fetchone()
        leaving.erase(dana, now=NOW)
    assert not User.objects.filter(pk=dana.pk).exists()
    assert "an erased key may stand" in caplog.text
    assert hits(dump(), wrapped) >= 1
    leaving.erase(other, now=NOW)
    assert hits(dump(), wrapped) == 0
    connection.close()  # the next test waits as long as ever
