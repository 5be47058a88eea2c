"""Two years of the demo's couple: made in a few statements, and every page within its queries and its time."""

import re
from datetime import UTC, datetime
from time import process_time

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from adventures.models import DateNight
from checkins.models import CheckIn
from config.demo import couple, years, years_words
from config.demo.people import PEOPLE, ROSA
from couples import days
from couples.access import seat_of
from tests.cast import just_signed_in
from tests.scenes import stage

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
FOLD = 18  # a page's processor time in that of Today, 8 ms where the goal of a page is 150: each machine has its own
# What a page asks the database, whatever there is: it is the same after a month and after two years.
QUERIES = {
    "today:looking_back": 8,
    "/looking-back/2025-11/": 8,
    "today:closeness": 4,
    "today:looked_forward": 4,
    "today:together": 7,
    "checkins:shared": 3,
    "/shared/2025-06/": 3,
    "checkins:kept": 10,
    "adventures:memories": 6,
    "adventures:dates": 4,
    "agendas:talks": 3,
    "challenges:challenge": 5,
    "today:look_back": 6,
    "today:today": 7,
    "/looking-back/2026-09/page/": 3,
    "/evenings/2026-11-20/": 5,
    "adventures:wishes": 7,
    "a talk that was held": 9,
}


@pytest.fixture
def rosa(db: None) -> User:
    """Rosa, after two years."""

    def seed() -> None:
        couple.seed(now=NOW)
        years.add(now=NOW)

    stage.play("two years", seed)
    return User.objects.with_key().get(email=ROSA.email)


@pytest.fixture
def browser(rosa: User) -> Client:
    return just_signed_in(rosa)


def test_a_month_becomes_two_years_in_a_few_statements(db: None) -> None:
    couple.seed(now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert years.add(now=NOW) is True
    assert len(queries) < 60
    assert years.add(now=NOW) is False
    rosa = User.objects.with_key().get(email=ROSA.email)
    seat, today = seat_of(rosa), days.day_of(NOW, rosa.tz)
    pages = CheckIn.objects.own(rosa)
    assert 500 < pages.count() < years.EVENINGS
    assert (today - min(pages.values_list("day", flat=True))).days > 700
    assert DateNight.objects.of(seat.couple).happened().count() >= 58
    assert {user.joined_at for user in User.objects.filter(email__in=[one.email for one in PEOPLE])} == {
        seat.couple.opened_at
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "/looking-back/",
        "/looking-back/2017-11/",
        "/looking-back/closeness/",
        "/looking-back/looked-forward/",
    ],
)
def test_ten_years_ask_the_database_what_a_month_asks(db: None, page: str) -> None:
    """Eight queries at most, and the same however much there is."""
    counts = []
    for evenings in (0, 3650):
        couple.seed(now=NOW) if not evenings else years.add(evenings=evenings, now=NOW)
        client = just_signed_in(User.objects.with_key().get(email=ROSA.email))
        path = page if evenings or "20" not in page else "/looking-back/"
        with time_machine.travel(NOW, tick=False):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert CheckIn.objects.count() > 5000
    assert counts[0] == counts[1] <= QUERIES["today:looking_back"]


def test_no_rose_of_one_of_them_comes_twice(rosa: User) -> None:
    for user in User.objects.with_key():
        roses = [page.rose for page in CheckIn.objects.own(user) if page.rose]
        assert len(roses) - len(set(roses)) <= len(roses) // 50
    assert len(years_words.ROSES[0]) * len(years_words.ROSES[1]) > 700


def address(page: str, browser: Client) -> str:
    """Where this page is, by its address, its name, or what it is."""
    if page == "a talk that was held":
        with time_machine.travel(NOW, tick=False):
            talks = browser.get(reverse("agendas:talks")).content.decode()
        return str(re.findall(r'href="(/talks/[0-9a-f-]{36}/)"', talks)[0])
    return page if page.startswith("/") else reverse(page)


@pytest.mark.parametrize("page", QUERIES)
def test_every_page_within_its_queries_and_its_time(browser: Client, page: str) -> None:
    path = address(page, browser)
    with time_machine.travel(NOW, tick=False):
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(path)
        assert answer.status_code == 200
        assert len(queries) <= QUERIES[page]
        today = reverse("today:today")
        browser.get(today)
        taken: dict[str, list[float]] = {"page": [], "Today": []}
        for _ in range(3):  # the quickest of three: other work on the machine only ever adds
            for name, asked in (("page", path), ("Today", today)):
                begun = process_time()
                browser.get(asked)
                taken[name].append(process_time() - begun)
        assert min(taken["page"]) < FOLD * min(taken["Today"])
