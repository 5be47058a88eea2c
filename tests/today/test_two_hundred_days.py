"""Two hundred days of Today by a moved clock, of a keen couple and of a lukewarm one.

No evening is empty, nor has only what is asked or offered. Once the two are well in, something comes back or stands
as a fact: mostly to the keen, to the lukewarm every few evenings, who find a kindness alone on every other at most.
No line comes back twice within sixty days, no offer either, and no bud at all; of longer ago little comes to the
keen, of a month ago in order, an old rose only of the other's, and nothing by a beat. Offers are few.

A few weeks in `make check`, after a year and a month that are put in place; all of it in `make full` (TODAYS=200), from
the first day. `TODAY_LIST=file` writes down what was shown, to be read by somebody.
"""

import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from time_machine import travel

from accounts.models import User
from adventures import proposing
from checkins import thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples.models import Couple, Partner
from tests.adventures.scenarios import happened
from tests.cast import NOW, just_signed_in, pair, person, seat
from tests.challenges.scenarios import begin_together

TODAYS = int(os.environ.get("TODAYS", "20"))
LIST = os.environ.get("TODAY_LIST", "")
A_DAY, SIXTY = timedelta(days=1), 60
PAST = 400 if TODAYS < 60 else 0  # evenings that are put in place before
LONGER_AGO = {"ago", "year", "rose"}
FACTS = {"thanks", "date", "talk", "challenge", "opened", "month"}  # to know; what is asked isn't among them
ASKS = {"ask", "date-ask", "passed", "bud", "offer"}
FORTNIGHT, A_MONTH = 14, 31  # evenings
GIVES = LONGER_AGO | FACTS | {"bud"}
WELL_IN = 45  # evenings, after which something can come back
SLIP = re.compile(
    r'<section class="(?:slip|last)(?: own-alone)?" aria-labelledby="t-([\w-]+)">(.*?)</section>', re.DOTALL
)


@dataclass
class Shown:
    """What one person was shown, evening by evening."""

    who: str
    evenings: list[tuple[date, list[tuple[str, str]]]] = field(default_factory=list)

    def look(self, user: User, day: date) -> None:
        body = just_signed_in(user).get("/today/").content.decode()
        parts = [(name, " ".join(_text(inside).split())) for name, inside in SLIP.findall(body)]
        self.evenings.append((day, parts))

    def last_lines(self) -> list[str]:
        return [
            f"{self.who}, evening {number + 1}, {day}: "
            + (" | ".join(f"[{a}] {b}" for a, b in parts) or "nothing")
            for number, (day, parts) in enumerate(self.evenings)
        ]


