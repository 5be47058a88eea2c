"""Nothing sticks out of a narrow window: every page of two with long names and one-word texts, and every mail."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from playwright.sync_api import Browser, Page

from accounts.mail import render
from accounts.models import User
from accounts.sealed import SealedTextField
from config.demo import couple
from tests.accounts.mails import MAILS, WORLD
from tests.journeys.site import site
from tests.journeys.steps import context_of
from tests.journeys.walking import walk
from tests.sights import EVERY_PAGE

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
NAMES = {"Rosa": "M" * 50, "Theo": "W" * 50}
WORD = "m" * 200
# Not words: figures, keys and settings. Whatever else is sealed is somebody's text.
NO_WORDS = {
    "cards", "closeness", "code", "depth", "earlier", "ending", "idea", "mail_to", "seasons", "target", "ticks",
    "total", "touch", "turns", "what",
}  # fmt: skip  # several values a line, to be looked through
SHORTER = {"feeling": 50, "trait": 50, "unit": 20}  # what those fields hold
WIDTH = 320
SIZES = ("100%", "200%")  # of the text: what a person may set in their browser
# What stands beside the window, unless something round it scrolls or it is only there to be heard.
BESIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const excused = (one) => {
    for (let up = one; up && up !== document.body; up = up.parentElement) {
      if (up.matches(".skip-link, .visually-hidden, select")) return true;
      if (up !== one && /auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const sticks = (box) => box.width && box.height && (box.right > wide + 1 || box.left < -1);
  const words = (one) => [...one.childNodes].some((node) => {
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) return false;
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].some(sticks);
  });
  const found = [...document.body.querySelectorAll("*")].filter((one) =>
    !one.parentElement.closest("svg") && (sticks(one.getBoundingClientRect()) || words(one)) && !excused(one));
  const inner = found.filter((one) => !found.some((other) => other !== one && one.contains(other)));
  const of = (one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") || ""}`;
  const told = inner.map((one) => `${of(one.parentElement)} > ${of(one)}: ${one.textContent.trim().slice(0, 24)}`);
  const sideways = document.documentElement.scrollWidth - wide;
  return [...(sideways > 0 ? [`${sideways} px`] : []), ...told];
}"""

# A mail is in pixels: its reader makes the letters themselves larger.
TWICE_AS_LARGE = """() => {
  const all = [...document.body.querySelectorAll("*")];
  const sizes = all.map((one) => parseFloat(getComputedStyle(one).fontSize));
  all.forEach((one, at) => one.style.setProperty("font-size", `${2 * sizes[at]}px`, "important"));
}"""
WIDEST_CODE = "WWWW-WWWW"


def make_every_text_long() -> None:
    """Every text that is there becomes one word without an end, as if it had been written so."""
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(name=NAMES[user.name])
    for model in apps.get_models():
        names = [field.name for field in model._meta.get_fields() if isinstance(field, SealedTextField)]
        for row in model._default_manager.all() if names else ():
            for name in set(names) - NO_WORDS:
                if getattr(row, name):
                    setattr(row, name, WORD[: SHORTER.get(name, 200)])
            row.save()


def sticking_out(page: Page) -> list[str]:
    found = []
    for size in SIZES:
        page.evaluate(
            "size => { document.documentElement.style.fontSize = size;"
            "document.querySelectorAll('details').forEach(one => { one.open = true }) }",
            size,
        )
        found += [f"{size} {what}" for what in page.evaluate(BESIDE)]
    return found


@pytest.mark.parametrize("who", sorted(NAMES) if EVERY_PAGE else ["Rosa"])
def test_nothing_sticks_out_of_a_narrow_window(browser: Browser, site: str, who: str) -> None:
    with time_machine.travel(EVENING):
        couple.seed(now=EVENING)
        make_every_text_long()
        user = User.objects.get(name=NAMES[who])
        page = context_of(browser, site, user, "light", WIDTH).new_page()
        seen, wrong = walk(page, site, sticking_out, enough=2)  # what lies ahead and what lies behind, say
    assert wrong == [], "\n".join(wrong)
    assert len(seen) >= 50, sorted(seen)


def test_no_mail_sticks_out_of_a_narrow_window(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    wrong = []
    for name in MAILS:
        page.set_content(render(name, {**WORLD, "code": WIDEST_CODE}).html)
        wrong += [f"{name}: {what}" for what in page.evaluate(BESIDE)]
        page.evaluate(TWICE_AS_LARGE)
        wrong += [f"{name}, twice as large: {what}" for what in page.evaluate(BESIDE)]
    page.close()
    assert wrong == [], "\n".join(wrong)
