"""Facts on Today: from the first evening on, three at most and one ask among them; they leave by date."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller, travel

from accounts.models import User
from adventures import dating, proposing
from agendas import building, meeting
from challenges import attempts, catalogue
from checkins import thanking, writing
from checkins.models import Appreciation
from checkins.words import CheckInText
from couples import asking, pairing, weekdays
from couples.models import Ask
from tests.adventures import scenarios as dates
from tests.agendas import scenarios as talks
from tests.cast import NOW, pair, person, seat
from tests.challenges.scenarios import begin_together
from today import context
from today import offers as offers_of

SignIn = Callable[[User], Client]
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> object:
    with travel(NOW, tick=False) as traveller:
        yield traveller


def body(client: Client) -> str:
    answer = client.get("/today/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def facts(client: Client) -> list[str]:
    """The facts on the page, by their names, in their order."""
    known = {"thanks", "ask", "date-ask", "talk", "date", "challenge", "passed"}
    return [name for name in re.findall(r'<h2 id="t-([\w-]+)"', body(client)) if name in known]


def offers(client: Client) -> bool:
    return 'id="t-offer"' in body(client)


def write(user: User, *, days_ago: int = 0) -> None:
    now = NOW - days_ago * A_DAY
    writing.write(by=seat(user), day=now.date(), words=CheckInText("x", open=True), share=True, now=now)


@pytest.fixture
def newcomers(db: None) -> tuple[User, User]:
    """Two who signed up and paired this very evening."""
    two = person("Gwen", now=NOW + 40 * A_DAY), person("Hal", now=NOW + 40 * A_DAY)  # joined tonight
    pair(*two, now=NOW)
    return two


# --- from the first evening ----------------------------------------------------------------------------


def test_facts_are_there_on_the_first_evening(newcomers: tuple[User, User], signed_in: SignIn) -> None:
    gwen, hal = newcomers
    dates.asked(gwen, "soup", at=NOW + A_DAY, now=NOW)
    begin_together(gwen, hal, now=NOW)
    client = signed_in(hal)
    assert facts(client) == ["date-ask", "challenge"]
    assert "First evening." in body(client)
    assert not offers(client)


def test_what_one_came_for_is_named_for_two_weeks(
    newcomers: tuple[User, User], signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(newcomers[0])
    places = ("/challenge/", "/dates/", "/wishes/", "/talk/")
    for day in (0, 1, 13, 14, 40):
        clock.move_to(NOW + day * A_DAY)
        named = re.search(r'<p class="also">(.*?)</p>', body(client), re.DOTALL)
        assert (named is not None) == (day < 14)
        assert named is None or [place in named[1] for place in places] == [True] * 4


def test_a_pairing_that_waits_is_the_one_button(dana: User, charlie: User, signed_in: SignIn) -> None:
    erin = person("Erin")
    client = signed_in(erin)
    assert "Compare two words to pair up" not in body(client)
    invitation = pairing.invite(by=dana, now=NOW)
    pairing.accept(invitation.code, by=erin, now=NOW)
    for user in (dana, erin):
        shown = body(signed_in(user))
        assert "Compare two words to pair up" in shown
        assert shown.count("btn-primary") == 1
    assert "Compare two words to pair up" not in body(signed_in(charlie))


# --- three at most, one ask among them -------------------------------------------------------------------


def everything(alice: User, bob: User) -> None:
    """Whatever may be a fact, all at once, for Bob."""
    write(bob, days_ago=1)
    dates.agreed(alice, bob, "the noodle place", at=NOW + 2 * A_DAY, now=NOW - A_DAY)
    dates.asked(alice, "soup", at=NOW + 3 * A_DAY, now=NOW)
    weekdays.name(by=seat(alice), weekdays=[1, 2, 3], now=NOW)
    begin_together(alice, bob, now=NOW - A_DAY)
    thanking.say_thanks(by=seat(alice), text="for the bins", trait="", keep=False, now=NOW - A_DAY)


def test_three_at_most_and_of_what_is_asked_one_a_day(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    everything(alice, bob)
    client, asks = signed_in(bob), set[str]()
    for day in (0, 1):
        clock.move_to(NOW + day * A_DAY)
        found = facts(client)
        assert len(found) == 3
        assert found[0] == "thanks"  # what was given comes first
        assert len({"ask", "date-ask"} & set(found)) == 1
        asks |= {"ask", "date-ask"} & set(found)
        assert not offers(client)
    assert asks == {"ask", "date-ask"}  # each has its Day


def test_the_talk_is_one_on_its_evening(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    talks.agree(alice, bob, now=NOW)
    client = signed_in(bob)
    write(bob, days_ago=1)
    assert facts(client) == []
    clock.move_to(talks.STARTS - timedelta(hours=1))
    building.build_due(now=talks.STARTS - timedelta(hours=1))
    assert facts(client) == ["talk"]


def test_on_the_evening_after_it_says_whose_evening_it_was_for(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    """An hour alone would be taken for tonight's."""
    talks.agree_again(alice, bob, now=NOW)
    building.build_due(now=talks.LAYS_OUT)
    clock.move_to(talks.STARTS)
    assert "The talk, at 19:00" in body(signed_in(alice))
    clock.move_to(talks.STARTS + A_DAY)
    page = body(signed_in(alice))
    assert "The talk of Sunday, if you like" in page
    assert "19:00" not in page
    assert facts(signed_in(alice)) == ["talk"]


