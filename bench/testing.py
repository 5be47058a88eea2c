"""Time the tests take: a suite that is slow is a suite that is not run."""

import re
import subprocess
import sys
from collections.abc import Iterator

from bench.figures import SMOKE, Figure
from config.embedded.installation import ROOT


def suite() -> Iterator[Figure]:
    """Seconds a thousand fast tests take on two workers, not counting the start of the servers."""
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-q", *(["tests/test_contrast.py"] if SMOKE else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    closing = re.search(r"(\d+) passed.* in ([\d.]+)s", said)
    if closing is None or re.search(r"\d+ (failed|error)", said):
        raise RuntimeError("the fast tests do not pass: " + said[-500:])
    tests, seconds = int(closing[1]), float(closing[2])
    raw = {"tests": [float(tests)], "seconds": [seconds]}
    yield Figure("suite", seconds / tests * 1000, "<=", 10, f"{tests} tests in {seconds:g} s", raw)
