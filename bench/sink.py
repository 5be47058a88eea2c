"""The mail server every ratio of mails is against: aiosmtpd in a process of its own, which takes everything.

`python -m bench.sink 50` answers each mail 50 ms after it came in, as a server far away does. Prints its port; the end
of stdin ends it.
"""

import asyncio
import os
import socket
import sys
from typing import Any

from aiosmtpd.smtp import SMTP


class Sink:
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
