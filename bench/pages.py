"""Cost of the two pages of every evening: queries, processor time and rate, on a real PostgreSQL.

Both halves of every ratio are asked of this process over WSGI: no web server is in them.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine

from bench.figures import Figure, median_ratio, size
from bench.site import EMPTY, HOST, NOW, Browser
from bench.visitor import BUD, EVENING, ROSE, THORN, TODAY, Form

if TYPE_CHECKING:
    from accounts.models import User

TWO_YEARS = size(730, toy=3)  # evenings


# --- Queries --------------------------------------------------------------------------------------


def today_queries() -> Iterator[Figure]:
    """The most queries Today takes, before anyone wrote tonight and with both pages open: after 1 evening, and 730."""
    few, many = _most_queries(1), _most_queries(TWO_YEARS)
    yield Figure("today-queries-1-day", few, "<=", 7)  # five, one of the talk, one of the challenge
    yield Figure("today-queries-2-years", many, "<=", 7)
    yield Figure("today-queries-growth", many - few, "=", 0)


def _most_queries(evenings: int) -> int:
    """For a couple who joined at the same time, whatever the number of their evenings; the last was yesterday's."""
    from tests.cast import pair, person

    begun = NOW - timedelta(days=TWO_YEARS + 1)
    couple = [person(f"{name}{evenings}", now=begun) for name in ("Alice", "Bob")]
    pair(couple[0], couple[1], now=begun)
    for ago in range(evenings, 0, -1):
        both_share(couple, ago)
    open_evening = _queries(couple[0])
    both_share(couple, 0)
    return max(open_evening, _queries(couple[0]))


def both_share(couple: "list[User]", ago: int) -> None:
    from checkins import writing
    from checkins.words import CheckInText
    from couples import days
    from couples.access import seat_of

    moment = NOW - timedelta(days=ago)
    for user in couple:
        seat = seat_of(user)
        day = days.day_of(moment, user.tz)
        writing.write(
            by=seat, day=day, words=CheckInText(rose=ROSE, bud=BUD, thorn=THORN), share=True, now=moment
        )


def _queries(user: "User") -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": HOST})
    client.force_login(user)
    client.get(TODAY)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(TODAY).status_code == 200
    return len(queries)


# --- Processor time ---------------------------------------------------------------------------------

CPU_ROUNDS, CPU_TODAY, CPU_EMPTY = size(15, toy=1), size(15, toy=1), size(60, toy=1)


def today_cpu() -> Iterator[Figure]:
    """Processor time of Today with every word of the demo's couple on it ÷ that of the empty view, for one browser.

    That empty view isn't free: the middleware asks who is there even where nobody has to sign in (session and user).
    Against one that nobody signed in asks for the ratio is said beside it: what all of the page costs, them included.
    """
    rosa, theo = demo()
    both_share([rosa, theo], 0)
    browser, stranger = Browser(rosa), Browser(None)
    assert browser.get(TODAY).count(THORN) == 2, "both pages are to lie open"
    warm_up(browser, TODAY)
    rounds = [
        (
            spent(lambda: browser.get(TODAY), CPU_TODAY, time.process_time),
            spent(lambda: browser.get(EMPTY), CPU_EMPTY, time.process_time),
            spent(lambda: stranger.get(EMPTY), CPU_EMPTY, time.process_time),
        )
        for _ in range(CPU_ROUNDS)
    ]
    today, empty, bare = zip(*rounds, strict=True)
    milliseconds = [1000 * statistics.median(spent) for spent in (today, empty, bare)]
    yield median_ratio(
        "today-cpu",
        "<=",
        4.7,
        over=("seconds of Today", today),
        under=("seconds of the empty view", empty),
        said=f"{milliseconds[0]:.2f} ms, empty {milliseconds[1]:.2f} ms; "
        f"{milliseconds[0] / milliseconds[2]:.0f} x one without a session",
    )


# --- A calendar's own -------------------------------------------------------------------------------

FEED_ROUNDS, FEEDS, FEED_EMPTY = size(15, toy=1), size(20, toy=1), size(60, toy=1)


