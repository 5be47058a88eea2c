"""Processes that are ours, and ending those a killed run left behind.

Every process is recorded by its number and the moment it was born: numbers are used again, so the number alone
would one day end a stranger. Each leads a process group of its own, which holds what it has started itself.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Process:
    number: int
    group: int
    born: str
    command: str
    alive: bool = True  # False: ended, only its parent has not looked yet


def record(file: Path, number: int) -> None:
    """Write down the process of this number; a later `exec` of it keeps both number and birth."""
    born = next((process.born for process in processes() if process.number == number), "")
    waiting = file.with_suffix(".new")
    waiting.write_text(json.dumps({"number": number, "born": born}))
    waiting.replace(file)  # a reader sees the old record or the new one, never half


def end_recorded(folder: Path) -> int:
    """End every recorded process that still lives, the supervisor first: it would restart the others."""
    supervisor = folder / "supervisor.json"
    others = [file for file in folder.glob("*.json") if file != supervisor]
    return end_records([supervisor]) + end_records(others)


def end_records(files: list[Path]) -> int:
    """End what these records point to, and their groups. Returns how many processes that were."""
    known = [content for file in files if (content := recorded(file))]
    count = len(_ours(known))
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for process in _ours(known):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.number, sign)
        until = time.monotonic() + SECONDS_TO_END
        while (left := _ours(known)) and time.monotonic() < until:
            time.sleep(0.05)
        if not left:
            break
    for file in files:
        file.unlink(missing_ok=True)
    return count


def recorded(file: Path) -> tuple[int, str] | None:
    """The number and the birth in a record, if there is one that can be read."""
    try:
        content = json.loads(file.read_text())
        return int(content["number"]), str(content["born"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _ours(recorded: list[tuple[int, str]]) -> list[Process]:
    """The recorded processes that are the same ones still, and those of their groups run from this environment."""
    everyone = [process for process in processes() if process.alive and process.number != os.getpid()]
    by_number = {process.number: process for process in everyone}
    found = []
    for number, born in recorded:
        leader = by_number.get(number)
        if leader and leader.born != born:
            continue  # the number belongs to somebody else by now
        members = [process for process in everyone if process.group == number and process.number != number]
        found += [process for process in members if sys.prefix in process.command]
        found += [leader] if leader else []
    return found


def processes() -> list[Process]:
    """The processes that run, from /proc where there is one, else from `ps`."""
    return _from_proc() if Path("/proc/self/stat").exists() else _from_ps()


def _from_proc() -> list[Process]:
    boot = Path("/proc/sys/kernel/random/boot_id")
    since = boot.read_text().strip() if boot.exists() else ""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError, IndexError):  # it ended while we looked
            # The name in brackets may hold spaces and brackets: what follows the last one is regular (proc(5)).
            state, _, group, *rest = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found.append(
                Process(int(folder.name), int(group), f"{since} {rest[16]}", command, state not in "ZX")
            )
    return found


def _from_ps() -> list[Process]:
    listing = subprocess.run(
        ["ps", "-axww", "-o", "pid=,pgid=,stat=,lstart=,command="],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    ).stdout
    found = []
    for line in listing.splitlines():
        number, group, state, *rest = line.split(maxsplit=8)
        found.append(
            Process(int(number), int(group), " ".join(rest[:5]), " ".join(rest[5:]), "Z" not in state)
        )
    return found
