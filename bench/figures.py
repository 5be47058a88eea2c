"""One measured figure and its goal."""

import operator
from dataclasses import dataclass

COMPARE = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    op: str
    goal: float
    spread: str = ""  # e.g. "4.1-4.6": the smallest and the largest of the rounds behind a median

    @property
    def reached(self) -> bool:
        return bool(COMPARE[self.op](self.value, self.goal))

    def __str__(self) -> str:
        line = f"bench {self.name} {self.value:.4g} goal {self.op} {self.goal:g} {'ok' if self.reached else 'short'}"
        return f"{line} # {self.spread}" if self.spread else line
