"""Findings: what was looked at, whether it is well, and a sentence."""

from dataclasses import dataclass

WELL, NOT_WELL, NOT_CHECKED = "well", "not well", "not checked"


@dataclass(frozen=True)
class Finding:
    """One finding about `what`: its state is WELL, NOT_WELL or NOT_CHECKED."""

    what: str
    state: str
    sentence: str


def well(what: str, sentence: str) -> Finding:
    return Finding(what, WELL, sentence)


def not_well(what: str, sentence: str) -> Finding:
    return Finding(what, NOT_WELL, sentence)


def not_checked(what: str, sentence: str) -> Finding:
    return Finding(what, NOT_CHECKED, sentence)
