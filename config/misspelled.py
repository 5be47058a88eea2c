"""Variables that have our name and are none of our settings: misspelled, one does nothing, and nobody would know."""

from collections.abc import Mapping
from difflib import get_close_matches

from config import environment

OURS = "NEARER_"
ALIKE = 0.8


def sentences(given: Mapping[str, str]) -> list[str]:
    """A sentence for each such variable, never with its value."""
    groups = (*environment.SHOWN, *environment.READ)
    known = {variable.name for group in groups for variable in group.variables}
    found = []
    for name in sorted(name for name in given if name.startswith(OURS) and name not in known):
        meant = get_close_matches(name, known, n=1, cutoff=ALIKE)
        found.append(f"{name} is no setting of Nearer's{f': is {meant[0]} meant?' if meant else '.'}")
    return found
