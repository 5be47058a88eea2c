"""Backups by themselves, whenever the last one is old enough: in `make run`'s worker, or in a part of its own."""

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.backups.errors import CannotBackUp
from config.backups.making import make
from config.backups.places import Place
from reminders import status

log = logging.getLogger(__name__)
LOOKS = 300  # seconds from one look to the next


def go_on(ending: threading.Event) -> None:
    """Make backups until the end is asked for. What goes wrong is logged, and tried again at the next look."""
    while True:
        try:
            make_if_due(now=timezone.now())
        except CannotBackUp as reason:
            log.error("%s", reason)
        except Exception:  # whatever it was: it is tried again, as long as this goes on
            log.exception("No backup was made.")
        finally:
            connection.close()
        if ending.wait(LOOKS):
            return


def make_if_due(*, now: datetime) -> bool:
    """Make a backup if the last one is old enough. Returns whether it did. Raises `CannotBackUp`."""
    folder, hours = settings.NEARER_BACKUPS, settings.NEARER_BACKUP_HOURS
    if folder is None or not hours:
        status.expect_backup(at=None)
        return False
    place, every = Place(folder), timedelta(hours=hours)
    last = place.newest(now=now)
    due = last is None or last <= now - every
    if due:
        make(place, now=now, recipient=settings.NEARER_BACKUP_RECIPIENT)
        last = now
    status.expect_backup(at=(last or now) + every)
    return due
