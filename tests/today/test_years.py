"""Looking back: the same lit windows for both, nothing of what one keeps, no thorn, and no number of anything."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import importing
from accounts.models import User
from adventures import dating
from challenges import attempts
from checkins import quiet_time, thanking, writing
from checkins.models import CheckIn, SmallWin
from checkins.words import CheckInText
from couples import parting
from couples.models import Couple
from tests.adventures.scenarios import asked, happened
from tests.cast import NOW, seat
from tests.challenges.scenarios import begin_together
from tests.signs import signed_words
from today import nearness, years

SignIn = Callable[[User], Client]
A_DAY = timedelta(days=1)
PAGE = "/looking-back/"
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def on(number: int) -> date:
    return TODAY - number * A_DAY


def write(user: User, ago: int, *, share: bool = True, **words: object) -> None:
    now = NOW - ago * A_DAY
    said = CheckInText(**{"rose": f"rose {user.name} {ago}", **words})  # type: ignore[arg-type]  # its fields
    writing.write(by=seat(user), day=now.date(), words=said, share=share, now=now)


def lit(user: User) -> set[date]:
    """The Days whose windows are lit for this person."""
    year = years.of(seat(user), None, nth=1, now=NOW)
    assert year is not None
    return {house.month.replace(day=day) for house in year.houses for day in house.lit | house.bright}


def text(client: Client, page: str = PAGE) -> str:
    body = client.get(page).content.decode()
    return html.unescape(re.sub(r"<[^>]+>", " ", body[body.index('id="main"') :]))


def test_what_both_can_read_lights_the_same_windows_for_both(alice: User, bob: User) -> None:
    for ago in (2, 5):
        for user in (alice, bob):
            write(user, ago)
    write(alice, 7, open=True)  # he can read it without an answer
    assert lit(alice) == lit(bob) == {on(2), on(5), on(7)}


def test_what_one_keeps_or_waits_with_lights_nothing(alice: User, bob: User) -> None:
    write(alice, 1, share=False)
    write(bob, 2)
    write(alice, 3)
    write(bob, 3, share=False)
    assert lit(alice) == lit(bob) == set()


def test_that_they_talked_lights_the_window_of_whoever_says_so(alice: User, bob: User) -> None:
    writing.talk(by=seat(alice), day=TODAY, now=NOW)
    assert lit(alice) == {TODAY}
    assert lit(bob) == set()


def test_what_was_taken_back_by_both_is_dark_again(alice: User, bob: User) -> None:
    for user in (alice, bob):
        write(user, 1)
    writing.take_back(by=seat(alice), day=on(1), now=NOW)
    assert lit(alice) == lit(bob) == {on(1)}
    writing.take_back(by=seat(bob), day=on(1), now=NOW)
    assert lit(alice) == lit(bob) == set()


def test_dates_and_phones_down_light_windows_too(alice: User, bob: User) -> None:
    happened(alice, bob, "the lawnmower museum", at=NOW - 4 * A_DAY)
    quiet_time.begin(seat(alice).couple, 30, now=NOW - 2 * A_DAY)
    quiet_time.begin(seat(alice).couple, 15, now=NOW)  # runs still
    for user in (alice, bob):
        year = years.of(seat(user), None, nth=1, now=NOW)
        assert year is not None
        assert lit(user) == {on(4), on(2)}
        assert [house.bright for house in year.houses][-1] == {on(4).day}
        assert [(one.day, one.minutes) for one in year.phones_down] == [(on(2), 30)]
        assert [card.title for card in year.dates] == ["the lawnmower museum"]


def test_phones_put_down_for_a_moment_are_no_evening(alice: User, bob: User) -> None:
    quiet_time.begin(seat(alice).couple, 30, now=NOW - 3 * A_DAY)
    for ago in range(1, years.FEW + 2):
        at = NOW - 2 * A_DAY + ago * timedelta(hours=1)
        quiet_time.begin(seat(alice).couple, 30, now=at)
        quiet_time.end(seat(bob).couple, now=at + timedelta(seconds=20))
    for user in (alice, bob):
        year = years.of(seat(user), None, nth=1, now=NOW)
        assert year is not None
        assert lit(user) == {on(3)}
        assert [(one.day, one.minutes) for one in year.phones_down] == [(on(3), 30)]


def test_the_page_says_it_without_a_thorn_or_a_number_of_anything(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    begin_together(alice, bob, now=NOW - 20 * A_DAY)
    for ago in range(1, 31):
        write(alice, ago, thorn="planted thorn", note="planted note", closeness="1")
        write(bob, ago, thorn="planted thorn")
    thanking.note_win(by=seat(bob), text="an easy laugh", now=NOW - 3 * A_DAY)
    for user in (alice, bob):
        said = text(signed_in(user))
        assert "planted" not in said
        assert "an easy laugh" in said
        assert "An old rose" in said
        assert "Thirty small days" in said
        main = said.split("Safety")[0]
        numbers = re.findall(r"\d+", re.sub(r"rose \w+ \d+", "", main))
        assert all(int(number) <= 31 or number == "2026" for number in numbers), numbers


def test_an_old_rose_is_the_others_and_another_is_another(alice: User, bob: User, signed_in: SignIn) -> None:
    Couple.objects.update(opened_at=NOW - 200 * A_DAY)
    for ago in range(40, 68):
        write(alice, ago)
        write(bob, ago)
    client = signed_in(alice)
    shown = set()
    for page in range(1, 5):
        body = client.get(PAGE, {"page": page}).content.decode()
        found = re.search(r'id="b-rose".*?class="words"[^>]*>(.*?)</dd>', body, re.DOTALL)
        assert found is not None
        assert found[1].startswith("rose Bob")
        shown.add(found[1])
    assert len(shown) > 1


def test_the_old_rose_is_no_line_of_around_this_time_as_well(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """To a couple a month old the same words came twice on one page."""
    Couple.objects.update(opened_at=NOW - 60 * A_DAY)
    for user in (alice, bob):
        write(user, 31, bud=f"bud {user.name}")
    for user, other in ((alice, bob), (bob, alice)):
        said = text(signed_in(user))
        assert "An old rose" in said
        assert "A month ago" in said
        assert said.count(f"rose {other.name} 31") == 1


@pytest.mark.parametrize("month", ["2026-09", "2026-12", "2030-01"])
def test_months_before_and_after_are_none(alice: User, bob: User, signed_in: SignIn, month: str) -> None:
    client = signed_in(alice)  # paired in October
    assert client.get(f"{PAGE}{month}/").status_code == 404
    assert client.get(f"{PAGE}2026-10/").status_code == 200


def test_the_street_has_as_many_houses_as_there_were_months(alice: User, bob: User, dana: User) -> None:
    Couple.objects.update(opened_at=NOW - 1000 * A_DAY)
    for month, count, earlier in (
        (None, 12, date(2025, 11, 1)),
        (date(2025, 11, 1), 12, date(2024, 11, 1)),
        (date(2024, 11, 1), 10, None),
    ):
        year = years.of(seat(alice), month, nth=1, now=NOW)
        assert year is not None
        assert (len(year.houses), year.earlier) == (count, earlier)
        assert [house.is_now for house in year.houses].count(True) == (month is None)
        assert year.later == (None if month is None else years.before(month, -12))


def test_after_parting_only_ones_own_words_are_lit(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        write(user, 2)
    write(alice, 1, share=False)
    happened(alice, bob, "planted-date", at=NOW - 4 * A_DAY)
    parting.part(by=bob, now=NOW)
    assert lit(alice) == {on(2)}  # what she kept from him stays behind its row
    with time_machine.travel(NOW + years.OLD, tick=False):
        said = text(signed_in(alice))
    assert "rose Alice 2" in said  # her own old rose, and no page of hers that he couldn't read
    assert [words for words in ("Bob", "rose Alice 1", "planted-date") if words in said] == []


def test_somebody_alone_has_windows_of_what_they_wrote(dana: User, signed_in: SignIn) -> None:
    write(dana, 1)
    write(dana, 3, share=False)
    assert lit(dana) == {on(1), on(3)}
    assert "An evening you wrote" in text(signed_in(dana))


def test_in_words_it_speaks_of_a_talk_to_two_alone(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    for user in (alice, dana):
        assert "The same in words" not in text(signed_in(user))  # all is dark: there is nothing to say
    happened(alice, bob, "the lawnmower museum", at=NOW - 4 * A_DAY)
    alone = asked(dana, at=NOW - 4 * A_DAY, now=NOW - 6 * A_DAY)
    dating.happened(by=seat(dana), date_id=alone.pk, now=NOW - 3 * A_DAY)
    assert f"with a date or a talk: {on(4).day}" in " ".join(text(signed_in(alice)).split())
    assert f"with a date: {on(4).day}" in " ".join(text(signed_in(dana)).split())


def bring_in(user: User, *ago: int) -> None:
    """Evenings of before they came here, yesterday."""
    rows = [{"day": f"{on(one)}", "rose": f"rose {one}", "closeness": "4"} for one in ago]
    whole = {"format": "nearer", "version": 1, "evenings": rows}
    importing.take(user, importing.checked(whole), now=NOW - A_DAY)


def test_of_somebody_alone_it_begins_with_their_first_words(dana: User, signed_in: SignIn) -> None:
    bring_in(dana, 365, 800, 2000)
    client = signed_in(dana)
    pages = [PAGE]
    while earlier := re.search(
        r'href="(/looking-back/[0-9-]+/)" rel="prev"', client.get(pages[-1]).content.decode()
    ):
        pages.append(earlier[1])
    assert len(pages) == 6  # five years and a half
    assert "rose 365" in text(client)  # a year ago
    assert {on(365), on(800), on(2000)} <= {
        house.month.replace(day=day)
        for page in pages
        if (year := years.of(seat(dana), month_in(page), nth=1, now=NOW)) is not None
        for house in year.houses
        for day in house.lit
    }
    months = ["/shared/"]
    while earlier := re.search(
        r'href="(/shared/[0-9-]+/)"[^>]*rel="prev"', client.get(months[-1]).content.decode()
    ):
        months.append(earlier[1])
    assert [month_in(month) for month in months[1:]] == [on(ago).replace(day=1) for ago in (365, 800, 2000)]
    assert "rose 2000" in client.get(months[-1]).content.decode()


def month_in(page: str) -> date | None:
    found = re.search(r"[0-9]{4}-[0-9]{2}", page)
    return date.fromisoformat(f"{found[0]}-01") if found else None


def test_what_they_kept_from_somebody_before_is_no_reason_to_lead_back(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    bring_in(alice, 2000)
    parting.part(by=bob, now=NOW)
    place, client = seat(alice), signed_in(alice)
    assert years.began_in(place) == alice.joined_at.date().replace(day=1)
    assert 'rel="prev"' not in client.get("/shared/").content.decode()
    assert 'href="/evenings/' in client.get("/kept/").content.decode()  # where she finds it


def test_how_close_one_felt_is_led_back_to_ones_first_page(alice: User, bob: User, signed_in: SignIn) -> None:
    bring_in(alice, 800)
    page, found = reverse("today:closeness"), list[str]()
    hers = signed_in(alice)
    while earlier := re.search(r'href="([^"]+)" rel="prev"', hers.get(page).content.decode()):
        found.append(page := earlier[1])
    assert len(found) == 2
    assert "close" in text(hers, page)
    assert "No answers in these months" not in text(hers, page)
    assert 'rel="prev"' not in signed_in(bob).get(reverse("today:closeness")).content.decode()


@pytest.mark.parametrize("page", [PAGE, "/looking-back/closeness/", "/shared/", "/kept/"])
def test_however_much_was_brought_in_it_takes_as_many_queries(
    dana: User, signed_in: SignIn, page: str
) -> None:
    client, counts = signed_in(dana), []
    for ago in (range(2000, 2001), range(100, 1000, 7)):
        bring_in(dana, *ago)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10, counts


def test_how_close_one_felt_is_on_ones_own_page_alone(alice: User, bob: User, signed_in: SignIn) -> None:
    for ago, answer in ((1, "5"), (2, "2")):
        write(alice, ago, closeness=answer)
        write(bob, ago)
    hers, his = signed_in(alice), signed_in(bob)
    said = text(hers, reverse("today:closeness"))
    assert re.search(r"16\s+apart,\s+17\s+very close", said)
    assert "No answers in these months" in text(his, reverse("today:closeness"))
    assert rows_of(hers) == rows_of(his)  # the same, empty or full


def rows_of(client: Client) -> list[str]:
    """The closed rows, whoever they are kept from."""
    body = client.get(PAGE).content.decode()
    rows = re.findall(r'<a class="shut shut--link" href="/looking-back/[a-z-]+/">.*?</a>', body, re.DOTALL)
    assert len(rows) == 2
    return [row.replace("Bob", "Alice") for row in rows]


def test_what_one_looked_forward_to_is_on_ones_own_page_alone(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    page = reverse("today:looked_forward")
    for ago in (12, 20):
        write(alice, ago, bud=f"the estuary, {ago}")
        write(bob, ago, bud="the ferry")
    hers.post(f"/evenings/{on(12)}/happened/", {"said": "good"})
    hers.post(f"/evenings/{on(20)}/happened/", {"said": "not"})
    assert "the estuary, 12" in text(hers, page)
    assert "the estuary, 20" not in text(hers, page)
    assert "not shown to Bob" in text(hers, page)
    assert "Nothing in these months" in text(his, page)
    for client in (hers, his):
        assert "it was good" not in text(client)
    assert "the estuary" not in text(hers)
    assert rows_of(hers) == rows_of(his)  # the same, empty or full


def test_small_wins_of_one_day_tell_nothing_of_when_each_was_noted(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """Nor does what both said before they were two stand among them."""
    said = []
    for ago, hours in ((9, (1, -1)), (4, (-1, 1))):
        for user, later in zip((alice, bob), hours, strict=True):
            at = NOW.replace(hour=12) - ago * A_DAY + timedelta(hours=later)
            thanking.note_win(by=seat(user), text=f"a win {ago}", now=at)
        year = years.of(seat(alice), None, nth=1, now=NOW)
        assert year is not None
        said.append([line.own for day, line in year.wins if day == on(ago)])
    assert said == [[False, True]] * 2


def test_whose_small_wins_they_are_is_said_by_name_and_sign(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """By their colour alone it would be said to nobody who hears the page, or has it on paper."""
    for user in (alice, bob):
        thanking.note_win(by=seat(user), text=f"a win of {user.name}", now=NOW - 4 * A_DAY)
    for user in (alice, bob):
        assert signed_words(signed_in(user).get(PAGE).content.decode()) == [
            (f"a win of {one.name}", one.name, seat(one).ink) for one in (alice, bob)
        ]


@pytest.mark.parametrize(
    ("hers", "his", "said"),
    [
        # Of one Day: his three come first, and of her four the oldest falls off.
        ([4, 4, 4, 4], [4, 4, 4], [(4, False)] * 3 + [(4, True)] * 3),
        # Across two: hers of the evening before are later than his of that evening, which are of the Day after.
        ([4, 4, 4, 4, 4, 5, 5], [4], [(4, False)] + [(4, True)] * 5),
    ],
    ids=["of one Day", "across two"],
)
def test_which_small_win_falls_off_tells_nothing_of_when_the_others_were_noted(
    alice: User, bob: User, hers: list[int], his: list[int], said: list[tuple[int, bool]]
) -> None:
    for number, ago in enumerate(hers):
        at = NOW.replace(hour=20 if ago == 5 else 12) - ago * A_DAY + number * timedelta(minutes=11)
        thanking.note_win(by=seat(alice), text=f"hers {number}", now=at)
    shown = []
    for hours in (
        -18,
        -1,
        0,
        3,
    ):  # around her noon, all before 17:00 of that Day and after that of the one before
        SmallWin.objects.own(bob).delete()
        for number, ago in enumerate(his):
            at = NOW.replace(hour=12) + timedelta(hours=hours, minutes=number) - ago * A_DAY
            thanking.note_win(by=seat(bob), text=f"his {number}", now=at)
        year = years.of(seat(alice), None, nth=1, now=NOW)
        assert year is not None
        shown.append([(day, line.text, line.own) for day, line in year.wins])
    assert [(day, own) for day, _text, own in shown[0]] == [(on(ago), own) for ago, own in said]
    assert shown == [shown[0]] * 4


def test_small_wins_are_the_latest_few_that_stand(alice: User, bob: User) -> None:
    for number in range(9):
        now = NOW - (number + 2) * A_DAY
        row = thanking.note_win(by=seat(bob), text=f"a win {number}", now=now)
        if number < 3:
            thanking.take_back(by=seat(bob), model=SmallWin, pk=row.pk, now=now + A_DAY)
    SmallWin.objects.create(author=alice, text="alone", written_at=NOW - A_DAY, goes_out_at=NOW - A_DAY)
    year = years.of(seat(alice), None, nth=1, now=NOW)
    assert year is not None
    assert [line.text for _day, line in year.wins] == [f"a win {number}" for number in range(3, 9)]


def challenges(client: Client, month: date | None = None) -> str:
    """What the page up to this month, or to this one, says of the challenge."""
    page = " ".join(text(client, f"{PAGE}{month:%Y-%m}/" if month else PAGE).split())
    found = re.search(r"The challenge (.*?days(?: until [\w ]*?\d{1,2} \w+(?: \d{4})?)?) ", page)
    return found[1] if found else ""


def test_a_challenge_that_nobody_ended_is_of_the_months_it_was_walked_in(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    Couple.objects.update(opened_at=NOW - 2000 * A_DAY)
    User.objects.update(joined_at=NOW - 2000 * A_DAY)
    begins, left_off = (datetime(2024, month, 3, 21, tzinfo=UTC) for month in (3, 4))
    clock.move_to(begins)
    attempt = begin_together(alice, bob, now=begins)
    clock.move_to(left_off)
    attempts.leave_line(by=seat(bob), number=1, text="a line", now=left_off)
    clock.move_to(NOW)
    client = signed_in(alice)
    said = {
        date(2024, 3, 1): "3 Mar Thirty small days",
        date(2024, 12, 1): "3 Mar Thirty small days",
        date(2025, 3, 1): "3 Mar 2024 Thirty small days",  # from April on
        date(2025, 4, 1): "",
        None: "",
    }
    assert {month: challenges(client, month) for month in said} == said
    attempts.end(by=seat(bob), now=NOW)
    assert attempt.begun_at == begins
    until = "3 Mar 2024 Thirty small days until 18 November"
    assert challenges(client) == until
    assert challenges(client, date(2025, 11, 1)) == f"{until} 2026"


def rose_of(user: User, *, nth: int = 1) -> date | None:
    year = years.of(seat(user), None, nth=nth, now=NOW)
    assert year is not None
    return year.rose.day if year.rose is not None else None


def test_an_old_rose_is_found_among_many_evenings_without_one(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """And nothing leads to another one while there is but this; a second one, that comes back no more, is none."""
    Couple.objects.update(opened_at=NOW - 200 * A_DAY)
    for ago in range(40, 70):
        write(alice, ago)
        write(bob, ago, rose="" if ago not in {50, 60} else "the heron", bud="the estuary")
    shown = {rose_of(alice, nth=nth) for nth in range(1, 60)}
    assert shown == {on(50), on(60)}
    client = signed_in(alice)
    assert "Show another old rose" in text(client)
    client.post(f"/evenings/{on(50)}/not-again/")
    assert {rose_of(alice, nth=nth) for nth in range(1, 60)} == {on(60)}
    assert "Show another old rose" not in text(client)
    writing.take_back(by=seat(bob), day=on(60), now=NOW)
    assert {rose_of(alice, nth=nth) for nth in range(1, 60)} == {None}


def test_tonights_rose_is_no_old_one(alice: User, bob: User, signed_in: SignIn) -> None:
    for ago in (0, 29):
        for user in (alice, bob):
            write(user, ago)
    assert "An old rose" not in text(signed_in(alice))
    for user in (alice, bob):
        write(user, 30)
    assert rose_of(alice) == on(30)


def test_a_dot_is_one_answer() -> None:
    chart = nearness.Chart(date(2026, 9, 1), date(2026, 11, 30), [(date(2026, 9, 1), 5), (TODAY, 1)])
    assert chart.dots.count("M") == 2
    assert [label.month.month for label in chart.labels] == [9, 10, 11]


def test_it_takes_eight_queries_however_much_there_is(alice: User, bob: User, signed_in: SignIn) -> None:
    """Session and person with the two seats and their keys (2); then marks, moments, dates, lines and wins."""
    client = signed_in(alice)
    client.get(PAGE)
    counts = []
    for ago in (1, 9):
        for user in (alice, bob):
            write(user, ago)
            thanking.note_win(by=seat(user), text=f"a win {ago}", now=NOW - ago * A_DAY)
        happened(alice, bob, f"date {ago}", at=NOW - ago * A_DAY)
        quiet_time.begin(seat(alice).couple, 15, now=NOW - ago * A_DAY)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts == [7, 7]
    assert CheckIn.objects.count() == 4
