"""The month's page: a few lines both can read, the same for both, without thorns; none where there is little."""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from checkins import month_lines, paper, shared_archive, thanking, writing
from checkins.words import CheckInText
from couples import parting
from couples.models import Couple
from tests.cast import seat
from today import month_page

SignIn = Callable[[User], Client]
FIRST = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)  # a month's first evening
NOVEMBER = date(2026, 11, 1)
PAGE = "/looking-back/2026-11/page/"
ALL = "/shared/2026-11/"
TO_EACH_OTHER = re.compile("to each other|turn by turn|Look back together|you can both read")


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(FIRST, tick=False):
        yield


def write(user: User, number: int, *, share: bool = True, words: CheckInText | None = None) -> None:
    now = datetime(2026, 11, number, 19, tzinfo=UTC)
    words = words or CheckInText(f"rose {user.name} {number}", "", "planted thorn", note="planted note")
    writing.write(by=seat(user), day=now.date(), words=words, share=share, now=now)


def lines(user: User) -> list[str]:
    return [line.text for _day, line in month_page.of(seat(user), NOVEMBER, now=FIRST)]


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_twelve_lines_at_most_the_same_for_both(alice: User, bob: User) -> None:
    for number in range(1, 31):
        for user in (alice, bob):
            write(user, number)
    for number in range(1, 20):
        now = datetime(2026, 11, number, 12, tzinfo=UTC)
        thanking.say_thanks(by=seat(alice), text=f"thanks {number}", trait="", keep=False, now=now)
        thanking.note_win(by=seat(bob), text=f"win {number}", now=now)
    hers = lines(alice)
    assert hers == lines(bob)
    assert len(hers) == month_lines.MOST
    assert len([one for one in hers if one.startswith("rose")]) == month_lines.MOST // 2


def test_what_was_said_after_five_has_one_day_for_both(alice: User, bob: User) -> None:
    """It is there for the other on the Day after; for its writer it used to stand on the Day before, and elsewhere."""
    write(alice, 7)
    write(bob, 7)
    for number in range(1, 31):
        hour = 18 if number % 2 else 12
        now = datetime(2026, 11, number, hour, tzinfo=UTC)
        by, other = (alice, bob) if number % 3 else (bob, alice)
        thanking.say_thanks(by=seat(by), text=f"thanks {number}", trait="", keep=False, now=now)
        thanking.note_win(by=seat(other), text=f"win {number}", now=now)
    last = datetime(2026, 11, 30, 18, tzinfo=UTC)
    thanking.say_thanks(by=seat(alice), text="thanks of December", trait="", keep=False, now=last)
    pages = [month_page.of(seat(user), NOVEMBER, now=FIRST) for user in (alice, bob)]
    hers, his = ([(day, line.kind, line.text) for day, line in page] for page in pages)
    assert hers == his
    assert len(hers) > month_lines.LEAST
    january = datetime(2027, 1, 1, 19, 0, tzinfo=UTC)
    for user in (alice, bob):
        found = shared_archive.read(seat(user), date(2026, 11, 1), now=january).by_day(alike=True)
        assert "thanks of December" not in [line.text for one in found for line in one.said]
        found = shared_archive.read(seat(user), date(2026, 12, 1), now=january).by_day(alike=True)
        assert "thanks of December" in [line.text for one in found for line in one.said]


def test_what_is_kept_waits_or_was_taken_back_is_not_on_it(alice: User, bob: User, signed_in: SignIn) -> None:
    for number in (*range(1, 8), 16):
        write(alice, number, share=number != 3)
        write(bob, number, share=number != 4)
    writing.take_back(by=seat(alice), day=date(2026, 11, 5), now=FIRST)
    for user in (alice, bob):
        said = lines(user)
        assert not any(one in said for one in ("rose Alice 3", "rose Bob 4", "rose Alice 4", "rose Bob 3"))
        assert "rose Alice 5" not in said
        body = html.unescape(signed_in(user).get(PAGE).content.decode())
        assert "rose Bob 5" in body
        assert "planted" not in body


