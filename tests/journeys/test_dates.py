"""Dates as two people have them: wished for, asked for, moved, lived and remembered; and what their calendars show."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from adventures import reminding, wishing
from reminders import delivery
from tests.adventures.scenarios import agreed
from tests.cast import NOW, pair, person, seat
from tests.fixtures import Mailbox
from tests.journeys.calendars import OwnCalendar
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import TAP, Enter, Finger, clock, enter, path, source, words_of

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TODAY, DATES, PLAN, RHYTHM = "/today/", "/dates/", "/dates/plan/", "/dates/rhythm/"
WISHES, MEMORIES, CALENDAR = "/wishes/", "/memories/", "/settings/calendar/"
TITLE, SECRET, DETAIL = "the pier at low tide", "planted: two seats", "planted: at the planetarium"
ASK, ACT = "#plan .tap--last [type=submit]", "form[action$='/{}/'] [type=submit]"
YES, PUT_OFF, CALL_OFF, HAPPENED = (ACT.format(act) for act in ("yes", "put-off", "call-off", "happened"))

Subscribe = Callable[[Visitor, User], OwnCalendar]


@pytest.fixture
def far_apart(db: None) -> tuple[User, User]:
    """Alice in London and Bob in New York: five hours between them, and four for three weeks of March."""
    alice, bob = person("Alice"), person("Bob", zone="America/New_York")
    pair(alice, bob)
    return alice, bob


@pytest.fixture
def subscribe(site: str, settings: Any, tmp_path: Path) -> Subscribe:
    """Make the address on one's settings, and give it to a calendar of one's own."""
    settings.NEARER_URL = site  # as the page says it, so the calendar asks for it

    def subscribe(one: Visitor, user: User) -> OwnCalendar:
        one.go(CALENDAR)
        one.press(ACT.format("address"))
        address = one.page.locator(".address code").inner_text()
        assert address.startswith(f"{site}/calendar/")
        return OwnCalendar(tmp_path / user.name, user.zone, address)

    return subscribe


def shown(hers: OwnCalendar, his: OwnCalendar, *days: str) -> tuple[list[str], list[str]]:
    """What both calendars show of these days, once each asked for news."""
    with ThreadPoolExecutor(2) as both:
        at_hers, at_his = both.map(lambda one: one.shows(*days), (hers, his))
    return at_hers, at_his


def choose(one: Visitor, name: str, value: str) -> None:
    """One of the choices, each drawn over its own radio button."""
    one.page.locator(f"[name={name}][value={value}]").check(force=True)


def details(one: Visitor, back_by: str, wear: str) -> None:
    """What a surprise always tells, but for where it is."""
    one.page.fill("[name=back_by]", back_by)
    one.page.select_option("[name=cost]", "some")
    one.page.select_option("[name=childcare]", "nothing")
    one.page.fill("[name=wear]", wear)


def told(one: Visitor) -> dict[str, str]:
    """What the page of a surprise tells beside its time."""
    rows = one.page.locator(".date-facts div").all()
    return {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}


def match(hers: Visitor, his: Visitor) -> None:
    """She wishes for something, he would like that, too."""
    hers.go(WISHES)
    hers.page.fill("[name=title]", TITLE)
    hers.press("form[action='/wishes/'][method=post] [type=submit]")
    assert "You both want this" not in hers.text()
    his.go(WISHES)
    assert "Alice’s" in his.text()
    his.press(ACT.format("me-too"))
    for one in (hers, his):
        one.go(WISHES)
        assert "You both want this" in one.page.locator(f".is-match:has-text('{TITLE}')").inner_text()


def ask_for_a_surprise(his: Visitor) -> str:
    """From the list to an ask, with everything a surprise is to tell. Returns the date's address."""
    his.go(WISHES)
    his.press("a[href^='/dates/plan/?wish=']")
    assert his.page.locator("[name=what]:checked ~ b").inner_text() == TITLE
    assert not his.page.locator("[name=back_by]").is_visible()
    choose(his, "who", "surprise")
    details(his, "22:00", "warm shoes")
    his.page.select_option("[name=where]", "out")
    his.page.fill("[name=plan]", DETAIL)
    his.press(ASK)
    assert "You asked: Friday 20 November, 19:30" in his.text()
    assert TITLE in source(his, path(his))
    return path(his)