def feed() -> Iterator[Figure]:
    """Processor time of the empty view without a session ÷ of a calendar's look at its secret address."""
    from adventures import feeds
    from couples.access import seat_of

    rosa, _ = demo()
    feeds.show_titles(by=seat_of(rosa), titled=True)
    path = f"/calendar/{feeds.make_address(by=seat_of(rosa))}.ics"
    calendar = Browser(None)
    assert "BEGIN:VEVENT" in calendar.get(path), "the feed is to have dates in it"
    rounds = [
        (
            spent(lambda: calendar.get(path), FEEDS, time.process_time),
            spent(lambda: calendar.get(EMPTY), FEED_EMPTY, time.process_time),
        )
        for _ in range(FEED_ROUNDS + 1)
    ]
    told, empty = zip(*rounds[1:] or rounds, strict=True)  # the first warms up
    yield median_ratio(
        "feed",
        ">=",
        0.05,
        over=("seconds of the empty view", empty),
        under=("seconds of a feed", told),
        said=f"{1000 * statistics.median(told):.2f} ms, which is {1 / statistics.median(told):.0f} a second and core",
    )


# --- Writing ----------------------------------------------------------------------------------------

POST_ROUNDS, POST_EMPTY = size(60, toy=1), size(10, toy=1)


def checkin_post() -> Iterator[Figure]:
    """Shares of an evening's page ÷ answers of the empty view, in the same time."""
    from checkins.models import CheckIn

    rosa, _ = demo()
    warm_up(Browser(rosa), EVENING)
    before = CheckIn.objects.count()
    rounds = [_post_against_empty(rosa, evening) for evening in range(POST_ROUNDS)]
    posted, empty, bare = zip(*rounds, strict=True)
    without = statistics.median(one / other for one, other in zip(bare, posted, strict=True))
    assert CheckIn.objects.count() == before + POST_ROUNDS, "each round was to share a new page"
    yield median_ratio(
        "checkin-post",
        ">=",
        0.08,
        over=("seconds of the empty view", empty),
        under=("seconds of sharing a page", posted),
        said=f"{without:.3f} of one without a session",
    )


def _post_against_empty(user: "User", evening: int) -> tuple[float, float, float]:
    """Seconds of sharing the page of the evening so many days from `NOW`, of the empty view, of it for a stranger."""
    with time_machine.travel(NOW + timedelta(days=evening), tick=False):
        browser, stranger = Browser(user), Browser(None)  # a session lasts a month, the rounds longer
        environ = browser.environ(*filled_in(browser, f"{evening} geese over the school"))
        posted = spent(lambda: browser.ask(environ, status=302), 1, time.perf_counter)
        empty = spent(lambda: browser.get(EMPTY), POST_EMPTY, time.perf_counter)
        return posted, empty, spent(lambda: stranger.get(EMPTY), POST_EMPTY, time.perf_counter)


def filled_in(browser: Browser, rose: str) -> tuple[str, dict[str, str]]:
    """Address and fields of tonight's page, filled in as a person would."""
    form = Form(browser.get(EVENING), "thorn")
    return form.action or EVENING, form.hidden | {"rose": rose, "bud": BUD, "thorn": THORN, "go": "share"}


# --- Both -------------------------------------------------------------------------------------------


def demo() -> "tuple[User, User]":
    """Rosa and Theo, with their month of evenings."""
    from accounts.models import User
    from config.demo import couple
    from config.demo.people import ROSA, THEO

    couple.seed(now=NOW)
    return User.objects.get(email=ROSA.email), User.objects.get(email=THEO.email)


def warm_up(browser: Browser, page: str) -> None:
    """Let it load and remember what it does on first use: that isn't measured."""
    for _ in range(size(30, toy=1)):
        browser.get(page)
        browser.get(EMPTY)


def spent(act: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    """Seconds one `act` takes by `clock`, over `times` of them."""
    began = clock()
    for _ in range(times):
        act()
    return (clock() - began) / times
