"""Very many slow clients of one server: `python -m tests.faults.slow_clients http://localhost:8000 200 60`.

Each does one slow thing, as slowly as it is let, and begins again when it is hung up on. None is signed in. On its end
it prints how many requests it began and what answers it saw.
"""

import asyncio
import collections
import contextlib
import itertools
import random
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

LARGE = "/static/django_htmx/htmx-2.js"  # the largest file a page here loads
SEEN: collections.Counter[str] = collections.Counter()


class Client:
    """One connection, with as little room for what arrives as the system gives."""

    def __init__(self, address: str, port: int, host: str, tls: ssl.SSLContext | None) -> None:
        self.address, self.port, self.host, self.tls = address, port, host, tls

    async def open(self) -> None:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        plain.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(plain, (self.address, self.port))
            self.reader, self.writer = await asyncio.open_connection(
                sock=plain,
                ssl=self.tls,
                server_hostname=self.host.split(":")[0] if self.tls else None,
                limit=2048,
            )
        except BaseException:
            plain.close()
            raise

    async def send(self, words: str) -> None:
        self.writer.write(words.encode())
        await self.writer.drain()

    async def begin(self, method: str, path: str, *headers: str) -> None:
        SEEN["begun"] += 1
        await self.send("\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.host}", *headers, "\r\n"]))

    async def drip(self, words: str, *, every: float = 1.0) -> None:
        """The same words over and over, until an answer comes or the connection goes."""
        answer = asyncio.ensure_future(self._status())
        while not answer.done():
            await self.send(words)
            await asyncio.wait([answer], timeout=every)
        SEEN[await answer] += 1

    async def _status(self) -> str:
        while line := await self.reader.readline():  # past "100 Continue" and its headers
            if line.startswith(b"HTTP/1.1 ") and not line.startswith(b"HTTP/1.1 100"):
                break
        return line.decode()[9:12] or "hung up"


FORM = "Content-Type: application/x-www-form-urlencoded"


async def short_body(client: Client) -> None:
    await client.begin("POST", "/account/login/", FORM, "Content-Length: 60000")
    await client.drip("x")


async def long_body(client: Client) -> None:
    """As if signed in: 300 kB at once, of 2 MB."""
    await client.begin(
        "POST",
        "/evening/",
        FORM,
        f"Cookie: nearer={'x' * 32}; __Host-nearer={'x' * 32}",
        "Content-Length: 2000000",
    )
    await client.send("x" * 300_000)
    await client.drip("x")


async def huge_body(client: Client) -> None:
    await client.begin("POST", "/account/signup/", FORM, "Content-Length: 10000000000")
    await client.drip("x" * 100)


async def body_without_a_length(client: Client) -> None:
    await client.begin("POST", "/account/login/", FORM, "Transfer-Encoding: chunked")
    await client.drip("1\r\nx\r\n")


async def crumbs(client: Client) -> None:
    await client.begin("POST", "/account/login/", FORM, "Content-Length: 60000")
    await client.drip("x", every=0.02)


async def waited_for(client: Client) -> None:
    await client.begin("POST", "/account/login/", FORM, "Content-Length: 60000", "Expect: 100-continue")
    await client.drip("")


async def headers(client: Client) -> None:
    SEEN["begun"] += 1
    await client.send(f"GET / HTTP/1.1\r\nHost: {client.host}\r\nX-A: ")
    await client.drip("x")


async def long_headers(client: Client) -> None:
    SEEN["begun"] += 1
    await client.send(f"GET / HTTP/1.1\r\nHost: {client.host}\r\nX-A: {'x' * 30_000}")
    await client.drip("x")


async def slow_reader(client: Client) -> None:
    await client.begin("GET", LARGE)
    while await client.reader.read(100):
        await asyncio.sleep(1)


async def no_reader(client: Client) -> None:
    await client.begin("GET", LARGE)
    await asyncio.sleep(3600)


async def idle(client: Client) -> None:
    await client.begin("GET", "/safety/")
    while await client.reader.read(2048):
        pass


async def pipeline(client: Client) -> None:
    """A hundred at once, and takes no answer."""
    for _ in range(100):
        await client.begin("GET", "/health/")
    await asyncio.sleep(3600)


async def nothing(client: Client) -> None:
    await client.reader.read(1)


KINDS: list[Callable[[Client], Awaitable[None]]] = [
    short_body, long_body, huge_body, body_without_a_length, crumbs, waited_for, headers, long_headers, slow_reader,
    no_reader, idle, pipeline, nothing,
]  # fmt: skip  # several values a line, to be looked through


async def forever(kind: Callable[[Client], Awaitable[None]], *where: Any) -> None:
    while True:
        client = Client(*where)
        try:
            await client.open()
            await kind(client)
        except OSError:
            SEEN["broken off"] += 1
        finally:
            with contextlib.suppress(AttributeError, OSError):
                client.writer.close()
        await asyncio.sleep(random.uniform(0, 0.5))


async def main(url: str, count: int, seconds: float, *kinds: str) -> None:
    at = urlsplit(url)
    tls = ssl._create_unverified_context() if at.scheme == "https" else None  # noqa: S323 - a certificate of the test's own
    chosen = [kind for kind in KINDS if not kinds or kind.__name__ in kinds]
    where = ("127.0.0.1", at.port or 80, at.netloc, tls)
    tasks = [
        asyncio.create_task(forever(kind, *where))
        for kind in itertools.islice(itertools.cycle(chosen), count)
    ]
    print("ready", flush=True)  # noqa: T201  the test waits for it
    _, running = await asyncio.wait(tasks, timeout=seconds)
    for task in running:
        task.cancel()
    print(dict(SEEN), f"{len(running)} of {count} to the end", flush=True)  # noqa: T201  # the test reads it


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:]))
