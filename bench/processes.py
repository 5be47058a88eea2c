"""Memory, time and wake-ups of processes, as Linux tells them."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CAN_LOOK = Path("/proc/self/smaps_rollup").exists()


def resident(number: int) -> float:
    """Megabytes this process has in memory, those it shares with others included."""
    return _number(Path(f"/proc/{number}/status").read_text(), "VmRSS") / 1024


def cpu_seconds(number: int) -> float:
    """Processor time of this process so far."""
    user, system = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS


def wakes(number: int) -> int:
    """The number of times its threads waited for something, and went on."""
    threads = Path(f"/proc/{number}/task").glob("*/status")
    return sum(_number(thread.read_text(), "voluntary_ctxt_switches") for thread in threads)


def of_group(group: int) -> list[int]:
    """The numbers of a process group's processes."""
    from config.embedded import leftovers

    return [one.number for one in leftovers.processes() if one.alive and one.group == group]


def _number(status: str, name: str) -> int:
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