def another_time(one: Visitor, date: str, day: str, at: str) -> None:
    one.go(f"{date}another-time/")
    one.page.fill("[name=day]", day)
    one.page.fill("[name=at]", at)
    one.press("main form [type=submit]")


def leave_line(one: Visitor, date: str, text: str) -> None:
    one.go(date)
    one.page.fill("[name=text]", text)
    one.press(ACT.format("line"))


def test_from_a_wish_to_a_memory_in_two_zones(
    enter: Enter, far_apart: tuple[User, User], clock: Traveller, subscribe: Subscribe
) -> None:
    alice, bob = far_apart
    hers, his = enter(alice), enter(bob)
    for one in (hers, his):
        one.write(rose="the heron")
    match(hers, his)
    date = ask_for_a_surprise(his)

    # She is told that much, on her clock, and nowhere what it is to be.
    hers.go(TODAY)
    assert "Bob asks: A surprise" in hers.text()
    assert "Saturday 21 November, 00:30" in hers.text()
    hers.press("text=Bob asks: A surprise")
    assert path(hers) == date
    assert told(hers) == {
        "Where": "Out",
        "Back by": "03:00",
        "Cost": "Mid-priced",
        "Wear": "warm shoes",
        "Childcare": "Nothing to arrange",
    }
    assert hers.page.locator("h1").inner_text() == "A surprise"
    assert hers.page.locator(ACT.format("tell-me-first")).is_visible()
    assert DETAIL in source(his, date)
    for where in (TODAY, date, f"{date}another-time/"):
        assert TITLE not in source(hers, where), where  # what it is of all that is on their list
    for where in (TODAY, date, f"{date}another-time/", DATES, PLAN, WISHES, MEMORIES):
        assert DETAIL not in source(hers, where), where

    # A yes, and it stands in both calendars, each on its reader's clock.
    hers.go(date)
    hers.press(YES)
    her_calendar, his_calendar = subscribe(hers, alice), subscribe(his, bob)
    november = ("2026-11-16", "2026-11-30")
    assert shown(her_calendar, his_calendar, *november) == (
        ["2026-11-21 00:30-03:00 Plans"],
        ["2026-11-20 19:30-22:00 Plans"],
    )

    # Put off by her, it is off for both; another time is asked for, and agreed on.
    hers.go(date)
    hers.press(PUT_OFF)
    assert "Postponed" in hers.text()
    assert his_calendar.shows(*november) == ["CANCELLED 2026-11-20 19:30-22:00 Plans"]
    another_time(his, date, "2026-11-22", "13:00")
    hers.go(date)
    assert "Bob asks: Sunday 22 November, 18:00" in hers.text()
    hers.press(YES)
    assert shown(her_calendar, his_calendar, *november) == (
        ["2026-11-22 18:00-20:30 Plans"],
        ["2026-11-22 13:00-15:30 Plans"],
    )

    # Called off by him, it is gone from the pages, and off in the calendars.
    his.go(date)
    his.press(CALL_OFF)
    assert path(his) == DATES
    for one in (hers, his):
        assert date not in source(one, DATES)
        assert one.page.locator(".next-date").count() == 0
    gone = (["CANCELLED 2026-11-22 18:00-20:30 Plans"], ["CANCELLED 2026-11-22 13:00-15:30 Plans"])
    assert shown(her_calendar, his_calendar, *november) == gone
    for kept in (her_calendar.kept(), his_calendar.kept()):
        assert "SUMMARY:Plans" in kept
        for word in (DETAIL, TITLE, "surprise", "Bob", "Alice"):
            assert word not in kept, word

    # Another one, in one step from the list; one tap of his, and it stands.
    hers.go(WISHES)
    hers.press(f"{ACT.format('ask')}:has-text('Fri 20 Nov, 19:30')")
    date = path(hers)
    his.go(TODAY)
    assert f"Alice asks: {TITLE}" in his.text()
    his.press(YES)
    assert "Friday 20 November, 14:30" in his.text()
    assert shown(her_calendar, his_calendar, *november) == (
        ["2026-11-20 19:30-22:30 Plans", *gone[0]],
        ["2026-11-20 14:30-17:30 Plans", *gone[1]],
    )

    # It happens, and each leaves a line.
    clock.move_to(datetime(2026, 11, 20, 22, 45, tzinfo=UTC))
    his.go(TODAY)
    his.press(f"a:has-text('{TITLE}')")
    his.press(HAPPENED)
    leave_line(his, date, "Wet to the knees.")
    leave_line(hers, date, "A crab waved.")
    for one in (hers, his):
        one.go(date)
        assert sorted(one.page.locator(".left-line .words").all_inner_texts()) == [
            "A crab waved.",
            "Wet to the knees.",
        ]
        one.go(MEMORIES)
        assert TITLE in one.text()
        assert "A crab waved." in one.text()
        assert "Wet to the knees." in one.text()
        assert "This time last year" not in one.text()
        assert TITLE not in source(one, WISHES)  # lived

    # A year later it comes back to both.
    clock.move_to(datetime(2027, 11, 20, 20, tzinfo=UTC))
    hers, his = enter(alice), enter(bob)
    for one in (hers, his):
        one.write(rose="the heron again")
        one.go(TODAY)
        slip = one.page.locator("[aria-labelledby=t-year]").inner_text()
        assert TITLE in slip
        assert "This time last year" in slip
        one.go(MEMORIES)
        ago = one.page.locator("[aria-labelledby=m-ago]").inner_text()
        for words in ("This time last year", TITLE, "A crab waved.", "Wet to the knees."):
            assert words in ago, words


