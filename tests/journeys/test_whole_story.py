"""The whole story of the product on one machine, as two people live it in nineteen days.

They meet, check in for two weeks, hear each other, walk five small days, plan and live a date, hold their first talk.
Web, worker, broker, mail server and browsers are real, on PostgreSQL (`make journeys`) and on SQLite (`make full`).
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from time_machine import Traveller

from tests.cast import NOW
from tests.fixtures import Mailbox
from tests.journeys.clockwork import Bells, bells
from tests.journeys.person import Person
from tests.journeys.site import site
from tests.journeys.steps import NOTHING, clock, path, words_of

__all__ = ["bells", "clock", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.long_story, pytest.mark.django_db(transaction=True)]

ZONE = "Europe/London"  # whose clock shows UTC in these weeks
ACT = "form[action$='/{}/'] [type=submit]"
TODAY, CHALLENGE, TALK, HELD = "/today/", "/challenge/", "/talk/", "/talk/now/"
COUNT = "[aria-labelledby=c-words] button:has-text('Count this day')"
REMINDERS, DATES, TALKS = "reminders", "dates coming up", "talks laid out"
CODE, PAGE, NICE, SET_OUT = (
    "Please confirm this address",
    "Your page for today",
    "Something nice is in the calendar",
    "Set out for later today",
)
AHEAD = timedelta(minutes=3)  # so long before its time a reminder is written down


def evening(number: int, hour: int = 20, minute: int = 0) -> datetime:
    """A moment of the day so many days after they met; of its evening unless told."""
    return (NOW + timedelta(days=number)).replace(hour=hour, minute=minute)


def meet(hers: Person, his: Person) -> None:
    """A link, two sign-ups with a mailed code each, the same two words on both screens."""
    hers.sign_up(ZONE)
    _be_reminded(hers)
    hers.press("form[action='/partner/invite/'] [type=submit]")
    link = hers.page.locator("[data-copy]").get_attribute("data-copy") or ""
    his.go(link)
    assert "Alice" not in his.page.content()
    his.press("a[href*='/account/signup/']")
    his.sign_up(ZONE, start=his.page.url)
    his.press("main form[method=post] [type=submit]")
    hers.go("/partner/words/")
    hers_words, his_words = (one.page.locator(".pair-words").inner_text().split() for one in (hers, his))
    assert len(hers_words) == 2
    assert hers_words == his_words
    for one in (his, hers):
        one.go("/partner/words/")
        one.press("form[action='/partner/words/same/'] [type=submit]")
    assert "We’ve drifted a bit" in hers.text()
    his.go("/settings/reminders/")
    _be_reminded(his)


def _be_reminded(one: Person) -> None:
    """At half past eight, on the second step of signing up or in the settings."""
    one.page.locator("[name=check_in-wanted]").set_checked(True, force=True)
    one.page.fill("[name=check_in-at]", "20:30")
    one.press("main form:has([name=check_in-at]) .btn-primary[type=submit]")


def write_both(hers: Person, his: Person, number: int) -> None:
    """Both share a page, and read the other's."""
    hers.write(rose=f"planted heron {number}", bud="the planted ferry", thorn=f"a planted queue {number}")
    assert f"planted blackbird {number}" not in hers.page.content()
    his.write(rose=f"planted blackbird {number}", thorn=f"a planted train {number}")
    assert f"planted heron {number}" in his.text()
    hers.go(TODAY)
    assert f"planted blackbird {number}" in hers.text()


def be_heard(hers: Person, his: Person, number: int) -> None:
    """He says back what he hears in her thorn; she says that's it."""
    day = f"{evening(number):%Y-%m-%d}"
    his.go(TODAY)
    his.press(f"a[href='/evenings/{day}/reply/']")
    his.page.fill("[name=back]", "an hour in a planted queue, for nothing.")
    his.press("button:has-text('Send my reply to')")
    hers.go(TODAY)
    assert "an hour in a planted queue, for nothing." in hers.text()
    hers.press(ACT.format("heard"))
    his.go(f"/evenings/{day}/")
    assert "That’s what I meant." in his.text()


def begin_the_path(hers: Person, his: Person) -> None:
    hers.go(CHALLENGE)
    hers.press("form:has([value=thirty-days]) [type=submit]")
    his.go(TODAY)
    his.press("text=Alice suggests: Thirty small days")
    his.press("form[action$='/yes/'] [type=submit]")
    assert "Name a thank-you" in his.text()


def plan_a_date(hers: Person, his: Person) -> str:
    """Her wish, his "me too", and an ask for Friday in one step; his yes from Today. Returns the date's address."""
    hers.go("/wishes/")
    hers.page.fill("[name=title]", "the planted pier at low tide")
    hers.press("form[action='/wishes/'][method=post] [type=submit]")
    his.go("/wishes/")
    his.press(ACT.format("me-too"))
    his.press(f"{ACT.format('ask')}:has-text('Fri 4 Dec, 19:30')")
    assert "You asked: Friday 4 December, 19:30" in his.text()
    hers.go(TODAY)
    assert "Bob asks: the planted pier at low tide" in hers.text()
    hers.press(ACT.format("yes"))
    return path(hers)