def test_of_a_talk_that_goes_on_it_says_what_is_true_for_whoever_was_not_in_it(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    talks.agree_again(alice, bob, now=NOW)
    building.build_due(now=talks.LAYS_OUT)
    meeting.begin(by=seat(alice), now=talks.STARTS)
    for after in (timedelta(), A_DAY):
        clock.move_to(talks.STARTS + after)
        page = body(signed_in(bob))
        assert "The page is open for both of you" in page
        assert "you left" not in page
        assert facts(signed_in(bob)) == ["talk"]


def test_after_a_gap_facts_stay_and_asks_fall_away(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    dates.agreed(alice, bob, "the noodle place", at=NOW + 2 * A_DAY, now=NOW - 20 * A_DAY)
    was_written = NOW - 9 * A_DAY
    words = CheckInText("x", open=True)
    writing.write(by=seat(bob), day=was_written.date(), words=words, share=True, now=was_written)
    dates.asked(alice, "soup", at=NOW + A_DAY, now=NOW - 3 * A_DAY)  # quiet since yesterday
    client = signed_in(bob)
    assert "Start anywhere." in body(client)
    assert facts(client) == ["date"]
    write(bob, days_ago=1)
    assert facts(client) == ["date-ask", "date"]


@pytest.mark.parametrize("of", ["date", "challenge"])
def test_what_is_asked_once_it_is_quiet_is_there_for_its_seven_days(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller, of: str
) -> None:
    """Who opens Today and writes nothing is asked all the same."""
    if of == "date":
        dates.asked(alice, "soup", at=NOW + 20 * A_DAY, now=NOW)
    else:
        attempts.suggest(by=seat(alice), challenge=catalogue.FIRST, now=NOW)
    client, there = signed_in(bob), []
    for number in range(10):
        clock.move_to(NOW + number * A_DAY)
        assert "Start anywhere." in body(client)
        there += [number] if set(facts(client)) & {"ask", "date-ask"} else []
    assert there == list(range(7))


# --- thank-yous ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_thank_you_lies_there_for_three_days_from_its_readers_next_afternoon(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller, zone: str
) -> None:
    User.objects.filter(pk=bob.pk).update(zone=zone)
    bob.refresh_from_db()
    thanking.say_thanks(by=seat(alice), text="for the bins", trait="", keep=False, now=NOW)
    client, said = signed_in(bob), Appreciation.objects.get()
    at = said.appears_at(seat(bob))
    assert at.astimezone(bob.tz).hour == 17
    first = at.astimezone(bob.tz)
    leaves = (first + 3 * A_DAY).replace(hour=4, minute=0)
    for moment, there in (
        (at - timedelta(seconds=1), False),
        (at, True),
        (leaves - timedelta(seconds=1), True),
        (leaves, False),
    ):
        clock.move_to(moment)
        client = signed_in(bob)
        assert ("for the bins" in body(client)) == there, moment
    clock.move_to(at)
    assert "thanks" not in facts(signed_in(alice))  # her own


def test_it_leads_to_the_month_in_which_it_stands(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    said = NOW.replace(day=29)  # there from the afternoon of the 30th on
    thanking.say_thanks(by=seat(alice), text="for the bins", trait="", keep=False, now=said)
    clock.move_to(NOW.replace(month=12, day=1, hour=20))
    client = signed_in(bob)
    link = re.search(r'id="t-thanks"><a href="([^"]+)"', body(client))
    assert link is not None
    assert "for the bins" in client.get(link[1]).content.decode()


def test_opening_the_page_takes_nothing_away(alice: User, bob: User, signed_in: SignIn) -> None:
    everything(alice, bob)
    client = signed_in(bob)
    before = facts(client)
    for address in ("/together/", "/dates/", "/challenge/", "/today/"):
        client.get(address)
    assert facts(client) == before


def test_what_was_kept_for_the_talk_or_taken_back_before_it_was_there_is_none(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    yesterday = NOW - A_DAY
    kept = thanking.say_thanks(by=seat(alice), text="kept", trait="", keep=True, now=yesterday)
    taken = thanking.say_thanks(by=seat(alice), text="taken", trait="", keep=False, now=yesterday)
    thanking.take_back(by=seat(alice), model=Appreciation, pk=taken.pk, now=NOW.replace(hour=16))
    assert kept.pk
    assert facts(signed_in(bob)) == []


def test_taken_back_its_words_go_at_once_and_the_row_by_its_date(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    said = thanking.say_thanks(by=seat(alice), text="for the bins", trait="", keep=False, now=NOW - A_DAY)
    client = signed_in(bob)
    assert facts(client) == ["thanks"]
    assert "for the bins" in body(client)
    thanking.take_back(by=seat(alice), model=Appreciation, pk=said.pk, now=NOW)
    for days_later, there in ((0, True), (1, True), (2, True), (3, False)):
        clock.move_to(NOW + days_later * A_DAY)
        client = signed_in(bob)
        assert ("thanks" in facts(client)) == there, days_later
        assert ("Taken back" in body(client)) == there, days_later
        assert "for the bins" not in body(client)


# --- a challenge that rests --------------------------------------------------------------------------------


def test_that_a_challenge_rests_is_said_once_to_each(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    """On the first of their Days on which it rests, however often they look; on no later one."""
    begin_together(alice, bob, now=NOW)
    for user in (alice, bob):
        client, said = signed_in(user), list[int]()
        for number in range(12):
            clock.move_to(NOW + number * A_DAY)
            said += [number for _look in range(2) if "The challenge rests at" in body(client)]
        assert len(said) == 2
        assert len(set(said)) == 1


# --- where there is no fact ------------------------------------------------------------------------------


def offered_on(page: str, since: datetime) -> list[int]:
    """The evenings from NOW on, on which this has its turn, of two who sat down on that day."""
    found = []
    for number in range(400):
        offer = offers_of.of_day((NOW + number * A_DAY).date(), since=since.date(), paired=True)
        found += [number] if offer is not None and offer.page == page else []
    return found


QUESTIONS = offered_on(offers_of.QUESTION, NOW - 30 * A_DAY)  # so long ago Alice and Bob sat down


def test_an_offer_stands_only_where_there_is_no_fact(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    now = NOW + QUESTIONS[0] * A_DAY
    clock.move_to(now)
    write(bob, days_ago=-QUESTIONS[0] + 1)
    client = signed_in(bob)
    assert offers(client)
    dates.agreed(alice, bob, "soup", at=now + A_DAY, now=now)
    assert not offers(client)


def test_a_thank_you_leaves_the_evenings_question_to_both(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    """Whoever was thanked saw two questions in two hundred evenings, and what the other answered waited for them."""
    now = NOW + QUESTIONS[0] * A_DAY
    clock.move_to(now)
    write(bob, days_ago=-QUESTIONS[0] + 1)
    thanking.say_thanks(by=seat(alice), text="for the soup", trait="", keep=False, now=now - A_DAY)
    assert facts(signed_in(bob)) == ["thanks"]
    assert all(offers(signed_in(user)) for user in (alice, bob))


def test_after_seven_quiet_evenings_nothing_is_offered_until_one_writes_again(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    write(bob, days_ago=1)
    shown = []
    for number in QUESTIONS[:6]:
        clock.move_to(NOW + number * A_DAY)
        shown += [number] if offers(signed_in(bob)) else []
    assert shown == [number for number in QUESTIONS[:6] if number < 7]
    assert shown
    write(bob, days_ago=-QUESTIONS[5] + 1)
    assert offers(signed_in(bob))


def test_what_the_two_have_already_is_not_offered(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    """A talk they agreed on, a challenge that rests: neither is offered on any evening."""
    talks.agree(alice, bob, now=NOW)
    begin_together(alice, bob, now=NOW - 30 * A_DAY)
    seen = set()
    for number in range(30, 85):  # their turns are among these evenings
        now = NOW + number * A_DAY
        clock.move_to(now)
        building.build_due(now=now)
        write(bob, days_ago=-number + 1)
        offer = re.search(r'id="t-offer".*?</section>', body(signed_in(bob)), re.DOTALL)
        seen |= set(re.findall(r'href="(/[a-z-]+/)', offer[0])) if offer else set()
    assert {"/question/", "/dates/"} <= seen
    assert not {"/talk/", "/challenge/"} & seen


def test_whether_a_date_happened_is_an_ask_too(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    dates.agreed(alice, bob, "the noodle place", at=NOW - A_DAY, now=NOW - 3 * A_DAY)
    dates.asked(alice, "soup", at=NOW + 3 * A_DAY, now=NOW)
    write(bob, days_ago=1)
    client, found = signed_in(bob), []
    for number in (0, 1):
        clock.move_to(NOW + number * A_DAY)
        found += facts(client)
    assert sorted(found) == ["date-ask", "passed"]


def test_the_question_is_there_in_full_and_can_be_said_to_be_talked_about(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(bob)
    for day in range(1, 20):
        now = NOW + day * A_DAY
        clock.move_to(now)
        client = signed_in(bob)
        write(bob, days_ago=-day + 1)
        shown = body(client)
        if "Mark as talked about" in shown:
            asked = re.search(r'<p class="ask" dir="auto">(.*?)</p>', shown, re.DOTALL)
            assert asked is not None
            assert asked[1] in client.get("/question/").content.decode()
            client.post(f"/question/{now.date()}/talked/")
            assert "Mark as talked about" not in body(client)
            return
    pytest.fail("the question never came")


def test_a_date_that_stands_is_there_though_another_time_is_asked_for(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    stands = dates.agreed(alice, bob, "the noodle place", at=NOW + 2 * A_DAY, now=NOW - 20 * A_DAY)
    write(bob, days_ago=10)
    proposing.suggest(by=seat(alice), date_id=stands.pk, to=NOW + 4 * A_DAY, now=NOW - 4 * A_DAY)
    # He wrote nothing for ten days, and it was asked before they were seven: what stands stands.
    assert facts(signed_in(bob)) == ["date"]
    write(bob, days_ago=1)
    assert facts(signed_in(bob)) == ["date-ask"]  # one date, said once


def test_what_was_asked_for_lately_is_not_offered_to_either(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    attempts.suggest(by=seat(alice), challenge=catalogue.FIRST, now=NOW)
    asking.set_aside(by=seat(bob), ask_id=Ask.objects.get().pk, now=NOW)
    for number in range(8, 20):
        clock.move_to(NOW + number * A_DAY)
        for user in (alice, bob):
            write(user, days_ago=-number + 1)
            assert (
                'href="/challenge/"'
                not in body(signed_in(user)).split('id="t-offer"')[-1].split("</section>")[0]
            )


def test_with_a_pairing_that_waits_nothing_else_is_asked_or_offered(
    dana: User, signed_in: SignIn, clock: Traveller
) -> None:
    erin = person("Erin")
    now = NOW + 4 * A_DAY
    clock.move_to(now)
    write(dana, days_ago=-3)
    assert offers(signed_in(dana))
    pairing.accept(pairing.invite(by=dana, now=now).code, by=erin, now=now)
    assert not offers(signed_in(dana))


def test_a_date_is_offered_with_three_ideas_to_tap(
    newcomers: tuple[User, User], signed_in: SignIn, clock: Traveller
) -> None:
    clock.move_to(NOW + 2 * A_DAY)
    client = signed_in(newcomers[0])
    links = re.findall(r'href="(/dates/plan/\?idea=[\w-]+)"', body(client))
    assert len(set(links)) == 3
    for link in links:
        assert 'value="idea:' in client.get(link).content.decode()


def test_as_few_queries_with_everything_on_it(
    alice: User, bob: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One of each room: session, person and seats, asks, evening, dates, talk, challenge."""
    everything(alice, bob)
    client = signed_in(bob)
    body(client)
    with django_assert_num_queries(7):
        body(client)


def test_what_was_asked_for_is_read_once_where_something_is_offered(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    attempts.suggest(by=seat(alice), challenge=catalogue.FIRST, now=NOW)
    asking.set_aside(by=seat(bob), ask_id=Ask.objects.get().pk, now=NOW)
    write(bob)
    clock.move_to(NOW + QUESTIONS[0] * A_DAY)
    client = signed_in(bob)
    assert offers(client)
    with CaptureQueriesContext(connection) as queries:
        body(client)
    assert sum('FROM "couples_ask"' in query["sql"] for query in queries) == 1


def is_offered(user: User, page: str, number: int, *, clock: Traveller) -> bool:
    """Whether this is offered to them on that evening, after one that they said aloud."""
    now = NOW + number * A_DAY
    clock.move_to(now)
    writing.talk(by=seat(user), day=(now - A_DAY).date(), now=now - A_DAY)
    offer = context.of(seat(user), now=now).offer
    return offer is not None and offer.page == page


DATE, THANKS = (offered_on(page, NOW)[1] for page in (offers_of.DATE, offers_of.THANKS))


@pytest.mark.parametrize("declined", [True, False])
@pytest.mark.parametrize(("ago", "there"), [(29, False), (30, True)])
def test_a_date_is_not_offered_while_one_was_asked_for_lately_whatever_became_of_it(
    newcomers: tuple[User, User], clock: Traveller, declined: bool, ago: int, there: bool
) -> None:
    gwen, hal = newcomers
    at = NOW + (DATE - ago) * A_DAY
    asked = dates.asked(gwen, "soup", at=at + 3 * A_DAY, now=at)
    if declined:
        dating.set_aside(by=seat(hal), date_id=asked.pk, to=at + 3 * A_DAY, now=at)
    assert is_offered(gwen, offers_of.DATE, DATE, clock=clock) == there


@pytest.mark.parametrize(("ago", "there"), [(6, False), (7, True)])
def test_a_date_is_not_offered_within_a_week_of_one(
    newcomers: tuple[User, User], clock: Traveller, ago: int, there: bool
) -> None:
    dates.happened(*newcomers, at=NOW + (DATE - ago) * A_DAY)
    for user in newcomers:
        assert is_offered(user, offers_of.DATE, DATE, clock=clock) == there


@pytest.mark.parametrize(("ago", "there"), [(13, False), (15, True)])
def test_who_said_thank_you_within_a_fortnight_is_not_offered_to(
    newcomers: tuple[User, User], clock: Traveller, ago: int, there: bool
) -> None:
    gwen = newcomers[0]
    at = NOW + (THANKS - ago) * A_DAY
    thanking.say_thanks(by=seat(gwen), text="for tea", trait="", keep=False, now=at)
    assert is_offered(gwen, offers_of.THANKS, THANKS, clock=clock) == there
