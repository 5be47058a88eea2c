"""Nothing but the evening's page in the first week, then one thing more at a time."""

from datetime import timedelta

from django.urls import reverse

from tests.cast import NOW
from today import offers

SINCE = NOW.date()


def offered(after: int, *, paired: bool = True) -> str:
    found = offers.of_day(SINCE + timedelta(days=after), since=SINCE, paired=paired)
    return found.page if found else ""


def test_the_first_week_is_for_the_page_alone() -> None:
    for paired in (True, False):
        assert [offered(day, paired=paired) for day in range(7)] == [""] * 7


def test_then_each_is_introduced_on_its_own_day_and_no_sooner() -> None:
    seen = set[str]()
    for offer in offers.OFFERS:
        assert offer.page not in seen
        assert offered(offer.after) == offer.page
        seen = {offered(day) for day in range(offer.after + 1)}
    assert seen - {""} == {offer.page for offer in offers.OFFERS}


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
