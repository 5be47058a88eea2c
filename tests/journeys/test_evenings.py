"""Evenings as two people live them, each in a browser of their own, while the clock moves on (never back)."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from time_machine import Traveller

from accounts.models import User
from checkins import writing
from checkins.words import LINES, CheckInText
from couples import days
from tests.cast import NOW, pair, person, seat
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import (
    DAY,
    EVENING,
    KEEP,
    KEPT,
    NOTHING,
    PHONE,
    SCREENS,
    SHARE,
    SHARED,
    START,
    TALKED,
    TAP,
    TELL,
    TODAY,
    WRITE,
    Enter,
    Finger,
    clock,
    enter,
    height,
    path,
    source,
    too_low,
)

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FROST, BROTH, QUEUE = "frost on the fence", "broth on friday", "a queue at the chemist"
BLACKBIRD, TRAIN = "a blackbird at seven", "the train on sunday"
MINE, THEIRS = "[aria-labelledby=t-mine]", "[aria-labelledby=t-theirs]"


def at(hour: int, minute: int = 0, *, day: int = 18) -> datetime:
    """A moment of that November on London's clock, which is UTC."""
    return NOW.replace(day=day, hour=hour, minute=minute)


def sources(one: Visitor) -> list[str]:
    return [source(one, where) for where in (TODAY, WRITE, SHARED, EVENING)]


def typed(page: Page, kind: str = "rose") -> str:
    return page.locator(f"[name={kind}]").input_value()


def type_and_save(page: Page, words: str, kind: str = "rose") -> None:
    """Type a line and wait until the form has tried to save it."""
    with page.expect_response("**/draft/"):
        page.fill(f"[name={kind}]", words)


def test_an_evening_said_aloud_is_each_ones_own_fact(enter: Enter, alice: User, bob: User) -> None:
    hers, his = enter(alice), enter(bob)
    before = sources(his)

    hers.go(WRITE)
    hers.press(TELL)
    assert path(hers) == f"/evening/{DAY}/aloud/"
    assert "Until about" not in hers.text()
    hers.press(START)
    assert path(hers) == f"/evening/{DAY}/aloud/"
    assert "Until about 19:05" in hers.text()
    hers.press(TALKED)
    assert "You talked." in hers.text()
    assert sources(his) == before

    hers.press("form[action$='/not-yet/'] [type=submit]")
    assert "You talked." not in hers.text()
    hers.go(WRITE)
    hers.press(TELL)
    hers.press(TALKED)
    assert path(hers) == TODAY
    assert "You talked." in hers.text()
    assert "You talked." in source(hers, EVENING)
    assert sources(his) == before


@pytest.mark.parametrize("javascript", [True, False], ids=["smooth", "without JavaScript"])
def test_telling_and_writing_are_two_tabs_and_nothing_typed_is_lost_between_them(
    enter: Enter, alice: User, bob: User, javascript: bool
) -> None:
    hers = enter(alice, java_script_enabled=javascript)
    shown = hers.page.locator(".two-tabs [aria-current]")

    hers.go(WRITE)
    expect(shown).to_have_text("Write it down")
    hers.page.fill("[name=rose]", FROST)
    hers.page.check("[name=keep_rose]")
    hers.page.check("[name=open]")
    hers.press(TELL)
    expect(shown).to_have_text("Say it aloud")
    assert not hers.page.locator("[name=rose]").is_visible()
    hers.page.reload()
    expect(shown).to_have_text("Say it aloud")

    # What is in the way on this tab is said on it, with the row open that it is in.
    hers.page.click("details.shut summary")
    hers.page.fill("[name=note]", "n" * 20_001)
    hers.press(TALKED)
    expect(shown).to_have_text("Say it aloud")
    assert hers.page.locator("[name=note]").is_visible()
    assert len(typed(hers.page, "note")) == 20_001
    hers.page.fill("[name=note]", QUEUE)
    hers.press("[name=go][value=draft]")
    expect(shown).to_have_text("Write it down")
    assert path(hers) == f"/evening/{DAY}/"
    assert (typed(hers.page), typed(hers.page, "note")) == (FROST, QUEUE)
    assert hers.page.is_checked("[name=keep_rose]")
    assert hers.page.is_checked("[name=open]")
    assert not hers.page.locator("[name=note]").is_visible()  # closed, full or empty

    hers.page.fill("[name=bud]", "x" * 1001)
    hers.press(SHARE)
    expect(shown).to_have_text("Write it down")
    assert typed(hers.page, "bud") == "x" * 1001


