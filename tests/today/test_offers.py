"""No offer on the first evening, then one thing more at a time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from checkins import comes_back
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
    first = {offer.page: offer.first + 1 for offer in offers.OFFERS if offer.page in MAIN}
    assert set(first) == set(MAIN)
    assert first[offers.QUESTION] == 2  # the challenge has it too, and one of the two is offered
    assert all(MAIN[page] <= day <= MAIN[page] + 2 for page, day in first.items())
    for offer in offers.OFFERS:
        assert offered(offer.first) == offer.page


def test_from_then_on_the_question_comes_each_turn_on_an_evening_without_a_bud() -> None:
    """The one on day 23 could be where one of the two had a bud, and only the other was asked."""
    for number in range(offers.FIRST_WEEKS + 1, 300):
        day = SINCE + timedelta(days=number)
        if offered(number) == offers.QUESTION:
            assert comes_back.between(day) == offers.QUESTION_ON not in comes_back.BUDS_ON
    assert offers.QUESTION in {offered(number) for number in range(18, 25)}


def test_after_the_first_week_no_two_evenings_in_a_row_have_one() -> None:
    shown = [bool(offered(number)) for number in range(800)]
    assert not any(shown[number] and shown[number + 1] for number in range(6, 799))


@pytest.mark.parametrize("later", range(30))
def test_then_a_question_a_turn_and_of_the_others_one_of_three_turns(later: int) -> None:
    """Six of them stood within a fortnight, twice. Whenever the two sat down, each of the others comes again."""
    since = SINCE + timedelta(days=later)
    shown = [offers.of_day(since + timedelta(days=number), since=since, paired=True) for number in range(800)]
    pages = [offer.page if offer else "" for offer in shown]
    assert sum(map(bool, pages[:31])) <= 11
    for at in range(20, 786):
        few = [page for page in pages[at : at + 14] if page]
        assert len(few) <= 4
        assert len([page for page in few if page != offers.QUESTION]) <= 1
    for offer in offers.OFFERS:
        on = [number for number, page in enumerate(pages) if page == offer.page]
        if offer.page == offers.QUESTION:
            assert on.pop(0) == offer.first
        apart = [later - one for one, later in pairwise(on)]
        if offer.page == offers.QUESTION:
            assert min(apart) >= 4
            assert max(apart[1:]) <= 8
        else:
            assert 60 <= apart[0] <= 180  # the challenge and the talk came again after nine and eleven
            assert all(120 <= one <= 132 for one in apart[1:])
            assert len(on) >= 6


def test_none_of_them_has_an_evening_on_which_something_comes_back() -> None:
    for number in range(30, 800):
        day = SINCE + timedelta(days=number)
        assert not offered(number) or comes_back.between(day) is not None


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
