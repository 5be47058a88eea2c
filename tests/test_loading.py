"""What is loaded at start stays for good: a small machine loads no more than what it uses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.embedded import OURS
from config.embedded.installation import ROOT, Installation

HEAVY = ["icalendar", "psycopg"]  # 3 and 11 MB in each process
LOADED = "import sys; print(*(name for name in {names} if name in sys.modules))"
WEB = "from config.wsgi import application; from config import urls"
WORKER = """
from config.embedded.worker import app
app.loader.import_default_modules()
from config.backups import daily
"""
LAUNCHER = """
import os
from pathlib import Path
from config.embedded import __main__, installation
at = installation.from_environment(os.environ)
at.make_folders()
at.environment()
"""


def loaded(code: str, names: list[str], folder: Path, **environment: str) -> list[str]:
    """Those of these modules that are there once this has run, on SQLite, where nothing ran before."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED.format(names=names)}"],
        cwd=ROOT,
        env={**plain, **environment, "NEARER_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()


@pytest.mark.parametrize("code", [WEB, WORKER], ids=["web", "worker"])
def test_a_small_machine_loads_neither_postgresqls_driver_nor_calendars(code: str, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    at = Installation(
        demo=True,
        url="http://localhost:8000",
        bind="localhost",
        port=8000,
        folder=folder,
        mail_port=1025,
        given={},
    )
    assert loaded(code, HEAVY, tmp_path, **at.environment()) == []


def test_the_launcher_that_waits_for_days_loads_nothing_that_seals(tmp_path: Path) -> None:
    assert loaded(LAUNCHER, ["cryptography", "django"], tmp_path) == []
    assert (tmp_path / "demo" / "secrets.env").read_text().count("=") >= 2  # it was the first start
