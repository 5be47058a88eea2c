"""What is printed: nothing of one's own alone."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.cast import person
from tests.journeys.site import site
from tests.journeys.steps import context_of

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAPER = 666  # of A4, between its margins, in pixels
# Every word that stands on the page, in boxes to fill in as well.
WORDS = """() => [
  document.body.innerText,
  ...[...document.querySelectorAll('textarea, input:not([type=hidden])')]
    .filter(one => one.checkVisibility()).map(one => one.value),
].join(' ')"""
SENTENCE = ".not-printed"


def words_of(page: Page, media: str) -> str:
    """What stands on a page, on the screen or on paper, with all that is folded unfolded."""
    page.emulate_media(media="print" if media == "print" else "screen")
    words: str = page.evaluate(WORDS)
    return words


def test_recovery_codes_are_printed_and_nothing_else_of_ones_settings(browser: Browser, site: str) -> None:
    dana = person("Dana")
    codes = RecoveryCodes.activate(dana).get_unused_codes()
    page = context_of(browser, site, dana, "light", PAPER).new_page()
    for name, shown in (
        ("mfa_view_recovery_codes", True),
        ("mfa_index", False),
        ("accounts:security", False),
        ("accounts:log", False),
        ("accounts:sessions", False),
        ("accounts:settings", False),
        ("accounts:export", False),
        ("accounts:kept", True),
        ("adventures:calendar", False),
        ("challenges:cards", False),
        ("reminders:settings", False),
        ("checkins:comes_back", False),
        ("checkins:prompt_preferences", False),
    ):
        page.goto(f"{site}{reverse(name)}")
        words = words_of(page, "print")
        assert page.locator(SENTENCE).is_visible() is not shown, name
        assert page.locator("main .leaf:visible, main form:visible").count() == 0 or shown, name
        assert (codes[0] in words) is (name == "mfa_view_recovery_codes"), name
