"""Bytes over the wire in a real browser, and what Lighthouse says of the pages."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import embedded
from bench.figures import SMOKE, Figure, NotRun, size
from bench.visitor import TODAY, Visitor
from config.demo.people import ROSA
from config.embedded.installation import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

ROUNDS = size(5, toy=1)
PAGES = {"landing": "/", "today": TODAY, "dates": "/dates/"}
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")


def _chromium() -> str | None:
    from tests.fixtures import chromium

    with contextlib.suppress(AssertionError):  # it is not here
        return chromium()
    return None


def _cookie(address: str) -> str:
    with Visitor(address) as visitor:
        visitor.sign_in(ROSA.email)
        visitor.get(TODAY)
        return visitor.cookie


# --- Bytes ------------------------------------------------------------------------------------------


def page_weight() -> Iterator[Figure | NotRun]:
    """Kilobytes over the wire of Today and the landing page, headers included: a first visit, and the next one."""
    chromium = _chromium()
    goals = {"first": 100, "repeat": 12}
    if chromium is None:
        for page in ("today", "landing"):
            yield from (NotRun(f"page-weight-{page}-{visit}", "there is no Chromium here") for visit in goals)
        return
    with embedded.demo() as (_, _, address):
        rounds = _weigh_all(chromium, address)
    for page, visits in rounds.items():
        for (visit, goal), kilobytes in zip(goals.items(), zip(*visits, strict=True), strict=True):
            spread = f"{min(kilobytes):.1f}-{max(kilobytes):.1f} kB in {len(kilobytes)} rounds"
            raw = {"kilobytes": list(kilobytes)}
            yield Figure(f"page-weight-{page}-{visit}", statistics.median(kilobytes), "<=", goal, spread, raw)


def _weigh_all(chromium: str, address: str) -> dict[str, list[tuple[float, float]]]:
    from playwright.sync_api import sync_playwright

    rounds: dict[str, list[tuple[float, float]]] = {"today": [], "landing": []}
    cookie = _cookie(address)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for _ in range(ROUNDS):
            for page, visits in rounds.items():
                context = browser.new_context(viewport={"width": 390, "height": 844})
                if page != "landing":
                    pairs = (pair.split("=", 1) for pair in cookie.split("; "))
                    context.add_cookies(
                        [{"name": name, "value": value.strip('"'), "url": address} for name, value in pairs]
                    )
                url = f"{address}{PAGES[page]}"
                visits.append((_weigh(context, url), _weigh(context, url)))
                context.close()
        browser.close()
    return rounds


def _weigh(context: "BrowserContext", url: str) -> float:
    """Kilobytes that came over the wire for one visit in this browser, which keeps what it may."""
    page = context.new_page()
    network, came = context.new_cdp_session(page), []
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda one: came.append(one["encodedDataLength"]))
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    assert page.url == url, f"{url} led on to {page.url}"
    page.close()
    return float(sum(came)) / 1000


# --- Lighthouse -------------------------------------------------------------------------------------

LIGHTHOUSE = ROOT / "var" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
GOALS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}


def lighthouse() -> Iterator[Figure | NotRun]:
    """Lighthouse's scores of landing, Today and Dates, as on a phone; search engines see the landing page only."""
    why = _missing()
    pages = {"landing": PAGES["landing"]} if SMOKE else PAGES
    if why:
        yield from (NotRun(f"lighthouse-{page}", why) for page in PAGES)
        return
    with embedded.demo() as (_, _, address):
        cookie = _cookie(address)
        rounds: dict[str, list[dict[str, float]]] = {page: [] for page in pages}
        for _ in range(ROUNDS):
            for page, path in pages.items():
                rounds[page].append(_scores(f"{address}{path}", "" if page == "landing" else cookie))
    for page, scores in rounds.items():
        for category, goal in GOALS.items():
            if category == "seo" and page != "landing":
                continue
            found = [round_[category] for round_ in scores]
            spread = f"{min(found):g}-{max(found):g} in {len(found)} rounds"
            if category == "performance":
                spread += f" of Lighthouse {_version()}"
                shift = max(round_["shift"] for round_ in scores)
                spread += f"; layout shift {shift:.3f} at most"
            name = f"lighthouse-{page}-{category}"
            yield Figure(name, statistics.median(found), ">=", goal, spread, {"scores": found})


def _missing() -> str:
    """What is not here, in words, if anything."""
    if shutil.which("node") is None:
        return "there is no node here"
    if not LIGHTHOUSE.exists():
        return "Lighthouse is not here; `make lighthouse` fetches it"
    return "" if _chromium() else "there is no Chromium here"


def _version() -> str:
    package = json.loads((LIGHTHOUSE.parent.parent / "package.json").read_text())
    return str(package["version"])


def _scores(url: str, cookie: str) -> dict[str, float]:
    """Scores from 0 to 100 of one run, and how far the page moved."""
    chromium = _chromium()
    assert chromium is not None
    with tempfile.TemporaryDirectory(prefix="nearer-bench-") as folder:
        report = Path(folder) / "report.json"
        command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--only-categories={','.join(GOALS)}", f"--chrome-flags=--headless {' '.join(FLAGS)}"]
        if cookie:
            (Path(folder) / "headers.json").write_text(json.dumps({"Cookie": cookie}))
            command += [f"--extra-headers={folder}/headers.json"]
        environment = {**os.environ, "CHROME_PATH": chromium, "CI": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert report.exists(), done.stderr[-500:]
        said: dict[str, Any] = json.loads(report.read_text())
    assert said["finalDisplayedUrl"] == url, f"{url} led on to {said['finalDisplayedUrl']}"
    scores = {name: 100 * (said["categories"][name]["score"] or 0) for name in GOALS}
    return scores | {"shift": said["audits"]["cumulative-layout-shift"]["numericValue"]}
