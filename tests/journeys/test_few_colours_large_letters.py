"""Whoever has few colours, large letters or a narrow window sees what is chosen, and all of it."""

from functools import partial

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from accounts.models import User
from agendas import building, meeting
from config.demo import couple
from tests.agendas.scenarios import LAYS_OUT, STARTS, four_weeks
from tests.cast import NOW, PASSWORD, pair, person, seat
from tests.journeys.apart import alike
from tests.journeys.crowded import crowded
from tests.journeys.site import site
from tests.journeys.steps import context_of
from tests.journeys.walking import walk
from tests.sights import EVERY_PAGE

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = 360
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.name = ''; one.open = true })"
# A page on which some things look chosen by their colour alone, some are gone without it, and some don't fit.
FAULTY = """<!doctype html><style>
  body { background: #fff } label { display: block }
  input { appearance: none; width: 1rem; height: 1rem; background: #eee }
  input:checked { background: #dfd } a[aria-current] { color: #900 } .bar { height: 8px; background: #357 }
  :focus { outline: none } svg { fill: #f8f8f8 } .pair { display: grid; grid-template-columns: 1fr 1px }
  .pair p { overflow-wrap: anywhere } .short { height: 1rem; overflow: hidden } .up { margin-top: -1.5rem }
</style><main><label><input type="radio" name="one"> One</label><a href="/" aria-current="page">Here</a>
<div class="bar"></div>
<svg width="20" height="20"><circle cx="9" cy="9" r="9"/></svg><div class="pair"><p>Words</p><p>of one</p></div>
<p class="short">Not all of it<br>can be read</p><p>below</p><p class="up">above</p><p>{wide}</p></main>"""


def faults(page: Page, compared: dict[bool, list[str]] | None = None) -> list[str]:
    page.evaluate(UNFOLD)
    return alike(page, {} if compared is None else compared) + crowded(page)


def test_each_fault_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 800})
    page.set_content(FAULTY.replace("{wide}", "o" * 80))
    found = "\n".join(faults(page))
    for what in (
        "ordinary colours: chosen: label",
        "ordinary colours: current: a",
        "ordinary colours: focus: a",
        "forced light colours: gone: div.bar",
        "forced light colours: faint: svg. circle",
        "px too wide",
        "broken: of",
        "cut: p.short",
        "on each other: p., p.up",
    ):
        assert what in found, found
    page.close()


def test_every_page_of_two(browser: Browser, site: str) -> None:
    with time_machine.travel(NOW):
        couple.seed(now=NOW)
        page = context_of(browser, site, User.objects.get(name="Theo"), "light", PHONE).new_page()
        compared: dict[bool, list[str]] | None = None if EVERY_PAGE else {}
        seen, wrong = walk(page, site, partial(faults, compared=compared))
    assert wrong == [], "\n".join(wrong)
    assert len(seen) >= 50, sorted(seen)


def test_every_page_of_anyone(browser: Browser, site: str) -> None:
    page = context_of(browser, site, None, "light", PHONE).new_page()
    seen, wrong = walk(page, site, faults, begin="/")
    page.goto(f"{site}/account/signup/")
    page.fill("[name=password1]", PASSWORD)
    with page.expect_navigation():
        page.click("main form[action*='/account/signup/'] [type=submit]")
    assert page.locator(".is-invalid").count() > 1
    wrong += [f"refused: {what}" for what in faults(page)]
    assert wrong == [], "\n".join(wrong)
    assert len(seen) >= 9, sorted(seen)


def test_a_talk_that_is_held(browser: Browser, site: str) -> None:
    """The part they are at, those that are over and those to come; and a refused note."""
    alice, bob = person("Alice"), person("Bob")
    with time_machine.travel(NOW) as clock:
        pair(alice, bob)
        four_weeks(alice, bob)
        building.build_due(now=LAYS_OUT)
        clock.move_to(STARTS)
        meeting.begin(by=seat(alice), now=STARTS)
        meeting.go_to(by=seat(alice), part=3, now=STARTS)
        page = context_of(browser, site, alice, "light", PHONE).new_page()
        page.goto(f"{site}/talk/now/")
        wrong = faults(page)
        page.fill("#id_note", "o" * 5001)
        with page.expect_navigation():
            page.click("text=Save my notes")
        wrong += [f"refused: {what}" for what in faults(page)]
    assert wrong == [], "\n".join(wrong)
