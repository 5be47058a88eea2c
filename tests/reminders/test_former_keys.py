"""Rows of the last release get their Day and their thing, whenever it wrote them; and it goes on with ours."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from reminders import former_keys, preferences
from reminders.models import Reminder
from tests.cast import NOW
from tests.fixtures import Mailbox
from tests.reminders.ledger import KIND, deliver, planned, state

migration = import_module("reminders.migrations.0005_typed_by_their_keys")
DAY = NOW.date()
STARTS = datetime(2026, 11, 18, 20, tzinfo=UTC)
THING = uuid4()
TIME = f"{STARTS:%Y%m%dT%H%MZ}"
# As the last release wrote them; kind, key, why it was settled; what it is about ("itself": nothing else is known).
ROWS: list[tuple[str, str, str, date | None, object, datetime | None]] = [
    ("check_in", "2026-11-18", "", DAY, None, None),
    ("check_in", "2026-11-17", "done", date(2026, 11, 17), None, None),
    ("check_in", f"asked {uuid4().hex} 0badcafe", "", None, None, None),
    ("date", f"asked {uuid4().hex} 0badcafe", "", None, None, None),
    ("date_file", f"asked {THING.hex} 0badcafe", "", None, THING, None),
    ("occasion", f"day {THING} 2026-11-18", "", DAY, THING, None),
    ("date", f"date {THING} {TIME} 0", "called off", DAY, "itself", STARTS),
    ("date", f"date {THING} {TIME} 2", "", DAY, THING, STARTS),  # agreed on anew
    ("talk_soon", f"talk {STARTS:%Y-%m-%dT%H:%MZ}", "", DAY, "itself", STARTS),
]


def put(rows: Any, user: Any) -> list[Any]:
    """The rows above, as code that knows no Day and no thing puts them into its table."""
    return [
        rows.create(
            user_id=user.pk,
            kind=kind,
            key=key,
            due_at=NOW,
            expires_at=STARTS,
            state="skipped" if reason else "pending",
            reason=reason,
            settled_at=NOW if reason else None,
            message_id=f"<{number}@example.test>",
        ).pk
        for number, (kind, key, reason, *_) in enumerate(ROWS)
    ]


def found(ids: list[Any]) -> list[tuple[object, ...]]:
    rows = Reminder.objects.in_bulk(ids)
    return [
        (row.key, row.day, "itself" if row.about == row.pk else row.about, row.starts_at)
        for row in (rows[pk] for pk in ids)
    ]


@pytest.mark.parametrize("batch", [2, 1000])
def test_a_table_of_the_last_release_is_typed(
    dana: User, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(migration, "BATCH", batch)
    ids = put(Reminder.objects, dana)
    for _ in range(2):  # broken off, it is run again
        migration.fill(apps, None)
        assert found(ids) == [(key, day, about, starts_at) for _, key, _, day, about, starts_at in ROWS]


def test_what_it_writes_into_our_tables_is_typed_when_it_is_claimed(
    dana: User, smtp: Mailbox, clock: Traveller
) -> None:
    ids = put(Reminder.objects, dana)
    Reminder.objects.filter(pk__in=ids).update(due_at=NOW)
    deliver()
    kept = {row.key: row for row in Reminder.objects.filter(pk__in=ids)}
    assert [kept[key].day for _, key, reason, *_ in ROWS if not reason] == [
        day for *_, reason, day, _, _ in ROWS if not reason
    ]
    told = {key: state(kept[key]) for _, key, reason, *_ in ROWS if not reason}
    assert told["2026-11-18"] == ("sent", "")
    assert [told[key] for _, key, _, day, *_ in ROWS if key in told and day is None] == [
        ("sent", ""), ("sent", ""), ("skipped", "gone"),
    ]  # fmt: skip  # several values a line, to be looked through
    assert {reason for _, reason in told.values()} == {"", "gone", "no day", "no date", "unsubscribed"}


def test_a_day_that_it_planned_already_is_planned_once(dana: User) -> None:
    row = planned(dana)
    assert row.key == f"{row.day}"
    Reminder.objects.filter(pk=row.pk).update(day=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(user=dana, kind=KIND, day=row.day, due_at=NOW, expires_at=NOW)


def test_it_reads_what_we_write(dana: User) -> None:
    """By its own rules: `asked` is asked for, digits are a Day, anything else has a time of its own."""
    preferences.ask_now(user=dana, kind=KIND, now=timezone.now())
    preferences.ask_now(user=dana, kind="date_file", about=THING, now=timezone.now())
    rows = [
        Reminder(user=dana, kind="occasion", about=THING, day=DAY),
        Reminder(user=dana, kind="date", about=THING, day=DAY, starts_at=STARTS),
        Reminder(user=dana, kind="talk_soon", about=THING, day=DAY, starts_at=STARTS),
    ]
    for row in rows:
        row.due_at, row.expires_at = NOW, NOW + timedelta(hours=1)
        row.save()
    keys = set(Reminder.objects.values_list("key", flat=True))
    assert {key for key in keys if not key.startswith("asked ")} == {
        f"day {THING} 2026-11-18", f"date {THING} {TIME}", "talk 2026-11-18T20:00Z",
    }  # fmt: skip  # several values a line, to be looked through
    asked = sorted(key for key in keys if key.startswith(former_keys.ASKED))
    assert [len(key) for key in asked] == [len(f"asked {THING.hex} 12345678")] * 2
    assert sum(f"asked {THING.hex} " in key for key in asked) == 1
