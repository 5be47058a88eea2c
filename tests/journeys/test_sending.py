"""A form that is on its way: a slow answer is said on its button, and a second press sends nothing more."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from tests.journeys.site import site
from tests.journeys.steps import KEEP, SHARE, WRITE, Enter, clock, enter

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SETTINGS, BUTTON = "/settings/", "main form [type=submit]"


def test_a_button_says_that_it_waits_and_sends_once(enter: Enter, alice: User) -> None:
    """Where no page follows, as after a form that answers with a file, it can be sent again ten seconds later."""
    hers = enter(alice)
    sent: list[str] = []

    def nothing(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)

    hers.page.clock.install()
    hers.go(SETTINGS)
    said = hers.page.locator(BUTTON).inner_text()
    hers.page.route("**" + SETTINGS, nothing)
    for times in (1, 2):
        hers.page.locator(BUTTON).click(no_wait_after=True)
        hers.page.clock.run_for(500)
        expect(hers.page.locator(BUTTON)).to_have_text("One moment…")
        expect(hers.page.locator(BUTTON)).to_have_attribute("aria-busy", "true")
        hers.page.locator(BUTTON).click(no_wait_after=True)
        hers.page.clock.run_for(10_000)
        expect(hers.page.locator(BUTTON)).to_have_text(said)
        assert len(sent) == times


def test_another_button_of_the_form_goes_out(enter: Enter, alice: User, bob: User) -> None:
    """Second thoughts count while the first press is on its way; each button still sends once."""
    hers = enter(alice)
    sent: list[str] = []

    def nothing(route: Route) -> None:
        sent.extend(parse_qs(route.request.post_data or "")["go"])
        route.fulfill(status=204)

    hers.page.clock.install()
    hers.go(WRITE)
    hers.page.route(lambda url: url.endswith("/save/"), nothing)
    for button in (SHARE, KEEP, KEEP):
        hers.page.locator(button).click(no_wait_after=True)
        hers.page.clock.run_for(500)
    expect(hers.page.locator(KEEP)).to_have_text("One moment…")
    expect(hers.page.locator(SHARE)).to_have_text("Share with Bob")
    assert sent == ["share", "keep"]
