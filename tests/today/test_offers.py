"""No offer on the first evening, then one thing more at a time."""

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


def test_later_each_has_its_turn() -> None:
    assert {offered(day) for day in range(30, 30 + len(offers.OFFERS))} == {
        offer.page for offer in offers.OFFERS
    }


def test_alone_nothing_is_offered_that_takes_two() -> None:
    alone = {offered(day, paired=False) for day in range(60)}
    assert alone == {"", *(offer.page for offer in offers.OFFERS if not offer.for_two)}


def test_every_offer_leads_somewhere() -> None:
    for offer in offers.OFFERS:
        assert reverse(offer.page).startswith("/")


def test_what_is_there_already_is_not_offered() -> None:
    """A couple who has agreed on a talk isn't asked whether they would like one, on any day."""
    for number in range(16, 60):
        day = SINCE + timedelta(days=number)
        offered = offers.of_day(day, since=SINCE, paired=True, without=["agendas:talk"])
        assert offered is not None
        assert offered.page != "agendas:talk"
    assert any(
        offers.of_day(SINCE + timedelta(days=number), since=SINCE, paired=True).page == "agendas:talk"  # type: ignore[union-attr]  # there is one
        for number in range(16, 60)
    )
