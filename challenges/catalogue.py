"""The challenges there are: one data file each, read once, checked, and never changed by anybody's doings.

A day has a words card and a close-by card. Of each there are several activities: one is shown, the others lie under
"swap it". Who would rather have no touch is shown the close-by ones without it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).parent / "data"
FIRST, STARTER = "thirty-days", "seven-evenings"
ID_LIMIT, TITLE_LIMIT, TEXT_LIMIT, APART_LIMIT = 32, 40, 240, 130  # characters
LONGEST = 15  # minutes an evening; the one of thirty says that fifteen count
LINKS = {"timer", "dates", "wishes", "talk", "look"}


class Card(models.TextChoices):
    """The two cards of a day."""

    WORDS = "words", _("Words")
    CLOSE = "close", _("Close by")


@dataclass(frozen=True)
class Activity:
    """One thing to do. `apart` is how it goes from afar, `home` how it goes without leaving the house."""

    title: str
    text: str
    apart: str
    minutes: int
    bolder: bool = False
    out: bool = False
    home: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChallengeDay:
    """One day of a challenge: its title, and the activities of its cards."""

    number: int
    title: str
    words: tuple[Activity, ...]
    close: tuple[Activity, ...]  # by touch: gentle first, bolder last
    still: tuple[Activity, ...]  # close by without touch

    def activity(self, card: str, *, touch: bool = True, again: int = 0, swapped: int = 0) -> Activity:
        """The activity a card shows; the bolder one only when swapped to.

        `again` is how often the couple began this challenge before: each time another activity comes first. `swapped`
        is how often the reader swapped the card; after the last one comes the first.
        """
        every = self.words if card == Card.WORDS else self.close if touch else self.still
        gentle = [one for one in every if not one.bolder]
        turn = again % len(gentle)
        order = [*gentle[turn:], *gentle[:turn], *(one for one in every if one.bolder)]
        return order[swapped % len(order)]

    def find(self, title: str) -> Activity | None:
        """The activity with this title."""
        return next((one for one in (*self.words, *self.close, *self.still) if one.title == title), None)


@dataclass(frozen=True)
class Challenge:
    """A challenge: a row of days, from one data file."""

    id: str
    title: str
    lead: str
    days: tuple[ChallengeDay, ...]

    def __len__(self) -> int:
        return len(self.days)

    def day(self, number: int) -> ChallengeDay | None:
        """The day with this number, counted from 1."""
        return self.days[number - 1] if 1 <= number <= len(self.days) else None

    @property
    def middle(self) -> int | None:
        """The number of the day half-way, of a challenge long enough to have one."""
        return len(self.days) // 2 if len(self.days) >= 20 else None


@cache
def every() -> dict[str, Challenge]:
    """The challenges there are, by their ids, the longest first.

    Raises `ImproperlyConfigured` where a file has a hole or a duplicate.
    """
    found = [read(path.stem, path.read_text()) for path in sorted(DATA.glob("*.toml"))]
    if not {FIRST, STARTER} <= {one.id for one in found}:
        raise ImproperlyConfigured("A challenge is missing from its folder")
    return {one.id: one for one in sorted(found, key=len, reverse=True)}


def get(challenge: str) -> Challenge | None:
    """The challenge with this id."""
    return every().get(challenge)


def read(challenge: str, text: str) -> Challenge:
    """A challenge from its file's text. Raises `ImproperlyConfigured` and says where."""
    try:
        raw = tomllib.loads(text)
        days = tuple(_day(number, entry) for number, entry in enumerate(raw["day"], 1))
        found = Challenge(challenge, raw["title"], raw["lead"], days)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"Challenge {challenge!r} can't be read: {error}") from error
    for place, problem in _problems(found):
        raise ImproperlyConfigured(f"Challenge {challenge!r}, {place}: {problem}")
    return found


def _day(number: int, entry: dict[str, Any]) -> ChallengeDay:
    if unknown := set(entry) - {"title", "words", "close", "still"}:
        raise TypeError(f"day {number} has {', '.join(sorted(unknown))}")
    kinds = {kind: tuple(map(_activity, entry[kind])) for kind in ("words", "close", "still")}
    return ChallengeDay(number, entry["title"], **kinds)


def _activity(entry: dict[str, Any]) -> Activity:
    return Activity(**entry | {"links": tuple(entry.get("links", ()))})


def _problems(challenge: Challenge) -> list[tuple[str, str]]:
    """Everything that is wrong with a challenge, and where."""
    found = [("at its head", problem) for problem in _of_head(challenge)]
    titles: dict[str, str] = {}
    texts: dict[frozenset[str], str] = {}
    for day in challenge.days:
        where = f"day {day.number}"
        if not _is_text(day.title, TITLE_LIMIT):
            found.append((where, "its title is empty or too long"))
        found += [(where, problem) for problem in _of_kinds(day)]
        for one in (*day.words, *day.close, *day.still):
            place = f"{where}, {one.title!r}"
            found += [(place, problem) for problem in _of_activity(one)]
            words = frozenset(re.findall(r"\w+", f"{one.title} {one.text}".lower()))
            alike = [other for known, other in texts.items() if _alike(words, known)]
            if one.title in titles or alike:
                found.append((place, f"the same as {titles.get(one.title) or alike[0]}"))
            titles[one.title], texts[words] = place, place
    return found


def _of_head(challenge: Challenge) -> list[str]:
    """What is wrong with a challenge's name, title or lead."""
    limits = {"id": ID_LIMIT, "title": TITLE_LIMIT, "lead": TEXT_LIMIT}
    return [
        f"its {name} is empty or over {limit} characters"
        for name, limit in limits.items()
        if not _is_text(getattr(challenge, name), limit)
    ]


def _of_kinds(day: ChallengeDay) -> list[str]:
    """What is missing among a day's activities. Bolder ones come last, and only by touch."""
    found = []
    for kind in ("words", "close", "still"):
        every: tuple[Activity, ...] = getattr(day, kind)
        gentle = [one for one in every if not one.bolder]
        if len(gentle) < 2:
            found.append(f"{kind} has no gentle one to swap to")
        if every[: len(gentle)] != tuple(gentle) or (kind != "close" and len(gentle) < len(every)):
            found.append(f"{kind} has a bolder one where none belongs")
    return found


def _of_activity(one: Activity) -> list[str]:
    """What is wrong with one activity."""
    found = []
    for name, limit in {"title": TITLE_LIMIT, "text": TEXT_LIMIT, "apart": APART_LIMIT}.items():
        if not _is_text(getattr(one, name), limit):
            found.append(f"its {name} is empty or over {limit} characters")
    if one.out != _is_text(one.home, APART_LIMIT):
        found.append("it leaves the house without saying how else, or the other way round")
    if one.minutes not in {5, 10, LONGEST} and "fifteen count" not in one.text:
        found.append(f"its minutes are {one.minutes}")
    if not set(one.links) <= LINKS:
        found.append(f"it leads to {', '.join(one.links)}")
    if "ask first" in one.text.lower():
        found.append("every close-by card begins with asking already")
    return found


def _is_text(value: object, limit: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= limit


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts share most of their words."""
    return len(one & other) > 0.6 * min(len(one), len(other))