def agree_on_a_rhythm(hers: Visitor, his: Visitor) -> None:
    """Every two weeks, on Sundays at seven on her clock."""
    hers.go(RHYTHM)
    hers.page.select_option("[name=weekday]", label="Sunday")
    hers.page.fill("[name=at]", "19:00")
    hers.press("form[action='/dates/rhythm/'] [type=submit]")
    his.go(DATES)
    his.press(".slip a[href='/dates/rhythm/']")
    his.press(YES)
    his.go(DATES)
    assert "Every two weeks, on a Sunday" in his.page.locator(".dateline").first.inner_text()


def slots(one: Visitor) -> list[str]:
    """The evenings of the rhythm that are ahead, as its page says them."""
    one.go(RHYTHM)
    return one.page.locator(".slots li").all_inner_texts()


def fill_the_slots(hers: Visitor, his: Visitor) -> None:
    """She asks for each of the three evenings that are offered; he says yes to each."""
    for number in range(3):
        hers.go(PLAN)
        choose(hers, "what", "own")
        hers.page.fill("[name=title]", f"noodles {number}")
        hers.page.locator("[name=when]").nth(number).check(force=True)
        hers.press(ASK)
    for _ in range(3):
        his.go(DATES)
        his.press(YES)


def test_a_rhythm_stays_right_for_both_across_the_clock_changes(
    enter: Enter, far_apart: tuple[User, User], clock: Traveller, subscribe: Subscribe
) -> None:
    alice, bob = far_apart
    # New York goes forward on 14 March, London on 28 March.
    clock.move_to(datetime(2027, 3, 4, 19, tzinfo=UTC))
    hers, his = enter(alice), enter(bob)
    agree_on_a_rhythm(hers, his)
    assert slots(hers) == ["Sunday 7 March, 19:00", "Sunday 21 March, 19:00", "Sunday 4 April, 19:00"]
    assert slots(his) == ["Sunday 7 March, 14:00", "Sunday 21 March, 15:00", "Sunday 4 April, 14:00"]
    fill_the_slots(hers, his)

    # London goes back on 31 October, New York on 7 November.
    clock.move_to(datetime(2027, 10, 14, 18, tzinfo=UTC))
    hers, his = enter(alice), enter(bob)
    assert slots(hers) == [
        "Sunday 17 October, 19:00",
        "Sunday 31 October, 19:00",
        "Sunday 14 November, 19:00",
    ]
    assert slots(his) == ["Sunday 17 October, 14:00", "Sunday 31 October, 15:00", "Sunday 14 November, 14:00"]
    fill_the_slots(hers, his)

    # Nine months in two calendars.
    her_calendar, his_calendar = subscribe(hers, alice), subscribe(his, bob)
    assert shown(her_calendar, his_calendar, "2027-03-01", "2027-11-30") == (
        [
            "2027-03-07 19:00-22:00 Plans",
            "2027-03-21 19:00-22:00 Plans",
            "2027-04-04 19:00-22:00 Plans",
            "2027-10-17 19:00-22:00 Plans",
            "2027-10-31 19:00-22:00 Plans",
            "2027-11-14 19:00-22:00 Plans",
        ],
        [
            "2027-03-07 14:00-17:00 Plans",
            "2027-03-21 15:00-18:00 Plans",
            "2027-04-04 14:00-17:00 Plans",
            "2027-10-17 14:00-17:00 Plans",
            "2027-10-31 15:00-18:00 Plans",
            "2027-11-14 14:00-17:00 Plans",
        ],
    )

    # They mean the same moments: on a journey both show the same, where the clocks never change.
    in_kathmandu = [
        "2027-03-08 00:45-03:45 Plans",
        "2027-03-22 00:45-03:45 Plans",
        "2027-04-04 23:45-02:45 Plans",
        "2027-10-17 23:45-02:45 Plans",
        "2027-11-01 00:45-03:45 Plans",
        "2027-11-15 00:45-03:45 Plans",
    ]
    hers_there, his_there = (one.abroad("Asia/Kathmandu") for one in (her_calendar, his_calendar))
    assert shown(hers_there, his_there, "2027-03-01", "2027-11-30") == (in_kathmandu, in_kathmandu)


