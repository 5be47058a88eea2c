"""Processor time of the ten pages that are used most, each beside the signed-in empty view, on either database."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import time_machine

from bench.figures import Figure, median_ratio, size
from bench.pages import both_share, demo, filled_in, spent
from bench.site import EMPTY, NOW, Browser
from bench.visitor import EVENING, THORN, TODAY

if TYPE_CHECKING:
    from accounts.models import User

ROUNDS, PAGES, EMPTIES = size(16, toy=2), size(5, toy=1), size(20, toy=1)  # the first round warms up


def pages_cpu() -> Iterator[Figure]:
    """Processor time of each page of the demo ÷ that of the signed-in empty view, all of them once a round."""
    from django.db import connection

    rosa, theo = demo()
    both_share([rosa, theo], 0)
    browser, acts = Browser(rosa), _acts(rosa)
    names = [*acts, "check-in-sent", "empty"]
    rounds: dict[str, list[float]] = {name: [] for name in names}
    for evening in range(1, ROUNDS + 1):
        for name, act in acts.items():
            rounds[name].append(spent(act, PAGES, time.process_time))
        rounds["check-in-sent"].append(_sent(rosa, evening))
        rounds["empty"].append(spent(lambda: browser.get(EMPTY), EMPTIES, time.process_time))
    measured = {name: found[1:] for name, found in rounds.items()}
    empty = measured.pop("empty")
    on = "" if connection.vendor == "postgresql" else "-sqlite"
    for name, found in measured.items():
        usual, quickest = (f"{1000 * of(found):.2f}" for of in (statistics.median, min))
        of_empty = " and ".join(f"{1000 * of(empty):.2f}" for of in (statistics.median, min))
        yield median_ratio(
            f"cpu-{name}{on}",
            "<=",
            4.7,
            over=("seconds of the page", found),
            under=("seconds of the empty view", empty),
            said=f"{usual} ms, {quickest} at the quickest; empty {of_empty}",
        )


def _acts(rosa: "User") -> dict[str, Callable[[], str]]:
    """What is asked for, by the name of its row."""
    from adventures import feeds
    from couples import days
    from couples.access import seat_of

    browser, stranger = Browser(rosa), Browser(None)
    feeds.show_titles(by=seat_of(rosa), titled=True)
    day = re.search(r'"(/challenge/\d+/)', browser.get("/challenge/"))
    assert day is not None
    assert browser.get(TODAY).count(THORN) == 2, "both pages are to lie open"
    pages = {
        "today": TODAY,
        "dates": "/dates/",
        "together": "/together/",
        "talk": "/talk/",
        "challenge-day": day[1],
        "check-in": EVENING,
        "reply": f"/evenings/{days.day_of(NOW, rosa.tz):%Y-%m-%d}/reply/",
        "settings": "/settings/",
    }
    acts: dict[str, Callable[[], str]] = {name: partial(browser.get, path) for name, path in pages.items()}
    acts["feed"] = partial(stranger.get, f"/calendar/{feeds.make_address(by=seat_of(rosa))}.ics")
    return acts | {"landing": partial(stranger.get, "/")}


def _sent(user: "User", evening: int) -> float:
    """Seconds of sharing the check-in of the evening so many days from `NOW`."""
    with time_machine.travel(NOW + timedelta(days=evening), tick=False):
        browser = Browser(user)
        environ = browser.environ(*filled_in(browser, f"{evening} geese over the school"))
        return spent(lambda: browser.ask(environ, status=302), 1, time.process_time)
