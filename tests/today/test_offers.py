"""No offer on the first evening, then one thing more at a time."""

from collections import Counter
from datetime import timedelta

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


def test_then_each_is_introduced_on_its_own_day_and_no_sooner() -> None:
    assert {offer.page: offer.after + 1 for offer in offers.OFFERS if offer.page in MAIN} == MAIN
    for offer in offers.OFFERS:
        new = {one.page for one in offers.OFFERS if one.after == offer.after}
        assert offered(offer.after) in new
        assert not new & {offered(day) for day in range(offer.after)}


def test_in_the_first_weeks_each_has_a_few_turns() -> None:
    turns = Counter(offered(number) for number in range(offers.FIRST_WEEKS))
    assert turns.pop("checkins:question") <= 8  # another one each time
    assert turns.pop("") == 1
    assert set(turns) == {offer.page for offer in offers.OFFERS} - {"checkins:question"}
    assert all(2 <= count <= 4 for count in turns.values()), turns


def test_one_that_was_left_alone_rests_and_then_has_one_day_of_thirty() -> None:
    first = offers.FIRST_WEEKS
    rest = [offered(first + number) for number in range(offers.REST)]
    assert set(rest) == {"", "checkins:question"}
    assert rest.count("checkins:question") == 6
    for month in (58, 88, 358):
        turns = Counter(offered(month + number) for number in range(30))
        assert turns.pop("") >= 17
        assert turns.pop("checkins:question") == 6
        assert turns == Counter(offer.page for offer in offers.OFFERS if offer.page != offers.QUESTION)


def test_no_two_have_one_day() -> None:
    taken = [day for offer in offers.OFFERS for day in offer.later]
    assert len(set(taken)) == len(taken)
    assert all(0 <= day < offers.MONTH for day in taken)


def test_alone_nothing_is_offered_that_takes_two() -> None:
    alone = {offered(day, paired=False) for day in range(60)}
    assert alone == {"", *(offer.page for offer in offers.OFFERS if not offer.for_two)}


def test_every_offer_leads_somewhere() -> None:
    for offer in offers.OFFERS:
        assert reverse(offer.page).startswith("/")


def test_what_is_there_already_is_not_offered_and_nothing_comes_in_its_place() -> None:
    """A couple who has agreed on a talk isn't asked whether they would like one, on any day."""
    for number in range(120):
        day = SINCE + timedelta(days=number)
        found = offers.of_day(day, since=SINCE, paired=True, without=["agendas:talk"])
        assert found is None or found.page != "agendas:talk"
        if number > offers.LAST_NEW:
            assert (found.page if found else "") == offered(number).replace("agendas:talk", "")
    assert "agendas:talk" in {offered(number) for number in range(offers.FIRST_WEEKS)}
