"""Readers of what the text of an environment variable means, kind by kind.

A reader takes the text and returns what it stands for, or raises `Unfit` with the rest of a sentence that begins with
the variable's name. That sentence never repeats the text: it may be a password that ended up in the wrong line.
"""

import re
from collections.abc import Callable
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from accounts.domains import NotADomain, ascii_of

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
USUAL_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9.-]+", re.ASCII)  # Django answers to no others


class Unfit(Exception):
    """The fault of a text, as the end of a sentence without its full stop."""


def text(given: str) -> str:
    return given


def flag(given: str) -> bool:
    if given.lower() not in YES | NO:
        raise Unfit("must be 1 or 0")
    return given.lower() in YES


def number(least: int, most: int = 10**9) -> Callable[[str], int]:
    """A reader of whole numbers within these bounds."""
    bounds = f"from {least} to {most}" if most < 10**9 else f"of {least} or more"

    def read(given: str) -> int:
        if not (given.isascii() and given.isdigit() and len(given) < 11 and least <= int(given) <= most):
            raise Unfit(f"must be a whole number {bounds}")
        return int(given)

    return read


def entries(given: str) -> list[str]:
    return [entry.strip() for entry in given.split(",") if entry.strip()]


def folder(given: str) -> Path:
    return Path(given)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(given: str) -> str:
        if given.lower() not in words:
            raise Unfit(f"must be {', '.join(words[:-1])} or {words[-1]}")
        return given.lower()

    return read


def level(given: str) -> str:
    if given.upper() not in LEVELS:
        raise Unfit(f"must be one of {', '.join(LEVELS)}")
    return given.upper()


def address(given: str) -> str:
    """An address of the network, without the brackets an IPv6 one wears in URLs."""
    try:
        return str(ip_address(given.strip("[]")))
    except ValueError:
        raise Unfit("holds an address that can't be one") from None


def _web(given: str) -> tuple[str, str, str]:
    """Scheme, host with its port, and what follows, of an address of the web."""
    try:
        url = urlsplit(given)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise Unfit("is no web address") from None
    if url.scheme not in USUAL_PORTS or not host or "@" in url.netloc or not given.isprintable():
        raise Unfit("must be a web address that begins with https:// or http://")
    try:
        host = f"[{address(host)}]" if ":" in host else ascii_of(host.rstrip("."))
    except NotADomain:
        raise Unfit("holds a name that can't be one of the internet") from None
    if port and port != USUAL_PORTS[url.scheme]:
        host = f"{host}:{port}"
    rest = given.partition("://")[2][len(url.netloc) :]
    return url.scheme, host, rest


def page(given: str) -> str:
    """A page anywhere."""
    scheme, host, rest = _web(given)
    return f"{scheme}://{host}{rest}"


def site(given: str) -> str:
    """The installation's own address, as a browser says it in its headers: ASCII, no usual port, no path."""
    scheme, host, rest = _web(given)
    if rest.strip("/"):
        raise Unfit("must look like https://nearer.example, without a path")
    if not host.startswith("[") and not _HOST.fullmatch(host.partition(":")[0]):
        raise Unfit("holds a name that can't be one of the internet")
    return f"{scheme}://{host}"


def sender(given: str) -> str:
    """The sender mails are from: an address, or `Name <address>`."""
    name, found = parseaddr(given)
    local, at, domain = found.rpartition("@")
    try:
        plain = ascii_of(domain)
    except NotADomain:
        at = ""
    if not at or not local.isascii() or not local or not given.isprintable():
        raise Unfit("must be an address, or look like Evening page <post@nearer.example>")
    return given.replace(f"@{domain}", f"@{plain}") if name else f"{local}@{plain}"


def provider(given: str) -> str:
    """A provider's name, as anymail's documentation has it."""
    package = find_spec("anymail")
    places = package.submodule_search_locations if package else None
    known = [file.stem for place in places or () for file in Path(place).glob("backends/[a-z]*.py")]
    if given not in set(known) - {"base", "base_requests", "console", "test"}:
        raise Unfit("must be the name of a mail provider as anymail’s documentation has it")
    return given


def help_lines(given: str) -> list[list[str]]:
    """`label|what to do`, with a semicolon between two.

    Earlier releases had a comma there: it is still read, and one that isn't followed by a label belongs to the text.
    """
    parts = [part.strip() for part in re.split(r"[;\n]", given) if part.strip()]
    if len(parts) == 1 and parts[0].count("|") > 1:
        parts = re.split(r",(?=[^,|]*\|)", parts[0])
    lines = [[side.strip() for side in part.split("|")] for part in parts]
    if not all(len(line) == 2 and all(line) for line in lines):
        raise Unfit("must be label|what to do, with a semicolon between two lines")
    return lines


def recipient(given: str) -> str:
    """A public key of age's."""
    if not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", given):
        raise Unfit("must be a public key of age, which begins with age1")
    return given


def webhook_secret(given: str) -> str:
    if not all(given.partition(":")):
        raise Unfit("must be name:password, as told to the mail provider")
    return given
