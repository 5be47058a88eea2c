"""The mail server every ratio of mails is against: aiosmtpd in a process of its own, which takes everything.

`python -m bench.sink 50` answers each mail 50 ms after it came in, as a server far away does. `quick` is a server of a
few lines, which costs less: for very many mails, where no ratio is against it. Prints its port; the end of stdin ends
it.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP


@contextmanager
def running(*, late: int = 0, quick: bool = False) -> Iterator[int]:
    """A server of that kind, which answers `late` milliseconds after each mail came in. Yields its port."""
    command = [sys.executable, "-m", "bench.sink", "quick" if quick else str(late)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(60)


class Sink:
    """The handler of its mails: takes each, `late` seconds after it came in."""

    def __init__(self, late: float) -> None:
        self.late = late

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  aiosmtpd's name
        """aiosmtpd's hook, called for each mail."""
        if self.late:
            await asyncio.sleep(self.late)  # of this caller alone
        return "250 taken"


class Quick(asyncio.Protocol):
    """SMTP as far as one sender of ours goes: every command is fine, every mail is taken."""

    def __init__(self) -> None:
        self.came, self.in_mail = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer what is whole; the rest is still on its way."""
        self.came += data
        while (end := self.came.find(b"\r\n.\r\n" if self.in_mail else b"\r\n")) >= 0:
            line, self.came = self.came[:end], self.came[end + (5 if self.in_mail else 2) :]
            said = b"250 sink\r\n"
            if self.in_mail:
                self.in_mail = False
            elif line[:4].upper() == b"DATA":
                self.in_mail, said = True, b"354 go on\r\n"
            elif line[:4].upper() == b"QUIT":
                said = b"221 bye\r\n"
            self.transport.write(said)


async def serve(kind: str) -> None:
    # Named as TCP, so that asyncio switches Nagle off: 40 ms a mail otherwise.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    late = 0 if kind == "quick" else float(kind) / 1000

    def session() -> asyncio.Protocol:
        return Quick() if kind == "quick" else SMTP(Sink(late), loop=loop, hostname="sink")

    server = await loop.create_server(session, sock=listening)
    os.write(1, f"{listening.getsockname()[1]}\n".encode())
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)  # whoever is still connected has nothing more to say


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
