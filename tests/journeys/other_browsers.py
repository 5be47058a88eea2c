"""Browsers that aren't Chromium, as far as a journey needs them: Firefox by Marionette, WebKitGTK by its driver.

Both take the commands of the WebDriver standard: WebKitGTK's driver over HTTP, Firefox over a socket of its own, which
is what every other driver of Firefox speaks in the end. Neither needs more than Python has.
"""

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.fixtures import Mailbox
from tests.journeys.person import PASSWORD, code_in
from tests.servers import free_port

WIDTH, HEIGHT = 375, 812  # an iPhone's window
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the standard's word
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
QUIET: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.DEVNULL,
    "stderr": subprocess.DEVNULL,
}
# The commands a journey needs, and where WebKit's driver takes each.
WAYS = {
    "NewSession": ("POST", ""),
    "Navigate": ("POST", "/url"),
    "SetWindowRect": ("POST", "/window/rect"),
    "FindElement": ("POST", "/element"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "TakeScreenshot": ("GET", "/screenshot"),
}

SIDEWAYS = """const root = document.documentElement;
const right = (one) => one.getBoundingClientRect().right;
const beside = [...document.querySelectorAll("body *")].filter((one) => right(one) > root.clientWidth + 1);
return [innerWidth, root.scrollWidth - root.clientWidth, beside.map((one) => one.outerHTML.slice(0, 80))]"""


class Refused(Exception):
    """The browser can't do what it was told to: nothing is there, or something lies upon it."""


def _listens(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port)).close()
    return True


class Driven:
    """A browser with one window, as wide as a phone. What it was told and can't do raises `Refused`."""

    def __init__(self, folder: Path) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True)
        try:
            self._begin(folder)
        except BaseException:  # what it had started by then isn't left behind
            Driven.quit(self)
            raise

    def _begin(self, folder: Path) -> None:
        raise NotImplementedError

    def ask(self, command: str, **told: Any) -> Any:
        raise NotImplementedError

    def run(self, script: str, *given: Any) -> Any:
        return self.ask("ExecuteScript", script=script, args=list(given))

    def find(self, selector: str) -> str:
        found: dict[str, str] = self.ask("FindElement", using="css selector", value=selector)
        return found[ELEMENT]

    def picture(self) -> bytes:
        return base64.b64decode(self.ask("TakeScreenshot", full=False))

    def quit(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def wait_for(what: str, found: Any, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, Refused):
            if found():
                return
        assert time.monotonic() < until, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)


class Firefox(Driven):
    """Debian's Firefox ESR, without a window to be seen."""

    def _begin(self, folder: Path) -> None:
        profile = folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text('user_pref("marionette.port", 0);\n')  # a free one
        command = ["firefox-esr", "--headless", "--marionette", "--remote-allow-system-access"]
        environment = {**os.environ, "HOME": str(folder), "MOZ_HEADLESS_HEIGHT": str(HEIGHT + 86)}
        self.processes.append(
            subprocess.Popen([*command, "--profile", str(profile)], env=environment, **QUIET)
        )
        port = profile / "MarionetteActivePort"
        wait_for("Firefox", lambda: port.read_text())
        self._socket = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=60)
        self._answers = self._socket.makefile("rb")
        self._asked = 0
        self._hear()
        self.ask("NewSession", capabilities={})
        # Its own window can't be narrower than 500 pixels; what a page has of it can.
        self._tell("Marionette:SetContext", value="chrome")
        self.run(
            "Object.assign(gBrowser.selectedBrowser.style, {minWidth: 0, maxWidth: arguments[0]})",
            f"{WIDTH}px",
        )
        self._tell("Marionette:SetContext", value="content")

    def _hear(self) -> Any:
        length = b""
        while (byte := self._answers.read(1)) != b":":
            length += byte
        return json.loads(self._answers.read(int(length)))

    def _tell(self, command: str, **told: Any) -> Any:
        self._asked += 1
        words = json.dumps([0, self._asked, command, told]).encode()
        self._socket.sendall(b"%d:%s" % (len(words), words))
        _, _, error, answer = self._hear()
        if error:
            raise Refused(f"{command} {told}: {error['error']}: {error['message']}")
        return answer

    def ask(self, command: str, **told: Any) -> Any:
        answer = self._tell(f"WebDriver:{command}", **told)
        return answer["value"] if set(answer) == {"value"} else answer

    def quit(self) -> None:
        self._socket.close()
        super().quit()


