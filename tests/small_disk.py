"""A disk of a few megabytes, to be filled."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import disk

SIZE = 8 * 1024 * 1024
NO_ROOM = "There is no room left on the disk"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "nearer-test", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only the system's administrator can make a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Take the room there is, but for so many bytes. Returns what takes it."""
    stone = folder / "stone"
    stone.write_bytes(b"\0" * (disk.free_bytes(folder) - leave))
    return stone
