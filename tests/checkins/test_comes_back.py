"""What comes back of evenings before: buds until they are answered, longer ago in turns of six Days."""

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from checkins import comes_back, writing
from checkins.comes_back import AGES, EVENINGS, ROSES, SPAN, TURN, Returns
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples import parting, returning
from couples.models import Partner
from tests.cast import NOW, seat

DAY = NOW.date()
A_DAY = timedelta(days=1)
SIXTY = 60 * A_DAY


def put(user: User, ago: int, words: CheckInText | None = None, *, share: bool = True) -> None:
    day = DAY - timedelta(days=ago)
    written = words or CheckInText(bud=f"the broth {ago}", rose=f"rose {ago} of {user.name}")
    writing.write(by=seat(user), day=day, words=written, share=share, now=NOW - timedelta(days=ago))


def buds(place: Partner, *ahead: int) -> list[str]:
    """What is asked about on these Days from today."""
    found = (comes_back.of(place, DAY + number * A_DAY).bud for number in ahead)
    return [page.bud if page is not None else "" for page in found]


def longer_ago(place: Partner, first: date, count: int = TURN) -> list[str]:
    """The roses of longer ago on so many Days from this one, and "" where there is none."""
    found = [comes_back.of(place, first + number * A_DAY) for number in range(count)]
    return [_rose_of(one) for one in found]


def _rose_of(one: Returns) -> str:
    page = one.ago.page if one.ago is not None else one.rose
    return page.rose if page is not None else ""


def months(place: Partner, first: date, count: int = TURN) -> list[int]:
    found = [comes_back.of(place, first + number * A_DAY).ago for number in range(count)]
    return [one.months for one in found if one is not None]


# --- buds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ago", range(7, 7 + TURN))
def test_a_bud_is_asked_about_once_from_a_week_on(alice: User, bob: User, ago: int) -> None:
    """It was on two evenings, two or three days apart. Whichever Day it is of, it is the next evening for buds."""
    for user in (alice, bob):
        put(user, ago)
    since = 7 - ago
    shown = buds(seat(alice), *range(since - 3, since + 2 * TURN))
    on = [number for number, one in enumerate(shown, since - 3) if one]
    assert on == [next(number for number in range(since, since + 2 * TURN) if is_for_buds(number))]


def is_for_buds(ahead: int) -> bool:
    return comes_back.between(DAY + ahead * A_DAY) in comes_back.BUDS_ON


def _is_for_longer_ago(ahead: int) -> bool:
    return comes_back.between(DAY + ahead * A_DAY) is None


@pytest.mark.parametrize("said", returning.ANSWERS)
def test_until_it_is_answered(alice: User, bob: User, said: str) -> None:
    for user in (alice, bob):
        put(user, 7)
    bud = comes_back.of(seat(alice), DAY).bud
    assert bud is not None
    returning.answer(by=seat(alice), kind=returning.BUD, about=[bud.pk], said=said, now=NOW)
    assert buds(seat(alice), *range(TURN)) == [""] * TURN
    assert buds(seat(bob), 0) == ["the broth 7"]  # his own


def test_one_of_eight_days_and_the_others_once_it_is_answered(alice: User, bob: User) -> None:
    free = [number for number in range(8 * TURN) if is_for_buds(number)]
    one, other = next((one, other) for one, other in pairwise(free) if _span(one - 7) == _span(other - 7))
    for ago in (7 - one, 7 - other):
        for user in (alice, bob):
            put(user, ago)
    assert buds(seat(alice), one, other) == [f"the broth {7 - one}", ""]
    bud = comes_back.of(seat(alice), DAY + one * A_DAY).bud
    assert bud is not None
    at = NOW + one * A_DAY
    returning.answer(by=seat(alice), kind=returning.BUD, about=[bud.pk], said=returning.GOOD, now=at)
    assert buds(seat(alice), one, other) == ["", f"the broth {7 - other}"]  # that was enough for one evening


def _span(ahead: int) -> int:
    return (DAY + ahead * A_DAY).toordinal() // SPAN


def test_of_buds_that_nobody_answers_one_in_eight_days_is_asked_about(alice: User, bob: User) -> None:
    """Whoever answers goes on being asked."""
    for ago in range(80):
        for user in (alice, bob):
            put(user, ago, CheckInText(bud=f"the broth {ago}"))
    ahead = range(-8 * SPAN, SPAN)
    shown = buds(seat(alice), *ahead)
    asked = [one for one in shown if one]
    assert len(set(asked)) == len(asked)
    assert len(ahead) // SPAN - 2 <= len(asked) <= len(ahead) // SPAN + 1
    assert shown == buds(seat(alice), *ahead)  # by looking nothing changes


def test_whoever_answers_their_buds_is_asked_about_one_on_each_evening_for_them(
    alice: User, bob: User
) -> None:
    for ago in range(7, 21):
        for user in (alice, bob):
            put(user, ago, CheckInText(bud=f"the broth {ago}"))
    asked = []
    for ahead in (number for number in range(-12, 1) if is_for_buds(number)):
        bud = comes_back.of(seat(alice), DAY + ahead * A_DAY).bud
        assert bud is not None
        asked.append(bud.bud)
        at = NOW + ahead * A_DAY
        returning.answer(by=seat(alice), kind=returning.BUD, about=[bud.pk], said=returning.GOOD, now=at)
    assert len(set(asked)) == len(asked) >= 4


def test_a_bud_waits_like_nothing(alice: User, bob: User) -> None:
    put(alice, 7)
    assert buds(seat(alice), 0) == [""]
    put(bob, 7)
    assert buds(seat(alice), 0) == ["the broth 7"]


@pytest.mark.parametrize("how", ["kept line", "none", "taken back", "the other's"])
def test_no_bud_that_is_kept_taken_back_or_the_others(alice: User, bob: User, how: str) -> None:
    words = {
        "kept line": CheckInText(rose="r", bud="b", kept=frozenset({"bud"})),
        "none": CheckInText(rose="r"),
    }.get(how, CheckInText(rose="r", bud="b"))
    put(bob if how == "the other's" else alice, 7, words)
    if how != "the other's":
        put(bob, 7, CheckInText(rose="r"))
    if how == "taken back":
        writing.take_back(by=seat(alice), day=DAY - timedelta(days=7), now=NOW)
    if how == "the other's":
        put(alice, 7, CheckInText(rose="r"))
    assert buds(seat(alice), 0) == [""]


# --- longer ago ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("off", range(TURN))
def test_whoever_wrote_once_in_a_turn_gets_it_back_once(alice: User, bob: User, age: int, off: int) -> None:
    """Whichever Day it was: it comes back on one evening, the same for both, and on no other of two turns."""
    for user in (alice, bob):
        put(user, age + off)
    first = DAY - 2 * TURN * A_DAY
    hers, his = (longer_ago(seat(user), first, 5 * TURN) for user in (alice, bob))
    others = f"rose {age + off} of Bob"
    assert [one for one in hers if one == others] == [others]
    assert hers.index(others) == his.index(f"rose {age + off} of Alice")


def test_of_much_little_comes_back(alice: User, bob: User) -> None:
    """To whoever writes each evening: three evenings of six, and each while on one of them."""
    for ago in range(240):
        for user in (alice, bob):
            put(user, ago)
    found = longer_ago(seat(alice), DAY - TURN * A_DAY, 2 * TURN)
    assert sum(bool(one) for one in found) == TURN
    assert not any(all(found[number : number + 3]) for number in range(len(found) - 2))
    assert sorted(months(seat(alice), DAY - TURN * A_DAY, 2 * TURN)) == [1, 1, 6, 6]


def test_an_old_rose_comes_now_and_then_of_evenings_far_apart(alice: User, bob: User) -> None:
    """One evening in a fortnight, a hundred Days and more ago: it used to need just that Day."""
    for ago in range(44, 101, 14):
        for user in (alice, bob):
            put(user, ago)
    roses = [comes_back.of(seat(alice), DAY + number * A_DAY).rose for number in range(-TURN, 60 + TURN)]
    found = [page.rose for page in roses if page is not None]
    assert found == [f"rose {ago} of Bob" for ago in (100, 86, 72, 58, 44)]


def test_nothing_comes_back_by_a_beat(alice: User, bob: User) -> None:
    """To whoever writes one evening of six, it was each sixth evening, and to whoever writes each, each second."""
    for ago in range(28, 180, 6):
        for user in (alice, bob):
            put(user, ago)
    on = [number for number, one in enumerate(longer_ago(seat(alice), DAY - 60 * A_DAY, 120)) if one]
    for each in (on, [number for number in range(120) if _is_for_longer_ago(number)]):
        gaps = [later - one for one, later in pairwise(each)]
        assert len(set(gaps)) >= 3
        assert not any(len(set(gaps[at : at + 4])) == 1 for at in range(len(gaps) - 3))


def test_of_a_month_ago_what_comes_is_in_the_order_of_its_days(alice: User, bob: User) -> None:
    """Two of a turn came the later one first. Of each evening's writing they are a month ago, and not five weeks."""
    for ago in range(15, 100):
        for user in (alice, bob):
            put(user, ago)
    found = [(number, comes_back.of(seat(alice), DAY + number * A_DAY).ago) for number in range(-60, 0)]
    pages = [(DAY + number * A_DAY, one.page.day) for number, one in found if one is not None]
    days = [day for _at, day in pages]
    assert days == sorted(set(days))
    assert {(at - day).days for at, day in pages} <= set(range(30, 35))


def test_an_old_rose_is_the_others_and_ones_own_for_whoever_is_alone(
    alice: User, bob: User, dana: User
) -> None:
    """It was one's own, where the other had none."""
    Partner.objects.update(sat_at=NOW - 200 * A_DAY)
    for ago in range(97, 103):
        for user in (alice, dana):
            put(user, ago, CheckInText(rose=f"rose {ago} of {user.name}", open=True))
    first = DAY - TURN * A_DAY
    for user, whose in ((alice, ""), (bob, "Alice"), (dana, "Dana")):
        found = [comes_back.of(seat(user), first + number * A_DAY).rose for number in range(2 * TURN)]
        roses = [page.rose.rsplit(" ", 1)[1] for page in found if page is not None]
        assert set(roses) == ({whose} if whose else set())
        assert len(roses) <= 2


def test_one_thing_comes_back_an_evening(alice: User, bob: User) -> None:
    for ago in range(240):
        for user in (alice, bob):
            put(user, ago)
    for number in range(TURN):
        one = comes_back.of(seat(alice), DAY - number * A_DAY)
        assert [one.bud, one.ago, one.rose].count(None) >= 2


def test_no_line_comes_back_twice_within_sixty_days() -> None:
    """A line's windows are so far apart, whatever Day of a turn it is on; and it is in one of each while."""
    for number in range(2 * TURN):
        day, back = date(2024, 1, 1) + number * A_DAY, list[tuple[date, int]]()
        for ahead in range(3700):
            at = day + ahead * A_DAY
            places = comes_back.places_of(at)
            back += [(at, age) for age in AGES if places[f"from_{age}"] <= day <= places[f"to_{age}"]]
        once = {age: [at for at, there in back if there == age] for age in AGES}
        assert all(len(on) == (2 if age == comes_back.A_MONTH else 1) for age, on in once.items()), once
        for (earlier, age), (later, other) in pairwise(back):
            assert later - earlier >= SIXTY or age == other == comes_back.A_MONTH, (day, back)


def test_over_a_year_and_more_what_comes_back_is_of_evenings_of_all_rests(alice: User, bob: User) -> None:
    """The whiles once left the same rest of a turn: four evenings of six never came back, others thrice."""
    for ago in range(400):
        for user in (alice, bob):
            put(user, ago, CheckInText(rose=f"rose {ago} of {user.name}"))
    found = [comes_back.of(seat(alice), DAY - number * A_DAY) for number in range(400)]
    pages = [one.ago.page if one.ago is not None else one.rose for one in found]
    days = [page.day for page in pages if page is not None]
    assert {day.toordinal() % TURN for day in days} == set(range(TURN))
    assert len(days) >= 160
    assert len(set(days)) >= 150


def test_an_evening_alone_in_its_turn_comes_back_by_one_rose(alice: User, bob: User) -> None:
    """It came by the other's, and two evenings later by one's own: now that is for where the other has none."""
    for user in (alice, bob):
        put(user, 30)
    first = DAY - TURN * A_DAY
    assert [one for one in longer_ago(seat(alice), first, 3 * TURN) if one] == ["rose 30 of Bob"]


def test_of_a_month_ago_two_evenings_of_a_turn_have_a_line_each(alice: User, bob: User) -> None:
    for ago in range(20, 50, 2):
        for user in (alice, bob):
            put(user, ago)
    found = [one for one in longer_ago(seat(alice), DAY - TURN * A_DAY, 3 * TURN) if one]
    assert 4 <= len(found) == len(set(found)) <= 6


