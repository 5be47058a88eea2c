"""Small kindnesses: a deck of kind acts, read once from its data file and checked, and dealt to each person alone.

Nothing of it is stored: which one comes follows from the person, the Day and whether it has to work from afar. Each
round of the deck has an order of its own, in which none moves far: so none comes back soon after a round begins.
"""

import tomllib
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from accounts.models import User

DATA = Path(__file__).parent / "data" / "kindnesses.toml"
AWAY = 60  # Days from one time to the next
LEAST = AWAY + 4  # so that a round can still be shuffled
LEAST_APART = LEAST  # that work from afar, or by oneself
TEXT_LIMIT, NOTICE_LIMIT = 200, 120  # characters


class Kindness(NamedTuple):
    """A kind act without touch."""

    id: str
    text: str  # what to do
    notice: str  # what to think of first
    apart: bool  # whether it works from afar


@cache
def deck() -> tuple[Kindness, ...]:
    """The kindnesses of the deck. Raises `ImproperlyConfigured` if the file has a hole, a duplicate or too few."""
    return read(DATA.read_text())


def read(text: str) -> tuple[Kindness, ...]:
    """A deck from its file's text."""
    try:
        found = tuple(Kindness(**entry) for entry in tomllib.loads(text)["kindness"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"The deck of kindnesses can't be read: {error}") from error
    if len(found) < LEAST:
        raise ImproperlyConfigured(f"The deck has {len(found)} kindnesses, fewer than {LEAST}")
    for values in ([one.id for one in found], [one.text for one in found]):
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise ImproperlyConfigured(f"Twice among the kindnesses: {', '.join(sorted(map(str, twice)))}")
    for one in found:
        _check(one)
    apart = sum(one.apart for one in found)
    if apart < LEAST_APART:
        raise ImproperlyConfigured(f"The deck has {apart} kindnesses from afar, fewer than {LEAST_APART}")
    return found


@cache
def suiting(*, apart: bool) -> tuple[Kindness, ...]:
    """The kindnesses to deal from: all, or those that work from afar."""
    return tuple(one for one in deck() if one.apart or not apart)


def of_day(user: User, day: date, further: int = 0, *, apart: bool) -> Kindness:
    """`user`'s kindness of that Day: each once in a round of all that suit, again `AWAY` Days later at the soonest.

    `further` ones are dealt from the same deck in an order of that Day's own, each once.
    """
    turn, number = divmod(day.toordinal(), len(suiting(apart=apart)))
    order = _round(user, turn, apart=apart)
    first = order[number]
    others = [one for one in order if one != first]
    place = further % len(order)
    return _shuffled(f"{user.pk} {day}", others)[place - 1] if place else first


def some(user: User, day: date, count: int, *, apart: bool) -> list[Kindness]:
    """The Day's kindness and the next few, as far as they are asked for."""
    return [of_day(user, day, number, apart=apart) for number in range(count)]


def _round(user: User, turn: int, *, apart: bool) -> list[Kindness]:
    """The order of a round: the person's own, shuffled anew within stretches so short that none comes back too soon."""
    order = _shuffled(str(user.pk), suiting(apart=apart))
    length = len(order) - AWAY + 1
    stretches = (order[at : at + length] for at in range(0, len(order), length))
    return [one for few in stretches for one in _shuffled(f"{user.pk} {turn}", few)]


def _check(one: Kindness) -> None:
    limits = {"id": 64, "text": TEXT_LIMIT, "notice": NOTICE_LIMIT}
    for name, limit in limits.items():
        value = getattr(one, name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise ImproperlyConfigured(f"Kindness {one.id!r}: its {name} is empty or too long")
    if not isinstance(one.apart, bool):
        raise ImproperlyConfigured(f"Kindness {one.id!r}: apart is neither true nor false")


def _shuffled(seed: str, kindnesses: list[Kindness] | tuple[Kindness, ...]) -> list[Kindness]:
    return sorted(kindnesses, key=lambda one: sha256(f"{seed} {one.id}".encode()).digest())