def test_of_a_thin_month_there_is_none(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        write(user, 7)
    assert lines(alice) == []
    client = signed_in(alice)
    assert "This month made no page" in client.get(PAGE).content.decode()
    assert 'id="t-month"' not in client.get("/today/").content.decode()


@pytest.mark.parametrize(
    ("on", "opens"),
    [
        (range(27, 31), False),  # it began at the month's end: on the fourth evening of all a page opened
        ((1, 8, 30), False),
        (range(1, 15), False),
        ((1, 5, 9, 15), True),
        ((2, 3, 4, 29), True),
    ],
)
def test_it_takes_four_evenings_over_two_weeks(
    alice: User, bob: User, on: Sequence[int], opens: bool, signed_in: SignIn
) -> None:
    for number in on:
        for user in (alice, bob):
            write(user, number, words=CheckInText(f"rose {number} {user.name}", f"bud {number} {user.name}"))
    opened = [month_page.for_today(seat(user), FIRST.date(), now=FIRST) for user in (alice, bob)]
    assert opened == [NOVEMBER if opens else None] * 2
    said = "This month made no page" in signed_in(alice).get(PAGE).content.decode()
    assert said is not opens


def test_it_opens_on_a_months_first_evening_and_only_then(alice: User, bob: User, signed_in: SignIn) -> None:
    for number in range(1, 17):
        write(alice, number)
        write(bob, number)
    client = signed_in(alice)
    body = client.get("/today/").content.decode()
    assert f'<h2 id="t-month"><a href="{PAGE}">The page of November</a></h2>' in body
    of_the_first = queries_of(client, "/today/")
    with time_machine.travel(FIRST + timedelta(days=1), tick=False):
        assert 'id="t-month"' not in client.get("/today/").content.decode()
        assert of_the_first <= queries_of(client, "/today/") + 1


# The first of December 2026 is a Tuesday.
@pytest.mark.parametrize(("evenings", "opens"), [("0123456", 1), ("136", 1), ("036", 3), ("6", 6), ("0", 7)])
def test_it_opens_on_the_first_of_their_own_evenings(
    alice: User, bob: User, evenings: str, opens: int, signed_in: SignIn
) -> None:
    """And from then on the page of all that was said in that month leads to it, for both, however it was met."""
    for number in range(1, 17):
        for user in (alice, bob):
            write(user, number)
    Couple.objects.filter(pk=seat(alice).couple_id).update(evenings=evenings)
    for user in (alice, bob):
        client = signed_in(user)
        opened, led = [], []
        for number in range(1, 9):
            with time_machine.travel(FIRST + timedelta(days=number - 1), tick=False):
                opened += [number] if 'id="t-month"' in client.get("/today/").content.decode() else []
                led += [number] if f'href="{PAGE}"' in client.get(ALL).content.decode() else []
        assert opened == [opens]
        assert led == list(range(opens, 9))


def test_only_a_month_that_has_a_page_leads_to_one(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    for number in range(1, 4):
        for user in (alice, bob, dana):
            write(user, number)
    assert "/page/" not in signed_in(alice).get(ALL).content.decode()
    assert "/page/" not in signed_in(dana).get(ALL).content.decode()
    for number in range(4, 24):
        for user in (alice, bob, dana):
            write(user, number)
    for user in (alice, dana):
        client = signed_in(user)
        assert f'href="{PAGE}"' in client.get(ALL).content.decode()
        assert client.get(PAGE).status_code == 200
        assert (
            queries_of(client, ALL) <= 4
        )  # session, person and seats, the month's words; alone, the other months
        with time_machine.travel(FIRST - timedelta(days=1), tick=False):
            assert "/page/" not in client.get(ALL).content.decode()  # it isn't over
    Couple.objects.filter(pk=seat(alice).couple_id).update(opened_at=FIRST)
    client = signed_in(
        alice
    )  # what one showed of the time before the two were paired is on no page of theirs
    assert "/page/" not in client.get(ALL).content.decode()
    assert client.get(PAGE).status_code == 404


def test_today_opens_it_for_both_or_for_neither(alice: User, bob: User) -> None:
    """What she left open is on his page and on hers, though he wrote nothing; a page of thorns is no page."""
    opened = [month_page.for_today(seat(user), FIRST.date(), now=FIRST) for user in (alice, bob)]
    assert opened == [None, None]
    for number in range(1, 8):
        for user in (alice, bob):
            write(user, number, words=CheckInText("", "", "a thorn"))
    assert month_page.for_today(seat(alice), FIRST.date(), now=FIRST) is None
    for number in range(10, 26):
        write(alice, number, words=CheckInText(f"rose {number}", open=True))
    opened = [month_page.for_today(seat(user), FIRST.date(), now=FIRST) for user in (alice, bob)]
    assert opened == [NOVEMBER, NOVEMBER]


def test_short_lines_come_before_long_ones_and_no_more_than_a_sheet_holds(alice: User, bob: User) -> None:
    """For both the same, whoever wrote at length; where all is long, there is as much of it as a sheet holds."""
    User.objects.filter(pk=bob.pk).update(name="W" * 50)
    for number in range(1, 31):
        long = "and so it went on and on, " * (30 if number % 3 else 0)
        for user in (alice, bob):
            write(user, number, words=CheckInText(f"rose {user.name} {number} {long}"))
    assert lines(alice) == lines(bob)
    assert len(lines(alice)) >= 8
    assert max(map(len, lines(alice))) < 30
    for number in range(1, 31, 3):
        for user in (alice, bob):
            writing.take_back(by=seat(user), day=date(2026, 11, number + 2 if number < 29 else 30), now=FIRST)
    assert lines(alice) == lines(bob)
    assert min(map(len, lines(alice))) > 700
    assert 0 < len(lines(alice)) < month_lines.LEAST


@pytest.mark.parametrize("evenings", [*range(15, 19), 30])
@pytest.mark.parametrize("more", ["", "and so it went on, " * 15])
def test_both_have_as_many_whoever_writes_at_length(alice: User, bob: User, evenings: int, more: str) -> None:
    """Where one wrote a few words and the other a paragraph, all were of the one."""
    for number in range(1, evenings + 1):
        write(alice, number, words=CheckInText(f"rose Alice {number} {more}"))
        write(bob, number, words=CheckInText(f"rose Bob {number}"))
    whose = [one.split()[1] for one in lines(alice)]
    assert lines(alice) == lines(bob)
    assert len(whose) >= 8
    assert abs(whose.count("Alice") - whose.count("Bob")) <= 1


def test_what_a_sheet_holds() -> None:
    assert paper.rows("") == paper.rows("a few words") == 1
    assert paper.rows("one\ntwo\n\nfour") == 4
    assert paper.rows("a" * 1000) > 20
    assert paper.rows("é" * 100) == paper.rows("e" * 100)
    assert paper.rows("W" * 100) > paper.rows("i" * 100)
    assert paper.fit([5] * 12)
    assert not paper.fit([6] * 12)
    assert not paper.fit([paper.SHEET + 1])


@pytest.mark.parametrize("month", ["2026-12", "2027-01", "2026-08"])
def test_a_month_that_is_not_over_or_never_was_has_none(alice: User, signed_in: SignIn, month: str) -> None:
    assert signed_in(alice).get(f"/looking-back/{month}/page/").status_code == 404


def test_alone_it_has_ones_own_lines(dana: User, signed_in: SignIn) -> None:
    for number in range(1, 17):
        write(dana, number, share=number % 2 == 0)
    assert len(lines(dana)) == month_lines.MOST
    client = signed_in(dana)
    assert "to read again" in client.get(PAGE).content.decode()
    assert TO_EACH_OTHER.findall(client.get(PAGE).content.decode()) == []
    body = client.get("/today/").content.decode()
    assert '<h2 id="t-month">' in body
    assert TO_EACH_OTHER.findall(body) == []
    of_the_first = queries_of(client, "/today/")
    with time_machine.travel(FIRST + timedelta(days=1), tick=False):
        assert of_the_first <= queries_of(client, "/today/") + 2


@pytest.mark.parametrize("who", ["Alice", "Bob"])
def test_just_parted_nobody_is_told_to_read_to_each_other(
    alice: User, bob: User, who: str, signed_in: SignIn
) -> None:
    for number in range(1, 17):
        for user in (alice, bob):
            write(user, number)
    user = alice if who == "Alice" else bob
    assert len(TO_EACH_OTHER.findall(signed_in(user).get("/today/").content.decode())) == 1
    parting.part(by=alice, now=FIRST - timedelta(days=2))
    client = signed_in(user)
    assert '<h2 id="t-month">' in client.get("/today/").content.decode()
    for path in ("/today/", PAGE, ALL, "/together/", "/settings/comes-back/", "/looking-back/closeness/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        body = answer.content.decode().partition("<main")[2]
        assert TO_EACH_OTHER.findall(body) == [], path
