"""Errors of the parts, told where `make run` was typed as well: each lies in its part's log, and nobody may look there.

Logs are followed rather than streams handed through: a terminal that was halted must not hold up a part.
"""

import os
import re
import select
from contextlib import suppress
from pathlib import Path

STARTS = re.compile(
    rb"\d{4}-\d\d-\d\d [\d:,]+ ([A-Z]+) |\{.*\"level\": \"([A-Z]+)\"|(Traceback \(most recent|Nearer does not)"
)
BAD = {b"ERROR", b"CRITICAL"}
MOST = 64 * 1024  # bytes of one log at a time: what is beyond stands in the file


class Log:
    """The log of one part, from now on."""

    def __init__(self, file: Path) -> None:
        self.file, self._bad, self._rest = file, False, b""
        self._opened = self._open()
        if self._opened is not None:
            os.lseek(self._opened, 0, os.SEEK_END)  # what an earlier run said

    def errors(self) -> bytes:
        """The errors written since the last look, each with its traceback."""
        found = self._read()
        if self._was_turned_over():
            found += self._read()
        *lines, self._rest = (self._rest + found).split(b"\n")
        return b"".join(line + b"\n" for line in lines if self._is_bad(line))

    def _read(self) -> bytes:
        return b"" if self._opened is None else os.read(self._opened, MOST)

    def _is_bad(self, line: bytes) -> bool:
        """Whether this line is of an error: one that starts nothing goes on with what was before it."""
        if (start := STARTS.match(line)) is not None:
            self._bad = bool(start[3]) or (start[1] or start[2]) in BAD
        return self._bad

    def _was_turned_over(self) -> bool:
        """Whether the log goes on in a new file (supervisord begins one after a megabyte), which is open then."""
        try:
            there = self.file.stat()
        except OSError:
            return False
        if self._opened is not None:
            here = os.fstat(self._opened)
            if (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
                return False
            os.close(self._opened)
        self._opened = self._open()
        return True

    def _open(self) -> int | None:
        try:
            return os.open(self.file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None


class Terminal:
    """The stream where `make run` was typed. What it doesn't take is left out, and never a reason to end: it may be
    halted, closed, full, or a pipe that nobody reads any more.
    """

    def __init__(self, stream: int = 2) -> None:
        self.stream, self._begun = stream, b""  # what is left of a line, of which a part was taken

    def tell(self, logs: list[Log]) -> None:
        """Write the errors of these logs, whole lines only: one that was begun is ended before another begins."""
        with suppress(OSError):
            self._begun = self._left_of(self._begun)
            for log in logs:
                for line in log.errors().splitlines(keepends=True):
                    if not self._begun and (left := self._left_of(line)) != line:
                        self._begun = left

    def _left_of(self, line: bytes) -> bytes:
        """What isn't taken of this line now. A pipe that takes anything takes as much as is offered here at once."""
        while line and select.select([], [self.stream], [], 0)[1]:
            line = line[os.write(self.stream, line[: select.PIPE_BUF]) :]
        return line
