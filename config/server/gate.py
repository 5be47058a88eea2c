"""The gate in front of the application: a request takes one of the few threads once all of it is here, and gives it
back before the answer is on its way. Whoever sends slowly, or reads slowly, keeps nobody waiting.

To granian this is an ASGI application, to Nearer a WSGI server.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from config.server.bodies import Bodies, Body, HungUp, Limits, Receive, Refused

log = logging.getLogger(__name__)
T = TypeVar("T")
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
WSGI = Callable[[Environ, Any], Any]

PIECE = 64 * 1024  # bytes of a long answer that are made at a time
QUEUE = 256  # whole requests that may wait for a thread
SENTENCES = {
    400: gettext_noop("What was sent broke off or made no sense, and nothing was saved. Please try again."),
    408: gettext_noop("This took too long to arrive, and nothing was saved. Go back and send it again."),
    413: gettext_noop(
        "This was more than one page can take, and nothing was saved. Go back and send less of it."
    ),
    500: gettext_noop("Something broke on our side, and nothing was saved. Please try again in a minute."),
    503: gettext_noop(
        "A great many are here just now, and nothing was saved. Go back and send it again in a minute."
    ),
}


class Gate:
    """ASGI outside, WSGI inside, `threads` requests at a time."""

    def __init__(self, application: WSGI, *, threads: int, bodies: Bodies, limits: Limits) -> None:
        self.application, self.bodies, self.limits = application, bodies, limits
        self.waiting = 0
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        environ, body = environ_of(scope), None
        try:
            if has_body(environ):
                body = await self._body(environ, receive)
            if self.waiting >= QUEUE:
                raise Refused(503)
            self.waiting += 1
            try:
                answer, piece, more = await self._in_thread(lambda: begin(self.application, environ))
            finally:
                self.waiting -= 1
                if body is not None:
                    self.bodies.release(body)
        except HungUp:
            await refuse(send, 400)  # whoever hung up hears nothing; whoever sent what makes no sense does
            return
        except Refused as refused:
            await refuse(send, refused.status)
            return
        except Exception:
            log.exception("The application broke.")
            await refuse(send, 500)
            return
        await say(send, answer.status, answer.headers)
        await send({"type": "http.response.body", "body": piece, "more_body": more})
        if more:
            await self._rest(answer, receive, send)

    async def _body(self, environ: Environ, receive: Receive) -> Body:
        announced = environ.get("CONTENT_LENGTH")
        body = await self.bodies.take(
            receive, announced=int(announced) if announced else None, limit=self.limits.of(environ)
        )
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body.file, str(body.came)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return body

    async def _rest(self, answer: "Answer", receive: Receive, send: Send) -> None:
        """A long answer, a piece each time its reader has taken one; between two of them no thread is held.

        Whatever makes the pieces may be called from another thread each time, so it holds no database cursor.
        """
        while (message := await receive())["type"] == "http.request" and message.get("more_body"):
            pass
        gone, more = asyncio.ensure_future(receive()), True
        try:
            while more and not gone.done():
                piece, more = await self._in_thread(answer.piece)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            if more:
                await self._in_thread(answer.close)

    async def _in_thread(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, step)


class Answer:
    """The answer of the application: its status and headers at once, its body piece by piece."""

    def __init__(self, application: WSGI, environ: Environ) -> None:
        self.status, self.headers = 500, Headers()
        self._made = application(environ, self._start)
        self._pieces: Iterator[bytes] = iter(self._made)

    def _start(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = int(status[:3]), headers

    def piece(self) -> tuple[bytes, bool]:
        """The next of the body, and whether more may follow; closed after the last one."""
        found, size = [], 0
        for piece in self._pieces:
            found.append(piece)
            size += len(piece)
            if size >= PIECE:
                return b"".join(found), True
        self.close()
        return b"".join(found), False

    def close(self) -> None:
        close = getattr(self._made, "close", None)
        if close is not None:
            close()


def begin(application: WSGI, environ: Environ) -> tuple[Answer, bytes, bool]:
    """The answer and its first piece, in the thread."""
    answer = Answer(application, environ)
    try:
        piece, more = answer.piece()
    except BaseException:
        answer.close()
        raise
    return answer, piece, more


def has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ


def environ_of(scope: Mapping[str, Any]) -> Environ:
    """The request as WSGI has it (PEP 3333), nothing of the process's own environment in it."""
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": _plain(scope["server"][0]),
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": _plain(scope["client"][0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        if b"_" in raw:
            continue  # X_Forwarded_For would be taken for X-Forwarded-For, which a proxy writes itself
        name = raw.decode("latin-1").upper().replace("-", "_")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        text = value.decode("latin-1")
        if name in environ:
            text = f"{environ[name]}{';' if name == 'HTTP_COOKIE' else ','}{text}"
        environ[name] = text
    return environ


def _plain(address: str) -> str:
    """IPv4 as such, where a socket for both gives it as an IPv6 address."""
    return address.removeprefix("::ffff:")


async def say(send: Send, status: int, headers: Headers) -> None:
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def refuse(send: Send, status: int) -> None:
    """One plain sentence, without a thread: whoever gets it may be one of very many."""
    words = f"{gettext(SENTENCES[status])}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(words))),
        ("Connection", "close"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    if status == 503:
        headers.append(("Retry-After", "60"))
    if settings.SECURE:
        headers.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    await say(send, status, headers)
    await send({"type": "http.response.body", "body": words, "more_body": False})
