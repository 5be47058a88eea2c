"""The address a request came from, which limits by source are counted under.

`NEARER_PROXY_COUNT` says how many proxies of our own stand in front. Unset, it is found out request by request: over
https somebody else speaks TLS for us, so what comes from this very machine came through one proxy; whatever comes from
elsewhere came by itself. A header that nobody of ours wrote is never believed.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN = "0.0.0.0"  # noqa: S104  nothing listens there: it stands for a peer that has no address, such as a socket file


def address_of(request: HttpRequest) -> str:
    """The client's address as our outermost proxy saw it, or the peer's own. Always an address, never an error."""
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    chosen = _forwarded(request.META.get("HTTP_X_FORWARDED_FOR", ""), _proxies(peer)) or peer
    return str(chosen) if chosen else UNKNOWN


def _proxies(peer: Address | None) -> int:
    """How many proxies of ours this request came through."""
    if settings.NEARER_PROXY_COUNT is not None:
        return int(settings.NEARER_PROXY_COUNT)
    return int(settings.SECURE and (peer is None or peer.is_loopback))


def _forwarded(header: str, proxies: int) -> Address | None:
    """What the outermost of our proxies wrote: each adds to the right whom it saw.

    With fewer entries than proxies the request came in past some of them, or there are fewer than was said: then the
    first entry is still one of ours. None where there is nothing to believe.
    """
    entries = header.split(",")
    return _parse(entries[max(len(entries) - proxies, 0)]) if proxies else None


def _parse(text: str) -> Address | None:
    """An address out of `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]:5678` or `fe80::1%eth0`; None for anything else.

    IPv4 in IPv6 clothes (`::ffff:1.2.3.4`, what a server on `::` sees) is IPv4: all of it would share one /64.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