def test_on_a_phone_two_taps_lead_to_the_first_letter_and_share_stands_in_sight(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    hers = enter(alice, has_touch=True)
    finger = Finger(hers)
    hers.page.set_viewport_size(PHONE)
    finger.leave_by(f"main a[href='{WRITE}']")
    finger.tap("[name=rose]")
    assert finger.given == [TAP] * 2
    hers.page.keyboard.type("f")
    assert typed(hers.page) == "f"

    boxes = [f"[name={kind}]" for kind in LINES]
    assert too_low(hers, *boxes, "details.shut", SHARE, KEEP) == []
    hers.press(TELL)
    assert too_low(hers, ".says", START, TALKED) == []
    assert height(hers) <= SCREENS
    hers.press(START)
    assert too_low(hers, ".says", TALKED) == []
    assert height(hers) <= SCREENS

    hers.write(FROST, go="keep")
    hers.go(WRITE)  # put away, and still to be changed
    assert too_low(hers, *boxes, SHARE, KEEP) == []
    assert height(hers) <= SCREENS
    clock.move_to(at(10, day=19))
    hers.go(f"/evening/{DAY}/")  # yesterday's
    assert too_low(hers, *boxes, SHARE, KEEP) == []
    hers.press(SHARE)
    writing.write(by=seat(bob), day=NOW.date(), words=CheckInText(rose=TRAIN), share=True, now=at(10, day=19))
    hers.go(f"/evening/{DAY}/")  # it can be read by now
    assert hers.page.locator(".two-tabs").count() == 0
    assert too_low(hers, *boxes, SHARE) == []


def test_both_pages_open_at_the_next_load_and_nothing_stays_on_the_devices(
    enter: Enter, alice: User, bob: User
) -> None:
    hers, his = enter(alice), enter(bob)
    hers.write(FROST)
    assert path(hers) == TODAY
    assert FROST in hers.page.content()
    assert not any(FROST in page for page in sources(his))

    his.go(WRITE)
    type_and_save(his.page, BLACKBIRD)
    his.go(TODAY)
    his.page.go_back()
    assert typed(his.page) == BLACKBIRD
    his.press(SHARE)
    assert FROST in his.page.locator(THEIRS).inner_text()
    assert BLACKBIRD in his.page.locator(MINE).inner_text()

    assert BLACKBIRD not in hers.page.content()  # an open page learns nothing by itself
    hers.page.reload()
    assert BLACKBIRD in hers.page.locator(THEIRS).inner_text()
    hers.go(WRITE)
    hers.page.go_back()
    assert (hers.left_on_device(), his.left_on_device()) == (NOTHING, NOTHING)


def test_a_kept_line_looks_empty_and_a_page_left_open_wants_no_answer(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    hers, his = enter(alice), enter(bob)
    hers.go(WRITE)
    hers.page.fill("[name=rose]", FROST)
    hers.page.fill("[name=thorn]", QUEUE)
    hers.page.check("[name=keep_thorn]")
    hers.press(SHARE)
    assert QUEUE in hers.page.content()
    his.write(BLACKBIRD)
    assert FROST in his.page.locator(THEIRS).inner_text()
    assert his.page.locator(f"{THEIRS} .line").count() == 1
    assert not any(QUEUE in page for page in sources(his))

    clock.move_to(at(19, day=19))
    hers.go(WRITE)
    hers.page.fill("[name=bud]", BROTH)
    hers.page.check("[name=open]")
    hers.press(SHARE)
    his.go(TODAY)
    assert "Alice left this page open" in his.text()
    assert BROTH in his.page.locator(THEIRS).inner_text()
    assert his.page.locator(MINE).count() == 0


def test_what_could_be_read_is_changed_with_a_mark_and_taken_back_for_both(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    hers, his = enter(alice), enter(bob)
    hers.write(FROST, thorn=QUEUE)
    his.write(BLACKBIRD)
    hers.write(BROTH)
    his.go(TODAY)
    for one, whose in ((hers, MINE), (his, THEIRS)):
        marks = one.page.locator(f"{whose} .line-mark")
        expect(marks).to_contain_text(
            ["Line changed: show the earlier words", "Line removed: show the earlier words"]
        )
        earlier = marks.locator("q")
        expect(earlier).to_have_text([FROST, QUEUE])
        assert not earlier.first.is_visible()
        marks.locator("summary").first.click()
        assert earlier.first.is_visible()

    hers.go(f"/evening/{DAY}/take-back/")
    assert "They may remember what they read." in hers.text()
    hers.press(".evens [type=submit]")
    for one, whose in ((hers, MINE), (his, THEIRS)):
        one.go(TODAY)
        assert "Taken back" in one.page.locator(whose).inner_text()
        assert not any(words in page for page in sources(one) for words in (FROST, BROTH, QUEUE))
    assert BLACKBIRD in source(hers, EVENING)

    clock.move_to(at(19, day=19))
    before = sources(his)
    hers.write(FROST)
    hers.go("/evening/2026-11-19/take-back/")
    assert "Nobody will see that it was there." in hers.text()
    hers.press(".evens [type=submit]")
    assert "Nothing is written here." in hers.text()
    assert sources(his) == before


def test_half_past_midnight_is_still_the_evening_and_yesterdays_page_is_open_until_noon(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    hers, his = enter(alice), enter(bob)
    his.write(BLACKBIRD)
    clock.move_to(at(0, 30, day=19))
    hers.go(TODAY)
    assert "Wednesday evening, 18 November" in hers.text()
    hers.write(FROST)
    assert BLACKBIRD in hers.page.locator(THEIRS).inner_text()

    clock.move_to(at(3, 59, day=19))
    assert BLACKBIRD in source(hers, TODAY)
    clock.move_to(at(4, day=19))
    hers.go(TODAY)
    assert "Thursday morning, 19 November" in hers.text()
    assert BLACKBIRD not in hers.page.content()
    hers.go(WRITE)
    assert typed(hers.page) == ""
    hers.write(BROTH)

    clock.move_to(at(11, 58, day=20))
    his.go(TODAY)
    his.press("text=Write yesterday’s check-in")
    assert path(his) == "/evening/2026-11-19/"
    his.page.fill("[name=rose]", TRAIN)
    his.press(SHARE)
    assert path(his) == "/evenings/2026-11-19/"
    assert BROTH in his.page.locator(THEIRS).inner_text()

    clock.move_to(at(11, 59, day=21))
    for one in (hers, his):
        one.go("/evening/2026-11-20/")
        one.page.fill("[name=rose]", QUEUE)
    clock.move_to(at(12, day=21))
    his.press(SHARE)
    assert "That evening is closed" in his.text()
    assert typed(his.page) == QUEUE
    type_and_save(hers.page, FROST)
    expect(hers.page.locator("#draft-state")).to_contain_text("This evening is closed.")
    hers.go(TODAY)
    assert "Write yesterday’s check-in" not in hers.text()
    hers.go("/evening/2026-11-20/")
    assert path(hers) == "/evenings/2026-11-20/"
    assert "Write this check-in" not in hers.text()


@pytest.mark.parametrize(
    ("his_moment", "hers_is"),
    [
        pytest.param(datetime.fromisoformat("2026-11-18T20:00-08:00"), "Thursday", id="his evening"),
        pytest.param(datetime.fromisoformat("2026-11-19T11:30-08:00"), "Friday", id="his noon after"),
    ],
)
def test_two_clocks_pair_by_date_and_the_earlier_one_finds_it_from_today(
    enter: Enter, alice: User, bob: User, clock: Traveller, his_moment: datetime, hers_is: str
) -> None:
    User.objects.filter(pk=alice.pk).update(zone="Pacific/Auckland")
    User.objects.filter(pk=bob.pk).update(zone="America/Los_Angeles")
    clock.move_to(datetime.fromisoformat("2026-11-18T19:00+13:00"))
    hers, his = enter(alice), enter(bob)
    hers.write(FROST)
    assert "Wednesday evening, 18 November" in hers.text()

    clock.move_to(his_moment)
    his.write(BLACKBIRD, day=DAY)
    assert FROST in his.page.locator(THEIRS).inner_text()
    hers.go(TODAY)
    assert hers.text().splitlines()[0].startswith(hers_is)
    hers.press("text=Wednesday’s pages")
    assert path(hers) == EVENING
    assert BLACKBIRD in hers.page.locator(THEIRS).inner_text()
    assert FROST in hers.page.locator(MINE).inner_text()


def test_a_draft_keeps_itself_from_one_device_to_the_next(enter: Enter, alice: User) -> None:
    desk, phone = enter(alice), enter(alice)
    desk.go(WRITE)
    type_and_save(desk.page, FROST)
    expect(desk.page.locator("#draft-state")).to_have_text("Draft saved.")
    desk.page.close()
    phone.go(WRITE)
    assert typed(phone.page) == FROST

    # Two at once: the one that is behind says so, and ends up with both texts before it.
    desk.page = desk.context.new_page()
    desk.go(WRITE)
    type_and_save(phone.page, f"{FROST}, and hail")
    type_and_save(desk.page, BROTH, "bud")
    expect(desk.page.locator("#draft-state")).to_contain_text("in another window or on another device")
    assert source(enter(alice), WRITE).count("and hail") == 1
    desk.press(KEEP)
    assert (typed(desk.page), typed(desk.page, "bud")) == (FROST, BROTH)
    expect(desk.page.locator("#div_id_rose .stands")).to_contain_text(f"{FROST}, and hail")
    desk.page.fill("[name=rose]", f"{FROST}, and hail")
    desk.press(KEEP)
    assert path(desk) == TODAY
    page = source(desk, EVENING)
    assert f"{FROST}, and hail" in page
    assert BROTH in page
    assert desk.left_on_device() == NOTHING


@contextlib.contextmanager
def broken_drafts() -> Iterator[None]:
    """The server really fails at drafts meanwhile: their table is elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE checkins_draft RENAME TO checkins_elsewhere")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE checkins_elsewhere RENAME TO checkins_draft")


def test_a_draft_that_is_not_kept_says_so(enter: Enter, alice: User) -> None:
    hers = enter(alice)
    kept, lost = hers.page.locator("#draft-state .saved"), hers.page.locator("[data-draft-lost]")
    hers.go(WRITE)
    type_and_save(hers.page, FROST)
    expect(kept).to_have_text("Draft saved.")
    assert not lost.is_visible()

    with broken_drafts():
        type_and_save(hers.page, BROTH)
        expect(lost).to_be_visible()
        expect(kept).to_have_count(0)
    type_and_save(hers.page, QUEUE)
    expect(kept).to_have_text("Draft saved.")
    expect(lost).to_be_hidden()

    hers.context.set_offline(True)
    hers.page.fill("[name=bud]", TRAIN)
    expect(lost).to_be_visible()
    expect(kept).to_have_count(0)
    hers.context.set_offline(False)
    type_and_save(hers.page, BROTH, "bud")
    expect(kept).to_have_text("Draft saved.")
    expect(lost).to_be_hidden()

    asked_for = "of 500|Error Code 500|INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest"
    assert [trouble for trouble in hers.troubles if not re.search(asked_for, trouble)] == []
    hers.troubles.clear()


def test_without_javascript_the_evening_is_whole(enter: Enter, alice: User, bob: User) -> None:
    hers, his = enter(alice, java_script_enabled=False), enter(bob, java_script_enabled=False)
    months_apart(alice, share=True)
    hers.write(FROST, go="draft")
    assert path(hers) == f"/evening/{DAY}/"
    assert typed(hers.page) == FROST
    hers.press(TELL)
    hers.press(START)
    assert path(hers) == f"/evening/{DAY}/aloud/"
    hers.press(TALKED)
    hers.press("form[action$='/not-yet/'] [type=submit]")
    hers.go(WRITE)
    assert typed(hers.page) == FROST
    hers.press(SHARE)
    his.write("x" * 1001)
    assert "one character over" in his.text()
    assert typed(his.page) == "x" * 1001
    his.page.fill("[name=rose]", BLACKBIRD)
    his.press(SHARE)
    assert FROST in his.page.locator(THEIRS).inner_text()

    his.press("nav a[href='/together/']")
    his.press("a[rel=prev]")
    assert path(his) == "/shared/2026-10/"
    his.press("text=Saturday 17")
    assert "Alices October" in his.page.locator(THEIRS).inner_text()


def test_the_keyboard_alone_writes_and_shares(enter: Enter, alice: User, bob: User) -> None:
    writing.write(by=seat(bob), day=NOW.date(), words=CheckInText(rose=BLACKBIRD), share=True, now=NOW)
    hers = enter(alice)
    keys = hers.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(40):
            keys.press("Tab")
            if hers.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"no Tab leads to {selector}")

    hers.go(TODAY)
    tab_to("main a[href='/evening/']")
    with hers.page.expect_navigation():
        keys.press("Enter")
    tab_to("[name=rose]")
    keys.type(FROST)
    tab_to("[name=thorn]")
    keys.type(QUEUE)
    tab_to("[name=keep_thorn]")
    keys.press("Space")
    tab_to("summary")
    keys.press("Enter")
    tab_to("[name=closeness]")
    keys.press("ArrowLeft")
    tab_to("[name=note]")
    keys.type(TRAIN)
    tab_to("[name=open]")
    keys.press("Space")
    tab_to(SHARE)
    with hers.page.expect_navigation():
        keys.press("Space")
    assert BLACKBIRD in hers.page.locator(THEIRS).inner_text()
    tab_to(f"{MINE} details.shut > summary")
    keys.press("Space")
    kept = hers.page.locator(f"{MINE} details.shut").inner_text()
    assert all(words in kept for words in (QUEUE, "very close", TRAIN)), kept
    tab_to(f"{MINE} .leaf-head a")


def test_an_evening_written_alone_is_shown_by_a_deliberate_act_only(
    enter: Enter, bob: User, clock: Traveller
) -> None:
    dana = person("Dana")
    hers, his = enter(dana), enter(bob)
    hers.write(FROST, thorn=QUEUE, go="keep")
    clock.move_to(at(19, day=19))
    pair(dana, bob, now=at(18, day=19))
    assert not any(FROST in page for page in sources(his))
    assert "Nothing is written here." in his.text()

    hers.go(KEPT)
    hers.press("text=Wednesday, 18 November")
    hers.press("text=Show this check-in to Bob")
    assert "Show this check-in to Bob?" in hers.text()
    assert not any(FROST in page for page in sources(his))
    hers.press(".evens [type=submit]")
    assert path(hers) == EVENING
    assert "Show this check-in to Bob" not in hers.text()
    his.go(SHARED)
    his.press("text=Wednesday 18")
    assert FROST in his.page.locator(THEIRS).inner_text()
    assert his.page.locator(MINE).count() == 0


def months_apart(user: User, *, share: bool) -> None:
    """A page of this person's in each of the three months before: left open, or kept."""
    for number, name in ((8, "August"), (9, "September"), (10, "October")):
        now = at(19, day=17).replace(month=number)
        words = CheckInText(rose=f"{user.name}s {name}", open=share)
        writing.write(by=seat(user), day=days.day_of(now, user.tz), words=words, share=share, now=now)


def test_turning_the_months_keeps_the_keyboard_the_address_and_the_way_back(
    enter: Enter, alice: User, bob: User
) -> None:
    months_apart(bob, share=False)
    writing.write(by=seat(bob), day=NOW.date(), words=CheckInText(rose=BLACKBIRD), share=False, now=NOW)
    his = enter(bob)

    def turn(to: str) -> None:
        his.page.keyboard.press("Enter")
        his.page.wait_for_url(f"**{to}")
        expect(his.page.locator(".htmx-settling")).to_have_count(0)  # until then its links are plain ones

    his.go(KEPT)
    loads = his.page.evaluate("performance.timeOrigin")
    his.page.focus("#earlier")
    turn("/kept/2026-10/")
    expect(his.page.locator("#month-name")).to_have_text("October 2026")
    expect(his.page.locator(".evenings")).to_contain_text("Bobs October")
    expect(his.page.locator("#earlier")).to_be_focused()
    turn("/kept/2026-09/")
    expect(his.page.locator(".evenings")).to_contain_text("Bobs September")
    turn("/kept/2026-08/")
    expect(his.page.locator(".evenings")).to_contain_text("Bobs August")
    assert his.page.locator("#earlier").count() == 0
    expect(his.page.locator("#later")).to_be_focused()  # there is no earlier month: it isn't lost
    assert his.page.evaluate("performance.timeOrigin") == loads  # no page was loaded for all that
    assert his.left_on_device() == NOTHING

    for month in ("September", "October", "November"):
        his.page.go_back()
        expect(his.page.locator("#month-name")).to_have_text(f"{month} 2026")
        expect(his.page.locator(".evenings")).to_contain_text(
            BLACKBIRD if month == "November" else f"Bobs {month}"
        )
    his.page.go_forward()
    expect(his.page.locator("#month-name")).to_have_text("October 2026")
    assert his.left_on_device() == NOTHING
