"""Pages that stay where they are while their fonts arrive: what stands in for a font is as wide and as high."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route

from accounts.models import User
from config.demo import couple
from tests.journeys.site import site
from tests.journeys.steps import context_of, sign_in

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAGES = ["/today/", "/dates/", "/together/", "/evening/", "/talk/", "/settings/"]
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WORDS = """() => document.fonts.check('16px "Figtree Variable"')"""
# The sum of what moved, each as the part of the window it moved in times how far: `layout-shift` as browsers count it.
MOVED = """() => new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, one) => sum + one.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 300))"""


def moved(page: Page, url: str) -> float:
    """How far the page moves when its fonts come after it was drawn."""
    held: list[Route] = []
    page.route("**/*.woff2", lambda route: held.append(route))  # playwright takes no built-in
    page.goto(url, wait_until="commit")
    page.wait_for_selector("footer, nav", state="attached")
    page.evaluate(DRAWN)
    assert not page.evaluate(WORDS), "drawn before its fonts"
    for route in held:
        route.continue_()
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    page.evaluate(DRAWN)
    assert page.evaluate(WORDS)
    found: float = page.evaluate(MOVED)
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_stay_where_they_are(browser: Browser, site: str, width: int) -> None:
    couple.seed(now=timezone.now())
    found = {}
    stranger = context_of(browser, site, None, "light", width)
    found["/"] = moved(stranger.new_page(), f"{site}/")
    for path in PAGES:  # each in a browser of its own, which has no font yet
        context = context_of(browser, site, None, "light", width)
        sign_in(context, site, User.objects.get(name="Rosa"))
        found[path] = moved(context.new_page(), f"{site}{path}")
        context.close()
    # One line of a heading may break elsewhere by then. Without what stands in, the landing page moved by 0.2.
    assert {path: far for path, far in found.items() if far > 0.05} == {}
