"""The code of an earlier release, taken out of git, and what is asked of it and of today's alike.

What a release needed and today's code doesn't comes from the package index, checked by that release's hashes.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).resolve().with_name("asked_of_code.py")


def is_here(commit: str) -> bool:
    """Whether this checkout has that commit: a shallow one hasn't."""
    asked = subprocess.run(
        ["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True, check=False
    )
    return asked.returncode == 0


def unpack(commit: str, folder: Path) -> None:
    """Write that release's files into the folder."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    # By tar itself: Python's own is only told not to leave the folder from 3.11.4 on, and Debian 12 has an older one.
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)


def take_out(commit: str, folder: Path) -> None:
    """Write that release's files into the folder, and what only it needs into `folder/needed`."""
    unpack(commit, folder)
    then, now = (pinned((at / "locks/run.txt").read_text()) for at in (folder, ROOT))
    only_then = folder / "only-then.txt"
    only_then.write_text("".join(text for name, text in then.items() if name not in now))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*install, "--target", folder / "needed", "--requirement", only_then], check=True)


def pinned(lock: str) -> dict[str, str]:
    """Each package of a lock file, with its lines."""
    entries = re.split(r"^(?=[a-zA-Z0-9])", lock, flags=re.MULTILINE)
    return {entry.partition("==")[0]: entry for entry in entries if "==" in entry}


def asked(code: Path, environment: dict[str, str], *words: str) -> Any:
    """What the code in this folder answers (None where it prints nothing)."""
    path = os.pathsep.join([str(code), str(code / "needed")])
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        cwd=code,
        env={**environment, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout) if done.stdout.strip() else None
