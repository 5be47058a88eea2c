"""The services in deploy/systemd, as systemd reads them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
WORDS = {"run", "serve", "worker", "beat", "backup", "migrate", "collectstatic"}


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze isn't here: nothing read them"
)
def test_systemd_takes_them_without_a_word(tmp_path: Path) -> None:
    assert len(UNITS) == 6
    for unit in UNITS:
        text = unit.read_text().replace("/opt/nearer/nearer", str(ROOT / "nearer"))
        (tmp_path / unit.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", "--generators=no"]
    read = subprocess.run(
        [*command, *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in read.stderr.splitlines() if "nearer" in line]
    assert (read.returncode, ours) == (0, [])
    broken = tmp_path / "nearer-web.service"
    broken.write_text(broken.read_text().replace("ProtectHome=", "ProtectHom="))
    read = subprocess.run([*command, str(broken)], capture_output=True, text=True, check=False)
    assert "ProtectHom" in read.stderr  # a word that it doesn't know is said, and so are all above


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.stem))
def test_each_runs_a_verb_there_is_and_writes_where_it_may(unit: Path) -> None:
    text = unit.read_text()
    verbs = re.findall(r"^ExecStart=/opt/nearer/nearer (\w+)", text, re.MULTILINE)
    assert verbs
    assert set(verbs) <= WORDS
    assert "NEARER_VAR=/var/lib/nearer" in text
    assert "StateDirectory=nearer" in text
    assert "ProtectSystem=strict" in text
    assert text.index("\nEnvironment=") < text.index("\nEnvironmentFile=")  # what the operator sets wins