class WebKit(Driven):
    """WebKitGTK, the engine of Safari and of every browser on an iPhone, on a screen that nobody sees."""

    def _begin(self, folder: Path) -> None:
        read, write = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
        self.processes.append(subprocess.Popen(screen, pass_fds=[write], **QUIET))
        os.close(write)
        with os.fdopen(read) as said:
            display = f":{said.readline().strip()}"
        port = free_port()
        self._address = f"http://127.0.0.1:{port}/session"
        environment = {**os.environ, "HOME": str(folder), "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.processes.append(
            subprocess.Popen(["WebKitWebDriver", f"--port={port}"], env=environment, **QUIET)
        )
        wait_for("WebKitWebDriver", lambda: _listens(port))
        options = {"binary": MINI_BROWSER, "args": ["--automation", "--full-screen"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._address += f"/{self.ask('NewSession', capabilities=wanted)['sessionId']}"
        self.ask("SetWindowRect", x=0, y=0, width=WIDTH, height=HEIGHT)

    def ask(self, command: str, **told: Any) -> Any:
        method, way = WAYS[command]
        body = json.dumps(told).encode() if method == "POST" else None
        question = urllib.request.Request(
            self._address + way.format(**told), body, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(question, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Refused(f"{command} {told}: {error.read().decode()}") from error

    def quit(self) -> None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(self._address, method="DELETE"), timeout=10).close()
        super().quit()


class Somebody:
    """Somebody at such a browser, with the mails that reach them. Every page they see must fit into its window."""

    def __init__(self, browser: Driven, url: str, mailbox: Mailbox, name: str) -> None:
        self.browser, self.url, self.mailbox = browser, url, mailbox
        self.name, self.email = name, f"{name.lower()}@example.test"
        self.troubles: list[str] = []
        self.pictures: Path | None = None

    def go(self, path: str) -> None:
        self.browser.ask("Navigate", url=path if path.startswith("http") else f"{self.url}{path}")
        self._look()

    def fill(self, selector: str, words: str) -> None:
        """Tap a field, which must be empty, and type."""
        field = self.browser.find(selector)
        self._click(field)
        assert self.browser.run("return arguments[0].value", {ELEMENT: field}) == ""
        self.browser.ask("ElementSendKeys", id=field, text=words)

    def choose(self, selector: str) -> None:
        """Tap the label of a tick or a choice, and see it chosen."""
        self._click(self._label(selector))
        assert self.browser.run("return document.querySelector(arguments[0]).checked", selector), selector

    def _label(self, selector: str) -> str:
        found = self.browser.run("return document.querySelector(arguments[0]).labels[0]", selector)
        label: str = found[ELEMENT]
        return label

    def select(self, selector: str, value: str) -> None:
        self.browser.ask("ElementClick", id=self.browser.find(f"{selector} option[value='{value}']"))

    def tap(self, selector: str) -> None:
        self._click(self.browser.find(selector))

    def _click(self, one: str) -> None:
        # As somebody would: what lies half under the navigation is moved up first.
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", {ELEMENT: one})
        self.browser.ask("ElementClick", id=one)

    def press(self, selector: str) -> None:
        """Tap something that leads to another page, and wait for it."""
        self.browser.run("window.isLeft = true")
        self.tap(selector)
        arrived = "return !window.isLeft && document.readyState === 'complete'"
        wait_for(f"the page after {selector}", lambda: self.browser.run(arrived))
        self._look()

    def text(self) -> str:
        """What the page says, outside the navigation."""
        said: str = self.browser.run("return document.querySelector('main').innerText")
        return said

    def value(self, selector: str, name: str) -> str:
        found: str | None = self.browser.run(
            "return document.querySelector(arguments[0]).getAttribute(arguments[1])", selector, name
        )
        return found or ""

    def sees(self, selector: str) -> bool:
        """Whether it is drawn, wherever on the page."""
        found: bool = self.browser.run(
            "return [...document.querySelectorAll(arguments[0])].some(one => one.getClientRects().length)",
            selector,
        )
        return found

    def path(self) -> str:
        where: str = self.browser.run("return location.pathname")
        return where

    def _look(self) -> None:
        width, sideways, beside = self.browser.run(SIDEWAYS)
        if width != WIDTH or sideways > 0:
            self.troubles.append(f"{self.path()}: {sideways} px wider than its {width}: {beside}")

    def take(self, name: str) -> None:
        """A picture of the window, to look at, where somebody asked for pictures."""
        if self.pictures:
            (self.pictures / f"{type(self.browser).__name__.lower()}-{name}.png").write_bytes(
                self.browser.picture()
            )

    def sign_up(self, zone: str, start: str = "/account/signup/") -> None:
        """The first of three steps, with the mailed code."""
        self.go(start)
        self.fill("[name=name]", self.name)
        self.fill("[name=email]", self.email)
        self.fill("[name=password1]", PASSWORD)
        self.select("[name=zone]", zone)
        self.choose("[name=inbox_shared][value=False]")
        self.press("main form[action*='/account/signup/'] [type=submit]")
        self.fill("[name=code]", code_in(self.mailbox.wait_for(self.email)[-1]))
        self.press("main form:has([name=code]) [type=submit]")
