"""From a thorn to "that's it", and what comes later: two people, a browser each, while the clock moves on."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from time_machine import Traveller

from accounts.models import User
from tests.cast import NOW
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import (
    DAY,
    EVENING,
    PHONE,
    SCREENS,
    SHARE,
    TODAY,
    WRITE,
    Enter,
    clock,
    enter,
    height,
    path,
    source,
    too_low,
)

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

REPLY = f"/evenings/{DAY}/reply/"
SEND, FOOT = "button:has-text('Send my reply to')", "form .sticky"
STEP = ".step:nth-of-type({}) > summary"
A_DAY = timedelta(days=1)


def share(one: Visitor, **lines: str) -> None:
    one.go(WRITE)
    for kind, words in lines.items():
        one.page.fill(f"[name={kind}]", words)
    one.press(SHARE)


@pytest.mark.parametrize("javascript", [True, False], ids=["smooth", "without JavaScript"])
def test_a_thorn_is_heard_in_two_rounds(enter: Enter, alice: User, bob: User, javascript: bool) -> None:
    hers, his = enter(alice, java_script_enabled=javascript), enter(bob, java_script_enabled=javascript)
    share(hers, rose="frost on the fence", thorn="the review moved to thursday")
    share(his, rose="a blackbird")

    # He says it back in three steps, of which one stands open; a sentence that fixes is pointed out to him alone.
    his.press(f"a[href='{REPLY}']")
    assert path(his) == REPLY
    assert his.page.locator("[name^=begin_]:checked").evaluate_all("all => all.map(one => one.value)") == [
        "own",
        "own",
    ]
    his.page.fill("[name=back]", "you were ready, and then it moved.")
    his.page.locator("[name=begin_back][value=hear]").set_checked(True, force=True)
    his.page.click(STEP.format(2))
    assert not his.page.locator("[name=back]").is_visible()
    his.page.locator("[value=deflated]").set_checked(True, force=True)
    his.page.click(STEP.format(3))
    assert his.page.locator(".step[open]").count() == 1
    his.page.locator("[name=begin_sense][value=because]").set_checked(True, force=True)
    his.page.fill("[name=sense]", "it is hard to do that twice. Why don’t you ask for the first slot?")
    his.page.locator("[name=more]").set_checked(True, force=True)
    if javascript:
        preview = his.page.locator("#preview")
        expect(preview).to_contain_text("What I hear is you were ready")
        expect(preview).to_contain_text("This bit may sound like advice")
        assert path(his) == REPLY
    else:
        his.press("[formaction$='/look/']:has-text('Preview my reply')")
        assert "What I hear is you were ready" in his.text()
        his.press(SEND)
        assert "This bit may sound like advice" in his.text()
        assert his.page.locator("[name=sense]").is_visible()  # the step it stands in is open
    assert "advice" not in source(hers, TODAY) + source(hers, EVENING)
    his.press("[name=take_out]")
    assert "Why don’t you" not in his.page.content()
    his.press(SEND)
    assert path(his) == TODAY

    # She reads it beside that thorn, and there is a bit more.
    assert "What I hear is you were ready, and then it moved." in source(hers, TODAY)
    assert "I wonder if you felt deflated." in hers.text()
    hers.press(f"a[href='/evenings/{DAY}/more/']")
    hers.page.fill("[name=text]", "and nobody asked me.")
    hers.press("main form [type=submit]")

    # Second round, and that's it; a third is not offered.
    assert "and nobody asked me." in source(his, TODAY)
    his.press(f"a[href='{REPLY}']")
    his.page.fill("[name=back]", "So it was decided over your head.")
    his.press(SEND)
    hers.go(TODAY)
    hers.press(f"form[action='/evenings/{DAY}/heard/'] [type=submit]")
    for one in (hers, his):
        assert "That’s what I meant." in source(one, EVENING)
        assert REPLY not in one.page.content()
    assert "decided over your head" not in source(hers, "/shared/") + source(his, "/shared/")


def test_by_keyboard_alone(enter: Enter, alice: User, bob: User) -> None:
    hers, his = enter(alice), enter(bob)
    share(hers, rose="r", thorn="the printer")
    share(his, rose="r")
    his.go(REPLY)
    keys = his.page.keyboard
    his.page.locator(STEP.format(1)).focus()
    keys.press("Tab")
    keys.type("fought the printer.")
    keys.press("Tab")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    assert his.page.locator("[name=begin_back][value=day]").is_checked()
    keys.press("Tab")
    keys.press("Enter")  # the second step
    keys.press("Tab")
    keys.press("Space")  # the first feeling
    assert his.page.locator("[name=feeling]").first.is_checked()
    his.page.locator(SEND).focus()
    with his.page.expect_navigation():
        keys.press("Enter")
    assert "So all day you fought the printer." in source(hers, TODAY)
    hers.page.locator(f"form[action='/evenings/{DAY}/heard/'] button").focus()
    with hers.page.expect_navigation():
        hers.page.keyboard.press("Enter")
    assert "That’s what I meant." in source(his, EVENING)


def test_on_a_phone_the_box_and_what_sends_it_are_in_sight_at_once(
    enter: Enter, alice: User, bob: User
) -> None:
    hers, his = enter(alice), enter(bob)
    share(
        hers,
        rose="r",
        thorn="the review moved to thursday at five to four, and i carried it about all evening",
    )
    share(his, rose="r")
    his.page.set_viewport_size(PHONE)
    his.go(REPLY)
    assert too_low(his, "[name=back]", SEND) == []
    box, foot = his.page.locator("[name=back]").bounding_box(), his.page.locator(FOOT).bounding_box()
    assert box is not None
    assert foot is not None
    assert box["y"] + box["height"] <= foot["y"]  # nor does what stays below cover it
    assert height(his) <= SCREENS
    his.page.fill("[name=back]", "you were ready. " * 60)
    expect(his.page.locator("#preview")).to_contain_text("you were ready.")
    assert too_low(his, SEND) == []
    for number in (2, 3):
        his.page.click(STEP.format(number))
        assert too_low(his, SEND) == []
        assert height(his) <= SCREENS


def test_a_thank_you_kept_until_day_ten_and_a_bud_that_comes_back(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    hers, his = enter(alice), enter(bob)
    pages = (TODAY, "/shared/", "/thanks/", "/wins/", "/more/")
    before = [source(his, where) for where in pages]
    hers.go("/thanks/")
    hers.page.fill("[name=text]", "for the heater, before I was up")
    hers.press("[name=go][value=keep]")
    assert "for the heater" not in hers.text()
    hers.press("a.shut--link")
    assert "for the heater" in hers.text()
    assert [source(his, where) for where in pages] == before
    share(hers, bud="the broth on friday")
    share(his, rose="the heater")  # a page that waits looks like a kept one, and neither comes back

    clock.move_to(NOW + 8 * A_DAY)  # its week was over on an evening for longer ago
    assert "You were looking forward to this" in source(hers, TODAY)
    assert "the broth on friday" in hers.text()
    assert "the broth on friday" not in source(his, TODAY)
    clock.move_to(NOW + 10 * A_DAY + timedelta(hours=1))
    assert "for the heater" not in source(hers, "/kept/")
    clock.move_to((NOW + 11 * A_DAY).replace(hour=16, minute=55))
    assert "for the heater" not in source(his, "/shared/")
    clock.move_to((NOW + 11 * A_DAY).replace(hour=17, minute=5))
    assert "for the heater, before I was up" in source(his, "/shared/")
    assert "the broth on friday" not in source(hers, TODAY)  # it asked once


def test_after_a_quiet_week_nothing_is_offered_and_later_one_thing(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    """Alice and Bob became a couple thirty days ago."""
    clock.move_to(NOW + 4 * A_DAY)  # an evening with a question
    hers = enter(alice)
    assert "One more thing, if you like" not in source(hers, TODAY)  # quiet for a week: start anywhere
    share(hers, rose="r")
    assert len(re.findall("One more thing, if you like", source(hers, TODAY))) == 1
    assert hers.page.locator("main .btn-primary").count() <= 1
