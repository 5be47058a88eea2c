"""Cost of the two pages of every evening: queries, processor time and rate, on a real PostgreSQL.

Both halves of every ratio are asked of this process over WSGI: no web server is in them.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import time_machine

from bench.figures import Figure, median_ratio, size
from bench.site import EMPTY, HOST, NOW, Browser

if TYPE_CHECKING:
    from accounts.models import User

TODAY, EVENING = "/today/", "/evening/"  # no reverse(): Django isn't up on import
TWO_YEARS = size(730, toy=3)  # evenings
ROSE = "The bakery had walnut bread left at five, which never happens."
BUD = "Sunday, the long way round the reservoir."
THORN = "Two hours of a meeting about the next meeting."


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
        _both_share(couple, ago)
    open_evening = _queries(couple[0])
    _both_share(couple, 0)
    return max(open_evening, _queries(couple[0]))


def _both_share(couple: "list[User]", ago: int) -> None:
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
    rosa, theo = _demo()
    _both_share([rosa, theo], 0)
    browser, stranger = Browser(rosa), Browser(None)
    assert browser.get(TODAY).count(THORN) == 2, "both pages are to lie open"
    _warm_up(browser, TODAY)
    rounds = [
        (
            _spent(lambda: browser.get(TODAY), CPU_TODAY, time.process_time),
            _spent(lambda: browser.get(EMPTY), CPU_EMPTY, time.process_time),
            _spent(lambda: stranger.get(EMPTY), CPU_EMPTY, time.process_time),
        )
        for _ in range(CPU_ROUNDS)
    ]
    today, empty, bare = zip(*rounds, strict=True)
    milliseconds = [1000 * statistics.median(spent) for spent in (today, empty, bare)]
    yield median_ratio(
        "today-cpu",
        "<=",
        15,
        over=("seconds of Today", today),
        under=("seconds of the empty view", empty),
        said=f"{milliseconds[0]:.2f} ms, empty {milliseconds[1]:.2f} ms; "
        f"{milliseconds[0] / milliseconds[2]:.0f} x one without a session",
    )


# --- Writing ----------------------------------------------------------------------------------------

POST_ROUNDS, POST_EMPTY = size(60, toy=1), size(10, toy=1)


def checkin_post() -> Iterator[Figure]:
    """Shares of an evening's page ÷ answers of the empty view, in the same time."""
    from checkins.models import CheckIn

    rosa, _ = _demo()
    _warm_up(Browser(rosa), EVENING)
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
        environ = browser.environ(*_filled_in(browser, f"{evening} geese over the school"))
        posted = _spent(lambda: browser.ask(environ, status=302), 1, time.perf_counter)
        empty = _spent(lambda: browser.get(EMPTY), POST_EMPTY, time.perf_counter)
        return posted, empty, _spent(lambda: stranger.get(EMPTY), POST_EMPTY, time.perf_counter)


class _Form(HTMLParser):
    """The form that posts rose, bud and thorn: where to, and what it carries unseen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._found = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and not self._found:
            self.action, self.hidden = given.get("action") or "", {}
        elif tag == "input" and given.get("type") == "hidden" and not self._found:
            self.hidden[given["name"] or ""] = given.get("value") or ""
        elif given.get("name") == "thorn":
            self._found = True


def _filled_in(browser: Browser, rose: str) -> tuple[str, dict[str, str]]:
    """Address and fields of tonight's page, filled in as a person would."""
    form = _Form(browser.get(EVENING))
    return form.action or EVENING, form.hidden | {"rose": rose, "bud": BUD, "thorn": THORN, "go": "share"}


# --- Both -------------------------------------------------------------------------------------------


def _demo() -> "tuple[User, User]":
    """Rosa and Theo, with their month of evenings."""
    from accounts.models import User
    from config.demo import couple
    from config.demo.people import ROSA, THEO

    couple.seed(now=NOW)
    return User.objects.get(email=ROSA.email), User.objects.get(email=THEO.email)


def _warm_up(browser: Browser, page: str) -> None:
    """What is loaded and remembered on first use isn't measured."""
    for _ in range(size(30, toy=1)):
        browser.get(page)
        browser.get(EMPTY)


def _spent(act: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    """Seconds one `act` takes by `clock`, over `times` of them."""
    began = clock()
    for _ in range(times):
        act()
    return (clock() - began) / times