def test_four_taps_from_today_to_an_ask_and_one_to_a_yes(enter: Enter, subscribe: Subscribe) -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob, now=NOW - timedelta(days=2))  # on the day when Today offers it
    for title in ("soup by the window", "the museum of clocks"):
        wish = wishing.wish(by=seat(alice), words=wishing.WishWords(title), now=NOW)
        if title.startswith("soup"):
            wishing.want(by=seat(bob), wish_id=wish.pk, now=NOW)
    hers, his = enter(alice, has_touch=True), enter(bob, has_touch=True)
    for one in (hers, his):
        one.write(rose="the heron")

    her_finger = Finger(hers)
    her_finger.leave_by(f".last a[href='{PLAN}']")
    her_finger.tap("#plan label:has-text('the museum of clocks')")
    her_finger.tap("#plan label:has-text('Sat 21')")
    her_finger.leave_by(ASK)
    assert "You asked: Saturday 21 November, 11:00" in hers.text()
    assert hers.page.locator("h1").inner_text() == "the museum of clocks"
    assert her_finger.given == [TAP] * 4

    his_finger = Finger(his)
    his_finger.leave_by(YES)
    assert "the museum of clocks" in his.text()
    assert his_finger.given == [TAP]

    # On any other day, by way of Together; what both want and the next evening that is free are chosen already.
    his.go(TODAY)
    his_finger.given.clear()
    his_finger.leave_by(".nav-main a:has-text('Together')")
    his_finger.leave_by(f"main a[href='{DATES}']")
    his_finger.leave_by(f".page-head a[href='{PLAN}']")
    his_finger.leave_by(ASK)
    assert his.page.locator("h1").inner_text() == "soup by the window"
    assert "You asked: Friday 20 November, 19:30" in his.text()
    assert his_finger.given == [TAP] * 4
    hers.go(TODAY)
    her_finger.given.clear()
    her_finger.leave_by(YES)
    assert her_finger.given == [TAP]

    both = ["2026-11-20 19:30-22:30 Plans", "2026-11-21 11:00-14:00 Plans"]
    assert shown(subscribe(hers, alice), subscribe(his, bob), "2026-11-16", "2026-11-30") == (both, both)


