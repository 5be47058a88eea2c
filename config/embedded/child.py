"""The program supervisord really starts: it clears up after its predecessor, records itself, becomes the program.

A web server killed outright leaves a worker of its own behind, which would go on holding the port.
"""

import os
import sys
from pathlib import Path

from config.embedded import leftovers


def main(record: str, command: list[str]) -> None:
    leftovers.end_records([Path(record)])
    leftovers.record(Path(record), os.getpid())
    os.execv(command[0], command)  # noqa: S606 - our own fixed command lines


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
