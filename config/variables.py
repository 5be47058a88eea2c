"""Variables of the environment as `config.environment` declares them: what each is for and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config import values


@dataclass(frozen=True)
class Variable:
    """One variable: `help` says what it is for, `otherwise` what holds where it isn't set."""

    name: str
    help: str
    otherwise: str = ""
    read: Callable[[str], Any] = values.text
    default: Any = ""
    example: str = ""
    secret: bool = False
    needed: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    variables: tuple[Variable, ...]