def live_it(hers: Person, his: Person, date: str) -> None:
    his.go(date)
    his.press(ACT.format("happened"))
    for one, line in ((his, "Wet to the planted knees."), (hers, "A planted crab waved.")):
        one.go(date)
        one.page.fill("[name=text]", line)
        one.press(ACT.format("line"))
    for one in (hers, his):
        one.go("/memories/")
        assert "Wet to the planted knees." in one.text()
        assert "A planted crab waved." in one.text()


def agree_on_a_talk(hers: Person, his: Person) -> None:
    """On the page from the first evening on; each reads the question for themselves first."""
    hers.go(TALK)
    hers.press("text=Suggest a weekly talk")
    assert "Can you say no to your partner" in hers.text()
    hers.press("text=Suggest this")
    his.go(TODAY)
    his.press("text=suggests a time to talk")
    assert "Every week, Sunday at 19:00" in his.text()
    his.press("form[action$='/yes/'] [type=submit]")
    assert "Sunday, 6 December" in his.text()


def hold_it(hers: Person, his: Person) -> None:
    """Parts made of what they shared, in a first talk nothing that weighs; each says what they will do."""
    hers.go(TALK)
    hers.press("text=Use two devices for the talk")
    assert "planted blackbird" in hers.text()  # thank-yous: roses
    his.go(TALK)
    his.press("text=Join the talk")
    next_part = "#next-part"
    hers.press(next_part)
    assert "the planted pier at low tide" in hers.text()  # what went right: the date, the path
    assert "day 5 of Thirty small days" in hers.text()
    hers.press(next_part)
    assert "Are we on track" in hers.text()
    hers.page.locator("[name=who][value=we]").set_checked(True, force=True)
    hers.page.fill("#id_will", "see the planted ferry off")
    hers.press("[formaction='/talk/now/will/'] >> visible=true")
    hers.press(next_part)
    hers.press(next_part)
    hers.press("#finish")
    assert "Now put the kettle on." in hers.text()
    his.go("/talks/")
    his.press("a:has-text('6 December')")
    assert "see the planted ferry off" in his.text()


def live_through(hers: Person, his: Person, bells: Bells, number: int) -> None:
    """An evening of the two weeks: reminded at half past eight, then both write. On the fourth they are early."""
    bells.ring(REMINDERS, DATES, at=evening(number, minute=30) - AHEAD)
    if number == 4:
        write_both(hers, his, number)
    bells.ring(REMINDERS, at=evening(number, minute=31))
    if number != 4:
        write_both(hers, his, number)
    if number == 3:
        be_heard(hers, his, number)
    if number == 9:
        begin_the_path(hers, his)
    if 9 <= number < 14:
        one = hers if number % 2 else his
        one.go(CHALLENGE)
        one.press(COUNT)
        assert "You count this day" in one.text()


def mailed_at_nine(bells: Bells, number: int) -> None:
    bells.ring(REMINDERS, at=evening(number, hour=9) - AHEAD)
    bells.ring(REMINDERS, at=evening(number, hour=9, minute=1))


def read_every_mail(one: Person, other: Person) -> None:
    """Each says only that something is there, and can be stopped; that is all there were."""
    mails = one.mailbox.to(one.email)
    assert Counter(str(mail["Subject"]) for mail in mails) == {CODE: 1, PAGE: 13, NICE: 1, SET_OUT: 1}
    for mail in mails:
        said = words_of(mail)
        for private in ("planted", other.name, other.email, "pier", "heron"):
            assert private not in said, mail["Subject"]
        assert (mail["List-Unsubscribe"] is None) == (mail["Subject"] == CODE)


def test_the_whole_story(
    browser: Browser, site: str, smtp: Mailbox, clock: Traveller, bells: Bells, settings: Any
) -> None:
    settings.NEARER_URL = site
    hers, his = Person(browser, site, smtp, "Alice"), Person(browser, site, smtp, "Bob")
    meet(hers, his)
    write_both(hers, his, 0)
    for number in range(1, 12):
        live_through(hers, his, bells, number)
    date = plan_a_date(hers, his)
    for number in range(12, 15):
        live_through(hers, his, bells, number)
    hers.go(CHALLENGE)
    assert hers.page.locator(".stone.is-done").count() == 5
    agree_on_a_talk(hers, his)

    bells.ring(DATES, at=evening(15))
    mailed_at_nine(bells, 16)
    clock.move_to(evening(16, hour=22, minute=45))
    live_it(hers, his, date)

    bells.ring(TALKS, at=evening(18, hour=4, minute=1))  # as the Sunday begins
    mailed_at_nine(bells, 18)
    clock.move_to(evening(18, hour=19))
    hold_it(hers, his)

    for one, other in ((hers, his), (his, hers)):
        read_every_mail(one, other)
        assert one.troubles == []
        assert one.left_on_device() == NOTHING
    assert len(smtp) == 32
