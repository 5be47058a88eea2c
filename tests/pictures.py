"""Pictures of kept pages in Chromium, and whether two are the same: what `tests/looks.py` compares them by."""

import base64
import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WAYS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
# Of a picture that comes out different: where corners are rounded, Chromium isn't always of one mind.
TRIES = 3
TALLEST = 16_000  # pixels: Chromium draws no higher picture
LARGEST = 300_000  # bytes of a page that is drawn: one that gives a million words back takes minutes
FLAGS = ("--disable-partial-raster", "--disable-lcd-text")
UNSEEN = re.compile(
    r"<script\b.*?</script>|<(?:meta|input\b[^>]*type=\"hidden\")[^>]*>|<title>.*?</title>"
    r"|\s(?:href|action|id|for|list|form|name|aria-(?!current)\w+|hx-[\w-]+|data-(?!theme|bs)[\w-]+)=\"[^\"]*\"",
    re.DOTALL,
)
SETTLE = """async () => {
  const style = document.createElement("style");
  style.textContent =
    "*, ::before, ::after { transition: none !important; animation: none !important; caret-color: #0000 !important }";
  document.head.append(style);
  for (const one of document.querySelectorAll("details")) one.open = true;
  await Promise.all([...document.fonts].map((font) => font.load()));
  await document.fonts.ready;
}"""


def skeleton(page: Path) -> str:
    """What of a page can be seen: two that agree in it are drawn once."""
    return UNSEEN.sub("", page.read_text())


class Shelf(BaseHTTPRequestHandler):
    """Serves a folder's pages, without their scripts, and its static files."""

    folder: Path
    kinds = {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = self.folder / self.path.lstrip("/").partition("?")[0]
        body = file.read_bytes() if file.is_file() else b""
        if file.suffix == ".html":
            body = re.sub(rb"<script\b.*?</script>", b"", body, flags=re.DOTALL)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", self.kinds.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OwnShelf", (Shelf,), {"folder": folder}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Camera:
    """Draws pages of one folder in the journeys' Chromium, and remembers in the folder what came out."""

    def __init__(self, browser: Any, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.page = browser.new_page(reduced_motion="reduce")
        self.page.set_default_timeout(120_000)  # the machine may have much else to do
        self.chromium = self.page.context.new_cdp_session(self.page)

    def draw(self, page: Path) -> list[bytes]:
        """A picture of the whole page for each way to look at it."""
        self.page.goto(f"{self.address}/pages/{page.name}")
        return [self._draw(width, scheme) for width, scheme in WAYS]

    def _draw(self, width: int, scheme: str) -> bytes:
        self.page.emulate_media(color_scheme=scheme)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.chromium.send("Emulation.setDeviceMetricsOverride", size)
        self.page.evaluate(SETTLE)
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.chromium.send(
            "Emulation.setDeviceMetricsOverride", size | {"height": min(max(height, 900), TALLEST)}
        )
        answer = self.chromium.send("Page.captureScreenshot", {"optimizeForSpeed": True})
        return base64.b64decode(answer["data"])

    def known(self, page: Path, *, anew: bool = False) -> list[str]:
        """What stands for each picture of the page: the hash of its bytes."""
        note = self.folder / "drawn" / f"{page.stem}.txt"
        if anew or not note.exists():
            note.parent.mkdir(exist_ok=True)
            fresh = note.with_suffix(f".{os.getpid()}")
            fresh.write_text("\n".join(hashlib.sha256(one).hexdigest() for one in self.draw(page)))
            fresh.replace(note)
        return note.read_text().split("\n")


@contextlib.contextmanager
def cameras(before: Path, after: Path) -> Iterator[tuple[Camera, Camera]]:
    """A camera for each of the two folders."""
    from playwright.sync_api import sync_playwright

    from tests.fixtures import CHROMIUM_FLAGS, chromium

    with sync_playwright() as playwright, served(before) as one, served(after) as other:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_FLAGS, *FLAGS])
        yield Camera(browser, before, one), Camera(browser, after, other)
        browser.close()


def looks_alike(old: Camera, new: Camera, page: Path, other: Path) -> bool:
    """Whether all pictures of two pages are the same, byte by byte, each way in some of the tries."""
    left = set(range(len(WAYS)))
    for attempt in range(TRIES):
        pictures = zip(old.known(page, anew=attempt > 0), new.known(other, anew=attempt > 0), strict=True)
        left -= {number for number, (one, another) in enumerate(pictures) if one == another}
        if not left:
            return True
    return False
