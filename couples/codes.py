"""Invitation codes, the two words, and how what must stay secret is looked up.

A code is three words and four digits (about 43 bits), read out over supper or typed on the other phone. It is kept
twice: as a peppered hash to be found by, and sealed under the inviter's key to be shown again.
"""

import re
import secrets
import unicodedata
from functools import cache
from importlib import resources

from django.utils.crypto import salted_hmac

from accounts import addresses, limits, peppers

_SHAPE = re.compile(r"[a-z]+-[a-z]+-[a-z]+-\d{4}")


@cache
def words() -> tuple[str, ...]:
    """The 1,024 words that codes are made of (10 bits each)."""
    return tuple(resources.files("couples").joinpath("data/words.txt").read_text().split())


def fresh() -> str:
    """A new code, such as `lamp-maple-otter-4725`."""
    chosen = [secrets.choice(words()) for _ in range(3)]
    return "-".join([*chosen, f"{secrets.randbelow(10_000):04d}"])


def tidy(typed: str) -> str:
    """A typed code in the form codes have: any case, width and separators. Empty if it can't be a code."""
    parts = re.findall(r"[a-z]+|\d+", unicodedata.normalize("NFKC", typed[:200]).lower())
    code = "-".join(parts)
    return code if _SHAPE.fullmatch(code) else ""


def peppered(purpose: str, value: str) -> str:
    """A hash of `value` that is useless without the pepper, lasts as long as the database, and differs by `purpose`."""
    plain = value.strip().lower()
    hashed = salted_hmac(f"nearer.{purpose}", plain, secret=peppers.secret(), algorithm="sha256")
    return str(hashed.hexdigest())


def address_hash(address: str) -> str:
    """The hash an address is remembered by where somebody asked for quiet: its inbox, however it is written."""
    return peppered("address", limits.inbox(address))


def address_hashes(address: str) -> set[str]:
    """The hashes to look for: earlier releases remembered an address as it was written, in its own letters."""
    written = (address, addresses.normal(address), addresses.readable(addresses.normal(address)))
    return {address_hash(address), *(peppered("address", one) for one in written)}


def two_words(invitation_id: object, accepter_id: object) -> tuple[str, str]:
    """Two words, the same for both, bound to who invited and who accepted; nothing is stored."""
    digest = bytes.fromhex(peppered("two-words", f"{invitation_id}|{accepter_id}"))
    first = words()[int.from_bytes(digest[:4]) % len(words())]
    second = words()[int.from_bytes(digest[4:8]) % len(words())]
    return first, second if second != first else words()[(words().index(first) + 1) % len(words())]
