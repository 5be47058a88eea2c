"""A worker that may be killed over long work: it builds a file slowly, on a clock that runs fast: leases are short."""

import os
import signal
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, BinaryIO

from tests.faults.worker import LIFE, Clock

KIND, PIECES, PIECE = "a slow file", 60, b"x" * 100_000
SPEED = 120.0  # a lease of a minute is half a second


def slowly(user: Any, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
    for _ in range(PIECES):
        to.write(PIECE)
        time.sleep(0.01)


def hangs(user: Any, options: Mapping[str, Any], now: datetime, to: BinaryIO) -> None:
    """The same, and never comes to its end: whoever does it is sure to be killed in the middle."""
    slowly(user, options, now, to)
    time.sleep(LIFE)


def settle(database: str, folder: str, *, ends: bool) -> None:
    """Work on this test's database and folder."""
    from django.conf import settings
    from django.core.files.storage import storages
    from django.db import connection

    from accounts import long_work

    connection.settings_dict["NAME"] = database
    entry = {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": {"location": folder}}
    settings.STORAGES = settings.STORAGES | {"sealed": entry}
    storages.__dict__.pop("backends", None)  # as they were read before; none was opened yet
    long_work.RENEW = 0.02  # seconds
    long_work.register(long_work.Kind(KIND, slowly if ends else hangs, timedelta(days=300)))


def live(database: str, folder: str, epoch: float, told: Connection, ends: bool) -> None:
    """The life of one worker, in its own process."""
    signal.alarm(LIFE)
    settle(database, folder, ends=ends)
    from accounts import long_work

    clock = Clock(epoch, SPEED)
    told.send(os.getpid())
    while True:
        long_work.work_off(clock=clock)
        time.sleep(0.02)
