"""The one string that a row of the ledger went by before it was typed.

Kept for one release, in which the last one's code may still run on this one's tables: each row is written with its
string, and what that code writes is typed when it is claimed. The next release takes the column and this module away.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any

from django.db import models

from accounts.zones import clock

ASKED, DATE, OCCASION = "asked ", "date ", "day "  # how a string begins that is no Day; any other is a talk's
ROLLOVER = timedelta(hours=4)


class FormerKey(models.CharField):
    """The string as the last release writes it: the same promise is the same for both."""

    def pre_save(self, row: Any, add: bool) -> Any:
        row.key = row.key or _key(row)
        return row.key

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options


def _key(row: Any) -> str:
    if row.day is None:
        return f"{ASKED}{(row.about or uuid.uuid4()).hex} {uuid.uuid4().hex[:8]}"
    if row.about is None:
        return f"{row.day}"
    if row.starts_at is None:
        return f"{OCCASION}{row.about} {row.day}"
    starts_at = row.starts_at.astimezone(UTC)
    return (
        f"{DATE}{row.about} {starts_at:%Y%m%dT%H%MZ}"
        if row.kind == "date"
        else f"talk {starts_at:%Y-%m-%dT%H:%MZ}"
    )


def is_untyped(row: Any) -> bool:
    """Whether the last release wrote this row."""
    return (
        row.day is None and row.about is None and (row.kind == "date_file" or not row.key.startswith(ASKED))
    )


def read(row: Any, zone: str) -> None:
    """Type a row by its string. A talk's has no id: the row's own stands for it, as for a thing that is gone."""
    words = row.key.split()
    if row.key.startswith(ASKED):
        row.about = uuid.UUID(words[1])
    elif row.key[:1].isdigit():
        row.day = date.fromisoformat(row.key)
    elif row.key.startswith(OCCASION):
        row.about, row.day = uuid.UUID(words[1]), date.fromisoformat(words[2])
    else:
        row.day = (row.due_at.astimezone(clock(zone)) - ROLLOVER).date()
        row.about = uuid.UUID(words[1]) if row.key.startswith(DATE) else row.pk
        row.starts_at = row.expires_at


def type_rows(rows: Iterable[Any]) -> None:
    """Type what the last release wrote since the tables are this one's, one by one: there are few."""
    for row in filter(is_untyped, rows):
        read(row, row.user.zone)
        if row.day is not None and row.about is not None:
            row.about = (
                row.pk
            )  # of a thing promised by both releases: the other row is the one that is found by it
        row.save(update_fields=["day", "about", "starts_at"])
