"""Request bodies on their way in: read whole before a thread is taken, within a limit, a pace and one room for all."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

SIGNED_OUT = 64 * 1024  # bytes: whatever a page asks of somebody signed out, thrice over
REPORTS = 1024 * 1024  # a mail provider reports many bounces in one go
BY_ROUTE = {"/mail/events/": REPORTS}
ROOM = 24 * 1024 * 1024  # bytes of all bodies a process holds, those its threads work on included
AT_ONCE = 512  # bodies that may be on their way at a time
PATIENCE = (
    20.0  # seconds in which the next STEP bytes have to come; how long the whole takes is nobody's business
)
STEP = 4096
HEARD_OUT = (
    64 * 1024 * 1024
)  # bytes of a body too large that are read and thrown away: who still sends can't listen
CRUMB, CRUMBS, PAUSE = (
    2048,
    8,
    0.05,
)  # after so many small pieces wait a little each time: more then come in one
A_SESSION = r"[\w.:=-]{20,}"


class Refused(Exception):
    """The body is not taken: 408 too slow, 413 too large, 503 no room."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HungUp(Exception):
    """The sender hung up, or sent what is no body."""


@dataclass(eq=False)
class Body:
    """The body of one request."""

    limit: int
    file: io.BytesIO = field(default_factory=io.BytesIO)
    came: int = 0  # bytes, the thrown away ones included
    held: int = 0
    gave_way: bool = False
    deadline: asyncio.Timeout | None = None


class Limits:
    """The sizes a body may have. The session is not read for it: a cookie that looks like one buys no more
    than room.
    """

    def __init__(self, *, cookie: str, signed_in: int) -> None:
        self.signed_in = signed_in
        self.cookie = re.compile(rf"(?:^|;\s*){re.escape(cookie)}={A_SESSION}")

    def of(self, environ: Mapping[str, Any]) -> int:
        """Bytes."""
        if environ["PATH_INFO"] in BY_ROUTE:
            return BY_ROUTE[environ["PATH_INFO"]]
        return self.signed_in if self.cookie.search(environ.get("HTTP_COOKIE", "")) else SIGNED_OUT


class Bodies:
    """The bodies of a process. Where they need more than there is, the one longest on its way gives way: a form takes
    milliseconds, and whoever fills the room with slow ones pushes out their own.
    """

    def __init__(self, *, room: int = ROOM, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self.room, self.at_once, self.patience = room, at_once, patience
        self.held = 0
        self._coming: dict[Body, None] = {}  # the longest on its way first

    async def take(self, receive: Receive, *, announced: int | None, limit: int) -> Body:
        """The whole body; to be released once it was worked on. `announced` is its length, where that was said."""
        if announced is not None and announced > HEARD_OUT:
            raise Refused(413)
        body = Body(limit)
        self._coming[body] = None
        try:
            async with asyncio.timeout(self.patience) as body.deadline:
                self._make_room()
                await self._read(body, receive, announced)
            if body.gave_way:
                raise TimeoutError
        except BaseException as stopped:
            self.release(body)
            if isinstance(stopped, TimeoutError):
                raise Refused(503 if body.gave_way else 408) from None
            raise
        finally:
            self._coming.pop(body, None)
        if body.came > limit:
            raise Refused(413)
        body.file.seek(0)
        return body

    def release(self, body: Body) -> None:
        """Give its bytes back: they are needed no longer."""
        self.held -= body.held
        body.held = 0
        body.file = io.BytesIO()

    async def _read(self, body: Body, receive: Receive, announced: int | None) -> None:
        reckoned = crumbs = 0
        while body.came <= HEARD_OUT and body.came != announced:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            self._keep(body, message.get("body", b""))
            if not message.get("more_body"):
                return
            if body.came - reckoned >= STEP and body.deadline is not None and not body.gave_way:
                reckoned = body.came
                body.deadline.reschedule(asyncio.get_running_loop().time() + self.patience)
            crumbs += len(message["body"]) < CRUMB
            if crumbs > CRUMBS:
                await asyncio.sleep(PAUSE)

    def _keep(self, body: Body, piece: bytes) -> None:
        body.came += len(piece)
        if body.came > body.limit:
            self.release(body)
        elif not body.gave_way:
            body.file.write(piece)
            body.held += len(piece)
            self.held += len(piece)
            self._make_room()

    def _make_room(self) -> None:
        while self.held > self.room or len(self._coming) > self.at_once:
            oldest = next(iter(self._coming), None)
            if oldest is None:
                return
            del self._coming[oldest]
            oldest.gave_way = True
            self.release(oldest)
            if oldest.deadline is not None:
                oldest.deadline.reschedule(0)  # now
