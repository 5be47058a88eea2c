"""The tick of what is kept outside the database."""

import logging
from datetime import datetime

from accounts import withdrawals
from reminders import status

log = logging.getLogger(__name__)


def list_withdrawals(*, now: datetime) -> None:
    """Write down whatever isn't listed yet, and forget what was long enough. A list that can't be written is said
    whether or not there was anything to write: with two, it would tell that there was.
    """
    try:
        withdrawals.catch_up()
        withdrawals.forget(now=now)
    except OSError as error:
        log.error("the list of withdrawals can't be written: %s", type(error).__name__)
    else:
        status.note_listed(now=now)
