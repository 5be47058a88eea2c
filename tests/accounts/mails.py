"""Mails as people read them, and a world to make each of them from."""

from datetime import UTC, datetime, time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
MAILS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
CODE = "BCDF-GHJK"
NAMES = ("Rosalind", "Theodor")
CODED = {
    "email_confirmation",
    "email_confirmation_signup",
    "login_code",
    "password_reset_code",
    "reauthentication_code",
}
WORLD: dict[str, Any] = {
    "code": CODE,
    "email": "rosalind@example.test",
    "from_email": "rosalind@example.test",
    "to_email": "elsewhere@example.test",
    "deleted_email": "old@example.test",
    "user": NAMES[0],
    "name": NAMES[0],
    "partner": NAMES[1],
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (planted)",
    "timestamp": datetime(2026, 11, 23, 20, 30, tzinfo=UTC),
    "at": time(20, 30),
    "stop": "/stop/planted-token/",
    "never": "/never/planted-token/",
    "link": "/i/planted/",
    "signup_url": f"{settings.NEARER_URL}/account/signup/",
    "signups": "open",
    "password_reset_url": f"{settings.NEARER_URL}/account/password/reset/key/planted/",
}


class Reader(HTMLParser):
    """The words of an HTML mail in reading order (the preheader first), its paragraphs, links and tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", list[str](), list[str]()
        self.paragraphs = list[str]()  # without the words of their links
        self._open = list[str]()
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()
        self.words += " " if tag in {"p", "h1", "div", "td"} else ""

    def handle_data(self, data: str) -> None:
        if {"style", "title"} & set(self._open):
            return
        self.words += data
        if "p" in self._open and "a" not in self._open:
            self.paragraphs[-1] += data
