"""A demo that was prepared and never run."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.installation import ROOT, from_environment

# The variables of an installation: a test gives none of its own on.
OURS = (
    "NEARER_",
    "DATABASE_",
    "REDIS_",
    "EMAIL_",
    "SECRET_KEY",
    "STATIC_ROOT",
    "PORT",
    "DJANGO_",
    "PYTEST_",
    "TEST_",
)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that has been prepared and was never run: made once for all workers of a test run."""
    home = tmp_path_factory.getbasetemp()
    shared = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home
    folder, made = shared / "begun", shared / "begun-is-made"
    with (shared / "begun.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
            at = from_environment({**plain, "NEARER_VAR": str(folder)})
            at.make_folders()
            prepare = [sys.executable, "-m", "config.embedded.prepare"]
            subprocess.run(prepare, cwd=ROOT, env=at.environment(), stdout=subprocess.DEVNULL, check=True)
            made.touch()
    return folder
