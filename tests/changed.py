"""Which tests `make quick` runs: those of the rooms that changed since `main` (or the branch named), and the rules.

A change of what every room stands on (`config/`, `tests/cast.py` and its like) asks for all of them: `make fast`.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"accounts", "couples", "reminders", "checkins", "challenges", "adventures", "agendas", "today"}
RULES = "tests/test_conventions.py"


def folders_of(changed: Iterable[str]) -> list[str]:
    """The folders and files of tests that belong to these files."""
    found = {RULES}
    for name in changed:
        parts = PurePosixPath(name).parts
        if room := next((part for part in parts[:2] if part in ROOMS), None):
            found.add(f"tests/{room}")
        elif parts[0] == "tests" and parts[-1].startswith("test_") and len(parts) == 2:
            found.add(name)
    return sorted(found)


def changed_since(branch: str) -> list[str]:
    """Every file that differs from where this branch left `branch`, kept or not; removed ones aside."""

    def git(*words: str) -> list[str]:
        return subprocess.run(
            ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split("\n")

    (base, *_) = git("merge-base", "HEAD", branch)
    names = git("diff", "--name-only", "--diff-filter=d", base)
    return [name for name in names + git("ls-files", "--others", "--exclude-standard") if name]


if __name__ == "__main__":
    sys.stdout.write(" ".join(folders_of(changed_since(sys.argv[1]))))
