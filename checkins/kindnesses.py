"""Small kindnesses: a deck of kind acts, read once from its data file and checked, and dealt to each person alone.

Nothing of it is stored: which one comes follows from the person, whom they are with, the Day and whether it has to work
from afar. Two have one order, in which they are half a deck from each other, so that neither finds what the other was
just given; somebody alone has an own one. Those of one kind stand far from each other in it. Each round has its own
order: in it none moves far, so that none comes back too soon, nor comes too near to its kind.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from itertools import islice
from math import gcd
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from couples.models import Partner

DATA = Path(__file__).parent / "data" / "kindnesses.toml"
KINDS = (
    "praise",
    "thanks",
    "ask",
    "greeting",
    "share",
    "send",
    "play",
    "memory",
    "ahead",
    "writing",
    "help",
    "theirs",
    "time",
    "chore",
    "food",
    "comfort",
)
AWAY = 60  # Days from one time to the next, at least
ALIKE = 4  # Days from one to the next of its kind, at least
MOVES = 2  # places by which one moves from round to round, at most
LEAST = AWAY + 2 * MOVES  # of all, and of those that work from afar
FROM_EACH_OTHER = AWAY // 2  # places between the two
# From where somebody alone has a few more: the first of another kind.
SOON = [timedelta(days=number) for number in (20, 40, 10, 50, 30, 25, 35, 15, 45)]
TEXT_LIMIT, NOTICE_LIMIT = 200, 120  # characters


class Kindness(NamedTuple):
    """A kind act without touch."""

    id: str
    kind: str  # of KINDS
    text: str  # what to do
    notice: str  # what to think of first
    apart: bool  # whether it works from afar


@cache
def deck() -> tuple[Kindness, ...]:
    """The kindnesses of the deck. Raises `ImproperlyConfigured` if the file has a hole, a duplicate, too few of all or
    too many of a kind.
    """
    return read(DATA.read_text())


def read(text: str) -> tuple[Kindness, ...]:
    """A deck from its file's text."""
    try:
        found = tuple(Kindness(**entry) for entry in tomllib.loads(text)["kindness"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"The deck of kindnesses can't be read: {error}") from error
    for values in ([one.id for one in found], [one.text for one in found]):
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise ImproperlyConfigured(f"Twice among the kindnesses: {', '.join(sorted(map(str, twice)))}")
    for one in found:
        _check(one)
    for some_of_it, what in ((found, "in all"), ([one for one in found if one.apart], "from afar")):
        if len(some_of_it) < LEAST:
            raise ImproperlyConfigured(
                f"The deck has {len(some_of_it)} kindnesses {what}, fewer than {LEAST}"
            )
        if not _steps(some_of_it):
            raise ImproperlyConfigured(
                f"The deck has too many of a kind {what}: they would come within {ALIKE} Days"
            )
    return found


@cache
def suiting(*, apart: bool) -> tuple[Kindness, ...]:
    """The kindnesses to deal from: all, or those that work from afar."""
    return tuple(one for one in deck() if one.apart or not apart)


def of_day(seat: Partner, day: date, further: int = 0, *, apart: bool) -> Kindness:
    """The kindness of whoever sits here, of that Day: each once in a round of all that suit, again `AWAY` Days later
    at the soonest.

    `further` ones are dealt from the same deck in an order of that Day's own, each once.
    """
    return next(islice(_line(seat, day, apart=apart), further % len(suiting(apart=apart)), None))


def some(seat: Partner, day: date, count: int, *, apart: bool) -> list[Kindness]:
    """The Day's kindness and the next few, as far as they are asked for."""
    return list(islice(_line(seat, day, apart=apart), count))


def _line(seat: Partner, day: date, *, apart: bool) -> Iterator[Kindness]:
    """The Day's kindness, then the others, those of one kind not one after the other."""
    first = _dealt(seat, day, apart=apart)
    yield first
    others = [one for one in _shuffled(f"{seat.user_id} {day}", suiting(apart=apart)) if one != first]
    if not seat.couple.paired:
        # Alone, three are shown at once: none of them again within five Days, nearly always ten.
        soon = [_dealt(seat, day + later, apart=apart) for later in SOON]
        others = soon + [one for one in others if one not in soon]
    kinds = [first.kind]
    while others:
        one = next((one for one in others if one.kind not in kinds[1 - ALIKE :]), others[0])
        others.remove(one)
        kinds.append(one.kind)
        yield one


def _dealt(seat: Partner, day: date, *, apart: bool) -> Kindness:
    paired = seat.couple.paired
    place = day.toordinal() + (FROM_EACH_OTHER * seat.seat if paired else 0)
    turn, place = divmod(place, len(suiting(apart=apart)))
    return _round(seat.couple_id if paired else seat.user_id, seat.user_id, turn, apart=apart)[place]


@lru_cache(maxsize=2048)
def _round(whose: UUID, who: UUID, turn: int, *, apart: bool) -> tuple[Kindness, ...]:
    """The order of a round: that of the two, or of one alone, each a few places from there by `who` and the round."""
    moved = {
        one: place + (MOVES + 1) * int.from_bytes(_hash(f"{who} {turn}", one.id)[:4]) / 2**32
        for place, one in enumerate(_order(whose, apart=apart))
    }
    return tuple(sorted(moved, key=moved.__getitem__))


@lru_cache(maxsize=2048)
def _order(whose: UUID, *, apart: bool) -> tuple[Kindness, ...]:
    """The order that rounds keep to: laid out kind by kind, each a step further on, round and round."""
    cards = sorted(
        suiting(apart=apart), key=lambda one: (_hash(str(whose), one.kind), _hash(str(whose), one.id))
    )
    steps = _steps_of(apart=apart)
    step = steps[_hash(str(whose), "step")[0] % len(steps)]
    return tuple(one for _place, one in sorted((at * step % len(cards), one) for at, one in enumerate(cards)))


@cache
def _steps_of(*, apart: bool) -> list[int]:
    return _steps(suiting(apart=apart))


def _steps(kindnesses: Iterable[Kindness]) -> list[int]:
    """The steps by which each comes to a place of its own, and far from its kind, even if both move."""
    each = Counter(one.kind for one in kindnesses)
    size, most, far = each.total(), max(each.values(), default=0), ALIKE + 2 * MOVES
    return [
        step
        for step in range(far, size)
        if gcd(step, size) == 1
        and all(far <= number * step % size <= size - far for number in range(1, most))
    ]


def _check(one: Kindness) -> None:
    limits = {"id": 64, "text": TEXT_LIMIT, "notice": NOTICE_LIMIT}
    for name, limit in limits.items():
        value = getattr(one, name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise ImproperlyConfigured(f"Kindness {one.id!r}: its {name} is empty or too long")
    if one.kind not in KINDS:
        raise ImproperlyConfigured(f"Kindness {one.id!r}: its kind is none of {', '.join(KINDS)}")
    if not isinstance(one.apart, bool):
        raise ImproperlyConfigured(f"Kindness {one.id!r}: apart is neither true nor false")


def _shuffled(seed: str, kindnesses: Iterable[Kindness]) -> list[Kindness]:
    return sorted(kindnesses, key=lambda one: _hash(seed, one.id))


def _hash(seed: str, one: str) -> bytes:
    return sha256(f"{seed} {one}".encode()).digest()
