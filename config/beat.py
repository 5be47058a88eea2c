"""The beat: Celery's, which goes on ringing when the machine's clock is put right.

Celery notes when each tick last rang, and waits until it is due again after that. A clock that ran ahead (a board
without a battery, a laptop that starts another system) leaves notes of times to come: a day ahead was a day without
reminders, restarts included, and nothing said so. And it notes that it turns: a worker without a beat is never round.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, connection
from django.utils import timezone

AHEAD = timedelta(minutes=1)  # what clocks differ by when nothing is wrong
NOTES = 30.0  # seconds between two notes
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Scheduler(PersistentScheduler):
    """A scheduler by which whatever last rang at a time to come rings at once. All of it may ring once too often:
    that is harmless.
    """

    _noted = -NOTES

    def tick(self, *args: Any, **kwargs: Any) -> float:
        for entry in self.schedule.values():
            if entry.last_run_at > entry.default_now() + AHEAD:
                entry.last_run_at = LONG_AGO
                self._heap = None  # it is in the order of the clock that was: made anew
        self._note()
        return float(super().tick(*args, **kwargs))

    def _note(self) -> None:
        """Note that it turns. A database that is away keeps no beat from ringing."""
        if time.monotonic() - self._noted < NOTES:
            return
        self._noted = time.monotonic()
        from reminders import status  # models, which aren't there yet where this module is loaded

        with suppress(Error):
            status.note_beat(now=timezone.now())
        connection.close()
