"""The list of all that is kept, read from docs/privacy.md, which tests hold to the code: a page is drawn from it."""

import re
from dataclasses import dataclass
from functools import cache

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
