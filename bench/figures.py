"""One measured figure and its goal, and whether this is a real measurement at all."""

import operator
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

COMPARE = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}
# Every row once, as small as it goes: `make check` sees that none of them crashes. What comes out means nothing.
SMOKE = os.environ.get("SMOKE") == "1"


def size(full: int, *, toy: int) -> int:
    """The amount of something a row is about: as much as the figure needs, or as little as still runs every line."""
    return toy if SMOKE else full


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    op: str
    goal: float
    spread: str = ""  # e.g. "4.1-4.6": the smallest and the largest of the rounds behind a median
    raw: dict[str, list[float]] = field(default_factory=dict)  # what every round measured, by what it is

    @property
    def reached(self) -> bool:
        return bool(SMOKE or COMPARE[self.op](self.value, self.goal))

    @property
    def verdict(self) -> str:
        if SMOKE:
            return "toy"
        return "ok" if self.reached else "short"

    def __str__(self) -> str:
        line = f"bench {self.name} {self.value:.4g} goal {self.op} {self.goal:g} {self.verdict}"
        return f"{line} # {self.spread}" if self.spread else line


@dataclass(frozen=True)
class NotRun:
    """A row that needs what is not here. It is neither reached nor short, and says why."""

    name: str
    why: str
    reached: ClassVar = True
    verdict: ClassVar = "not run"

    def __str__(self) -> str:
        return f"bench {self.name} not run # {self.why}"


def median_ratio(
    name: str,
    op: str,
    goal: float,
    *,
    over: tuple[str, Sequence[float]],
    under: tuple[str, Sequence[float]],
    said: str = "",
) -> Figure:
    """The median of `over` ÷ `under`, round by round; each comes with what it is, for the raw figures."""
    ratios = [one / other for one, other in zip(over[1], under[1], strict=True)]
    spread = f"{min(ratios):.3g}-{max(ratios):.3g} in {len(ratios)} rounds"
    raw = {over[0]: list(over[1]), under[0]: list(under[1])}
    return Figure(name, statistics.median(ratios), op, goal, f"{spread}; {said}" if said else spread, raw)
