"""The one spelling of a domain that machines use: ASCII, by IDNA 2008 (RFC 5891) after UTS 46's mapping.

Python's own `idna` codec is IDNA 2003: to it faß.example is fass.example, which belongs to somebody else.
"""

import re

import idna

LONGEST = 253  # characters of a domain (RFC 1035)
_PLAIN = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)


class NotADomain(Exception):
    """No domain is spelt like this."""


def ascii_of(domain: str) -> str:
    """A domain as the network knows it: `bücher.example` is `xn--bcher-kva.example`. Raises `NotADomain`.

    One in ASCII is taken as it is, small letters apart: real ones hold what IDNA refuses, such as `r3---sn` or a heart.
    """
    plain = domain.strip().lower()
    try:
        if not plain.isascii():
            plain = idna.encode(plain, uts46=True).decode()
    except UnicodeError:  # idna's own are among these
        raise NotADomain from None
    labels = plain.split(".")
    if len(plain) > LONGEST or not all(_PLAIN.fullmatch(label) for label in labels):
        raise NotADomain
    return plain


def readable(domain: str) -> str:
    """A domain as a person reads it: the other way round, and as it is where it isn't one of these."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except UnicodeError:
        return domain
