"""The palette of feeling words, read once from its data file and checked."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

DATA = Path(__file__).parent / "data" / "feelings.toml"
LEAST = 40  # words
WORD_LIMIT = 50  # characters of a feeling, one's own word included


class Group(NamedTuple):
    id: str
    name: str
    words: list[str]


@cache
def palette() -> tuple[Group, ...]:
    """The groups in their order. Raises `ImproperlyConfigured` if the file has a hole, a duplicate or too few words."""
    return read(DATA.read_text())


def read(text: str) -> tuple[Group, ...]:
    """A palette from its file's text."""
    groups = tuple(Group(**group) for group in tomllib.loads(text)["group"])
    words = [word for group in groups for word in group.words]
    names = [group.id for group in groups]
    if len(words) < LEAST:
        raise ImproperlyConfigured(f"The palette has {len(words)} feeling words, fewer than {LEAST}")
    for found in (words, names):
        twice = {one for one in found if found.count(one) > 1}
        if twice:
            raise ImproperlyConfigured(f"Twice in the palette: {', '.join(sorted(twice))}")
    for one in [*words, *names, *(group.name for group in groups)]:
        if not one.strip() or len(one) > WORD_LIMIT:
            raise ImproperlyConfigured(f"Empty or too long in the palette: {one!r}")
    return groups
