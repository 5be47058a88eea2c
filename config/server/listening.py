"""Places where the server listens: an address, a name, or this machine alone, on both its loopback addresses."""

import errno
import socket
import sys
from ipaddress import ip_address

HERE = "localhost"
STALLED = 60_000  # milliseconds somebody may take nothing of what is sent before the system hangs up
WAITING = 1024  # connections the system holds until they are accepted


class CantListen(Exception):
    """A reason why it can't listen there, in a few words."""


class Taken(CantListen):
    """Another program listens there."""


class NotAllowed(CantListen):
    """The port is the administrator's."""


def listen(bind: str, port: int) -> socket.socket:
    """A socket that listens on `bind`, which is an IPv4 or IPv6 address (`::` is every one of both) or a name."""
    try:
        found = socket.getaddrinfo(bind.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise CantListen(f"this machine knows no address {bind}") from None
    addresses = [(family, str(address[0])) for family, _, _, _, address in found]
    try:
        if bind.lower() == HERE or (not _is_address(bind) and all(_is_loopback(one) for _, one in addresses)):
            return _listen_here(port)
        return _listening(*addresses[0], port)
    except OSError as error:
        raise _reason(error, bind, port) from None


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine for itself."""
    return host.lower().rstrip(".") == HERE or (_is_address(host) and _is_loopback(host.strip("[]")))


def knock(bind: str) -> str:
    """The address at which a program on this machine finds what listens on `bind`."""
    plain = bind.strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1", HERE: "127.0.0.1"}.get(plain, plain)  # noqa: S104 - not bound


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback


def _listen_here(port: int) -> socket.socket:
    """127.0.0.1 and ::1 on one socket: every address, but of the loopback device alone. IPv4's where that can't be."""
    device = getattr(socket, "SO_BINDTODEVICE", None)  # Linux has it, since 5.7 for everybody
    if device is not None:
        try:
            return _listening(socket.AF_INET6, "::", port, (socket.SOL_SOCKET, device, b"lo\0"))
        except OSError:
            pass  # without IPv6, without the right, or taken: the next line says it
    return _listening(socket.AF_INET, "127.0.0.1", port)


def _listening(
    family: int, address: str, port: int, *options: tuple[int, int, bytes], waiting: int = WAITING
) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections that are accepted inherit these three.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "linux":
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        for level, option, value in options:
            made.setsockopt(level, option, value)
        made.bind((address, port))
        made.listen(waiting)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _reason(error: OSError, bind: str, port: int) -> CantListen:
    if error.errno == errno.EADDRINUSE:
        return Taken(f"port {port} is taken by another program")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return NotAllowed(f"port {port} may only be opened by the system's administrator")
    return CantListen(f"this machine has no address {bind}")
