"""Evenings read again: tonight's and the ones before, by month, in one or two questions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from checkins import own_months, reading, thanking, tonight, writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples import days, parting
from tests.cast import NOW, pair, person, seat

DAY = NOW.date()
NOVEMBER = date(2026, 11, 1)


def put(user: User, ago: int, *, share: bool = True, words: CheckInText | None = None) -> None:
    now = NOW - timedelta(days=ago)
    writing.write(
        by=seat(user), day=now.date(), words=words or CheckInText(f"{user.name} {ago}"), share=share, now=now
    )


def shown(evenings: list[reading.Evening]) -> list[tuple[int, bool, bool]]:
    """Days ago, whether one's own page is there, whether the other's is."""
    return [((DAY - one.day).days, one.mine is not None, one.theirs is not None) for one in evenings]


def test_the_evenings_before_tonight_come_with_it_as_far_as_two_days(alice: User, bob: User) -> None:
    for ago in range(5):
        put(bob, ago)
        if ago != 1:
            put(alice, ago)
    hers, his = reading.for_today(seat(alice), DAY), reading.for_today(seat(bob), DAY)
    assert shown([hers.tonight, *hers.before]) == [(0, True, True), (2, True, True)]
    assert shown([his.tonight, *his.before]) == [(0, True, True), (1, True, False), (2, True, True)]


def test_tonight_is_there_without_a_page_and_nothing_else(alice: User) -> None:
    assert reading.for_today(seat(alice), DAY) == reading.ForToday(reading.Evening(DAY), [])


def test_at_the_ends_of_the_world_an_evening_opens_after_it_is_over(db: None) -> None:
    """Alice in Auckland wrote the 18th; Bob in Los Angeles writes it when it is the 19th with her."""
    alice, bob = person("Alice", zone="Pacific/Auckland"), person("Bob", zone="America/Los_Angeles")
    pair(alice, bob)
    hers = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # 21:00 on the 18th in Auckland
    his = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)  # 21:00 on the 18th in Los Angeles
    for user, now in ((alice, hers), (bob, his)):
        assert days.day_of(now, user.tz) == DAY
        writing.write(by=seat(user), day=DAY, words=CheckInText("a rose"), share=True, now=now)
    today = days.day_of(his, alice.tz)
    assert today == DAY + timedelta(days=1)
    (before,) = reading.for_today(seat(alice), today).before
    assert (before.day, before.theirs is not None) == (DAY, True)


def test_a_month_holds_ones_own_pages_of_every_couple_and_the_others_open_ones(
    erin: User, alice: User, bob: User
) -> None:
    put(bob, 0)
    put(alice, 0)
    put(bob, 1, share=False)
    put(alice, 2)
    put(alice, 3, words=CheckInText("left open", open=True))
    assert shown(reading.month(seat(bob), NOVEMBER, now=NOW)) == [
        (0, True, True),
        (1, True, False),
        (3, False, True),
    ]
    parting.part(by=alice, now=NOW)
    assert shown(reading.month(seat(bob), NOVEMBER, now=NOW)) == [(0, True, False), (1, True, False)]
    assert reading.month(seat(erin), NOVEMBER, now=NOW) == []


def test_months_are_stepped_through_where_there_is_something(alice: User, bob: User) -> None:
    place = seat(alice)
    assert own_months.latest(place, DAY) == NOVEMBER
    for ago in (0, 75, 76):  # November, and the 4th and 3rd of September
        put(alice, ago)
    assert own_months.neighbours(place, NOVEMBER, DAY) == (date(2026, 9, 1), None)
    assert own_months.neighbours(place, date(2026, 9, 1), DAY) == (None, NOVEMBER)
    assert own_months.neighbours(place, date(2026, 10, 1), DAY) == (date(2026, 9, 1), NOVEMBER)
    assert own_months.neighbours(seat(bob), NOVEMBER, DAY) == (
        None,
        None,
    )  # her waiting pages are no months of his
    assert own_months.latest(place, DAY - timedelta(days=30)) == date(2026, 9, 1)


def test_a_thank_you_kept_for_the_talk_leads_to_no_month_that_has_not_come(alice: User, bob: User) -> None:
    put(alice, 75)  # the 4th of September
    now = NOW + timedelta(days=9)  # the 27th: it goes out on the 7th of December
    thanking.say_thanks(by=seat(alice), text="for tea", trait="", keep=True, now=now)
    today, september = now.date(), date(2026, 9, 1)
    assert own_months.neighbours(seat(alice), NOVEMBER, today) == (september, None)
    assert own_months.neighbours(seat(alice), september, today) == (None, NOVEMBER)  # where it waits


def test_a_thank_you_that_was_never_said_is_of_the_month_of_its_page_and_of_none_to_look_at(
    alice: User, bob: User
) -> None:
    put(alice, 150)
    written = NOW - timedelta(days=20)  # the 29th of October: it would have gone out on the 8th of November
    thanking.say_thanks(by=seat(alice), text="for tea", trait="", keep=True, now=written)
    parting.part(by=bob, now=written + timedelta(days=1))
    place, june, october = seat(alice), date(2026, 6, 1), date(2026, 10, 1)
    assert own_months.latest(place, DAY) == october
    assert [one.text for one in thanking.never_said(place, october, date(2026, 10, 31))] == ["for tea"]
    assert own_months.neighbours(place, june, DAY) == (None, october)
    assert own_months.neighbours(place, NOVEMBER, DAY) == (october, None)
    # A page that waited for somebody else, and this, are behind the closed row.
    for month in (october, NOVEMBER):
        assert own_months.neighbours(place, month, DAY, openly=True) == (None, None)


@pytest.mark.parametrize("evenings", [3, 30])
def test_a_month_takes_two_questions_however_full(
    alice: User, bob: User, evenings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for ago in range(evenings):
        for user in (alice, bob):
            put(user, ago, words=CheckInText("rose", "bud", "thorn"))
    place = seat(alice)
    with django_assert_num_queries(2):
        found = reading.month(place, NOVEMBER, now=NOW)
        lines = [line.text for one in found for page in (one.mine, one.theirs) if page for line in page.shown]
    assert len(lines) == 6 * len(found) > 0


@pytest.mark.parametrize(("ago", "quiet"), [(7, False), (8, True), (1, False)])
def test_after_seven_days_without_a_page_it_is_quiet(alice: User, ago: int, quiet: bool) -> None:
    put(alice, ago, words=CheckInText("x", open=True))
    heard_on = tonight.of(seat(alice), DAY, now=NOW).heard_on
    assert heard_on is not None
    assert (heard_on < reading.quiet_from(seat(alice), DAY)) is quiet


@pytest.mark.parametrize("share", [True, False])
def test_what_the_other_cannot_read_makes_it_no_less_quiet(alice: User, share: bool) -> None:
    put(alice, 1, share=share)
    assert tonight.of(seat(alice), DAY, now=NOW).heard_on is None


def test_a_page_of_two_that_opened_counts_and_one_written_alone(alice: User, bob: User, dana: User) -> None:
    for user in (alice, bob):
        put(user, 2)
    put(dana, 2, share=False)
    for user in (alice, dana):
        assert tonight.of(seat(user), DAY, now=NOW).heard_on == DAY - timedelta(days=2)


def test_a_thank_you_that_went_out_counts_and_a_kept_one_does_not(alice: User, bob: User) -> None:
    for keep in (True, False):
        thanking.say_thanks(by=seat(alice), text="for tea", trait="", keep=keep, now=NOW - timedelta(days=1))
        found = tonight.of(seat(alice), DAY, now=NOW)
        assert (found.heard_on is None, found.thanked) == (keep, not keep)
        assert tonight.of(seat(bob), DAY, now=NOW).heard_on is None


def test_what_the_other_wrote_makes_it_no_less_quiet(alice: User, bob: User) -> None:
    put(bob, 1)
    assert tonight.of(seat(alice), DAY, now=NOW).heard_on is None


@pytest.mark.skipif(connection.vendor == "sqlite", reason="PostgreSQL's plan")
def test_the_two_pages_are_found_by_their_indexes_alone(alice: User, bob: User) -> None:
    """However many couples there are: as one OR this read everybody's evenings of these days."""
    put(alice, 0)
    place = seat(alice)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = CheckIn.objects.between(DAY - timedelta(days=2), DAY).readable_by(place).explain()
    for index in ("checkins_checkin_one_a_person_and_day", "checkins_checkin_couple_day"):
        assert index in plan, plan
    assert "Seq Scan on checkins_checkin" not in plan


def test_the_desk_is_one_question(alice: User, bob: User) -> None:
    for ago in range(3):
        for user in (alice, bob):
            put(user, ago)
    place = seat(alice)
    reading.for_today(place, DAY)
    with CaptureQueriesContext(connection) as asked:
        found = reading.for_today(place, DAY)
        assert [one.theirs.rose for one in [found.tonight, *found.before] if one.theirs] == [
            "Bob 0",
            "Bob 1",
            "Bob 2",
        ]
    assert len(asked) == 1
