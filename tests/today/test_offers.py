"""No offer on the first evening, then one thing more at a time."""

from datetime import timedelta
from itertools import pairwise

from django.urls import reverse

from tests.cast import NOW
from today import offers

SINCE = NOW.date()
# From which day on (the first evening is day 1) what one came for is offered.
MAIN = {
    "checkins:question": 2,
    "challenges:challenge": 2,
    "adventures:plan": 3,
    "adventures:wishes": 5,
    "agendas:talk": 10,
}


def offered(after: int, *, paired: bool = True) -> str:
    found = offers.of_day(SINCE + timedelta(days=after), since=SINCE, paired=paired)
    return found.page if found else ""


def test_the_first_evening_is_for_the_page_alone() -> None:
    for paired in (True, False):
        assert offered(0, paired=paired) == ""


def test_then_each_is_introduced_and_none_too_soon() -> None:
    first = {offer.page: offer.turns[0] + 1 for offer in offers.OFFERS if offer.page in MAIN}
    assert set(first) == set(MAIN)
    assert all(MAIN[page] <= day <= MAIN[page] + 2 for page, day in first.items())
    for offer in offers.OFFERS:
        assert offered(offer.turns[0]) == offer.page


def test_after_the_first_week_no_two_evenings_in_a_row_have_one() -> None:
    shown = [bool(offered(number)) for number in range(800)]
    assert not any(shown[number] and shown[number + 1] for number in range(6, 799))


def test_the_same_comes_not_again_within_ten_days_and_then_months_apart() -> None:
    turns = {offer.page: [n for n in range(800) if offered(n) == offer.page] for offer in offers.OFFERS}
    for page, on in turns.items():
        apart = [later - one for one, later in pairwise(on)]
        assert min(apart) >= 10, page
        if page != offers.QUESTION:
            assert apart[1:5] == [30, 60, 120, 120], page


def test_alone_nothing_is_offered_that_takes_two() -> None:
    alone = {offered(day, paired=False) for day in range(60)}
    assert alone == {"", *(offer.page for offer in offers.OFFERS if not offer.for_two)}


def test_every_offer_leads_somewhere() -> None:
    for offer in offers.OFFERS:
        assert reverse(offer.page).startswith("/")


def test_what_is_there_already_is_not_offered_and_nothing_comes_in_its_place() -> None:
    """A couple who has agreed on a talk isn't asked whether they would like one, on any day."""
    for number in range(300):
        day = SINCE + timedelta(days=number)
        found = offers.of_day(day, since=SINCE, paired=True, without=["agendas:talk"])
        assert (found.page if found else "") == offered(number).replace("agendas:talk", "")
    assert "agendas:talk" in {offered(number) for number in range(30)}
