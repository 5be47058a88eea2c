"""The number of people who use this installation. Whoever runs it for a few may be one of the two: no tool tells on
the other.
"""

import logging

from allauth.account.models import EmailAddress
from django.db import Error

FEW = 20  # accounts: with fewer any number, and any reason, is somebody's


def is_few() -> bool:
    """Whether so few people use this that its tools say nothing but *well* or *not well*."""
    found: int = EmailAddress.objects.filter(verified=True)[:FEW].count()
    return found < FEW


def warn_unless_few(log: logging.Logger, text: str, *about: object) -> None:
    """Log what was found wrong while somebody pressed a button, unless the line would tell the other of two that they
    did, and when. A machine that isn't well is said by the status page, whoever does what.
    """
    try:
        few = is_few()
    except Error:  # the database is away as well
        return
    if not few:
        log.warning(text, *about)
