"""The backup that `docs/hosting.md` tells of, by the command as it stands there."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT


def test_it_holds_what_was_written_a_moment_ago_while_nearer_runs(tmp_path: Path) -> None:
    line = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    found = re.search(r"\| backup and restore of `make run` \| `([^`]+)`", line)
    assert found
    (tmp_path / "var" / "real").mkdir(parents=True)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    running = sqlite3.connect(tmp_path / "var" / "real" / "nearer.sqlite3")
    running.execute("PRAGMA journal_mode=WAL")
    running.execute("CREATE TABLE evening (rose TEXT)")
    running.execute("INSERT INTO evening VALUES ('the light on the stairs')")
    running.commit()
    subprocess.run(["sh", "-c", found[1]], cwd=tmp_path, env=os.environ, check=True)
    backup = tmp_path / "nearer.backup"
    assert sqlite3.connect(backup).execute("SELECT rose FROM evening").fetchall() == [
        ("the light on the stairs",)
    ]
    assert backup.stat().st_mode & 0o077 == 0
    running.close()
