"""Ways of a newcomer, counted by the browser: from Today, on the first day and weeks later, to what they came for."""

from datetime import timedelta

import pytest
from time_machine import Traveller

from accounts.models import User
from couples import days
from tests.agendas.scenarios import evening
from tests.cast import NOW, pair, person
from tests.journeys.site import site
from tests.journeys.steps import TAP, TODAY, Enter, Finger, clock, enter, path

__all__ = ["clock", "enter", "site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CHALLENGE, DATES, PLAN, WISHES, TALK = "/challenge/", "/dates/", "/dates/plan/", "/wishes/", "/talk/"
LATER = 20  # the Day on which they have written for weeks, and begun nothing else


@pytest.fixture(params=[1, LATER], ids=["first day", "later"])
def two(request: pytest.FixtureRequest, db: None) -> tuple[User, User]:
    """Two who paired some Days ago, and wrote each evening before this one."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob, now=NOW - timedelta(days=request.param - 1))
    for ago in range(1, request.param):
        for user in (alice, bob):
            evening(user, NOW.date() - timedelta(days=ago), "the heron")
    return alice, bob


def begin(enter: Enter, user: User) -> Finger:
    return Finger(enter(user, has_touch=True))


def go_to(finger: Finger, *places: str) -> None:
    """Tap what leads from Today to the first of these that it or the navigation names, or to its tile on Together."""
    for place in places:
        if finger.sees(link := f"a[href='{place}']"):
            return finger.leave_by(link)
    finger.leave_by("nav a[href='/together/']")
    for place in places:
        if finger.sees(link := f"a[href='{place}']"):
            return finger.leave_by(link)
    raise AssertionError(f"no way to {places}")


def taps(finger: Finger) -> int:
    return finger.given.count(TAP)


def test_to_the_challenge(enter: Enter, two: tuple[User, User]) -> None:
    finger = begin(enter, two[0])
    go_to(finger, CHALLENGE)
    finger.leave_by("main form:has([name=challenge]) [type=submit]")
    assert "You suggested" in finger.one.text()
    assert taps(finger) <= 3


def test_to_a_date(enter: Enter, two: tuple[User, User]) -> None:
    finger = begin(enter, two[0])
    go_to(finger, PLAN, DATES)
    if path(finger.one) == DATES:
        finger.leave_by(f"main a[href='{PLAN}']")
    asking = taps(finger) + 1
    finger.tap("#plan .tap:nth-of-type(2) label:nth-of-type(2)")  # another evening than the first
    finger.leave_by("#plan .tap--last [type=submit]")
    assert "You asked:" in finger.one.text()
    assert asking <= 3  # as it stands there
    assert taps(finger) <= 4


def test_to_a_wish(enter: Enter, two: tuple[User, User]) -> None:
    finger = begin(enter, two[0])
    go_to(finger, WISHES)
    finger.type_into("main form [name=title]", "the ferry")
    finger.leave_by("main form:has([name=title]) .btn-primary")
    assert "the ferry" in finger.one.text()
    assert taps(finger) <= 3


def test_to_a_talk_and_to_a_yes(enter: Enter, two: tuple[User, User]) -> None:
    finger = begin(enter, two[0])
    go_to(finger, TALK)
    finger.leave_by("main a[href='/talk/rhythm/']")
    finger.leave_by("main form[action='/talk/rhythm/'] [type=submit]")
    assert "You suggested a talk" in finger.one.text()
    assert taps(finger) <= 3
    his = begin(enter, two[1])
    his.leave_by("main a[href='/talk/']")
    his.leave_by("main form[action$='/yes/'] [type=submit]")
    assert "19:00" in his.one.text()
    assert taps(his) <= 3


def test_to_the_first_letter_of_a_page(enter: Enter, two: tuple[User, User]) -> None:
    finger = begin(enter, two[0])
    finger.leave_by(".page-head .btn-primary")
    finger.type_into("main textarea >> visible=true", "T")
    assert taps(finger) <= 2


def test_to_the_other_s_page(enter: Enter, two: tuple[User, User], clock: Traveller) -> None:
    for user in two:
        evening(user, days.day_of(NOW, user.tz), f"what {user.name} liked")
    finger = begin(enter, two[0])
    words = finger.one.page.get_by_text("what Bob liked")
    assert words.is_visible()
    assert path(finger.one) == TODAY
    assert finger.given == []
