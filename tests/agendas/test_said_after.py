"""The line after an act says what was done, and nothing where nothing was."""

from datetime import timedelta

import time_machine
from django.urls import reverse

from accounts.models import User
from agendas import building, meeting, outcomes
from agendas.forms.words import NOTHING
from tests.agendas.scenarios import LAYS_OUT, STARTS, four_weeks, held
from tests.cast import browser_of, seat

CHOSEN, NONE, MOVED = "Saved, and chosen below", "you bring nothing this time", "in the next talk"


def test_whoever_brings_nothing_is_told_of_no_title(alice: User, bob: User) -> None:
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    with time_machine.travel(LAYS_OUT, tick=False):
        page = (
            browser_of(alice).post(reverse("agendas:bring"), {"bring": NOTHING}, follow=True).content.decode()
        )
    assert NONE in page
    assert CHOSEN not in page


def test_nothing_is_said_to_move_where_there_is_no_talk(alice: User, bob: User) -> None:
    talk = held(alice, bob, by=alice)
    action = outcomes.add_action(by=seat(alice), agenda=talk, who="we", part=4, text="walk", now=STARTS)
    meeting.finish(by=seat(alice), now=STARTS)
    with time_machine.travel(STARTS + timedelta(days=3), tick=False):
        browser = browser_of(alice)
        browser.post(reverse("agendas:now_settle", args=[action.pk]), {"go": "carry_on"})
        assert MOVED not in browser.get(reverse("agendas:talk")).content.decode()
