"""What comes back on Today: on single Days that follow from its own, by one's own choice, and never unwanted."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User, Withdrawal
from adventures.reading import for_today as dates_of_today
from checkins import comes_back, reading, thanking, writing
from checkins.words import CheckInText
from couples import days, returning
from couples.models import Couple, Partner, ReturnAnswer
from tests.adventures.scenarios import happened
from tests.cast import NOW, pair, seat
from tests.repeated import confused
from tests.signs import signed_words
from today import looked_forward, years

SignIn = Callable[[User], Client]
A_DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _evening(alice: User, bob: User) -> Iterator[None]:
    long_ago = NOW - timedelta(days=4000)
    User.objects.update(joined_at=long_ago)
    Couple.objects.filter(paired=True).update(opened_at=long_ago)
    Partner.objects.update(sat_at=long_ago)
    with time_machine.travel(NOW, tick=False):
        yield


def write(user: User, day: date, *, share: bool = True, alone: bool = False, **lines: str) -> None:
    now = datetime.combine(day, NOW.timetz())
    rose = lines.get("rose", f"rose of {user.name} on {day}")
    words = CheckInText(rose, lines.get("bud", ""), "a thorn", open=alone)
    writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def both(day: date, *people: User) -> None:
    for user in people:
        write(user, day)


def body(client: Client) -> str:
    return client.get("/today/").content.decode()


@contextmanager
def on_its_evening(user: User, day: date) -> Iterator[datetime]:
    """The evening, within two turns from now, on which something of `day` comes back as longer ago."""
    for ahead in range(2 * comes_back.TURN):
        found = comes_back.of(seat(user), TODAY + ahead * A_DAY)
        page = found.ago.page if found.ago is not None else found.rose
        if page is not None and page.day == day:
            with time_machine.travel(NOW + ahead * A_DAY, tick=False):
                yield NOW + ahead * A_DAY
            return
    pytest.fail(f"nothing of {day} came back")


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (date(2026, 10, 22), "A month ago"),
        (date(2026, 8, 14), "An old rose of Bob’s"),
        (date(2026, 5, 24), "Half a year ago"),
        (date(2025, 11, 22), "A year ago"),
        (date(2024, 11, 22), "Two years ago"),
    ],
)
def test_an_evening_comes_back(alice: User, bob: User, signed_in: SignIn, ago: date, said: str) -> None:
    both(ago, alice, bob)
    with on_its_evening(alice, ago):
        shown = html.unescape(body(signed_in(alice)))
        assert said in shown
        assert f"rose of Bob on {ago}" in shown  # the other's before one's own
        assert f"rose of Alice on {ago}" in body(signed_in(bob))


def test_whose_line_comes_back_is_said_by_name_and_sign(alice: User, bob: User, signed_in: SignIn) -> None:
    """By its colour alone it would be said to nobody who hears the page."""
    ago = date(2025, 11, 22)
    write(bob, ago)
    write(alice, ago, rose="", bud="a bud")
    with on_its_evening(alice, ago):
        for user in (alice, bob):
            shown = signed_words(body(signed_in(user)))
            assert shown == [(f"rose of Bob on {ago}", "Bob", seat(bob).ink)], user.name


def test_an_old_rose_of_ones_own_says_so(alice: User, bob: User, dana: User, signed_in: SignIn) -> None:
    ago = date(2026, 8, 14)
    for user in (alice, dana):
        write(user, ago, alone=True)
    with on_its_evening(dana, ago):
        assert "An old rose of yours" in body(signed_in(dana))
    with on_its_evening(bob, ago):
        assert "An old rose of Alice’s" in html.unescape(body(signed_in(bob)))
        assert "An old rose" not in body(signed_in(alice))


def test_facts_stand_before_what_comes_back(alice: User, bob: User, signed_in: SignIn) -> None:
    both(date(2026, 10, 22), alice, bob)
    with on_its_evening(alice, date(2026, 10, 22)) as now:
        thanking.say_thanks(by=seat(bob), text="for the bins", trait="", keep=False, now=now - A_DAY)
        shown = body(signed_in(alice))
    assert 0 < shown.index('id="t-thanks"') < shown.index("A month ago")


def test_each_says_what_is_not_to_be_shown_again(alice: User, bob: User, signed_in: SignIn) -> None:
    happened(alice, bob, "The ferry.", at=NOW - 365 * A_DAY)
    write(alice, TODAY - 7 * A_DAY, bud="the estuary")
    write(bob, TODAY - 7 * A_DAY)
    shown = body(signed_in(alice))
    assert shown.count("Don’t show this again") == 2
    assert confused(shown) == []


@pytest.mark.parametrize("share", [True, False])
def test_what_is_kept_or_waits_looks_like_nothing(
    alice: User, bob: User, signed_in: SignIn, share: bool
) -> None:
    """For whoever looks over a shoulder, too: what one kept is behind its closed row, on one's own Today as well."""
    hers, his = signed_in(alice), signed_in(bob)
    ago = (*(TODAY - back * A_DAY for age in comes_back.AGES for back in (age, age + 3)), TODAY - 7 * A_DAY)
    evenings = [NOW + ahead * A_DAY for ahead in range(comes_back.TURN)]

    def shown() -> list[str]:
        found = []
        for evening in evenings:
            with time_machine.travel(evening, tick=False):
                found += [unmasked(body(client)) for client in (hers, his)]
        return found

    for day in ago:
        write(alice, day, share=share, rose="")
    before = shown()
    for day in ago:
        write(alice, day, share=share, bud="planted bud")
    assert shown() == before


def unmasked(page: str) -> str:
    """A page without what differs each time it is asked for."""
    return re.sub(r'value="[^"]{64}"|nonce="[^"]+"', "", page)


def test_one_chooses_what_comes_back(alice: User, bob: User, signed_in: SignIn) -> None:
    both(date(2026, 10, 22), alice, bob)
    hers, page = signed_in(alice), reverse("checkins:comes_back")
    assert len(re.findall(r"\schecked\s", hers.get(page).content.decode())) == len(returning.KINDS)
    hers.post(page, {"kinds": ["bud", "half", "year", "rose"]})
    assert returning.wanted(alice) == ["bud", "half", "year", "rose"]
    with on_its_evening(bob, date(2026, 10, 22)):
        assert "A month ago" not in body(hers)
        assert "A month ago" in body(signed_in(bob))
        hers.post(page, {"kinds": list(returning.KINDS)})
        assert "A month ago" in body(hers)
    assert not ReturnAnswer.objects.exists()


def test_a_choice_that_there_is_not_is_refused(alice: User, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(reverse("checkins:comes_back"), {"kinds": ["bud", "thorn"]})
    assert answer.status_code == 422
    assert not ReturnAnswer.objects.exists()


def test_not_again_is_for_oneself_and_for_good(alice: User, bob: User, signed_in: SignIn) -> None:
    day = date(2026, 5, 24)
    both(day, alice, bob)
    hers, his = signed_in(alice), signed_in(bob)
    with on_its_evening(alice, day):
        before = unmasked(body(his))
        assert "Half a year ago" in body(hers)
        assert "It won’t come back" in hers.post(f"/evenings/{day}/not-again/", follow=True).content.decode()
        assert "Half a year ago" not in body(hers)
        assert unmasked(body(his)) == before
    year_later = [date(2027, 5, 18) + ahead * A_DAY for ahead in range(2 * comes_back.TURN)]
    assert not any(comes_back.of(seat(alice), at).ago for at in year_later)
    assert any(comes_back.of(seat(bob), at).ago for at in year_later)


def met_again(user: User) -> set[tuple[str, date, str]]:
    """What looking back brings up by itself, whichever rose is asked for: the place, the Day, and the kind of line."""
    found = set()
    for nth in range(1, 9):
        year = years.of(seat(user), None, nth=nth, now=NOW)
        assert year is not None
        found |= {("week", line.day, line.kind) for _name, line in year.this_week}
        found |= {("rose", year.rose.day, "rose")} if year.rose else set()
    return found


def test_not_again_counts_on_looking_back_too(alice: User, bob: User, signed_in: SignIn) -> None:
    week, rose = date(2026, 5, 18), date(2026, 3, 3)
    both(week, alice, bob)
    both(rose, alice, bob)
    hers, his = met_again(alice), met_again(bob)
    assert {("week", week, "rose"), ("rose", week, "rose"), ("rose", rose, "rose")} == hers == his
    client = signed_in(alice)
    client.post(f"/evenings/{week}/not-again/")
    assert met_again(alice) == {("rose", rose, "rose")}
    client.post(f"/evenings/{rose}/not-again/")
    assert met_again(alice) == set()
    assert met_again(bob) == his
    assert f"rose of Bob on {week}" not in client.get("/looking-back/").content.decode()
    assert (
        f"rose of Bob on {week}" in client.get(f"/evenings/{week}/").content.decode()
    )  # it is there to be read


def test_not_again_is_of_the_evening_whoever_shows_their_page_later(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    day = date(2026, 10, 22)
    write(alice, day)
    write(bob, day, share=False)
    client = signed_in(alice)
    client.post(f"/evenings/{day}/not-again/")
    write(bob, day)
    assert reading.evening(seat(alice), day, now=NOW).theirs is not None
    assert met_again(alice) == set()
    with on_its_evening(bob, day):
        assert "A month ago" not in body(client)
        assert "A month ago" in body(signed_in(bob))


@pytest.mark.parametrize("said", returning.ANSWERS)
def test_a_bud_of_ones_own_is_not_around_this_time_whatever_one_said_of_it(
    alice: User, bob: User, dana: User, signed_in: SignIn, said: str
) -> None:
    """Where two look at the page, one of them would see of the other's own buds which were good. Alone, one sees one's
    own, but for those that may not come back.
    """
    day = date(2026, 10, 16)
    now = datetime.combine(day, NOW.timetz())
    for user, words in ((alice, CheckInText("", "the estuary")), (bob, CheckInText("", "", "a thorn"))):
        writing.write(by=seat(user), day=day, words=words, share=True, now=now)
    writing.write(by=seat(dana), day=day, words=CheckInText("", "the estuary"), share=True, now=now)
    here = {("week", day, "bud")}
    assert [met_again(user) for user in (alice, bob, dana)] == [set(), here, here]
    for user in (alice, dana):
        signed_in(user).post(f"/evenings/{day}/happened/", {"said": said})
    alone = here if said == returning.GOOD else set()
    assert [met_again(user) for user in (alice, bob, dana)] == [set(), here, alone]


@pytest.mark.parametrize(
    ("said", "line"), [("good", "it was good"), ("not", "Saved."), ("hide", "won’t come")]
)
def test_a_bud_asks_once_whether_it_happened(
    alice: User, bob: User, signed_in: SignIn, said: str, line: str
) -> None:
    day = TODAY - 7 * A_DAY
    write(alice, day, bud="the estuary")
    write(bob, day)
    client = signed_in(alice)
    assert "Did it happen?" in body(client)
    shown = client.post(f"/evenings/{day}/happened/", {"said": said}, follow=True).content.decode()
    assert line in shown
    assert "Did it happen?" not in shown
    assert good(alice) == ([day] if said == "good" else [])
    assert good(bob) == []


def good(user: User) -> list[date]:
    """The Days of what one looked forward to and said was good, as Looking back has them."""
    found = looked_forward.of(seat(user), None, now=NOW)
    assert found is not None
    return [line.day for line in found.lines]


def test_what_somebody_alone_said_was_good_is_theirs_once_they_are_two(
    alice: User, dana: User, erin: User, signed_in: SignIn
) -> None:
    """It was gone from that day on, though nobody else sees it."""
    day = TODAY - 7 * A_DAY
    write(dana, day, bud="the estuary")
    signed_in(dana).post(f"/evenings/{day}/happened/", {"said": "good"})
    assert good(dana) == [day]
    pair(dana, erin, now=NOW)
    assert good(dana) == [day]
    assert good(erin) == []


def test_what_it_says_of_looking_back_is_true_however_many_there_are(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """And whatever became of others: a page taken back, or that is to come back no more, is no longer among them."""
    client, on = signed_in(alice), [TODAY - ago * A_DAY for ago in range(7, 16)]
    for day in on:
        write(alice, day, bud=f"the estuary {day}")
        write(bob, day)
    for day in on:
        shown = client.post(f"/evenings/{day}/happened/", {"said": "good"}, follow=True).content.decode()
        assert "Looking back has it" in shown
    assert good(alice) == on
    for day in on[:6]:
        writing.take_back(by=seat(alice), day=day, now=NOW)
    client.post(f"/evenings/{on[6]}/not-again/")
    assert good(alice) == on[7:]


def test_what_was_said_is_sealed_at_one_length(alice: User, bob: User) -> None:
    pages = [uuid4() for _said in returning.ANSWERS]
    for page, said in zip(pages, returning.ANSWERS, strict=True):
        returning.answer(by=seat(alice), kind=returning.BUD, about=[page], said=said, now=NOW)
    returning.choose(by=seat(alice), kinds=[], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM couples_returnanswer")
        stored = [bytes(one) for (one,) in cursor.fetchall()]
    assert len({len(one) for one in stored}) == 1
    assert not any(word.encode() in one for one in stored for word in returning.ANSWERS)
    opened = {row.about: returning.said_by(row) for row in ReturnAnswer.objects.own(alice) if row.about}
    assert opened == dict(zip(pages, returning.ANSWERS, strict=True))
    returning.answer(by=seat(alice), kind=returning.BUD, about=pages, said=returning.NOT, now=NOW)
    assert {returning.said_by(row) for row in ReturnAnswer.objects.own(alice) if row.about} == {returning.NOT}


def test_what_was_said_before_it_was_sealed_opens(alice: User) -> None:
    migration = import_module("couples.migrations.0007_answers_sealed")
    for said in returning.ANSWERS:
        row = ReturnAnswer(author=alice, kind=returning.BUD, about=uuid4())
        row.answer = migration.sealed(row.pk, alice.key, said)
        row.save()
        assert returning.said_by(ReturnAnswer.objects.get(pk=row.pk)) == said


@pytest.mark.parametrize("kind", [returning.PAGE, returning.DATE])
def test_of_an_evening_or_a_date_there_is_one_thing_to_say(alice: User, kind: str) -> None:
    with pytest.raises(ValueError, match="good"):
        returning.answer(by=seat(alice), kind=kind, about=[uuid4()], said=returning.GOOD, now=NOW)


def test_that_an_answer_was_undone_is_in_no_list(alice: User, bob: User, signed_in: SignIn) -> None:
    """A line of the list of withdrawals would tell for long, and to the second, that she changed her mind."""
    day = TODAY - 7 * A_DAY
    write(alice, day, bud="the estuary")
    write(bob, day)
    client = signed_in(alice)
    for _time in range(2):
        shown = client.post(f"/evenings/{day}/happened/", {"said": "hide"}, follow=True).content.decode()
        token = re.search(r'action="(/undo/[^"]+)"', shown)
        assert token is not None
        client.post(token[1])
        assert not ReturnAnswer.objects.exists()
    returning.choose(by=seat(alice), kinds=[], now=NOW)
    returning.choose(by=seat(alice), kinds=list(returning.KINDS), now=NOW)
    assert not ReturnAnswer.objects.exists()
    assert not Withdrawal.objects.exists()


def test_an_answer_that_there_is_not_changes_nothing(alice: User, signed_in: SignIn) -> None:
    day = TODAY - 7 * A_DAY
    write(alice, day, bud="the estuary")
    signed_in(alice).post(f"/evenings/{day}/happened/", {"said": "perhaps"})
    signed_in(alice).post(f"/evenings/{day - A_DAY}/happened/", {"said": "good"})  # which has no page
    assert not ReturnAnswer.objects.exists()


def test_a_date_of_a_year_ago_comes_back_on_its_day_unless_it_may_not(alice: User, bob: User) -> None:
    one = happened(alice, bob, "the lawnmower museum", at=NOW.replace(year=2025))
    for ahead, there in ((0, True), (1, False)):
        found = dates_of_today(seat(alice), TODAY + ahead * A_DAY, now=NOW + ahead * A_DAY)
        assert (found.year_ago is not None) == there
    returning.answer(by=seat(alice), kind=returning.DATE, about=[one.pk], said=returning.HIDE, now=NOW)
    assert dates_of_today(seat(alice), TODAY, now=NOW).year_ago is None
    assert dates_of_today(seat(bob), TODAY, now=NOW).year_ago is not None
    returning.choose(by=seat(bob), kinds=["month"], now=NOW)
    assert dates_of_today(seat(bob), TODAY, now=NOW).year_ago is None


@pytest.mark.parametrize(
    ("day", "a_year_later"),
    [
        (date(2028, 2, 29), date(2029, 2, 28)),  # it used to come back never
        (date(2028, 2, 28), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2028, 3, 1), date(2029, 3, 1)),
    ],
)
def test_a_date_of_a_leap_day_comes_back_once_too(
    alice: User, bob: User, day: date, a_year_later: date
) -> None:
    happened(alice, bob, "the lawnmower museum", at=days.at(day, time(19), alice.tz))
    around = [a_year_later + ahead * A_DAY for ahead in range(-4, 5)]
    found = [
        on
        for on in around
        if dates_of_today(seat(alice), on, now=days.at(on, time(19), alice.tz)).year_ago is not None
    ]
    assert found == [a_year_later]
