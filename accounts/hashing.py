"""Hashing passwords, one at a time in each process.

Argon2 takes 100 MB and both cores for a tenth of a second, so that guessing stays dear. Forty at once would take 4 GB:
they wait their turn instead. While they wait they hold threads of the web server, of which there are four, so only two
may wait, and pages always find a thread; whoever comes on top of that is told at once to press again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

WAITING = 2  # besides the one whose turn it is: one thread of four is left
PATIENCE = 5.0  # seconds; a turn takes a tenth
RETRY_AFTER = 2  # seconds, said to whoever came on top

_turn = threading.BoundedSemaphore(1)
_line = threading.BoundedSemaphore(1 + WAITING)


class Busy(Exception):
    """Too many passwords are being hashed at this moment. Nothing was looked at and nothing was changed."""


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn. Raises `Busy` where too many wait already, or the wait is long."""
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            _turn.release()
    finally:
        _line.release()


def step_back_if_full() -> None:
    """Raise `Busy` where whoever came now would be turned away anyway: before anything dearer is done for them."""
    if not _line.acquire(blocking=False):
        raise Busy
    _line.release()


class Argon2InTurn(Argon2PasswordHasher):
    """Django's Argon2, hash for hash the same, in turn."""

    def encode(self, password: str, salt: str) -> str:
        with turn():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return bool(super().verify(password, encoded))
