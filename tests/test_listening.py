"""Where the server listens, and to which names of its own it answers."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.installation import Refusal, refuse_if_taken
from config.server.listening import CantListen, is_loopback, knock, listen
from tests.servers import ROOT, environment_of_tests, free_port

IPV6 = Path("/proc/net/if_inet6").exists() and "lo" in Path("/proc/net/if_inet6").read_text()
needs_ipv6 = pytest.mark.skipif(not IPV6, reason="this machine has no IPv6")


def answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 2).close()
    except OSError:
        return False
    return True


def elsewhere() -> str:
    """An address of this machine that others reach, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine has no network")
        found: str = asked.getsockname()[0]
        return found


@needs_ipv6
@pytest.mark.parametrize(
    ("bind", "heard"),
    [
        ("localhost", {"127.0.0.1", "::1"}),
        ("LOCALHOST", {"127.0.0.1", "::1"}),
        ("127.0.0.1", {"127.0.0.1"}),
        ("::1", {"::1"}),
        ("[::1]", {"::1"}),
        ("0.0.0.0", {"127.0.0.1"}),  # noqa: S104  # compared, not bound
        ("::", {"127.0.0.1", "::1"}),
    ],
)
def test_an_address_or_a_name_is_listened_on(bind: str, heard: set[str]) -> None:
    port = free_port()
    refuse_if_taken(bind, port)
    with listen(bind, port):
        assert {address for address in ("127.0.0.1", "::1") if answers(address, port)} == heard
        assert answers(knock(bind), port)
        with pytest.raises(Refusal, match=f"Port {port} is taken by another program"):
            refuse_if_taken(bind, port)


def test_this_machine_alone_means_it() -> None:
    port, outside = free_port(), elsewhere()
    with listen("0.0.0.0", port):  # noqa: S104 - to see that the address works at all
        assert answers(outside, port)
    with listen("localhost", port) as made:
        if made.getsockname()[0] == "127.0.0.1":
            assert not answers(outside, port)
        else:  # from here every address of ours goes by the loopback device; others never do
            assert made.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") == b"lo"


def test_ones_own_port_is_seen_to_be_taken_whoever_holds_which_address() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Refusal, match="is taken"):
            refuse_if_taken("localhost", other.getsockname()[1])


@pytest.mark.parametrize("bind", ["203.0.113.1", "nowhere.invalid", "2001:db8::1", "a b", "127.0.0.1:8000"])
def test_what_is_no_address_here_is_named_as_that(bind: str) -> None:
    with pytest.raises(CantListen):
        listen(bind, free_port())
    with pytest.raises(Refusal, match="NEARER_BIND must be an address or a name of this machine"):
        refuse_if_taken(bind, free_port())


def test_loopback_is_known_by_all_its_names() -> None:
    ours = ("localhost", "LocalHost", "localhost.", "127.0.0.1", "127.0.0.9", "::1", "[::1]")
    assert all(is_loopback(host) for host in ours)
    others = ("nearer.example", "localhost.example", "192.0.2.1", "::", "0.0.0.0", "")  # noqa: S104 - compared
    assert not any(is_loopback(host) for host in others)


SCRIPT = """
import django; django.setup()
from django.test import Client
import sys
for host in sys.argv[1:]:
    client = Client(headers={"host": host, "x-forwarded-proto": "https"})
    print(client.get("/safety/").status_code)
"""


def statuses(url: str, *hosts: str, **environment: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *hosts],
        cwd=ROOT,
        env={**os.environ, **environment_of_tests(), "NEARER_URL": url, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(line) for line in done.stdout.split()]


LOOPBACK = ("localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost", "LOCALHOST:1", "[::1]")


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_on_this_machine_it_answers_to_all_three_names_and_to_nobody_elses(url: str) -> None:
    others = ("nearer.example", "192.0.2.1", "[::2]")
    assert statuses(url, *LOOPBACK, *others, NEARER_DEMO="1") == [200] * len(LOOPBACK) + [400] * len(others)


def test_elsewhere_it_answers_to_its_own_name_alone() -> None:
    hosts = ("nearer.example", "nearer.example:8443", "localhost", "127.0.0.1")
    assert statuses("https://nearer.example", *hosts) == [200, 200, 400, 400]
    own = ("[2001:db8::1]:8443", "[2001:db8::1]", "[::1]")
    assert statuses("https://[2001:db8::1]:8443", *own) == [200, 200, 400]
