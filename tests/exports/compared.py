"""What is the same in two exports that were made in two places, and bringing one in."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from accounts import import_files, importing
from accounts.models import User
from tests.cast import EVENINGS, NOW

EXPORTED = 730 if EVENINGS >= 30 else 8  # evenings
LATER = NOW + timedelta(hours=14)

# What belongs to an account, or takes two to be agreed on anew.
STAYS = {"settings", "log", "reminders", "quiet_hours", "date_rhythm", "talk_rhythm", "name"}
# Who shared, agreed, asked or arranged what: nothing that is imported was.
NOT_SHARED = {"shared", "agreed", "by", "both", "arranged", "surprise", "ended"}


def same(data: dict[str, Any]) -> dict[str, Any]:
    """An export without what can't be the same elsewhere, in one order."""
    return {
        name: _sorted(map(_row, rows)) for name, rows in data.items() if name not in STAYS and _is_list(rows)
    }


def _is_list(rows: Any) -> bool:
    return isinstance(rows, list)


def _sorted(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def _row(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    found = {
        name: _sorted(map(_row, value)) if _is_list(value) else value
        for name, value in row.items()
        if name not in NOT_SHARED
    }
    # Notes the other wrote and both approved are something one adds to the talk, afterwards.
    if "notes" in found or "differently" in found:
        texts = [*found.pop("notes", []), *found.pop("differently", [])]
        found["notes"] = sorted(one["text"] for one in texts)
    return found


def brought(user: User, archive: bytes) -> Mapping[str, int]:
    return importing.take(
        user, importing.checked(import_files.read(archive, user.tz).whole), now=LATER
    ).stored
