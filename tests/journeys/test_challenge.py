"""A challenge of thirty days as two people live it: asked, agreed, begun, rested, woken, finished, and begun again."""

from datetime import timedelta

import pytest
from time_machine import Traveller

from accounts.models import User
from challenges import catalogue
from challenges.models import CompletedDay, OwnCompletion
from reminders import delivery, planning, preferences
from tests.cast import NOW
from tests.fixtures import Mailbox
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import Enter, clock, enter, path, source

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CHALLENGE, TODAY = "/challenge/", "/today/"
WORDS, CLOSE = "[aria-labelledby=c-words]", "[aria-labelledby=c-close]"
COUNT, SWAP = "button:has-text('Count this day')", "button:has-text('Swap for another card')"
STONE = "a.stone[href='/challenge/{}/']"


def evening(clock: Traveller, number: int) -> None:
    """The evening of so many days after the challenge began."""
    clock.move_to(NOW + timedelta(days=number))


def title(one: Visitor, card: str) -> str:
    return one.page.locator(f"{card} h2").inner_text()


def states(one: Visitor) -> str:
    """The stones in words: d for done, . for still there."""
    one.go(CHALLENGE)
    return "".join(
        "d" if "is-done" in (stone.get_attribute("class") or "") else "."
        for stone in one.page.locator(".stone").all()
    )


def agree_on_thirty_days(hers: Visitor, his: Visitor) -> None:
    hers.go(CHALLENGE)
    hers.press("form:has([value=thirty-days]) [type=submit]")
    assert "You suggested: Thirty small days" in hers.text()
    his.write(rose="the shelf is up")
    his.go(TODAY)
    his.press("text=Alice suggests: Thirty small days")
    his.press("form[action$='/yes/'] [type=submit]")
    assert "Name a thank-you" in his.text()


