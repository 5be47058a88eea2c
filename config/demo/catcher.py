"""The demo's mail server: takes every mail over real SMTP and keeps it as a file, delivering nothing."""

import asyncio
import email
import email.policy
import os
import re
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 200  # mails; a demo left running should not fill a disk
NAME = re.compile(r"\d{19}-\d+")


@dataclass(frozen=True)
class Mail:
    """One caught mail. `name` is its file's, and its place in the order of arrival."""

    name: str
    message: EmailMessage

    @property
    def arrived(self) -> str:
        """The time it arrived, on this machine's clock: the demo is looked at where it runs."""
        moment = datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, tz=UTC).astimezone()
        return f"{moment.day} {moment:%B, %H:%M}"

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""


def folder() -> Path:
    return Path(os.environ["DEMO_MAIL"])


def caught() -> list[Mail]:
    """All kept mails, the newest first."""
    files = sorted(folder().glob("*.eml"), reverse=True)
    return [Mail(file.stem, _read(file)) for file in files if NAME.fullmatch(file.stem)]


def find(name: str) -> Mail | None:
    file = folder() / f"{name}.eml"
    return Mail(name, _read(file)) if NAME.fullmatch(name) and file.exists() else None


def _read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


class Keeper:
    """aiosmtpd's handler."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.count += 1
        name = f"{time.time_ns():019d}-{self.count}"
        waiting = self.into / f"{name}.new"
        waiting.write_bytes(envelope.original_content or b"")
        waiting.rename(self.into / f"{name}.eml")  # a reader never sees half a mail
        for old in sorted(self.into.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return "250 kept"


async def serve(port: int, into: Path) -> None:
    """Catch mails until SIGTERM."""
    into.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(into)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", loop=loop), "127.0.0.1", port
    )
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
