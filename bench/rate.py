"""Pages a second of Today as `make run` serves it, beside a bare view on the same kind of server."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench import embedded
from bench.figures import SMOKE, Figure, median_ratio, size
from bench.visitor import THORN, TODAY, Visitor
from config.demo.people import PEOPLE
from config.embedded.installation import ROOT, free_port

CONNECTIONS = 4
SECONDS, ROUNDS = size(5, toy=1), size(5, toy=1)
WRK = shutil.which("wrk")


def today_rps() -> Iterator[Figure]:
    """Today's pages a second, with both check-ins on it, ÷ a bare Django view's, each on granian, four connections.

    Ours goes through all of Nearer, its gate and its SQLite; the bare one is handed on by granian's own WSGI.
    """
    with embedded.demo() as (_, _, address), _bare() as bare:
        cookie = _both_shared(address)
        today, empty = [], []
        if not SMOKE:
            _rate(f"{address}{TODAY}", cookie)  # what is loaded on first use isn't measured
        for _ in range(ROUNDS):
            today.append(_rate(f"{address}{TODAY}", cookie))
            empty.append(_rate(bare, ""))
    yield median_ratio(
        "today-rps",
        ">=",
        0.02,
        over=("pages of Today a second", today),
        under=("answers of the bare view a second", empty),
        said=f"{min(today):.0f}-{max(today):.0f} and {min(empty):.0f}-{max(empty):.0f} a second;"
        f" by {'wrk' if WRK else 'a loop of ours, which slows the bare view (wrk is not here)'}",
    )


def _both_shared(address: str) -> str:
    """The cookie of one of the demo's couple, both of whom have shared tonight's page."""
    for person in PEOPLE:
        with Visitor(address) as visitor:
            visitor.sign_in(person.email)
            if THORN not in visitor.get(TODAY):
                visitor.share_evening()
    with Visitor(address) as visitor:
        visitor.sign_in(PEOPLE[0].email)
        assert visitor.get(TODAY).count(THORN) == 2, "both pages are to lie open"
        return visitor.cookie


@contextmanager
def _bare() -> Iterator[str]:
    """One process of granian with the bare view, its address."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--log-level", "error", "bench.bare:application"]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    address, until = f"http://127.0.0.1:{port}/", time.monotonic() + 600
    try:
        while not embedded.answers(address):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the bare view did not come up")
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(120)


def _rate(url: str, cookie: str) -> float:
    """Answers a second over four connections, compressed as a browser asks for them."""
    if WRK is None:
        return _rate_by_hand(url, cookie)
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", "Accept-Encoding: gzip"]
    command += ["-H", f"Cookie: {cookie}"] if cookie else []
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def _rate_by_hand(url: str, cookie: str) -> float:
    server, _, path = url.removeprefix("http://").partition("/")
    until, done = time.monotonic() + SECONDS, []

    def ask() -> None:
        with Visitor(f"http://{server}", cookie=cookie) as visitor:
            while time.monotonic() < until:
                visitor.get(f"/{path}")
                done.append(1)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done) / SECONDS
