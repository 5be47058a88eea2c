"""Pages that are open while the other leaves: whatever looks or posts by itself learns nothing, in real browsers."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from time_machine import Traveller

from accounts.leaving import erase
from accounts.models import User
from agendas import building, meeting
from checkins import quiet_time, writing
from checkins.words import CheckInText
from couples import parting
from tests.agendas.scenarios import LAYS_OUT, STARTS, SUNDAY, four_weeks
from tests.cast import seat
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import Enter, clock, enter

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

RING, TALK = "/phones-down/", "/talk/now/"
WRITE, REPLY = "/evening/", f"/evenings/{SUNDAY}/reply/"
BY_ITSELF = {RING, TALK, WRITE, REPLY}  # every page that asks the server for something without being told to
LOST = "Not live just now. Go on talking."
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"  # asked, and not yet taken in


def opened(his: Visitor) -> dict[str, Page]:
    """A tab of his for each page that asks by itself."""
    tabs = {}
    for path in sorted(BY_ITSELF):
        tabs[path] = his.context.new_page()
        tabs[path].goto(f"{his.url}{path}")
    return tabs


def addresses(page: Page) -> list[str]:
    """What the page asks for by itself."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-hx-trigger]")].map(
            (one) => one.dataset.hxGet || one.dataset.hxPost)"""
    )
    return found


def looked(page: Page, address: str) -> None:
    """Wait until the page has asked for this by itself, and taken in what it got."""
    where = address.partition("?")[0]
    with page.expect_response(lambda answer: where in answer.url):
        pass
    expect(page.locator(UNDER_WAY)).to_have_count(0)


def said(page: Page) -> str:
    """What the page shows, but for the ring's length and a draft's state."""
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


@pytest.mark.parametrize("leave", ["part", "erase"])
def test_what_is_open_at_his_learns_nothing(
    enter: Enter, alice: User, bob: User, clock: Traveller, leave: str
) -> None:
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    clock.move_to(STARTS)
    writing.write(
        by=seat(alice),
        day=SUNDAY,
        words=CheckInText("planted thaw", "", "planted queue"),
        share=True,
        now=STARTS,
    )
    writing.write(by=seat(bob), day=SUNDAY, words=CheckInText("soup"), share=True, now=STARTS)
    quiet_time.begin(seat(bob).couple, 15, now=STARTS)
    meeting.begin(by=seat(alice), now=STARTS)
    his = enter(bob)
    tabs = opened(his)
    asks = {path: addresses(page) for path, page in tabs.items()}
    assert all(len(found) == 1 for found in asks.values()), asks
    looked(tabs[TALK], asks[TALK][0])
    tabs[REPLY].fill("[name=back]", "the queue was long")
    expect(tabs[REPLY].locator("#preview")).to_contain_text("the queue was long")
    before = {path: said(page) for path, page in tabs.items()}
    loaded = {path: page.evaluate("performance.timeOrigin") for path, page in tabs.items()}

    if leave == "part":
        parting.part(by=alice, now=STARTS)
    else:
        erase(alice, now=STARTS)

    expect(tabs[TALK].locator("[data-live-lost]")).to_be_visible()
    looked(tabs[RING], asks[RING][0])
    tabs[REPLY].fill("[name=back]", "the queue was long and cold")
    looked(tabs[REPLY], asks[REPLY][0])
    tabs[WRITE].fill("[name=bud]", "noodles")
    expect(tabs[WRITE].locator("#draft-state")).to_contain_text("Draft saved")

    after = {path: said(page) for path, page in tabs.items()}
    assert {path: page.evaluate("performance.timeOrigin") for path, page in tabs.items()} == loaded
    assert after[RING] == before[RING]
    assert after[REPLY] == before[REPLY]
    assert tabs[REPLY].input_value("[name=back]") == "the queue was long and cold"
    assert after[TALK].replace(f"{LOST} ", "") == before[TALK]
    assert "on your own" not in "".join(after.values())

    # Once he loads a page himself, it tells him.
    his.go("/today/")
    assert "on your own" in his.text()


def test_a_lost_connection_looks_like_that_too(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    """The same line, and it goes again when the connection is back."""
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    clock.move_to(STARTS)
    meeting.begin(by=seat(alice), now=STARTS)
    his = enter(bob)
    his.go(TALK)
    before = said(his.page)
    his.context.set_offline(True)
    line = his.page.locator("[data-live-lost]")
    expect(line).to_be_visible()
    assert said(his.page).replace(f"{LOST} ", "") == before
    his.context.set_offline(False)
    expect(line).to_be_hidden()
    assert said(his.page) == before
    his.troubles = [line for line in his.troubles if "ERR_INTERNET" not in line and "htmx:" not in line]


def test_no_other_page_asks_by_itself() -> None:
    """Every template that asks the server for something untold stands in the list above; none loads itself."""
    found, loads = set(), set()
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = template.read_text()
        found |= {template.name} if "data-hx-trigger" in text else set()
        loads |= {template.name} if "http-equiv" in text else set()
    assert found == {"ring.html", "live.html", "check_in.html", "reply.html", "export_progress.html"}
    assert loads == set()