def test_thirty_days_from_the_asking_to_beginning_again(
    enter: Enter, alice: User, bob: User, clock: Traveller, smtp: Mailbox
) -> None:
    hers, his = enter(alice), enter(bob)
    agree_on_thirty_days(hers, his)

    # Day 1 by words, day 2 close by; she swaps and hides touch, and his pages stay as they are.
    hers.go(CHALLENGE)
    hers.press(f"{WORDS} {COUNT}")
    assert "You count this day" in hers.text()
    evening(clock, 1)
    before, first = source(his, CHALLENGE), title(his, CLOSE)
    hers.go(CHALLENGE)
    hers.press(f"{CLOSE} {SWAP}")
    assert title(hers, CLOSE) != first
    hers.go("/settings/cards/")
    hers.page.locator("[name=touch][value=no]").check(force=True)
    hers.press("text=Save cards")
    hers.go(CHALLENGE)
    assert title(hers, CLOSE) in {one.title for one in catalogue.every()[catalogue.FIRST].days[1].still}
    assert source(his, CHALLENGE) == before
    his.press(f"{CLOSE} {COUNT}")
    his.page.fill("[name=text]", "Twenty seconds. The cat timed it.")
    his.press("text=/(Save|Share) my line/")
    assert states(hers).startswith("dd.")
    assert "The cat timed it." in hers.text()
    assert "You count this day" not in hers.text()

    # Day 3 is left out, and stepped on on day 5 by keyboard.
    evening(clock, 4)
    hers.go(CHALLENGE)
    hers.page.locator(STONE.format(3)).focus()
    with hers.page.expect_navigation():
        hers.page.keyboard.press("Enter")
    assert path(hers) == "/challenge/3/"
    hers.press(f"{WORDS} {COUNT}")
    assert path(hers) == "/challenge/3/"
    assert states(his) == "ddd" + "." * 27

    # He likes a mail on such days: it says nothing, and comes only while there is something to do.
    choice, half_past = preferences.choices_of(bob)["challenge_day"], NOW + timedelta(minutes=30)
    choice.set(wanted=True, at=half_past.time(), now=NOW + timedelta(days=4))
    clock.move_to(NOW + timedelta(days=4, minutes=31))
    planning.plan(now=NOW + timedelta(days=4, minutes=28))
    delivery.deliver(clock=lambda: NOW + timedelta(days=4, minutes=31))
    mail = smtp.wait_for(bob.email)[-1].as_string()
    assert "/challenge/" in mail
    for word in ("Alice", "cat", "date to come"):
        assert word not in mail

    # Four quiet days, and it rests: the same sentence for both. Either wakes it.
    evening(clock, 9)
    for one in (hers, his):
        one.go(CHALLENGE)
        assert "goes on from day 9" in one.text()
        assert "Day 9:" not in source(one, TODAY)
        assert "The challenge rests at Day 9" in source(one, TODAY)
    his.go(CHALLENGE)
    his.press("text=Continue the challenge")
    assert "The challenge is resting" not in source(hers, CHALLENGE)

    # On to the middle and to the end; each says what they count, and nobody keeps a tally.
    for day in range(9, 30):
        evening(clock, day + 1)
        if day == 20:  # both sign in again, as one does after some weeks
            hers, his = enter(alice), enter(bob)
        one = hers if day % 2 else his
        one.go(CHALLENGE)
        assert f"day {day + 1}\n" in one.text() or f", day {day + 1}" in one.text()
        if day != 14:
            one.press(f"{WORDS} {COUNT}")
        else:
            assert "Halfway" in one.text()
            one.press(f"{WORDS} a:has-text('Look back on the challenge')")
            assert "The challenge so far" in one.text()
            assert "The cat timed it." in one.text()
            assert "drifted a bit" not in one.text()
    done = states(his)
    assert len(done) == 30, his.text()
    assert (done[14], done[29]) == (".", "d")
    assert "This is the last stone" in his.text()

    # Looking back, the opening line again, two habits to keep.
    his.press("a:has-text('Look back on the challenge') >> nth=0")
    for words in (
        "The challenge, from day one",
        "We’ve drifted a bit",
        "The cat timed it.",
        "the shelf is up",
    ):
        assert (words in his.text()) == (words != "the shelf is up"), words  # she wrote nothing that evening
    his.press("text=Choose habits to keep")
    for number in (0, 1):
        his.page.locator("[name=what]").nth(number).check(force=True)
    his.page.locator("[name=mail]").check(force=True)
    his.press("text=Save habits")
    assert his.page.locator(".habits li").count() == 2, his.text()
    assert "Nothing yet" in source(hers, "/challenge/habits/")

    # She puts it away; again, with other cards first.
    hers.go("/challenge/end/")
    hers.press("[type=submit]:has-text('End the challenge')")
    assert "Challenges so far" in hers.text()
    evening(clock, 60)
    hers, his = enter(alice), enter(bob)
    his.go(CHALLENGE)
    his.press("form:has([value=thirty-days]) [type=submit]")
    hers.go(CHALLENGE)
    hers.press("form[action$='/yes/'] [type=submit]")
    assert title(hers, WORDS) == catalogue.every()[catalogue.FIRST].days[0].words[1].title
    assert states(his) == "." * 30
    assert CompletedDay.objects.done().count() == done.count("d")
    assert OwnCompletion.objects.count() == done.count("d")


def test_a_challenge_without_javascript(enter: Enter, dana: User, clock: Traveller) -> None:
    hers = enter(dana, java_script_enabled=False)
    hers.go(CHALLENGE)
    hers.press("form:has([value=seven-evenings]) [type=submit]")
    hers.press(f"{CLOSE} {SWAP}")
    hers.press(f"{CLOSE} {COUNT}")
    hers.page.fill("[name=text]", "x" * 501)
    hers.press("text=/(Save|Share) my line/")
    assert "one character over" in hers.text()
    assert hers.page.input_value("[name=text]") == "x" * 501
    hers.page.fill("[name=text]", "just me")
    hers.press("text=/(Save|Share) my line/")
    hers.press("text=Take back my line")
    hers.press("button:has-text('Take back these words')")
    assert "Taken back" in hers.text()
    hers.press("text=Undo “Count")
    assert states(hers) == "......."


def test_a_printed_challenge_is_the_challenge(enter: Enter, dana: User) -> None:
    hers = enter(dana)
    hers.go(CHALLENGE)
    hers.press("form:has([value=seven-evenings]) [type=submit]")
    hers.page.emulate_media(media="print")
    assert hers.page.locator(".stones").is_visible()
    for hidden in (".nav-main >> nth=0", ".spread", ".left", ".challenge-acts"):
        assert not hers.page.locator(hidden).first.is_visible(), hidden
