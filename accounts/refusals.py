"""Refusals and what they mean: whether a mail server says that there is no such address, or something else.

An address is given up only for the first. What is said of us (our sender's address, our network, our words) is said to
everybody we write to: taken for the other, one block would silence them all.
"""

import re

# "Bad destination" in RFC 3463, 3.2, and 5.1.10 in RFC 7505. Not 5.1.4 (two could be meant), 5.1.5 (it exists), 5.1.7
# and 5.1.8 (the sender's), 5.1.9 (known to a system that isn't mail's).
NO_SUCH_ADDRESS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
STATUS = (
    r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)"  # an enhanced status code, and no part of a network address
)
_STATUS = re.compile(STATUS)
_BEGINS = re.compile(
    rf"\s*(?:smtp;\s*)?(?:5\d\d[\s-]+)?{STATUS}"
)  # as servers say it, and as providers hand it on
_OF_US = re.compile(r"\bsender\b|\bmail from\b|\bfrom address\b")
_ADDRESS = re.compile(r"<[^<>]*>")


def is_no_such_address(words: str) -> bool:
    """Whether the answer to a recipient begins with such a code, and nothing further on in it contradicts.

    `words` are a server's, of one line or several, with or without its three digits. 5.1.0 says "an address", not
    whose, and some servers keep their answer to the sender's until the recipient is named.
    """
    found = _STATUS.findall(words)
    if not _BEGINS.match(words) or not NO_SUCH_ADDRESS.issuperset(found):
        return False
    return not _OF_US.search(_ADDRESS.sub("", words.lower()))


def names_a_code(words: str) -> bool:
    """Whether the server gave an enhanced status code at all."""
    return _STATUS.search(words) is not None