def test_four_taps_with_nothing_on_the_list_yet(enter: Enter) -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob, now=NOW - timedelta(days=2))
    hers = enter(alice, has_touch=True)
    hers.write(rose="the heron")
    finger = Finger(hers)
    finger.leave_by(f".last a[href='{PLAN}']")
    finger.leave_by("main a[href='/wishes/ideas/']")
    idea = hers.page.locator(".ideas h2").first.inner_text()
    finger.leave_by(".ideas a[href*='?idea=']")
    finger.leave_by(ASK)
    assert "You asked: Friday 20 November, 19:30" in hers.text()
    assert hers.page.locator("h1").inner_text() == idea
    assert finger.given == [TAP] * 4


def test_files_and_mails_say_when_and_nothing_more(
    enter: Enter, far_apart: tuple[User, User], clock: Traveller, smtp: Mailbox, tmp_path: Path
) -> None:
    alice, bob = far_apart
    at = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
    date_night = agreed(alice, bob, TITLE, at=at, now=NOW, plan=DETAIL)
    hers, his = enter(alice), enter(bob)

    # Downloaded by her, mailed to himself by him: both calendars take the file.
    hers.go(f"{DATES}{date_night.pk}/")
    with hers.page.expect_download() as download:
        hers.page.locator("a[href$='/plans.ics']").click()
    assert download.value.suggested_filename == "plans.ics"
    her_calendar = OwnCalendar(tmp_path / "hers", alice.zone)
    her_calendar.take(Path(download.value.path()).read_bytes())
    assert her_calendar.shows("2026-11-16", "2026-11-30") == ["2026-11-27 19:30-22:30 Plans"]

    his.go(f"{DATES}{date_night.pk}/")
    his.press(ACT.format("mail"))
    delivery.deliver(clock=timezone.now)
    [mail] = smtp.wait_for(bob.email)
    [file] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (file.get_filename(), file.get_param("method")) == ("plans.ics", "PUBLISH")
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert b"METHOD:PUBLISH" in content
    his_calendar = OwnCalendar(tmp_path / "his", bob.zone)
    his_calendar.take(content)
    assert his_calendar.shows("2026-11-16", "2026-11-30") == ["2026-11-27 14:30-17:30 Plans"]
    for said in (words_of(mail), her_calendar.kept(), his_calendar.kept()):
        assert "SUMMARY:Plans" in said
        for word in ("ATTENDEE", "ORGANIZER", TITLE, DETAIL, "Alice", "Bob"):
            assert word not in said, word

    # On the day of it, at nine on each one's clock, a mail that says that there is something.
    clock.move_to(at - timedelta(days=2))
    reminding.promise_due(now=timezone.now())
    clock.move_to(datetime(2026, 11, 27, 9, 1, tzinfo=UTC))
    delivery.deliver(clock=timezone.now)
    assert len(smtp.to(bob.email)) == 1
    clock.move_to(datetime(2026, 11, 27, 14, 1, tzinfo=UTC))
    delivery.deliver(clock=timezone.now)
    for user, count in ((alice, 1), (bob, 2)):
        mails = smtp.wait_for(user.email, count)
        assert len(mails) == count
        assert mails[-1]["Subject"] == "Something nice is in the calendar"
        for word in (TITLE, DETAIL, "Alice", "Bob", "19:30", "14:30"):
            assert word not in words_of(mails[-1]), word


def refused(one: Visitor) -> set[str]:
    """The fields a sentence stands at that says why they weren't taken."""
    said = one.page.locator("[id^=error_id_]").all()
    assert all(sentence.inner_text().strip() for sentence in said)
    return {(sentence.get_attribute("id") or "").removeprefix("error_id_") for sentence in said}


