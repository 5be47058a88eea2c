"""The deck of questions: read once from its data file and checked, and dealt to each couple in an order of its own.

A pack of cards: the topmost one that suits the two is asked and goes to the bottom. Nothing of it is stored: which one
comes follows from the couple, the Day, what the two agreed to be asked (`PromptSelection`) and their own questions.
Whatever is chosen tonight counts from the next Day, so that tonight's question stays, and none comes back before all
the others that suit them were asked. Whoever is alone is asked what can be asked of one.

What a later version brings is `added` on a Day, among those that weren't asked yet: no evening before it changes, and
whoever has been here for long is asked the new ones first.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from checkins.models import OwnPrompt, PromptSelection
from couples.models import Couple

DATA = Path(__file__).parent / "data" / "prompts.toml"
KINDS = ("curious", "memories", "dreams", "worries", "us", "playful", "closeness")
DEPTHS = (1, 2, 3)  # light, warmer, deep
FAR_APART = "far-apart"
SEASONS = ("new-job", "small-children", "illness", "empty-nest", "retirement", FAR_APART)
LEAST = 150  # without a season
LEAST_EACH = 5  # of each kind and depth, without a season
LEAST_LIGHT = 150  # of the first depth, without a season: whoever chose nothing is asked no others
LEAST_ALONE = 90  # of those, for whoever is alone
TEXT_LIMIT = 180  # characters
DEPTH = 1  # of whoever hasn't chosen
SOON = 14  # the questions of the next two weeks are no extras now
ONE_DAY = timedelta(days=1)


class Prompt(NamedTuple):
    """A question of the deck."""

    id: str
    kind: str  # of KINDS
    depth: int  # of DEPTHS
    text: str
    season: str = ""  # of SEASONS, or "" for any time of life
    alone: bool = False  # whether it can be asked of one person alone
    retired: bool = False  # asked no more: it stands over the answers that were given to it
    added: date = date.min  # the Day from which it is in the pack, of those that came later


@cache
def deck() -> dict[str, Prompt]:
    """The questions of the deck, by id, the retired ones among them. Raises `ImproperlyConfigured` if the file has a
    hole, a duplicate or too few.
    """
    return read(DATA.read_text())


def read(text: str) -> dict[str, Prompt]:
    """A deck from its file's text."""
    try:
        entries = tomllib.loads(text)["prompt"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ImproperlyConfigured(f"The deck of questions can't be read: {error}") from error
    found: dict[str, Prompt] = {}
    for entry in entries:
        try:
            one = Prompt(**entry)
        except TypeError as error:
            raise ImproperlyConfigured(f"Question {entry.get('id')!r}: {error}") from error
        _check(one)
        if one.id in found or one.text in {other.text for other in found.values()}:
            raise ImproperlyConfigured(f"Question {one.id!r} is there twice")
        found[one.id] = one
    _check_size([one for one in found.values() if not one.retired])
    return found


def first_day(couple: Couple) -> date:
    """The Day from which this couple's deck is dealt: before it is any Day of theirs, wherever the two live."""
    return couple.opened_at.astimezone(UTC).date() - 2 * ONE_DAY


def held_on(day: date, selections: Iterable[PromptSelection]) -> tuple[int, str]:
    """The depth and the seasons, with spaces between, that hold on `day` by a couple's selections."""
    begun = [selection for selection in selections if selection.first_day <= day]
    if not begun:
        return DEPTH, ""
    latest = max(begun, key=lambda selection: selection.first_day)
    return int(latest.depth), latest.seasons


def question(
    couple: Couple, day: date, selections: Iterable[PromptSelection], own: Iterable[OwnPrompt]
) -> str:
    """The id of the question of `day`, the same for both: one of the deck's, or that of an own one.

    `selections` are the couple's, `own` its own questions that were said yes to, in any order.
    """
    return _line(couple, day, list(selections), list(own))[0]


def another(
    couple: Couple,
    day: date,
    selections: Iterable[PromptSelection],
    own: Iterable[OwnPrompt],
    *,
    who: UUID,
    nth: int,
) -> Prompt:
    """A further question of the deck for `who`, to ask aloud on `day`: the `nth`, in an order of that Day's own.

    It is none of those that come in the next two weeks.
    """
    line = _line(couple, day, list(selections), list(own))
    pool = [deck()[one] for one in line[1 + SOON :] if one in deck()]
    pool.sort(key=lambda one: _hash(f"{who} {day}", one.id))
    return pool[(nth - 1) % len(pool)]


def _line(
    couple: Couple, day: date, selections: Sequence[PromptSelection], own: Sequence[OwnPrompt]
) -> list[str]:
    """What suits the two on `day`, in the order in which it would come: that day's question first."""
    begin = first_day(couple)
    day = max(day, begin)
    own = sorted(own, key=lambda one: (str(one.agreed_on), str(one.pk)))
    joins = [(max(one.agreed_on + ONE_DAY, begin), one) for one in own if one.agreed_on is not None]
    leaves = [(one.taken_back_on + ONE_DAY, one) for one in own if one.taken_back_on is not None]
    turns = {turn for turn, _ in [*joins, *leaves]} | {selection.first_day for selection in selections}
    turns |= _additions()
    pack = _Pack(couple.pk)
    edges = sorted({begin, day} | {turn for turn in turns if begin < turn < day})
    for edge, following in pairwise([*edges, day]):
        pack.suiting = _suiting(*held_on(edge, selections), alone=not couple.paired)
        if edge == begin or edge in _additions():
            pack.add(edge)
        pack.join([str(one.pk) for turn, one in joins if turn == edge])
        pack.leave({str(one.pk) for turn, one in leaves if turn == edge})
        pack.ask((following - edge).days)
    return pack.in_line()


class _Pack:
    """A couple's pack of questions in its order: their own new ones first, then the others, asked longest ago first."""

    def __init__(self, couple_id: UUID) -> None:
        self.order = _order(couple_id)
        self.cards: list[str] = []
        self.fresh: list[str] = []
        self.asked: set[str] = set()
        self.own: set[str] = set()
        self.suiting: frozenset[str] = frozenset()

    def add(self, day: date) -> None:
        """Put in what was added by `day`, in the couple's own order with those that weren't asked yet."""
        unasked = [one for one in self.order if deck()[one].added <= day and one not in self.asked]
        self.cards = unasked + [one for one in self.cards if one in self.asked]

    def join(self, ids: Collection[str]) -> None:
        self.fresh += ids
        self.own.update(ids)

    def leave(self, ids: Collection[str]) -> None:
        self.fresh = [one for one in self.fresh if one not in ids]
        self.cards = [one for one in self.cards if one not in ids]

    def in_line(self) -> list[str]:
        """What suits, in the order in which it comes."""
        return self.fresh + [one for one in self.cards if one in self.suiting or one in self.own]

    def ask(self, count: int) -> None:
        """Ask the next `count`: each goes to the bottom as it was asked."""
        line = self.in_line()
        turn = count % len(line)
        asked = line[turn:] + line[:turn] if count >= len(line) else line[:count]
        self.leave(set(asked))
        self.asked.update(asked)
        self.cards += asked


@lru_cache(maxsize=256)
def _suiting(depth: int, seasons: str, *, alone: bool) -> frozenset[str]:
    both = {"", *seasons.split()}
    return frozenset(
        one.id
        for one in deck().values()
        if not one.retired and one.depth <= depth and one.season in both and (one.alone or not alone)
    )


@cache
def _additions() -> frozenset[date]:
    return frozenset(one.added for one in deck().values() if one.added > date.min)


@lru_cache(maxsize=2048)
def _order(couple_id: UUID) -> tuple[str, ...]:
    return tuple(sorted(deck(), key=lambda one: _hash(str(couple_id), one)))


def _hash(seed: str, one: str) -> bytes:
    return sha256(f"{seed} {one}".encode()).digest()


def _check(one: Prompt) -> None:
    for name, limit in (("id", 64), ("text", TEXT_LIMIT)):
        value = getattr(one, name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise ImproperlyConfigured(f"Question {one.id!r}: its {name} is empty or too long")
    for name, known in (("kind", KINDS), ("depth", DEPTHS), ("season", ("", *SEASONS))):
        if getattr(one, name) not in known:
            raise ImproperlyConfigured(f"Question {one.id!r}: its {name} is none of {known}")
    for name in ("alone", "retired"):
        if not isinstance(getattr(one, name), bool):
            raise ImproperlyConfigured(f"Question {one.id!r}: {name} is neither true nor false")
    if type(one.added) is not date:  # a moment is a date, too
        raise ImproperlyConfigured(f"Question {one.id!r}: added is no day")


def _check_size(prompts: Collection[Prompt]) -> None:
    always = Counter((one.kind, one.depth) for one in prompts if not one.season)
    light = [one for one in prompts if one.depth == 1 and not one.season]
    alone = sum(one.alone for one in light)
    if always.total() < LEAST:
        raise ImproperlyConfigured(
            f"The deck has {always.total()} questions for any time, fewer than {LEAST}"
        )
    for kind in KINDS:
        for depth in DEPTHS:
            if always[kind, depth] < LEAST_EACH:
                raise ImproperlyConfigured(
                    f"The deck has {always[kind, depth]} questions of kind {kind} and depth {depth}, "
                    f"fewer than {LEAST_EACH}"
                )
    if len(light) < LEAST_LIGHT:
        raise ImproperlyConfigured(f"The deck has {len(light)} light questions, fewer than {LEAST_LIGHT}")
    if alone < LEAST_ALONE:
        raise ImproperlyConfigured(
            f"The deck has {alone} light questions for one alone, fewer than {LEAST_ALONE}"
        )
