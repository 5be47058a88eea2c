"""An email address as it is kept, compared, counted and written to: one spelling each, in ASCII (`accounts.domains`).

What stands before the @ is the mail server's to read; small letters apart, it stays as it was typed.
"""

from accounts import domains
from accounts.domains import NotADomain

LONGEST = 254  # characters (RFC 5321, 4.5.3.1.3, without the angle brackets)


def normal(address: str) -> str:
    """The one spelling of an address, or as it is, in small letters, where its domain can't be one."""
    try:
        return kept(address)
    except NotADomain:
        return address.strip().lower()


def kept(address: str) -> str:
    """An address as it is stored. Raises `NotADomain`."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local}{at}{domains.ascii_of(domain)}"


def readable(address: str) -> str:
    """An address as its owner writes it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domains.readable(domain)}"
