"""A person's own calendar, kept by real programs: vdirsyncer subscribes to an address, khal shows what came."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent

VDIRSYNCER = """
[general]
status_path = "{home}/status/"

[pair plans]
a = "address"
b = "folder"
collections = null
conflict_resolution = "a wins"

[storage address]
type = "http"
url = "{address}"

[storage folder]
type = "filesystem"
path = "{home}/plans/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[plans]]
path = {home}/plans/

[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
LINE = "{cancelled}{start-date} {start-time}-{end-time} {title}"


class OwnCalendar:
    """A calendar program on a clock in `zone`, subscribed to `address`, with all it keeps in the folder `home`.

    It runs in processes of its own, whose clock isn't the travelled one: what it is to show is named by its dates.
    """

    def __init__(self, home: Path, zone: str, address: str = "") -> None:
        self.home, self.address = home, address
        (home / "plans").mkdir(parents=True)
        (home / "vdirsyncer.conf").write_text(VDIRSYNCER.format(home=home, address=address))
        (home / "khal.conf").write_text(KHAL.format(home=home, zone=zone))
        if address:
            self._run("vdirsyncer", "discover")

    def shows(self, first: str, last: str) -> list[str]:
        """What it shows of these days once it asked for news, a line each: "2026-11-20 19:30-22:30 Plans"."""
        if self.address:
            self._run("vdirsyncer", "sync")
        return self._run(
            "khal", "list", "--once", "--day-format", "", "--format", LINE, first, last
        ).splitlines()

    def abroad(self, zone: str) -> "OwnCalendar":
        """The same, with what it keeps by now, on another clock."""
        other = OwnCalendar(self.home / "abroad", zone)
        shutil.copytree(self.home / "plans", other.home / "plans", dirs_exist_ok=True)
        return other

    def take(self, file: bytes) -> None:
        """Add a file to it, as one opens one that was mailed or downloaded."""
        path = self.home / "taken.ics"
        path.write_bytes(file)
        self._run("khal", "import", "--batch", str(path))

    def kept(self) -> str:
        """Everything it was told and keeps, as it came."""
        return "".join(path.read_text() for path in sorted((self.home / "plans").glob("*.ics")))

    def _run(self, program: str, *arguments: str) -> str:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(self.home))
        done = subprocess.run(
            [PROGRAMS / program, "-c", self.home / f"{program}.conf", *arguments],
            env=places | {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,  # it is asserted below, with what it said
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout
