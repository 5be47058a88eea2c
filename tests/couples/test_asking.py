"""What takes two: one asks, the other says yes or nothing; the asker can't tell which nothing it was."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from checkins import writing
from couples import asking, parting
from couples.errors import AskNotOpen, AskResting, NobodyToAsk
from couples.models import ASK_REST, Ask, Partner
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

DAY = timedelta(days=1)
KIND, WHAT = "a kind", "what"


def kind(name: str, on_agreed: Callable[..., object] = lambda ask, now: None) -> asking.Kind:
    """A kind of ask, of which nothing comes but what the test says."""
    return asking.Kind(name, "today:today", "sun", lambda ask, name, reader, now: ask.what, on_agreed)  # type: ignore[arg-type]  # a test's callable takes no more than it needs


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds these tests ask for: "kind" is one of which several things are asked apart."""
    for name in (KIND, "another kind", "kind"):
        monkeypatch.setitem(asking._kinds, name, kind(name))


def put(by: User, what: str = WHAT, *, days: int = 0) -> Ask:
    return asking.ask(by=seat(by), kind=KIND, what=what, now=NOW + days * DAY)


def awaiting(user: User) -> list[asking.Waiting]:
    """All that waits for an answer of this person's."""
    recent = asking.lately(seat(user), now=NOW)
    return asking.all_awaiting(seat(user), recent, now=NOW)


def seen(user: User, *, days: int = 0) -> tuple[str, str, bool]:
    """What is there to answer, what one asked, and whether one's asking rests."""
    found = asking.state(seat(user), KIND, now=NOW + days * DAY)
    return (
        found.awaiting.what if found.awaiting else "",
        found.asked.what if found.asked else "",
        found.rests_until is not None,
    )


# --- asking --------------------------------------------------------------------------------------------


def test_the_other_is_asked_and_the_asker_sees_what_was_asked(alice: User, bob: User) -> None:
    put(alice)
    assert seen(alice) == ("", WHAT, True)
    assert seen(bob) == (WHAT, "", False)


def test_the_same_again_is_the_same_ask(alice: User, bob: User) -> None:
    first = put(alice)
    assert put(alice, days=6) == first
    asking.set_aside(by=seat(bob), ask_id=first.pk, now=NOW)
    assert put(alice, days=6) == first  # and tells nothing
    assert Ask.objects.count() == 1


@pytest.mark.parametrize(("days", "fresh"), [(6, True), (7, False), (29, False)])
def test_it_fades_after_seven_days(alice: User, bob: User, days: int, fresh: bool) -> None:
    one = put(alice)
    assert seen(bob, days=days) == (WHAT if fresh else "", "", False)
    assert seen(alice, days=days) == ("", WHAT if fresh else "", True)
    if not fresh:
        with pytest.raises(AskNotOpen):
            asking.agree(by=seat(bob), ask_id=one.pk, now=NOW + days * DAY)


@pytest.mark.parametrize(("what", "days"), [("another", 0), ("another", 6), (WHAT, 7), (WHAT, 29)])
def test_it_isnt_asked_again_for_thirty_days(alice: User, bob: User, what: str, days: int) -> None:
    put(alice)
    with pytest.raises(AskResting):
        put(alice, what, days=days)
    assert put(bob, "his own", days=days).by_id == bob.pk  # the rest is hers
    assert put(alice, "another", days=30).what == "another"


def test_kinds_rest_apart(alice: User) -> None:
    put(alice)
    assert asking.ask(by=seat(alice), kind="another kind", what=WHAT, now=NOW).agreed_at is None


def test_after_a_yes_one_may_ask_again(alice: User, bob: User) -> None:
    asking.agree(by=seat(bob), ask_id=put(alice).pk, now=NOW + DAY)
    assert seen(alice, days=1) == ("", "", False)
    put(alice, "another", days=2)
    assert seen(bob, days=2) == ("another", "", False)


# --- answering -----------------------------------------------------------------------------------------


def test_a_yes_is_announced_once(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    news: list[str] = []
    monkeypatch.setitem(asking._kinds, KIND, kind(KIND, lambda ask, now: news.append(ask.what)))
    one = put(alice)
    for days in (1, 2):
        answer = asking.agree(by=seat(bob), ask_id=one.pk, now=NOW + days * DAY)
        assert answer.agreed_at == NOW + DAY
    assert news == [WHAT]


def test_a_yes_goes_to_the_kind_alone(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a kind asked for several things, too: what stands after its name is the thing."""
    news: list[str] = []
    for name in (KIND, "another kind", "kind"):
        monkeypatch.setitem(asking._kinds, name, kind(name, lambda ask, now, name=name: news.append(name)))
    for asked in ("another kind", "kind 2026-11-22", KIND):
        one = asking.ask(by=seat(alice), kind=asked, what=WHAT, now=NOW)
        asking.agree(by=seat(bob), ask_id=one.pk, now=NOW)
    assert news == ["another kind", "kind", KIND]


def test_what_waits_is_listed_in_the_order_of_the_rooms(alice: User, bob: User) -> None:
    for asked, what in (("kind 2", "late"), (KIND, "first"), ("another kind", "")):  # nothing to say: no line
        asking.ask(by=seat(alice), kind=asked, what=what, now=NOW)
    found = awaiting(bob)
    assert [(one.kind.name, one.line) for one in found] == [(KIND, "first"), ("kind", "late")]
    asking.set_aside(by=seat(bob), ask_id=found[0].ask.pk, now=NOW)
    assert [one.line for one in awaiting(bob)] == ["late"]
    assert awaiting(alice) == []


def test_an_answer_is_to_what_the_other_asked_in_this_couple(alice: User, bob: User, charlie: User) -> None:
    token = put(alice).token
    for who in (alice, charlie):
        assert asking.answer(by=seat(who), token=token, yes=True, now=NOW) is None
    assert asking.answer(by=seat(bob), token="0" * 32, yes=True, now=NOW) is None
    assert Ask.objects.get().agreed_at is None
    late = NOW + 8 * DAY  # the page lay open: nothing happens, and one comes to where such things are asked
    answered = asking.answer(by=seat(bob), token=token, yes=True, now=late)
    assert answered is not None
    assert (answered.kind, answered.before) == (asking._kinds[KIND], None)
    assert Ask.objects.get().agreed_at is None
    asking.answer(by=seat(bob), token=token, yes=True, now=NOW)
    assert Ask.objects.get().agreed_at == NOW


@pytest.mark.parametrize("name", ["of a later release", "gone 7"])
def test_an_ask_of_no_kind_that_is_known_is_neither_shown_nor_answered(
    alice: User, bob: User, signed_in: Callable[[User], Client], clock: object, name: str
) -> None:
    """A release may be taken back, or a kind of ask be removed, while somebody's ask of it is fresh."""
    writing.talk(by=seat(bob), day=NOW.date() - DAY, now=NOW - DAY)  # so that it isn't quiet for him
    one = asking.ask(by=seat(alice), kind=name, what="planted", now=NOW)
    his = signed_in(bob)
    assert awaiting(bob) == []
    assert "planted" not in his.get("/today/").content.decode()
    for answer in ("yes", "not-now"):
        assert his.post(f"/asks/{one.token}/{answer}/").status_code == 404
    with pytest.raises(AskNotOpen):
        asking.agree(by=seat(bob), ask_id=one.pk, now=NOW)
    one.refresh_from_db()
    assert (one.agreed_at, one.set_aside_at) == (None, None)


def test_an_error_in_what_follows_undoes_the_yes(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(ask: Ask, now: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(asking._kinds, KIND, kind(KIND, fails))
    one = put(alice)
    with pytest.raises(ZeroDivisionError):
        asking.agree(by=seat(bob), ask_id=one.pk, now=NOW)
    assert seen(bob) == (WHAT, "", False)


def test_set_aside_is_known_to_the_one_who_did_alone(alice: User, bob: User) -> None:
    one = put(alice)
    before = [seen(alice, days=days) for days in range(31)]
    for days in (1, 2):
        asking.set_aside(by=seat(bob), ask_id=one.pk, now=NOW + days * DAY)
    one.refresh_from_db()
    assert one.set_aside_at == NOW + DAY
    assert seen(bob, days=3) == ("", "", False)
    assert [seen(alice, days=days) for days in range(31)] == before


def test_a_mind_can_be_changed_while_it_is_fresh(alice: User, bob: User) -> None:
    one = put(alice)
    asking.set_aside(by=seat(bob), ask_id=one.pk, now=NOW)
    assert put(bob).pk == one.pk  # he asks for the same: that is a yes
    one.refresh_from_db()
    assert (one.agreed_at, one.set_aside_at) == (NOW, None)
    asking.set_aside(by=seat(bob), ask_id=one.pk, now=NOW)  # an old page
    one.refresh_from_db()
    assert one.set_aside_at is None


def test_an_agreement_overtakes_what_was_asked_before_it(alice: User, bob: User) -> None:
    hers, his = put(alice, "hers"), put(bob, "his", days=1)
    asking.agree(by=seat(bob), ask_id=hers.pk, now=NOW + 2 * DAY)
    assert seen(alice, days=2)[0] == ""
    with pytest.raises(AskNotOpen):
        asking.agree(by=seat(alice), ask_id=his.pk, now=NOW + 2 * DAY)


def test_nobody_else_answers(alice: User, bob: User, charlie: User, dana: User, erin: User) -> None:
    one = put(alice)
    for verb in (asking.agree, asking.set_aside):
        for user in (alice, charlie):  # one's own isn't to be answered, and a stranger's isn't there
            with pytest.raises(AskNotOpen):
                verb(by=seat(user), ask_id=one.pk, now=NOW)
        for user in (dana, erin):
            with pytest.raises(NobodyToAsk):
                verb(by=seat(user), ask_id=one.pk, now=NOW)
        with pytest.raises(AskNotOpen):
            verb(by=seat(bob), ask_id=uuid4(), now=NOW)
    for user in (charlie, dana, erin):
        assert seen(user) == ("", "", False)


def test_after_parting_nothing_is_asked_or_answered(alice: User, bob: User) -> None:
    one, his, hers = put(alice), seat(bob), seat(alice)
    parting.part(by=bob, now=NOW)
    with pytest.raises(NobodyToAsk):
        asking.agree(by=his, ask_id=one.pk, now=NOW)
    with pytest.raises(NobodyToAsk):
        asking.ask(by=hers, kind=KIND, what="another", now=NOW)
    for user in (alice, bob):
        assert seen(user) == ("", "", False)


def test_it_is_one_query_and_none_where_nothing_was_asked_for_long(
    alice: User, dana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place, alone = seat(alice), seat(dana)
    with django_assert_num_queries(0):
        asking.state(place, KIND, now=NOW)
    asking.ask(by=place, kind=KIND, what="0", now=NOW)
    place = seat(alice)
    for rows in (1, 3):
        Ask.objects.all().delete()
        for number in range(rows):
            Ask.objects.create(couple=place.couple, kind=KIND, by=alice, what=str(number), asked_at=NOW)
        with django_assert_num_queries(1):
            asking.state(place, KIND, now=NOW)
    with django_assert_num_queries(0):
        asking.state(alone, KIND, now=NOW)
        asking.state(place, KIND, now=NOW + ASK_REST)


# --- at the same moment --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
class TestAtOnce:
    @pytest.fixture
    def seats(self, db: None) -> tuple[Partner, Partner]:
        alice, bob = person("Alice"), person("Bob")
        pair(alice, bob)
        return seat(alice), seat(bob)

    def test_two_windows_ask_and_there_is_one(self, seats: tuple[Partner, Partner]) -> None:
        with track(2) as lanes:
            for number in range(5):
                act = partial(asking.ask, by=seats[0], kind=f"kind {number}", what=WHAT, now=NOW)
                one, other = lanes.race(act, act)
                assert one == other
        assert Ask.objects.count() == 5

    def test_two_windows_ask_for_different_things_and_one_is_told(
        self, seats: tuple[Partner, Partner]
    ) -> None:
        with track(2) as lanes:
            for number in range(5):
                ask = partial(asking.ask, by=seats[0], kind=f"kind {number}", now=NOW)
                results = lanes.race(partial(ask, what="one"), partial(ask, what="other"))
                assert sorted(type(one).__name__ for one in results) == ["Ask", "AskResting"], results

    def test_both_ask_for_the_same_and_so_agree(self, seats: tuple[Partner, Partner]) -> None:
        with track(2) as lanes:
            for number in range(5):
                asks = [partial(asking.ask, by=by, kind=f"kind {number}", what=WHAT, now=NOW) for by in seats]
                lanes.race(*asks)
                assert Ask.objects.get(kind=f"kind {number}").agreed_at == NOW

    def test_both_agree_to_the_others_and_one_holds(self, seats: tuple[Partner, Partner]) -> None:
        with track(2) as lanes:
            for number in range(5):
                kind = f"kind {number}"
                asks = [
                    asking.ask(by=by, kind=kind, what=str(by.seat), now=NOW + number * timedelta(seconds=1))
                    for by in seats
                ]
                later = NOW + DAY
                results = lanes.race(
                    partial(asking.agree, by=seats[0], ask_id=asks[1].pk, now=later),
                    partial(asking.agree, by=seats[1], ask_id=asks[0].pk, now=later),
                )
                assert sorted(type(one).__name__ for one in results) == ["Ask", "AskNotOpen"], results
                assert Ask.objects.of(seats[0].couple).for_kind(kind).exclude(agreed_at=None).count() == 1

    def test_yes_against_not_now_in_two_windows_ends_in_one_of_the_two(
        self, seats: tuple[Partner, Partner]
    ) -> None:
        with track(2) as lanes:
            for number in range(5):
                one = asking.ask(by=seats[0], kind=f"kind {number}", what=WHAT, now=NOW)
                answers = (asking.agree, asking.set_aside)
                results = lanes.race(
                    *(partial(verb, by=seats[1], ask_id=one.pk, now=NOW) for verb in answers)
                )
                assert isinstance(results[0], Ask), results
                one.refresh_from_db()
                assert (one.agreed_at, one.set_aside_at) == (NOW, None)

    def test_asking_against_parting_leaves_nothing_to_see(self) -> None:
        with track(2) as lanes:
            for number in range(5):
                alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
                pair(alice, bob)
                ask = partial(asking.ask, by=seat(alice), kind=KIND, what=WHAT, now=NOW)
                results = lanes.race(ask, partial(parting.part, by=bob, now=NOW))
                assert isinstance(results[0], Ask | NobodyToAsk), results
                assert results[1] is True
                for user in (alice, bob):
                    assert seen(user) == ("", "", False)
