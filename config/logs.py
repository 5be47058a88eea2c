"""Lines of a log, and what must not stand in them: tokens and codes that are part of an address, and what anybody did.

Whoever reads the log may be one of the two. A page that was refused (a field left empty, a link that is over, a form
that outlived its page) would tell who did what, when: only what broke is logged, and without the address it broke at.

A secret is known by what it looks like, wherever it stands: in an address that fits no route, in a query, in the words
of an exception. A list of addresses would hold for those that somebody thought of.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from urllib.parse import unquote

MASK = "…"
PROBES = {
    "health",
    "health_ready",
    "reminders:status",
}  # the names of the pages that say whether Nearer is well
_request: ContextVar[str] = ContextVar("request", default="")
_WORD = r"[a-zA-Z]{2,12}"
_SECRET = re.compile(
    rf"""
    (?<![\w-])[\w-]+:(?:[\w-]+:)?[\w-]{{20,}}  # signed: what is said, when, and by whom
    | [0-9a-fA-F]{{16,}}  # random, in hexadecimal, or half of one. No UUID: it has dashes
    | {_WORD}(?:[-_.+~]{{1,3}}{_WORD}){{2}}[-_.+~]{{0,3}}\d{{4,}}  # an invitation's code, however it is written
    """,
    re.VERBOSE,
)
_SPACED = re.compile(rf"{_WORD}(?:[^a-zA-Z\d/]{{1,9}}{_WORD}){{2}}[^a-zA-Z\d/]{{0,9}}\d{{4,}}")
_QUERY = re.compile(r"(?<=[\w/])\?[\w.%~-]+=\S*")
_ENCODED = re.compile(r"(?<!\S)\S*%[0-9a-fA-F]{2}\S*")
_ADDRESS = re.compile(r": /.*", re.DOTALL)  # to the end: decoded, it may hold anything


def masked(text: str) -> str:
    """The text without any secret of an address, be it percent-encoded, and how often."""
    text = _ENCODED.sub(lambda found: _masked_within(found[0]), _QUERY.sub(f"?{MASK}", text))
    return _SECRET.sub(MASK, text)


def _masked_within(encoded: str) -> str:
    """What is encoded as it was, unless it holds a secret once it is decoded."""
    plain = encoded
    for _ in range(3):
        plain = unquote(plain)
    hidden = _SPACED.sub(MASK, _SECRET.sub(MASK, plain))
    return encoded if hidden == plain else "".join(one if one.isprintable() else "?" for one in hidden)


class WithoutTokens(logging.Filter):
    """A token in a path would still work for whoever reads the log, and so would one in a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        return True


class WithoutPeople(logging.Filter):
    """Django logs every answer from 400 on with its path. What is below an error is somebody's, not the machine's; and
    whoever asks whether Nearer is well (by `PROBES`) gets the answer no as an answer: 503, each second of a start.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security")):
            if record.levelno < logging.ERROR or _is_said_to_a_probe(record):
                return False
            record.msg, record.args = _ADDRESS.sub("", record.getMessage()), ()
        return True


def _is_said_to_a_probe(record: logging.LogRecord) -> bool:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return getattr(record, "status_code", 0) == 503 and match is not None and match.view_name in PROBES


@contextmanager
def under_one_name() -> Iterator[None]:
    """Give all that is logged meanwhile one random name: lines of one request or task are told from another's."""
    token = _request.set(secrets.token_hex(4))
    try:
        yield
    finally:
        _request.reset(token)


FORMATTERS: dict[str, dict[str, str]] = {  # by what LOG_FORMAT says
    "line": {
        "()": "config.logs.Lines",
        "format": "{asctime} {levelname} {request_name}{name} {message}",
        "style": "{",
    },
    "json": {"()": "config.logs.Json"},
}


class Lines(logging.Formatter):
    """A line each: moment, level, request, where, what."""

    def format(self, record: logging.LogRecord) -> str:
        name = _request.get()
        record.request_name = f"{name} " if name else ""
        return super().format(record)


class Json(logging.Formatter):
    """A line of JSON each, for whatever gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": _request.get() or None,
            "message": record.getMessage(),
            "traceback": record.exc_text
            or (self.formatException(record.exc_info) if record.exc_info else None),
        }
        return json.dumps(
            {key: value for key, value in said.items() if value is not None}, ensure_ascii=False
        )
