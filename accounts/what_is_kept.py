"""The list of all that is kept, read from docs/privacy.md, which tests hold to the code: a page is drawn from it.

Its texts are English, as the document is; the page translates each. `accounts/data/kept.txt` has them all, for whoever
gathers texts. The figures beside it are of what both of a couple can read, so that both are told the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROOMS: dict[str, str | Promise] = {
    "accounts": _("Your account"),
    "couples": _("The two of you"),
    "reminders": _("Reminders"),
    "checkins": _("Evenings"),
    "challenges": _("The challenge"),
    "adventures": _("Dates, wishes and days to remember"),
    "agendas": _("The talk"),
    "today": _("Today"),
}
CHAPTER = re.compile(r"^## (\w+)\.\w+: (.*?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `\w+` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
SAME = "the same"
PLAINLY = {
    "oneself": "you",
    "operator": "whoever runs this",
    "the couple": "the two of you",
}  # as a page says it


@dataclass(frozen=True)
class Kept:
    """One thing that is kept: what it is, who may see it, whether it is sealed, and when it goes."""

    what: str
    who: str
    is_sealed: bool
    goes: str


@dataclass(frozen=True)
class Chapter:
    title: str
    rows: tuple[Kept, ...]


@dataclass(frozen=True)
class Room:
    title: str | Promise
    chapters: tuple[Chapter, ...]


@cache
def rooms() -> list[Room]:
    """The list, by room."""
    found: dict[str, list[Chapter]] = {}
    page = (settings.BASE_DIR / "docs" / "privacy.md").read_text(encoding="utf-8")
    for room, title, text in CHAPTER.findall(page):
        found.setdefault(room, []).append(Chapter(_sentence(title), tuple(_rows(text))))
    return [Room(ROOMS[room], tuple(chapters)) for room, chapters in found.items()]


Figure = Callable[[Any, datetime], str]  # of a couple of two, at a moment: so many of something, in words
_figures: list[Figure] = []


def register(*found: Figure) -> None:
    """Add figures. Twice is once."""
    _figures.extend(one for one in found if one not in _figures)


def figures(couple: Any, now: datetime) -> list[str]:
    """The figures of what both of this couple of two can read. One query each."""
    return [one(couple, now) for one in _figures]


def texts() -> list[str]:
    """The texts of the list, each once, as the page says it: for those who translate."""
    return sorted(set(_texts()))


def _texts() -> Iterator[str]:
    for room in rooms():
        for chapter in room.chapters:
            yield chapter.title
            for row in chapter.rows:
                yield from (row.what, row.who, row.goes)


def _rows(text: str) -> list[Kept]:
    rows: list[Kept] = []
    who = goes = ""
    for what, sees, stored, until in ROW.findall(text):
        who, goes = sees.replace(SAME, who, 1), until.replace(SAME, goes, 1)
        rows.append(
            Kept(_sentence(what), _sentence(_plainly(who)), stored.startswith("sealed"), _sentence(goes))
        )
    return rows


def _plainly(who: str) -> str:
    return re.sub("|".join(PLAINLY), lambda found: PLAINLY[found[0]], who)


def _sentence(text: str) -> str:
    plain = text.replace("`", "")
    return plain[:1].upper() + plain[1:]
