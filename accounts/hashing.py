"""Hashing passwords, one at a time in each process.

Argon2 takes 100 MB and both cores for a tenth of a second, so that guessing stays dear. Forty at once would take 4 GB:
they wait their turn instead. While they wait they hold threads of the web server, so as many may as leave one of them
(two, of its four), and pages always find it; whoever comes on top of that is told at once to press again.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

PATIENCE = 5.0  # seconds; a turn takes a tenth
RETRY_AFTER = 2  # seconds, said to whoever came on top

_turn = threading.BoundedSemaphore(1)


class Busy(Exception):
    """Too many passwords are being hashed at this moment. Nothing was looked at and nothing was changed."""


@cache
def _line() -> threading.BoundedSemaphore:
    """The one whose turn it is and those who wait."""
    return threading.BoundedSemaphore(max(settings.THREADS - 1, 1))


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn. Raises `Busy` where too many wait already, or the wait is long."""
    if not _line().acquire(blocking=False):
        raise Busy
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            _turn.release()
    finally:
        _line().release()


def step_back_if_full() -> None:
    """Raise `Busy` where whoever came now would be turned away anyway: before anything dearer is done for them."""
    if not _line().acquire(blocking=False):
        raise Busy
    _line().release()


class Argon2InTurn(Argon2PasswordHasher):
    """Django's Argon2, hash for hash the same, in turn, of a password in one spelling.

    One keyboard types é as one character, another as an e and an accent: it is the same password (NFKC, as
    NIST SP 800-63B 3.1.1.2 has it). What earlier releases hashed as it was typed goes on matching as it was typed.
    """

    def encode(self, password: str, salt: str) -> str:
        plain = unicodedata.normalize("NFKC", password)
        if (
            plain != password
        ):  # as dear as a look at an account: where nobody is, Django hashes what was typed
            self._encode(password, salt)
        return self._encode(plain, salt)

    def verify(self, password: str, encoded: str) -> bool:
        plain = unicodedata.normalize("NFKC", password)
        return self._verify(plain, encoded) or (plain != password and self._verify(password, encoded))

    def _encode(self, password: str, salt: str) -> str:
        with turn():
            return str(super().encode(password, salt))

    def _verify(self, password: str, encoded: str) -> bool:
        with turn():
            return bool(super().verify(password, encoded))
