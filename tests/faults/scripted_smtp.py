"""A real mail server that misbehaves as told, and remembers what came in.

aiosmtpd can refuse a mail; it can't stall half-way or reset the connection, so this one speaks the few words of SMTP
itself, a thread for each caller.
"""

import re
import socket
import socketserver
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(rb"<([^>]*)>")


class When(Enum):
    """The moments of a mail's way in."""

    NAMED = "its recipient is named"
    ASKED = "the sender asks to hand it over"
    GIVEN = "it was handed over"


@dataclass(frozen=True)
class Act:
    """What happens at one moment of one mail, instead of a plain yes."""

    when: When
    says: str = ""  # refuses with these words; "" with `seconds` alone: a late yes
    seconds: float = 0  # waits before it answers
    resets: bool = False  # hangs up without a word
    takes: bool = True  # whether a mail that was handed over and never answered is in all the same


def refuse(says: str, when: When = When.NAMED) -> Act:
    return Act(when, says=says, takes=False)


def stall(seconds: float, when: When = When.GIVEN) -> Act:
    """Say nothing for so long: a stall if the sender's patience ends before, else merely slow."""
    return Act(when, seconds=seconds)


def reset(when: When, *, takes: bool = True) -> Act:
    return Act(when, resets=True, takes=takes)


@dataclass(frozen=True)
class Arrival:
    message_id: str
    to: str
    at: float  # time.time()


class ScriptedSMTP:
    """`acts[address]` is what happens to the next tries at that address; without any, every mail is taken."""

    def __init__(self) -> None:
        self.acts: dict[str, deque[Act]] = {}
        self.pace = 0.0  # seconds every mail takes
        self.greets_after = 0.0  # seconds it lets a caller wait
        self.answers_after = 0.0  # seconds before each of its answers
        self.trickles = 0.0  # seconds between two letters of an answer
        self.sender_refused = ""  # the answer to MAIL FROM, instead of a yes
        self.arrivals: list[Arrival] = []
        self.tries: Counter[str] = Counter()  # how often each address was named
        self.unanswered = 0  # mails that were handed over and got no answer in time, or none at all
        self.host, self.port = "127.0.0.1", 0
        self.lock = threading.Lock()
        self.open, self.over = threading.Event(), threading.Event()
        self.open.set()
        self.first = 0  # how many are taken though it isn't open
        self.in_hand = 0  # mails that were handed over and wait to be taken

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile what is handed over waits: nothing comes in."""
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()

    def wait_for_hands(self, count: int) -> None:
        """Wait until so many mails at once were handed over and wait; meant for while they are `held`."""
        until = time.monotonic() + 60
        while self.in_hand < count:
            assert time.monotonic() < until, f"{self.in_hand} in hand"
            time.sleep(0.002)

    def pause(self, seconds: float) -> None:
        """Wait so long, or until the server ends."""
        self.over.wait(seconds)

    def script(self, address: str, *acts: Act) -> None:
        self.acts[address] = deque(acts)

    def copies(self) -> Counter[str]:
        """How often each mail came in, by its Message-ID."""
        with self.lock:
            return Counter(arrival.message_id for arrival in self.arrivals)

    def to(self, address: str) -> int:
        """How many mails came in for this address."""
        with self.lock:
            return sum(arrival.to == address for arrival in self.arrivals)

    def next_act(self, address: str) -> Act | None:
        with self.lock:
            self.tries[address] += 1
            waiting = self.acts.get(address)
            return waiting.popleft() if waiting else None

    def take(self, mail: bytes, address: str) -> None:
        found = MESSAGE_ID.search(mail)
        with self.lock:
            self.arrivals.append(Arrival(found[1].decode() if found else "", address, time.time()))


class _HungUp(Exception):
    pass


class _Caller(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    timeout = 120
    server: "_Server"

    def handle(self) -> None:
        self.act: Act | None = None
        self.address = ""
        try:
            self.server.book.pause(self.server.book.greets_after)
            self._say("220 scripted")
            while line := self.rfile.readline():
                verb = line[:4].upper().strip().decode(errors="replace")
                if verb == "QUIT":
                    self._say("221 bye")
                    return
                self._answer(verb, line)
        except (_HungUp, OSError):
            return

    def _answer(self, verb: str, line: bytes) -> None:
        if verb == "RCPT":
            found = ADDRESS.search(line)
            self.address = found[1].decode() if found else ""
            self.act = self.server.book.next_act(self.address)
            self._meet(When.NAMED, "250 go on")
        elif verb == "DATA":
            if self._meet(When.ASKED, "354 go on"):
                self._receive()
        elif verb == "MAIL" and self.server.book.sender_refused:
            self._say(self.server.book.sender_refused)
        else:
            self._say("250 scripted" if verb in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"} else "502 what?")

    def _receive(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _HungUp
            lines.append(line)
        book = self.server.book
        with book.lock:
            book.in_hand += 1
        book.pause(book.pace)
        if len(book.arrivals) >= book.first:
            book.open.wait(60)
        with book.lock:
            book.in_hand -= 1
        silent = (
            self.act is not None and self.act.when is When.GIVEN and (self.act.resets or self.act.seconds)
        )
        if self.act is None or self.act.when is not When.GIVEN or self.act.takes:
            book.take(b"".join(lines), self.address)
        if silent:
            book.unanswered += 1
        self._meet(When.GIVEN, "250 taken")

    def _meet(self, when: When, usual: str) -> bool:
        """Answer at this moment, as scripted or as usual. Whether the answer was a yes."""
        act = self.act if self.act is not None and self.act.when is when else None
        if act is not None and act.seconds:
            self.server.book.pause(act.seconds)
        if act is not None and act.resets:
            self._reset()
        self._say(act.says if act is not None and act.says else usual)
        return act is None or not act.says

    def _say(self, words: str) -> None:
        self.server.book.pause(self.server.book.answers_after)
        line = f"{words}\r\n".encode()
        if not self.server.book.trickles:
            self.wfile.write(line)
            return
        for letter in line:
            self.server.book.pause(self.server.book.trickles)
            self.wfile.write(bytes([letter]))

    def _reset(self) -> None:
        """RST, not FIN: nothing is waited for, nothing said."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        raise _HungUp


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, book: ScriptedSMTP) -> None:
        self.book = book
        super().__init__((book.host, 0), _Caller)
        book.port = int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that was killed in mid-sentence is what these tests are about."""


@contextmanager
def scripted_smtp() -> Iterator[ScriptedSMTP]:
    """A running one on a free port."""
    book = ScriptedSMTP()
    with _Server(book) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield book
        finally:
            book.over.set()
            book.open.set()
            server.shutdown()
            thread.join(60)
