"""The main journey in Firefox and in WebKit, each in a window as narrow as a phone's: people have iPhones."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from time_machine import Traveller

from tests.fixtures import Mailbox
from tests.journeys.other_browsers import MINI_BROWSER, Driven, Firefox, Somebody, WebKit
from tests.journeys.site import site
from tests.journeys.steps import DAY, clock

__all__ = ["clock", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ZONE = "Europe/London"  # whose clock shows UTC in these weeks
NEEDS = {Firefox: ["firefox-esr"], WebKit: ["WebKitWebDriver", "Xvfb", MINI_BROWSER]}
SCREENSHOTS = os.environ.get(
    "SCREENSHOTS"
)  # a folder for pictures of the main pages: to look at, not to compare
ACT = "form[action$='/{}/'] [type=submit]"
SAME = "form[action='/partner/words/same/'] [type=submit]"
CURRENT = "document.querySelector('.nav-main [aria-current]').innerText.trim()"


@pytest.fixture(params=[Firefox, WebKit], ids=["firefox", "webkit"])
def two(
    request: pytest.FixtureRequest, site: str, smtp: Mailbox, tmp_path: Path
) -> Iterator[tuple[Somebody, Somebody]]:
    """Two people, each at a browser of their own."""
    kind: type[Firefox | WebKit] = request.param
    missing = [one for one in NEEDS[kind] if shutil.which(one) is None]
    assert not missing, f"{', '.join(missing)} isn't here: make other-browsers"
    browsers: list[Driven] = []
    try:
        people = []
        for name in ("Alice", "Bob"):
            browsers.append(kind(tmp_path / name))
            people.append(Somebody(browsers[-1], site, smtp, name))
            people[-1].pictures = Path(SCREENSHOTS) if SCREENSHOTS else None
        yield people[0], people[1]
    finally:
        for browser in browsers:
            browser.quit()


def meet(hers: Somebody, his: Somebody) -> None:
    hers.sign_up(ZONE)
    hers.press("main form:has([name=check_in-at]) .btn-primary[type=submit]")
    hers.press("form[action='/partner/invite/'] [type=submit]")
    his.go(hers.value("[data-copy]", "data-copy"))
    his.press("a[href*='/account/signup/']")
    his.sign_up(ZONE, start=his.browser.run("return location.href"))
    his.press("main form[method=post] [type=submit]")
    hers.go("/partner/words/")
    words = [one.browser.run("return document.querySelector('.pair-words').innerText") for one in (hers, his)]
    assert words[0].split() == words[1].split()
    assert len(words[0].split()) == 2
    for one in (his, hers):
        one.go("/partner/words/")
        one.press(SAME)
    assert "We’ve drifted a bit" in hers.text()


def write_both(hers: Somebody, his: Somebody) -> None:
    for one, rose, thorn in (
        (hers, "the first frost", "a queue for nothing"),
        (his, "a blackbird at seven", "the late train"),
    ):
        one.go("/evening/")
        one.fill("[name=rose]", rose)
        one.fill("[name=thorn]", thorn)
        one.take(f"check-in-{one.name}")
        assert one.browser.run(f"return {CURRENT}") == "Check-in"
        one.press("[name=go][value=share]")
    assert "the first frost" in his.text()
    hers.go("/today/")
    hers.take("today")
    assert "a blackbird at seven" in hers.text()


def be_heard(hers: Somebody, his: Somebody) -> None:
    """He says back what he heard in her thorn, with a feeling of the palette; she says that it is what she meant."""
    his.go("/today/")
    his.press(f"a[href='/evenings/{DAY}/reply/']")
    his.fill("[name=back]", "an hour in a queue, for nothing.")
    his.take("reply")
    his.press(".replying > .sticky [type=submit]")
    hers.go("/today/")
    assert "an hour in a queue, for nothing." in hers.text()
    hers.take("heard")
    hers.press(ACT.format("heard"))
    his.go(f"/evenings/{DAY}/")
    assert "That’s what I meant." in his.text()


def plan_a_date(hers: Somebody, his: Somebody) -> None:
    """Four taps and a title; the other says yes from Today."""
    hers.go("/dates/plan/")
    hers.choose("#plan [name=what][value=own]")
    assert hers.sees(".own-what [name=title]")
    hers.fill(".own-what [name=title]", "the pier at low tide")
    hers.choose("#plan .pick--row label:nth-child(2) [name=when]")
    assert not hers.sees(".own-when")
    hers.choose("#plan [name=who]")
    hers.take("plan")
    hers.press("#plan .btn-primary")
    assert "the pier at low tide" in hers.text()
    his.go("/today/")
    assert "Alice asks: the pier at low tide" in his.text()
    his.take("asked")
    his.press(ACT.format("yes"))
    for one in (his, hers):
        one.go("/dates/")
        assert "the pier at low tide" in one.text()
        assert one.sees(".day.is-date")
    hers.take("dates")


def test_the_main_journey(two: tuple[Somebody, Somebody], clock: Traveller, settings: Any) -> None:
    hers, his = two
    settings.NEARER_URL = hers.url
    meet(hers, his)
    write_both(hers, his)
    be_heard(hers, his)
    plan_a_date(hers, his)
    assert hers.troubles + his.troubles == []
