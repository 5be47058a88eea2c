"""The main job, as two people live it, on real processes: pair up, be reminded, check in, stop the mails, part."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.fixtures import Mailbox
from tests.journeys.installation import Embedded, Operated, installation, status_of
from tests.journeys.person import Person, evening_zone

__all__ = ["installation"]
pytestmark = pytest.mark.journey

ALICES = ("the frost planted on the fence", "broth planted for friday", "a planted queue at the chemist")
BOBS = ("a planted blackbird at seven", "the planted train on sunday", "my planted wet umbrella")


def test_two_people_meet_check_in_are_reminded_and_part(
    browser: Browser, installation: Operated | Embedded, mailbox: Mailbox
) -> None:
    zone = evening_zone()
    offset = datetime.now(UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    alice = Person(browser, installation.url, mailbox, "Alice")
    bob = Person(browser, installation.url, mailbox, "Bob")

    # Alice signs up, chooses her evening and asks somebody along.
    began = time.monotonic()
    alice.sign_up(zone)
    due = alice.set_reminder(offset)
    alice.press("form[action='/partner/invite/'] [type=submit]")
    link = alice.page.locator("[data-copy]").get_attribute("data-copy") or ""
    assert link.startswith(f"{installation.url}/i/")

    # Bob has a look first, then says yes and signs up on the way.
    bob.go(link)
    assert "Alice" not in bob.page.content()
    assert "alice@" not in bob.page.content()
    bob.press("a[href*='/account/signup/']")
    bob.sign_up(zone, start=bob.page.url)
    bob.press("main form[method=post] [type=submit]")  # accept

    # Both see the same two words; nothing is joined until each has said so.
    alice.go("/partner/words/")
    alices_words = alice.page.locator(".pair-words").inner_text().split()
    assert alices_words == bob.page.locator(".pair-words").inner_text().split()
    assert len(alices_words) == 2
    bob.press("form[action='/partner/words/same/'] [type=submit]")
    bob.go("/partner/")
    assert "Alice" not in bob.text()
    alice.press("form[action='/partner/words/same/'] [type=submit]")
    for one, other in ((alice, bob), (bob, alice)):
        one.go("/partner/")
        assert other.name in one.text()
    took = time.monotonic() - began

    # Before either writes, the reminder arrives at the time she set, once.
    reminders = _reminders(alice, seconds=(due - datetime.now(UTC)).total_seconds() + 300)
    assert len(reminders) == 1
    assert datetime.now(UTC) >= due
    whole = reminders[0].as_string()
    assert "Bob" not in whole
    assert reminders[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # Bob's is still to come when both write: it is skipped, and the other kind he switched on is sent. Alice wants that
    # one as well, has one sent to see it, and stops it from there before it is due: on a slow machine that is later.
    bob.go("/settings/reminders/")
    bobs_due = bob.set_reminder(offset, minutes=2 + int(3 * took / 60))
    alice.go("/settings/reminders/")
    for one in (bob, alice):
        one.page.locator("[name=pages_open-wanted]").set_checked(True, force=True)
        one.page.fill("[name=pages_open-at]", f"{bobs_due + offset:%H:%M}")
        one.press("main form:has([name=check_in-at]) .btn-primary[type=submit]")
    alice.go("/settings/reminders/pages_open/")
    alice.press("form[action='/settings/reminders/pages_open/send/'] [type=submit]")
    asked = _reminders(alice, seconds=300, count=2)[1]
    assert asked["Subject"] == "Two pages, to read"
    stop = asked["List-Unsubscribe"].strip(" <>")
    stranger = browser.new_context().new_page()
    stranger.goto(stop)
    assert "Alice" not in stranger.content()
    alice.go("/settings/reminders/")
    assert alice.page.locator("[name=pages_open-wanted]").is_checked()
    with stranger.expect_navigation():
        stranger.locator("main form [type=submit]").click()
    alice.go("/settings/reminders/")
    assert not alice.page.locator("[name=pages_open-wanted]").is_checked()
    assert alice.page.locator("[name=check_in-wanted]").is_checked()

    # Each writes; the pages open together.
    alice.write(*ALICES)
    bob.go("/today/")
    assert not _shows(bob, ALICES)
    bob.write(*BOBS)
    assert _shows(bob, ALICES)
    assert _shows(bob, BOBS)
    alice.go("/today/")
    assert _shows(alice, BOBS)

    (his,) = _reminders(bob, seconds=(bobs_due - datetime.now(UTC)).total_seconds() + 300)
    assert his["Subject"] == "Two pages, to read"
    assert "settled" not in status_of(installation.url)
    settled = _settled(installation, 4)
    assert settled.pop("skipped unsubscribed", 1) == 1  # where it was in the ledger already
    assert settled == {"sent": 3, "skipped done": 1}

    # Bob ends it, alone; both see the neutral state and only their own words.
    bob.go("/settings/part/")
    bob.press("form[action='/settings/part/'] [type=submit], main form:not([action]) [type=submit]")
    for one, own, others in ((alice, ALICES, BOBS), (bob, BOBS, ALICES)):
        one.go("/today/")
        assert "writing on your own here now" in one.text()
        assert _shows(one, own)
        assert not _shows(one, others)

    assert len(_reminders(alice, seconds=0)) == 2  # still the two
    for one in (alice, bob):
        assert one.troubles == []
        left = one.left_on_device()
        assert left == {"local": {}, "session": {}, "databases": [], "caches": [], "workers": 0}
    assert "planted" not in installation.logs()
    heard, tasks = installation.ear.everything(), installation.ear.tasks()
    for private in ("planted", alice.email, bob.email, "Alice", "Bob"):
        assert private not in heard
        assert not any(private in task for task in tasks)
    assert len(tasks) > 10
    assert not any("planted" in mail.as_string() for mail in mailbox.messages)


def _reminders(person: Person, *, seconds: float, count: int = 1) -> list:
    """Reminders (they alone carry List-Unsubscribe): so many, waited for until `seconds` are over."""
    until = time.monotonic() + seconds
    while True:
        found = [mail for mail in person.mailbox.to(person.email) if mail["List-Unsubscribe"]]
        if len(found) >= count or time.monotonic() > until:
            return found
        time.sleep(0.2)


def _settled(installation: Operated | Embedded, count: int) -> dict[str, int]:
    """What became of the reminders, once so many are settled: one that was sent is, a moment after it came in."""
    until = time.monotonic() + 300
    while sum((found := installation.settled()).values()) - found.get("skipped unsubscribed", 0) < count:
        assert time.monotonic() < until, found
        time.sleep(0.2)
    return found


def _shows(person: Person, words: tuple[str, ...]) -> bool:
    """Whether the page's source holds all of these lines; some of them would be an error of its own."""
    source = re.sub(r"\s+", " ", person.page.content())
    shown = [line in source for line in words]
    assert all(shown) or not any(shown), (person.page.url, shown)
    return all(shown)
