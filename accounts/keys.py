"""The keyring of the environment, and how it wraps the keys in the database.

The keyring (`NEARER_KEYRING`) lives outside the database: a list of `name:base64`, each 32 bytes.
All of them unwrap. Of those that the database is wrapped with the first one wraps (`DataKeyQuerySet.wrapping_entry`),
so that a new one can be put in front, and wraps nothing until every process can open it.
Algorithm: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each message.
"""

import base64
import binascii
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12  # bytes, as GCM wants it


class KeyLost(Exception):
    """A key can't be unwrapped: its keyring entry is missing or wrong, or the row was altered."""


class Unreadable(Exception):
    """A ciphertext doesn't open with its owner's key at its own place: altered, swapped or mis-keyed."""


def encrypt(cipher: AESGCM, plain: bytes, aad: bytes) -> bytes:
    """Return nonce + ciphertext + tag of `plain`, bound to its place by `aad`."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, aad)


def decrypt(cipher: AESGCM, sealed: bytes, aad: bytes) -> bytes:
    """Return the plain bytes. Raises `Unreadable` if anything about key, place or content differs."""
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], aad)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(aad.decode()) from error


@lru_cache(maxsize=4)
def _parse(entries: tuple[str, ...]) -> dict[str, AESGCM]:
    ring: dict[str, AESGCM] = {}
    for entry in entries:
        name, _, encoded = entry.partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            secret = b""
        if not name or len(name) > 32 or len(secret) != 32 or name in ring:
            raise ImproperlyConfigured(
                "NEARER_KEYRING must be name:base64 of 32 bytes, with names that differ."
            )
        ring[name] = AESGCM(secret)
    if not ring:
        raise ImproperlyConfigured("NEARER_KEYRING is empty: nothing could be sealed.")
    return ring


def keyring() -> dict[str, AESGCM]:
    """The keyring, first key first. Raises `ImproperlyConfigured` when an entry is malformed."""
    return _parse(tuple(settings.NEARER_KEYRING))


def wrap(secret: bytes, aad: bytes, *, entry: str = "") -> tuple[str, bytes]:
    """Wrap a secret with this entry of the keyring, or its first. Returns the entry's name and the wrapped bytes."""
    ring = keyring()
    name = entry or next(iter(ring))
    return name, encrypt(ring[name], secret, aad)


def unwrap(name: str, wrapped: bytes, aad: bytes) -> bytes:
    """The data key again. Raises `KeyLost` when the keyring can't open it."""
    cipher = keyring().get(name)
    if cipher is None:
        raise KeyLost(f"NEARER_KEYRING has no key named {name!r}")
    try:
        return decrypt(cipher, wrapped, aad)
    except Unreadable as error:
        raise KeyLost(f"NEARER_KEYRING's {name!r} doesn't open {aad.decode()}") from error
