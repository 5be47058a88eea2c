"""A clock ahead of the machine's, which can be moved on while processes run by it.

`python -m tests.faults.moved_clock FILE worker …` is `nearer worker …` by the clock of that file. Only what a process
reads as the time of day is ahead, not how long it waits (libfaketime, as Debian has it, breaks how Python waits).
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

LOOKS = 0.05  # seconds between two looks into the file


class MovedClock:
    """The clock, as a test sees and moves it; `file` is where processes read how far ahead it is."""

    def __init__(self, folder: Path, start: datetime) -> None:
        self.file, self.ahead = folder / "ahead", timedelta(0)
        self.move_to(start)

    def now(self) -> datetime:
        return self.at(time.time())

    def at(self, real: float) -> datetime:
        """What it showed at that time of the machine's, unless it was moved since."""
        return datetime.fromtimestamp(real, UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        """Put it on, never back; every process has seen it when this returns."""
        self.ahead = max(self.ahead, moment - datetime.now(UTC))
        made = self.file.with_suffix(".new")
        made.write_text(str(self.ahead.total_seconds()))
        made.rename(self.file)
        time.sleep(4 * LOOKS)


def follow(file: Path, traveller: time_machine.Traveller) -> None:
    """Keep this process's clock as far ahead as the file says."""
    seen = ""
    while True:
        if (said := file.read_text()) != seen:
            traveller.move_to(time_machine.escape_hatch.time.time() + float(said))
            seen = said
        time.sleep(LOOKS)


def main(file: Path, words: list[str]) -> int:
    ahead = float(file.read_text())
    traveller = time_machine.travel(time.time() + ahead, tick=True).start()
    threading.Thread(target=follow, args=(file, traveller), daemon=True).start()
    from config.command import main as command

    return command(words)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
