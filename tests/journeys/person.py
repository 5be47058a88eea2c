"""Somebody at a browser: the steps every journey is made of, by the fields and addresses a form posts to."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.fixtures import Mailbox

PASSWORD = "a lamp in the evening"


def evening_zone(now: datetime | None = None) -> str:
    """A zone with a fixed offset in which it is evening right now (between 19:00 and 20:59)."""
    hour = (now or datetime.now(UTC)).hour
    east = (19 - hour + 12) % 24 - 12  # hours east of Greenwich, -12 … 11
    return f"Etc/GMT{-east:+d}" if east else "Etc/UTC"  # POSIX: the sign is reversed


def code_in(mail: EmailMessage) -> str:
    """The code that a mail brings, alone on its line."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", body.get_content(), re.MULTILINE)
    assert found, body.get_content()
    return found[1]


class Visitor:
    """Somebody in a browser of their own: what they do there, and what it had to say about it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda error: self._hear("error", str(error.error)))

    def _hear(self, kind: str, text: str) -> None:
        # Chromium also reports answers such as 422 as console errors; those are asked for.
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.troubles.append(f"{self.page.url}: {text}")

    def go(self, path: str) -> None:
        address = path if path.startswith("http") else f"{self.url}{path}"
        try:
            self.page.goto(address)
        except Error as error:
            if "interrupted by another navigation" not in error.message:
                raise
            self.page.goto(address)  # the page was about to follow the talk by itself

    def press(self, selector: str) -> None:
        """Press something that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def text(self) -> str:
        """What the page says, outside the navigation."""
        try:
            said: str = self.page.evaluate("document.querySelector('main').innerText")
        except Error:  # another page is on its way
            said = self.page.locator("main").inner_text()
        return said

    def write(self, rose: str = "", bud: str = "", thorn: str = "", go: str = "share", day: str = "") -> None:
        """Fill in the three lines of tonight's form, or of an earlier `day`'s, and press one of the equal buttons."""
        self.go(f"/evening/{day}/" if day else "/evening/")
        for name, words in {"rose": rose, "bud": bud, "thorn": thorn}.items():
            self.page.fill(f"[name={name}]", words)
        self.press(f"[name=go][value={go}]")

    def left_on_device(self) -> dict[str, object]:
        """What this browser keeps beside cookies."""
        kept: dict[str, object] = self.page.evaluate(
            """async () => ({
                local: {...localStorage}, session: {...sessionStorage},
                databases: (await indexedDB.databases()).map(d => d.name), caches: await caches.keys(),
                workers: (await navigator.serviceWorker.getRegistrations()).length,
            })"""
        )
        return kept


class Person(Visitor):
    """One person in one browser context, with the mails that reach them."""

    def __init__(self, browser: Browser, url: str, mailbox: Mailbox, name: str) -> None:
        super().__init__(browser.new_context(locale="en-GB", reduced_motion="reduce"), url)
        self.name, self.email = name, f"{name.lower()}@example.test"
        self.mailbox = mailbox

    def code_from_mail(self, count: int = 1) -> str:
        """The code in the newest of `count` mails to this person."""
        return code_in(self.mailbox.wait_for(self.email, count)[-1])

    def sign_up(self, zone: str, start: str = "/account/signup/") -> None:
        """The first of three steps, with the mailed code."""
        self.go(start)
        fill = self.page.fill
        fill("[name=name]", self.name)
        fill("[name=email]", self.email)
        fill("[name=password1]", PASSWORD)
        self.page.select_option("[name=zone]", zone)
        self.page.locator("[name=inbox_shared][value=False]").check(force=True)
        self.press("main form[action*='/account/signup/'] [type=submit]")
        fill("[name=code]", self.code_from_mail())
        self.press("main form:has([name=code]) [type=submit]")

    def set_reminder(self, zone_offset: timedelta, *, minutes: int = 1) -> datetime:
        """Be reminded so many full minutes from now, on the second step or in the settings. Returns when (UTC)."""
        now = datetime.now(UTC)
        due = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes + (now.second >= 50))
        self.page.locator("[name=check_in-wanted]").set_checked(True, force=True)
        self.page.fill("[name=check_in-at]", f"{due + zone_offset:%H:%M}")
        self.press("main form:has([name=check_in-at]) .btn-primary[type=submit]")
        return due
