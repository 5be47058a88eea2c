"""A talk as two people hold it: agreed on, laid out, mailed, opened on two devices, and carried on a week later."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from time_machine import Traveller

from accounts.models import User
from agendas import building
from agendas.models import Agenda
from reminders import delivery
from tests.agendas.scenarios import LAYS_OUT, STARTS, a_first_talk, days_before, evening, four_weeks, thank
from tests.fixtures import Mailbox
from tests.journeys.person import Visitor
from tests.journeys.site import site
from tests.journeys.steps import Enter, clock, enter, path, source

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TALK, HELD, MINE = "/talk/", "/talk/now/", "/talk/bring/"
NEXT = "#next-part"
TOPIC = "the holidays, and with whom"
WEEK = timedelta(weeks=1)


def agree_on_sundays(hers: Visitor, his: Visitor) -> None:
    """She suggests it, he says yes: each reads the question for themselves first."""
    hers.go(TALK)
    hers.press("text=Suggest a weekly talk")
    assert "Can you say no to your partner" in hers.text()
    hers.press("text=Suggest this")
    assert "You suggested a talk" in hers.text()
    his.go("/today/")
    his.press("text=suggests a time to talk")
    assert "Can you say no to your partner" in his.text()
    assert "Every week, Sunday at 19:00" in his.text()
    his.press("form[action$='/yes/'] [type=submit]")
    assert "Sunday, 22 November" in his.text()


def morning(clock: Traveller, mailbox: Mailbox, alice: User) -> None:
    """The beat lays the list out as the day begins; at nine there is a mail, and it says nothing."""
    clock.move_to(LAYS_OUT - timedelta(minutes=1))
    building.build_due(now=timezone.now())
    assert Agenda.objects.open().get().laid_out_at is None
    clock.move_to(LAYS_OUT)
    building.build_due(now=timezone.now())
    clock.move_to(LAYS_OUT + timedelta(hours=5))
    delivery.deliver(clock=timezone.now)
    mail = mailbox.wait_for(alice.email)[-1]
    assert mail["Subject"] == "Set out for later today"
    everything = mail.as_string()
    assert "/talk/" in everything
    for word in ("Bob", TOPIC, "heron"):
        assert word not in everything


def test_a_talk_from_the_asking_to_the_week_after(
    enter: Enter, alice: User, bob: User, clock: Traveller, smtp: Mailbox
) -> None:
    hers, his = enter(alice), enter(bob)
    a_first_talk(alice)
    evening(alice, days_before(27), "planted-old-rose 27", thorn="the neighbours’ music, 27")
    evening(bob, days_before(5), "", "the noodles")
    agree_on_sundays(hers, his)
    four_weeks(alice, bob, agreed=True)
    morning(clock, smtp, alice)

    # Both open it, each on their own device; before it begins only titles show.
    clock.move_to(STARTS)
    assert TOPIC in source(his, TALK)
    assert "the heron came back" not in his.page.content()
    hers.go(TALK)
    hers.press("text=Use two devices for the talk")
    assert path(hers) == HELD
    assert "not a word about the two extra holes" in hers.text()
    his.go(TALK)
    his.press("text=Join the talk")
    assert "kept for this talk" in his.text()

    # Part by part: his page follows hers by itself.
    hers.press(NEXT)
    expect(his.page.locator("h1")).to_have_text("What went right")
    hers.press(NEXT)
    expect(his.page.locator("h1")).to_have_text("What is weighing on us")
    assert "to decide it together" in his.text()

    # Turns: the server says whose it is. He drops offline and returns.
    hers.press("[formaction='/talk/now/swap/']:has-text('Alice')")
    expect(his.page.locator("#live")).to_contain_text("you listen")
    assert not his.page.locator(".dial").inner_text().strip().isdigit()
    his.context.set_offline(True)
    with his.page.expect_event("requestfailed"):  # it has looked, and got no answer
        hers.press("#swap")
        assert "you listen" in hers.page.locator("#live").inner_text()
    assert "you listen" in his.page.locator("#live").inner_text()  # as it was: nothing says that he is gone
    his.context.set_offline(False)
    expect(his.page.locator("#live")).to_contain_text("You speak")
    # What his browser says about having been offline.
    his.troubles = [line for line in his.troubles if "ERR_INTERNET" not in line and "htmx:" not in line]

    # He is writing when she goes on: what he typed stays, and a link leads on.
    his.page.fill("#id_note", "the waiting is worse than the review")
    hers.press(NEXT)
    expect(his.page.locator("#live")).to_contain_text("The talk has gone on from here")
    assert his.page.input_value("#id_note") == "the waiting is worse than the review"
    his.page.locator("[name=tick]").set_checked(True, force=True)
    his.press("text=Save my notes")
    assert path(his) == HELD

    # She reads his notes, and ticks them from her own page. Each says what they will do.
    hers.go(HELD)
    assert "the waiting is worse than the review" in hers.text()
    hers.press("text=I’m happy with these notes >> visible=true")
    assert "Ticked by you both" in hers.text()
    for one, who, text in (
        (hers, "i", "keep Thursday evening empty"),
        (his, "we", "walk to the noodle place"),
    ):
        one.go(HELD)
        one.page.locator(f"[name=who][value={who}]").set_checked(True, force=True)
        one.page.fill("#id_will", text)
        one.press("[formaction='/talk/now/will/'] >> visible=true")
    assert "Alice will keep Thursday evening empty" in his.text()

    # What felt loving; a break that either may take; and the end.
    hers.press(NEXT)
    hers.page.fill("#id_hope", "an hour on the shed")
    hers.press("text=Tell Bob")
    hers.press("#break")
    expect(his.page.locator("main")).to_contain_text("A break")
    his.press("#go-on")
    expect(hers.page.locator(NEXT)).to_be_visible()
    hers.press(NEXT)
    hers.press("#finish")
    assert "Now put the kettle on." in hers.text()
    expect(his.page.locator("h1")).to_contain_text("The talk is over.")

    # A week later the next one carries on.
    clock.move_to(STARTS + timedelta(days=3))
    building.build_due(now=timezone.now())
    thank(bob, days_before(-4), "the empty Thursday")
    clock.move_to(LAYS_OUT + WEEK)
    building.build_due(now=timezone.now())
    assert "an hour on the shed" in source(his, MINE)
    assert "an hour on the shed" not in source(hers, MINE)
    clock.move_to(STARTS + WEEK)
    his.go(TALK)
    his.press("text=Use two devices for the talk")
    assert "the empty Thursday" in his.text()
    assert "the heater" not in his.text()  # said last time
    his.press("#part-4")
    assert "walk to the noodle place" in his.text()
    assert "keep Thursday evening empty" in his.text()
    his.press("text=Move to the next talk")
    hers.go("/talks/")
    hers.press("a:has-text('22 November')")
    assert "the waiting is worse than the review" in hers.text()
    hers.press("text=I see this differently now")
    hers.page.fill("[name=text]", "it was the calendar, not the review")
    hers.press("text=Add my view")
    assert "it was the calendar, not the review" in hers.text()


def test_one_device_between_the_two(enter: Enter, alice: User, bob: User, clock: Traveller) -> None:
    hers, his = enter(alice), enter(bob)
    four_weeks(alice, bob)
    clock.move_to(LAYS_OUT)
    building.build_due(now=timezone.now())
    clock.move_to(STARTS)
    hers.go(TALK)
    hers.press("text=Use this device together")
    assert path(hers) == HELD
    for where in ("/today/", MINE, "/kept/", "/settings/"):
        hers.go(where)
        assert path(hers) == "/account/reauthenticate/", where
    his.go("/today/")
    assert path(his) == "/today/"
    hers.go(HELD)
    assert "This device shows the talk only." in hers.text()
    hers.go("/kept/")
    hers.page.fill("[name=password]", "a lamp in the evening")
    hers.press("main form [type=submit]")
    assert path(hers) == "/kept/"


def test_without_javascript(enter: Enter, alice: User, bob: User, clock: Traveller) -> None:
    hers = enter(alice, java_script_enabled=False)
    four_weeks(alice, bob)
    clock.move_to(LAYS_OUT)
    building.build_due(now=timezone.now())
    hers.go("/talk/park/")
    hers.page.fill("[name=about]", "the bins, again")
    hers.press("text=Save for the talk")
    assert "the bins, again" in hers.text()
    clock.move_to(STARTS)
    hers.go(TALK)
    hers.press("text=Use two devices for the talk")
    for _ in range(2):
        hers.press(NEXT)
    hers.press("[formaction='/talk/now/swap/']:has-text('Bob')")
    assert "Bob speaks" in hers.text()
    hers.press("#longer")
    hers.press("#swap")
    assert "You speak" in hers.text()
    hers.page.fill("#id_note", "x" * 5001)
    hers.press("text=Save my notes")
    assert "one character over the 5,000" in hers.text()
    assert hers.page.input_value("#id_note") == "x" * 5001
    hers.press("#enough")
    assert "Not live just now" in hers.text()
    hers.press("#go-on")
    assert "What is weighing on us" in hers.text()