def _text(inside: str) -> str:
    words = re.findall(r'<h2[^>]*>(.*?)</h2>|<p class="(?:words|meta|ask)[^>]*>(.*?)</p>', inside, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", " · ".join(one or other for one, other in words)))


def keen(gwen: User, hal: User, number: int, now: datetime) -> None:
    """Both write each evening, thank each other, go out, and walk a challenge."""
    if number == 2:
        begin_together(gwen, hal, now=now)
    if number % 11 == 4:
        happened(gwen, hal, f"walk {number}", at=now - timedelta(hours=2))
    if number % 6 == 5:
        thanking.say_thanks(by=seat(hal), text=f"for tea {number}", trait="", keep=False, now=now)
    for user in (gwen, hal):
        words = CheckInText(
            f"rose {number} of {user.name}", f"bud {number} of {user.name}" if number % 2 else ""
        )
        writing.write(by=seat(user), day=now.date(), words=words, share=True, now=now)


def lukewarm(gwen: User, hal: User, number: int, now: datetime) -> None:
    """She writes every third evening and leaves her page open now and then; he writes one line a fortnight, or none."""
    if number % 23 == 9:
        proposing.propose(
            by=seat(gwen), details=proposing.Details(f"walk {number}"), starts_at=now + 5 * A_DAY, now=now
        )
    if number % 3 == 0:
        words = CheckInText(f"rose {number} of Gwen", "", open=number % 2 == 0)
        writing.write(by=seat(gwen), day=now.date(), words=words, share=True, now=now)
    if number % 15 == 0:
        words = CheckInText(f"rose {number} of Hal")
        writing.write(by=seat(hal), day=now.date(), words=words, share=True, now=now)


def put_in_place(people: list[User], first: datetime, *, every: int) -> None:
    """Evenings of the two before the first, as they would have been."""
    couple = seat(people[0]).couple
    begun = first - PAST * A_DAY
    User.objects.filter(pk__in=[user.pk for user in people]).update(joined_at=begun)
    Couple.objects.filter(pk=couple.pk).update(opened_at=begun)
    Partner.objects.filter(couple=couple).update(sat_at=begun)
    rows = []
    for number in range(0, PAST, every):
        at = begun + number * A_DAY
        for user in people:
            words = {"rose": f"old rose {number} of {user.name}", "bud": "", "thorn": "", "earlier": ""}
            rows.append(CheckIn(author=user, couple=couple, day=at.date(), shared_at=at, **words))
    CheckIn.objects.bulk_create(rows)


@dataclass(frozen=True)
class Promised:
    """What the product holds of a life, once the two are well in: of how many evenings in a row one gives something, of
    how many altogether, and on how many at most something of longer ago comes back.
    """

    live: Callable[[User, User, int, datetime], None]
    past: int  # evenings from one to the next of those that are put in place
    in_a_row: int
    of_all: float
    longer_ago: float


KEEN = Promised(keen, 1, in_a_row=2, of_all=0.9, longer_ago=0.5)
LUKEWARM = Promised(lukewarm, 15, in_a_row=6, of_all=1 / 3, longer_ago=0.5)


@pytest.mark.parametrize("promised", [KEEN, LUKEWARM], ids=["keen", "lukewarm"])
def test_every_evening_gives_and_nothing_comes_back_too_soon(db: None, promised: Promised) -> None:
    first = NOW + 10 * A_DAY  # a month's first evening is among a few weeks
    gwen, hal = person("Gwen", now=first + 40 * A_DAY), person("Hal", now=first + 40 * A_DAY)
    pair(gwen, hal, now=first)
    if PAST:
        put_in_place([gwen, hal], first, every=promised.past)
    shown = [Shown("Gwen"), Shown("Hal")]
    for number in range(TODAYS):
        now = first + number * A_DAY
        with travel(now, tick=False):
            for user, what in zip((gwen, hal), shown, strict=True):
                what.look(user, now.date())
            promised.live(gwen, hal, number, now)
    if LIST:
        lines = [f"# {promised.live.__name__}", *(line for what in shown for line in what.last_lines()), ""]
        with Path(LIST).open("a") as output:
            output.write("\n".join(lines))
    for what in shown:
        _asks_one_thing_and_offers_slowly(what)
        _comes_back_no_sooner(what)
        _comes_back_in_order_and_by_no_beat(what)
        _gives(what, promised)
    kinds = {name for what in shown for _day, parts in what.evenings for name, _words in parts}
    assert {"ago", "rose", "kindness"} | ({"month"} if promised is KEEN else set()) <= kinds


def _asks_one_thing_and_offers_slowly(what: Shown) -> None:
    last: dict[str, int] = {}
    for number, (_day, parts) in enumerate(what.evenings):
        names = [name for name, _words in parts]
        asked = [name for name in names if name in ASKS]
        assert len(asked) <= 1, (what.who, number, asked)
        assert not asked or "kindness" not in names or set(names) <= {*asked, "kindness", "opened"}, (
            what.who,
            names,
        )
        for words in (words for name, words in parts if name == "offer"):
            assert number - last.get(words, -SIXTY) >= SIXTY, (what.who, number, words)
            last[words] = number
    offers = [number for number, (_day, parts) in enumerate(what.evenings) if "offer" in dict(parts)]
    assert PAST or not offers or offers[0] == 1
    assert sum(number < A_MONTH for number in offers) <= 11
    for at in offers:
        if PAST or at > 20:
            assert sum(at <= number < at + FORTNIGHT for number in offers) <= 4, (what.who, at)
    buds = [number for number, (_day, parts) in enumerate(what.evenings) if "bud" in dict(parts)]
    assert not any({at, at + 1, at + 2} <= set(buds) for at in buds), (what.who, buds)
    assert len(buds) <= len(what.evenings) / 6 + 2, (what.who, buds)  # nobody answers: one a week


def _comes_back_no_sooner(what: Shown) -> None:
    last: dict[str, date] = {}
    asked: dict[str, list[date]] = {}
    for number, (day, parts) in enumerate(what.evenings):
        for name, words in parts:
            if name in LONGER_AGO | {"kindness"}:
                line = words.split(" · ")[1] if name != "kindness" else words
                assert line not in last or (day - last[line]).days >= SIXTY, (what.who, number, name, line)
                last[line] = day
            elif name == "bud":
                asked.setdefault(words, []).append(day)
    for words, on in asked.items():
        assert len(on) == 1, (what.who, words, on)


def _comes_back_in_order_and_by_no_beat(what: Shown) -> None:
    on, month = list[int](), list[tuple[int, date]]()
    for number, (day, parts) in enumerate(what.evenings):
        on += [number] if LONGER_AGO & set(dict(parts)) else []
        for name, words in parts:
            assert name != "rose" or "of yours" not in words, (what.who, words)
            if name == "ago" and words.startswith("A month ago"):
                then = datetime.strptime(words.split(" · ")[-1], "%d %B %Y").date()  # noqa: DTZ007  # a Day
                month.append(((day - then).days, then))
    assert [day for _ago, day in month] == sorted({day for _ago, day in month}), (what.who, month)
    assert all(27 <= ago <= 35 for ago, _day in month), (what.who, month)
    gaps = [later - one for one, later in pairwise(on)]
    assert not any(len(set(gaps[at : at + 5])) == 1 for at in range(len(gaps) - 4)), (what.who, on)


def _gives(what: Shown, promised: Promised) -> None:
    every = [{name for name, _words in parts} for _day, parts in what.evenings]
    fresh = (GIVES | {"kindness"}) - ASKS - {"opened"}  # asks for nothing back, and wasn't there last night
    assert all(names & fresh for names in every), what.who
    later = every if PAST else every[WELL_IN:]
    gave = [bool(names & GIVES) for names in later]
    gaps = [number for number, _one in enumerate(gave) if not any(gave[number : number + promised.in_a_row])]
    whole = [number for number in gaps if number + promised.in_a_row <= len(gave)]
    longer_ago = sum(bool(names & LONGER_AGO) for names in later)
    assert not whole, (what.who, whole)
    assert sum(gave) >= promised.of_all * len(gave), (what.who, sum(gave), len(gave))
    assert longer_ago <= promised.longer_ago * len(later) + 1, (what.who, longer_ago, len(later))
    assert later.count({"kindness"}) <= len(later) / 2, what.who
