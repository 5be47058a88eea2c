"""The ideas there are: one data file, read once, checked, and never changed by anybody's doings."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from adventures.models.wishes import Cost, Effort, Where
from adventures.wishing import WishWords

DATA = Path(__file__).parent / "data" / "ideas.toml"
LEAST = 80
KEY_LIMIT, TITLE_LIMIT, NOTE_LIMIT = 40, 70, 200  # characters


@dataclass(frozen=True)
class Idea:
    """An idea of what two people could do. `apart`: it works from afar, too."""

    key: str
    title: str
    note: str
    effort: str
    cost: str
    where: str
    both_new: bool
    apart: bool

    @property
    def words(self) -> WishWords:
        """The idea's words, as a wish."""
        return WishWords(self.title, self.effort, self.cost, self.where, self.both_new, self.key)

    @property
    def labels(self) -> list[str]:
        """Labels for what it takes."""
        return [str(Where(self.where).label), str(Cost(self.cost).label), str(Effort(self.effort).label)]


@cache
def every() -> dict[str, Idea]:
    """The ideas there are, by their keys, in the order of the file."""
    return read(DATA.read_text())


def find(
    *, effort: str = "", cost: str = "", where: str = "", new: bool = False, apart: bool = False
) -> list[Idea]:
    """The ideas that fit what is looked for; "" and False are anything."""
    looked_for = {"effort": effort, "cost": cost, "where": where}
    return [
        idea
        for idea in every().values()
        if all(not value or getattr(idea, name) == value for name, value in looked_for.items())
        and (not new or idea.both_new)
        and (not apart or idea.apart)
    ]


def some(day: date, couple: UUID, count: int = 3) -> list[Idea]:
    """A few ideas of the Day, the same for both of a couple."""
    order = sorted(every().values(), key=lambda idea: sha256(f"{couple} {day} {idea.key}".encode()).digest())
    return order[:count]


def read(text: str) -> dict[str, Idea]:
    """The ideas of a file's text. Raises `ImproperlyConfigured` and says where it is broken."""
    try:
        found = [Idea(**entry) for entry in tomllib.loads(text)["idea"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"The ideas can't be read: {error}") from error
    for place, problem in _problems(found):
        raise ImproperlyConfigured(f"Idea {place!r}: {problem}")
    if len(found) < LEAST:
        raise ImproperlyConfigured(f"There are {len(found)} ideas; at least {LEAST} are needed")
    return {idea.key: idea for idea in found}


def _problems(ideas: Sequence[Idea]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    keys: set[str] = set()
    titles: set[str] = set()
    for idea in ideas:
        found += [(idea.key, problem) for problem in _of_one(idea)]
        if idea.key in keys or idea.title.casefold() in titles:
            found.append((idea.key, "is there twice"))
        keys.add(idea.key)
        titles.add(idea.title.casefold())
    return found


def _of_one(idea: Idea) -> list[str]:
    found = []
    limits = {"key": KEY_LIMIT, "title": TITLE_LIMIT, "note": NOTE_LIMIT}
    for name, limit in limits.items():
        value = getattr(idea, name)
        if not str(value).strip() or len(str(value)) > limit:
            found.append(f"its {name} is empty or over {limit} characters")
    known: dict[str, Collection[str]] = {"effort": Effort.values, "cost": Cost.values, "where": Where.values}
    for name, choices in known.items():
        if getattr(idea, name) not in choices:
            found.append(f"its {name} is {getattr(idea, name)!r}")
    if {type(idea.both_new), type(idea.apart)} != {bool}:
        found.append("both_new and apart are true or false")
    return found
