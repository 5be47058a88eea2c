"""An older Nearer doesn't take up a database that a newer one has written.

Django has nothing to migrate there and says nothing; what was written then failed, or left out what the newer one asks
of every row. Asked wherever tables are brought up to date (`make run`, compose's `migrate`), before anything is. A
process that is running already while a newer one starts beside it goes on (`config.readiness`).
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config.environment import BASE_DIR


def newest_unknown(applied: Iterable[tuple[str, str]]) -> str:
    """A migration of ours, of these, that is later than all we know of its room, or nothing. Earlier ones that aren't
    known were taken together since.
    """
    ours = {room.label for room in apps.get_app_configs() if Path(room.path).parent == BASE_DIR}
    known = MigrationLoader(None).disk_migrations
    last = {room: max((name for app, name in known if app == room), default="") for room in ours}
    found = (f"{app} {name}" for app, name in applied if app in ours and name[:4] > last[app][:4])
    return max(found, default="")


def refuse(*, using: str, **_: Any) -> None:
    """End this process with one sentence (a receiver of Django's `pre_migrate`)."""
    if unknown := newest_unknown(MigrationRecorder(connections[using]).applied_migrations()):
        sentence = (
            f"a newer one has written this database ({unknown}). Start that one again, or restore a backup."
        )
        os.write(2, f"Nearer does not start: {sentence}\n".encode())
        sys.exit(1)
