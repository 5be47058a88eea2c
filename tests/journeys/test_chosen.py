"""What somebody chose by hand stays, whatever the page's scripts would offer."""

import pytest
from playwright.sync_api import Browser, Page, expect
from time_machine import Traveller

from accounts.models import User
from agendas import building, meeting
from tests.agendas.scenarios import LAYS_OUT, STARTS, four_weeks
from tests.cast import seat
from tests.journeys.person import PASSWORD
from tests.journeys.site import site
from tests.journeys.steps import Enter, clock, enter

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SIGN_UP = "/account/signup/"


def at_sign_up(browser: Browser, site: str, zone: str) -> Page:
    page = browser.new_context(timezone_id=zone).new_page()
    page.goto(f"{site}{SIGN_UP}")
    return page


@pytest.mark.parametrize(
    ("here", "offered"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("Africa/Asmara", "Africa/Asmara"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("America/Coral_Harbour", "America/Atikokan"),
        ("UTC", "Etc/UTC"),
    ],
)
def test_a_browser_offers_its_own_zone_by_the_name_of_today(
    browser: Browser, site: str, here: str, offered: str
) -> None:
    assert at_sign_up(browser, site, here).input_value("[name=zone]") == offered


@pytest.mark.parametrize("chosen", ["Etc/UTC", "Asia/Kolkata", ""])
def test_a_zone_chosen_by_hand_outlives_an_error_elsewhere(browser: Browser, site: str, chosen: str) -> None:
    page = at_sign_up(browser, site, "Europe/Berlin")
    page.fill("[name=name]", "Dana")
    page.fill("[name=password1]", PASSWORD)
    page.select_option("[name=zone]", chosen)
    for _ in range(2):
        with page.expect_navigation():
            page.click("main form[action*='/account/signup/'] [type=submit]")
        assert page.input_value("[name=name]") == "Dana"
        assert page.input_value("[name=zone]") == chosen
    assert not User.objects.exists()


def test_words_that_came_back_stay_while_the_talk_goes_on(
    enter: Enter, alice: User, bob: User, clock: Traveller
) -> None:
    """The page took them for its own, loaded the next part by itself, and they were gone."""
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    clock.move_to(STARTS)
    meeting.begin(by=seat(alice), now=STARTS)
    meeting.go_to(by=seat(alice), part=3, now=STARTS)
    his = enter(bob)
    his.go("/talk/now/")
    his.page.fill("#id_note", "o" * 5001)
    his.press("text=Save my notes")
    assert his.page.locator("#id_note.is-invalid").count() == 1
    meeting.go_to(by=seat(alice), part=4, now=STARTS)
    expect(his.page.locator("#live")).to_contain_text("The talk has gone on from here")
    assert his.page.input_value("#id_note") == "o" * 5001
