"""Fixtures on real servers: the mail server, and Debian's Chromium."""

import email
import email.policy
import os
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# Of several such flags Chromium heeds the last: Playwright's own list, as far as it is about what a page does or whom
# the browser asks by itself, and that each page is drawn in a frame of its own making, a tenth of a journey's cost.
WITHOUT = (
    "RenderDocument",
    "PaintHolding",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "ThirdPartyStoragePartitioning",
    "MediaRouter",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
CHROMIUM_FLAGS = (
    f"--disable-features={','.join(WITHOUT)}",
    # Else each page after about:blank, and each tab, is a process of its own: as much work as the page itself.
    "--renderer-process-limit=1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Mailbox:
    """A real SMTP server's memory: every mail it took, and what it is to answer next."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.of_sender = self.of_recipient = "250 fine"  # the answers to MAIL FROM and RCPT TO
        self.replies: deque[str] = deque()  # e.g. "450 later": answers to the next mails, then all are taken
        self.host, self.port = "127.0.0.1", 0
        self._arrived = threading.Condition()

    def __len__(self) -> int:
        return len(self.messages)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails this address was an envelope recipient of."""
        return [message for message in self.messages if address in message["X-Rcpt-To"].split(", ")]

    def wait_for(self, address: str, count: int = 1, *, seconds: float = 180) -> list[EmailMessage]:
        """The mails to this address once there are at least `count`; fails when they don't come in time."""
        until = time.monotonic() + seconds
        with self._arrived:
            while len(self.to(address)) < count:
                if not self._arrived.wait(max(until - time.monotonic(), 0)):
                    raise AssertionError(
                        f"{len(self.to(address))} of {count} mails to {address} after {seconds:g} s"
                    )
            return self.to(address)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook, called for each sender."""
        if self.of_sender.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.of_sender

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook, called for each recipient."""
        if self.of_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return self.of_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """aiosmtpd's hook, called for each mail."""
        if self.replies and not (reply := self.replies.popleft()).startswith("2"):
            return reply
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        message["X-Rcpt-To"] = ", ".join(envelope.rcpt_tos)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 taken"


class _OnFreePort(Controller):
    """aiosmtpd can't take port 0 itself: it connects to the number it was given."""

    def __init__(self, mailbox: Mailbox) -> None:
        # Named as TCP, so that asyncio switches Nagle off: 40 ms a mail otherwise.
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.socket.bind((mailbox.host, 0))
        mailbox.port = self.socket.getsockname()[1]
        super().__init__(mailbox, hostname=mailbox.host, port=mailbox.port, ready_timeout=60)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on a free port, for processes of their own (`EMAIL_URL=smtp://127.0.0.1:{port}`)."""
    box = Mailbox()
    server = _OnFreePort(box)
    server.start()
    yield box
    server.stop()


@pytest.fixture
def smtp(mailbox: Mailbox, settings: Any) -> Mailbox:
    """The same, and Django in this process really sends to it (pytest-django put an in-memory outbox in place)."""
    settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mailbox.host, mailbox.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return mailbox


def chromium() -> str:
    """The path of the system's Chromium, which is patched with the system; `CHROMIUM` names another.

    The headless shell comes first: the whole program draws the frames of windows that nobody sees.
    """
    named = os.environ.get("CHROMIUM", "")
    names = (named, "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "This needs Chromium: `make test` installs it, or says how."
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": list(CHROMIUM_FLAGS)}
