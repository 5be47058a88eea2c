"""One person who signs in, and the keys that words are sealed under."""

from accounts.models.keys import DataKey, DataKeyQuerySet, Pepper, SealedFile
from accounts.models.long_work import LongWork
from accounts.models.people import (
    NAME_LIMIT,
    LogEntry,
    Session,
    SessionQuerySet,
    SignUpLink,
    User,
    Withdrawal,
)

__all__ = [
    "NAME_LIMIT",
    "DataKey",
    "DataKeyQuerySet",
    "LogEntry",
    "LongWork",
    "Pepper",
    "SealedFile",
    "Session",
    "SessionQuerySet",
    "SignUpLink",
    "User",
    "Withdrawal",
]
