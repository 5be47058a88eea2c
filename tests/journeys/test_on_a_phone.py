"""The main pages on a phone: what each is for stands above the navigation, and none is longer than three screens."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import ViewportSize

from accounts.models import User
from adventures import wishing
from checkins import writing
from checkins.words import CheckInText
from config.demo import couple
from tests.cast import NOW, pair, person, seat
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import DAY, PHONE, SCREENS, TODAY, WRITE, Enter, clock, enter, height, too_low

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NARROW: ViewportSize = {"width": 360, "height": 800}
WISHES, IDEAS = "/wishes/", "/wishes/ideas/"
# Each page, and what it is for: in the middle of things, or before anything was begun.
FIRST = {
    TODAY: ".page-head .btn-primary",
    WRITE: "main textarea >> visible=true",
    "/together/": ".places > :last-child",
    "/challenge/": ".spread .btn, .offers .btn-primary",
    "/dates/": ".page-head a[href='/dates/plan/']",
    "/dates/plan/": "#plan .pick label",
    IDEAS: ".look summary",
    WISHES: ".add-wish .btn-primary",
    "/talk/": ".seat .btn, a.btn[href='/talk/rhythm/']",
    "/settings/reminders/": "[name=check_in-wanted]",
    "/thanks/": "[name=text]",
}


def faults(one: Visitor) -> Iterator[str]:
    """Pages on which one has to scroll for the main thing, or for more than three screens."""
    one.page.set_viewport_size(PHONE)
    for address, selector in FIRST.items():
        one.go(address)
        if too_low(one, selector):
            yield f"{address}: {selector} isn't above the navigation"
        if height(one) > SCREENS:
            yield f"{address}: {height(one)} px"


@pytest.mark.parametrize("name", ["Rosa", "Theo"])
def test_in_the_middle_of_a_month(enter: Enter, name: str) -> None:
    """The demo's couple: an ask, dates, a talk on the table and a list."""
    couple.seed(now=timezone.now())
    one = enter(User.objects.get(name=name))
    assert list(faults(one)) == []
    if name == "Rosa":  # what the other asks for can be answered there
        one.go("/dates/")
        assert too_low(one, ".next-date .evens") == []
    for query in ("?page=2", "?page=3", "?page=4"):
        one.go(f"{IDEAS}{query}")
        assert height(one) <= SCREENS, query


def test_on_the_first_evening(enter: Enter) -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob, now=timezone.now())
    assert list(faults(enter(alice))) == []


def test_a_reply_begins_and_is_sent_above_the_navigation(enter: Enter, alice: User, bob: User) -> None:
    for by, words in (
        (alice, CheckInText(rose="frost")),
        (bob, CheckInText(thorn="the review moved to thursday, " * 4)),
    ):
        writing.write(by=seat(by), day=NOW.date(), words=words, share=True, now=NOW)
    hers = enter(alice)
    hers.page.set_viewport_size(PHONE)
    hers.go(f"/evenings/{DAY}/reply/")
    assert too_low(hers, "[name=back]") == []
    assert too_low(hers, "button:has-text('Send my reply to')") == []
    assert height(hers) <= SCREENS


def test_a_long_list_goes_on_on_another_page(enter: Enter) -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob, now=NOW - timedelta(days=40))
    words = "An evening by the canal, with soup in a flask and the long way home"
    for number in range(2 * wishing.PAGE):
        wish = wishing.wish(
            by=seat(alice if number % 3 else bob), words=wishing.WishWords(f"{words} {number}"), now=NOW
        )
        if number % 2:
            wishing.want(by=seat(bob if number % 3 else alice), wish_id=wish.pk, now=NOW)
    hers = enter(alice)
    hers.page.set_viewport_size(PHONE)
    for query in ("", "?page=2"):
        hers.go(f"{WISHES}{query}")
        assert hers.page.locator("li.wish").count() == wishing.PAGE
        assert height(hers) <= SCREENS, query


@pytest.mark.parametrize("size", ["100%", "200%"])
def test_the_tab_one_is_on_is_in_sight_however_large_the_letters(enter: Enter, size: str) -> None:
    one = enter(person("Dana"))
    one.page.set_viewport_size(NARROW)
    one.go("/settings/")
    addresses = [link.get_attribute("href") for link in one.page.locator(".tabs a").all()]
    assert len(addresses) == 7
    for address in addresses:
        one.go(str(address))
        one.page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert one.page.locator(".tabs [aria-current]").get_attribute("href") == address
        assert too_low(one, ".tabs [aria-current]") == [], address