def test_without_javascript(enter: Enter, alice: User, bob: User, clock: Traveller) -> None:
    hers, his = (enter(one, java_script_enabled=False) for one in (alice, bob))

    # A surprise that tells too little is refused; what was typed stays.
    hers.go(PLAN)
    choose(hers, "what", "own")
    hers.page.fill("[name=title]", SECRET)
    choose(hers, "who", "surprise")
    hers.page.locator(".more-said summary").click()
    hers.page.fill("[name=plan]", "x" * 2001)
    hers.page.select_option("[name=where]", "away")
    hers.page.fill("[name=wear]", "warm shoes")
    hers.press(ASK)
    assert refused(hers) == {"plan", "where", "cost", "childcare", "back_by"}
    assert "one character over the 2,000" in hers.text()
    kept = {name: hers.page.input_value(f"[name={name}]") for name in ("title", "plan", "where", "wear")}
    assert kept == {"title": SECRET, "plan": "x" * 2001, "where": "away", "wear": "warm shoes"}
    assert hers.page.locator("[name=who]:checked").get_attribute("value") == "surprise"
    his.go(DATES)
    assert his.page.locator(".next-date").count() == 0

    hers.page.fill("[name=plan]", DETAIL)
    hers.page.select_option("[name=where]", "home")
    details(hers, "22:00", "slippers")
    hers.press(ASK)
    date = path(hers)
    assert "You asked: Friday 20 November, 19:30" in hers.text()

    # He would rather have another time: first one that is past, then one to come.
    his.go(DATES)
    assert "planted" not in his.page.content()
    his.press(".ask-in a[href$='/another-time/']")
    assert path(his) == f"{date}another-time/"
    his.page.fill("[name=day]", "2026-11-17")
    his.page.fill("[name=at]", "18:15")
    his.press("main form [type=submit]")
    assert refused(his) == {"day"}
    assert (his.page.input_value("[name=day]"), his.page.input_value("[name=at]")) == ("2026-11-17", "18:15")
    his.page.fill("[name=day]", "2026-11-24")
    his.press("main form [type=submit]")
    assert path(his) == date
    assert "You asked: Tuesday 24 November, 18:15" in his.text()
    hers.go(date)
    hers.press(YES)
    for one in (hers, his):
        one.go(date)
        assert one.page.locator(".page-head .dateline").inner_text() == "Tuesday 24 November, 18:15"
        assert "Back by" in one.text()
        assert "20:45" in one.text()

    # It happens; the plan is no secret then, and each may leave a line.
    clock.move_to(datetime(2026, 11, 24, 21, tzinfo=UTC))
    his.go(date)
    his.press(HAPPENED)
    assert his.page.locator("h1").inner_text() == SECRET
    assert DETAIL in his.text()
    leave_line(his, date, "x" * 501)
    assert "one character over" in his.text()
    assert his.page.input_value("[name=text]") == "x" * 501
    leave_line(his, date, "stars on the ceiling")
    hers.go(MEMORIES)
    assert "stars on the ceiling" in hers.text()


def tab_to(one: Visitor, selector: str) -> None:
    """Go there by Tab alone, and see that it shows where one is."""
    for _ in range(60):
        one.page.keyboard.press("Tab")
        here = one.page.locator(":focus")
        if one.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert here.evaluate("here => getComputedStyle(here).outlineStyle") != "none"
            return
    raise AssertionError(f"no way by Tab to {selector}")


def enter_key(one: Visitor) -> None:
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")


def test_the_month_by_keyboard_alone(enter: Enter, alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, "the museum of clocks", at=datetime(2026, 12, 5, 11, tzinfo=UTC), now=NOW)
    hers = enter(alice)
    hers.go(DATES)
    assert hers.page.locator("#d-month").inner_text() == "November 2026"
    tab_to(hers, "[aria-label='December 2026']")
    enter_key(hers)
    assert hers.page.locator("#d-month").inner_text() == "December 2026"
    tab_to(hers, "a.day")
    assert hers.page.locator(":focus").get_attribute("aria-label") == "30 November: plan a date"
    tab_to(hers, "a.day.is-date")
    assert hers.page.locator(":focus").get_attribute("aria-label") == "5 December: the museum of clocks 11:00"
    enter_key(hers)
    assert path(hers) == f"{DATES}{date_night.pk}/"
    assert hers.page.locator("h1").inner_text() == "the museum of clocks"
