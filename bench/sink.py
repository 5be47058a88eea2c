"""The mail server every ratio of mails is against: aiosmtpd in a process of its own, which takes everything.

`python -m bench.sink 50` answers each mail 50 ms after it came in, as a server far away does. Prints its port; the end
of stdin ends it.
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
def running(*, late: int = 0) -> Iterator[int]:
    """A server of that kind, which answers `late` milliseconds after each mail came in. Yields its port."""
    command = [sys.executable, "-m", "bench.sink", str(late)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(10)


class Sink:
    """The handler of its mails: takes each, `late` seconds after it came in."""

    def __init__(self, late: float) -> None:
        self.late = late

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  aiosmtpd's name
        """aiosmtpd's hook, called for each mail."""
        if self.late:
            await asyncio.sleep(self.late)  # of this caller alone
        return "250 taken"


async def serve(late: float) -> None:
    # Named as TCP, so that asyncio switches Nagle off: 40 ms a mail otherwise.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(late), loop=loop, hostname="sink"), sock=listening)
    os.write(1, f"{listening.getsockname()[1]}\n".encode())
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)  # whoever is still connected has nothing more to say


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
