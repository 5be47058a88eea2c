"""The mails of a real run, asked of the mail catcher in its network (Mailpit's API)."""

import contextlib
import email
import email.policy
import json
import time
import urllib.request
from email.message import EmailMessage
from typing import Any

from tests.fixtures import Mailbox


class Catcher(Mailbox):
    """What the mail catcher took. Remembered here: it remembers nothing once it was killed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self._known = url, set[str]()

    def look(self) -> None:
        """Takes over what is new; nothing while the catcher is away."""
        with contextlib.suppress(OSError):
            listed = json.loads(self._asked("/api/v1/messages?limit=200"))["messages"]
            for mail in reversed(listed):  # the newest comes first
                if mail["ID"] not in self._known:
                    self._take(mail)

    def _take(self, mail: dict[str, Any]) -> None:
        raw = self._asked(f"/api/v1/message/{mail['ID']}/raw")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        message["X-Rcpt-To"] = ", ".join(one["Address"] for one in mail["To"])
        self.messages.append(message)
        self._known.add(mail["ID"])

    def _asked(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
            found: bytes = answer.read()
            return found

    def to(self, address: str) -> list[EmailMessage]:
        self.look()
        return super().to(address)

    def wait_for(self, address: str, count: int = 1, *, seconds: float = 60) -> list[EmailMessage]:
        until = time.monotonic() + seconds
        while len(found := self.to(address)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} mails to {address} after {seconds:g} s"
            time.sleep(0.5)
        return found
