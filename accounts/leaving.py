"""Leaving: everything of a person's goes, and their key with it."""

import logging
from datetime import datetime

from django.db import connection, transaction

from accounts import sealed_files, withdrawals
from accounts.crowd import warn_unless_few
from accounts.hooks import leaving
from accounts.models import DataKey, User

log = logging.getLogger(__name__)


@transaction.atomic
def erase(user: User, *, now: datetime) -> None:
    """Erase `user` for good. Their key is destroyed, so copies of their words in old backups stay unreadable.

    Higher rooms hear *leaving* first, in this transaction: a couple is parted, and the other's words stay theirs.
    """
    if not User.objects.filter(pk=user.pk).exists():
        return
    leaving.announce(user=user, now=now)
    key = user.key
    files = [sealed_files.name_of(file) for file in key.files.all()]
    withdrawals.note("erased", person=withdrawals.who(user.pk))
    user.delete_row()  # and with them every session, those still on their way in included
    key.delete()  # and with it the rows of everything under it
    sealed_files.forget_on_commit(files)
    transaction.on_commit(forget_old_pages, robust=True)  # they are gone whether or not this succeeds


@transaction.atomic
def destroy_unowned_keys() -> int:
    """Destroy the keys whose owner was deleted by a statement of the database's own. Returns how many.

    For whoever typed that statement, never by the clock: while a backup is being put back, every key is nobody's.
    """
    count = DataKey.objects.unowned().delete()[0]
    transaction.on_commit(forget_old_pages, robust=True)
    return count


def forget_old_pages() -> None:
    """Forget deleted rows where SQLite still keeps them: in the write-ahead log, until it is written back and cut
    off.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_pages = cursor.fetchone()
        if busy:  # somebody read all the while
            warn_unless_few(
                log, "an erased key may stand in SQLite's -wal file until the next erasure or restart"
            )