@pytest.mark.parametrize("turn", range(len(EVENINGS)))
def test_what_is_shown_or_brought_in_between_lets_no_line_come_twice(
    alice: User, bob: User, turn: int
) -> None:
    """The second of two was the first again, once a third came before it: two Days after it had come."""
    place, every = seat(alice), range(TURN)
    start = date.fromordinal((DAY.toordinal() // (TURN * len(EVENINGS)) * len(EVENINGS) + turn) * TURN)
    month, years, _rose = EVENINGS[turn]
    on, later = start + month * A_DAY, start + years * A_DAY
    window = comes_back.places_of(on)["from_30"]

    def line(day: date, *pages: int) -> str:
        rows = [
            CheckIn(
                author=bob,
                day=window + page * A_DAY,
                couple=place.couple,
                shared_at=NOW,
                open_at=NOW,
                rose=f"rose {page}",
            )
            for page in pages
        ]
        return _rose_of(comes_back.laid_out(place, day, rows))

    came = [
        (line(on, *there), line(later, *there, new))
        for count in (1, 2, 3)
        for there in combinations(every, count)
        for new in every
        if new not in there
    ]
    assert not [pair for pair in came if pair[0] == pair[1] != ""]
    assert {line(later, one) or line(on, one) for one in every} == {f"rose {one}" for one in every}


def test_what_is_hidden_or_taken_back_lets_no_other_line_move_up(alice: User, bob: User) -> None:
    """It would come again on the turn's next evening."""
    for ago in range(20, 50):
        for user in (alice, bob):
            put(user, ago)
    first, place = DAY - TURN * A_DAY, seat(alice)
    before = longer_ago(place, first, 2 * TURN)
    hidden, taken = [number for number, one in enumerate(before) if one][:2]
    page = comes_back.of(place, first + hidden * A_DAY).ago
    assert page is not None
    returning.answer(by=place, kind=returning.PAGE, about=[page.page.pk], said=returning.HIDE, now=NOW)
    page = comes_back.of(place, first + taken * A_DAY).ago
    assert page is not None
    writing.take_back(by=seat(bob), day=page.page.day, now=NOW)
    after = longer_ago(place, first, 2 * TURN)
    gone = {hidden, taken}
    assert after == ["" if number in gone else one for number, one in enumerate(before)]


def test_the_others_rose_before_ones_own_and_ones_own_where_that_alone_can_be_read(
    alice: User, bob: User
) -> None:
    for ago in range(20, 50):
        put(alice, ago, CheckInText(rose=f"rose {ago} of Alice", open=True))
    hers, his = (
        [one for one in longer_ago(seat(user), DAY) if one.endswith("of Alice")] for user in (alice, bob)
    )
    assert hers == his
    assert len(hers) == 2


def test_no_rose_of_an_evening_the_other_never_opened(alice: User, bob: User) -> None:
    for ago in range(130):
        put(bob, ago)
    assert longer_ago(seat(alice), DAY) == [""] * TURN
    assert longer_ago(seat(bob), DAY) == [""] * TURN  # his own waits, and looks like nothing


def test_nor_after_parting(alice: User, bob: User) -> None:
    for ago in range(130):
        for user in (alice, bob):
            put(user, ago)
    parting.part(by=bob, now=NOW)
    first = DAY - TURN * A_DAY
    assert not any(one.endswith("of Bob") for one in longer_ago(seat(alice), first, 2 * TURN))


def test_nor_does_a_line_come_twice_for_parting(alice: User, bob: User) -> None:
    """The turns go on as they were for whoever writes on alone."""
    for ago in range(20, 50):
        put(alice, ago, CheckInText(rose=f"rose {ago} of Alice", open=True))
    before = longer_ago(seat(alice), DAY - TURN * A_DAY)
    parting.part(by=bob, now=NOW)
    after = longer_ago(seat(alice), DAY)
    assert any(before)
    assert any(after)
    assert not (set(before) & set(after)) - {""}


def test_a_kind_that_is_switched_off_stays_away(alice: User, bob: User) -> None:
    for ago in range(7, 240):
        for user in (alice, bob):
            put(user, ago)
    returning.choose(by=seat(alice), kinds=["half"], now=NOW)
    assert months(seat(alice), DAY) == [6]
    assert buds(seat(alice), 0, 1, 2) == [""] * 3
    assert sum(bool(one) for one in longer_ago(seat(alice), DAY)) == 1


def test_all_that_comes_back_is_one_question(alice: User, bob: User) -> None:
    for ago in range(40):
        for user in (alice, bob):
            put(user, ago)
    place = seat(alice)
    comes_back.of(place, DAY)
    for number in range(TURN):
        with CaptureQueriesContext(connection) as asked:
            _rose_of(comes_back.of(place, DAY + number * A_DAY))
        assert len(asked) == 1


def test_of_a_thorn_nothing_is_read(alice: User, bob: User) -> None:
    assert ROSES[0] > 30
    with CaptureQueriesContext(connection) as asked:
        comes_back.of(seat(alice), DAY)
    (query,) = (one["sql"] for one in asked.captured_queries if "checkins_checkin" in one["sql"])
    assert "thorn" not in query
    assert "note" not in query
