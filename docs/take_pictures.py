"""`make pictures`: the README's pictures and the landing page's, taken from the real pages of the demo.

Starts `make run` with a folder of its own, signs in as Rosa and as Theo, lets both write, keeps what Chromium shows.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.embedded import running
from config.demo.people import PASSWORD, PEOPLE
from tests.fixtures import CHROMIUM_FLAGS, chromium

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pictures"
LANDING = ROOT / "static" / "pictures"
TONIGHT = {
    "Rosa": (
        "You’d put the heater on in the bathroom before I got up. I stood there like a queen.",
        "Friday, obviously. And the bath, in about an hour.",
        "Two sets of parents at the same desk at the same time. I wrote both of them down as six o’clock.",
    ),
    "Theo": (
        "The frost on the allotment fence. I took a picture for you and forgot to send it, so this is me sending it.",
        "Friday. I’ve chosen what I’m having, and a second thing in case it’s off.",
        "The review went well, and I’d saved up the whole evening for it going badly. I don’t know where to put it.",
    ),
}
DESK, PHONE = (1280, 900), (390, 844)


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    LANDING.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nearer-pictures-") as folder, sync_playwright() as playwright:
        with running(ROOT, NEARER_VAR=folder) as (_seconds, _session, address):
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_FLAGS))
            rosa = [_signed_in(browser, address, "Rosa", *how) for how in ((DESK, "light"), (DESK, "dark"))]
            for page, scheme in zip(rosa, ("light", "dark"), strict=True):
                _type(page, address, "Rosa")
                _keep(page, address, "/evening/", f"check-in-{scheme}")
            _share(_signed_in(browser, address, "Theo", DESK, "light"), address, "Theo")
            _share(rosa[0], address, "Rosa")
            for page, scheme in zip(rosa, ("light", "dark"), strict=True):
                _keep(page, address, "/today/", f"today-{scheme}")
                _keep(page, address, "/dates/", f"dates-{scheme}")
            for scheme in ("light", "dark"):
                phone = _signed_in(browser, address, "Theo", PHONE, scheme)
                _keep(phone, address, "/together/", f"together-{scheme}")
                _keep_for_landing(phone, f"together-{scheme}")
                for path, name in {
                    "/challenge/": "path",
                    "/memories/": "memories",
                }.items():
                    _keep(phone, address, path, f"{name}-{scheme}")
            _begin_the_talk(rosa[0], address)
            for page, scheme in zip(rosa, ("light", "dark"), strict=True):
                _keep(page, address, "/talk/now/", f"talk-{scheme}")
            browser.close()


def _window(browser: Browser, size: tuple[int, int], scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    return context.new_page()


def _signed_in(browser: Browser, address: str, name: str, size: tuple[int, int], scheme: str) -> Page:
    page = _window(browser, size, scheme)
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", next(person.email for person in PEOPLE if person.name == name))
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form:has([name=password]) [type=submit]").first.click()
    return page


def _type(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/evening/")
    for field, words in zip(("rose", "bud", "thorn"), TONIGHT[name], strict=True):
        page.fill(f"[name={field}]", words)
    page.locator("#draft-state .saved").wait_for()
    page.wait_for_timeout(1200)  # the last line's save


def _share(page: Page, address: str, name: str) -> None:
    _type(page, address, name)
    with page.expect_navigation():
        page.locator("[name=go][value=share]").click()


def _begin_the_talk(page: Page, address: str) -> None:
    page.goto(f"{address}/talk/")
    with page.expect_navigation():
        page.locator("[name=on][value=two]").click()


def _keep(page: Page, address: str, path: str, name: str) -> None:
    page.goto(f"{address}{path}")
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=TARGET / f"{name}.png")


def _keep_for_landing(page: Page, name: str) -> None:
    """The page that is open, above its navigation, in few bytes."""
    page.screenshot(
        path=LANDING / f"{name}.jpg",
        type="jpeg",
        quality=72,
        clip={"x": 0, "y": 0, "width": PHONE[0], "height": 720},
    )


if __name__ == "__main__":
    main()
