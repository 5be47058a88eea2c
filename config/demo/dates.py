"""Rosa's and Theo's dates: wishes, a rhythm, two that happened, one that stands, a surprise. Made up for the demo."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from adventures import dating, occasions, proposing, remembering, rhythm, wishing
from adventures.slots import Every, Recurrence
from couples import asking, days
from couples.models import Partner

WISHES = [
    ("Theo", 26, "The noodle place with no sign on it", "low", "out", True, True),
    ("Rosa", 24, "Supper from a country we can’t spell", "low", "home", True, True),
    ("Rosa", 20, "A pottery evening, both hopeless", "some", "out", True, True),
    ("Theo", 18, "The late opening at the print museum", "low", "out", True, False),
    ("Rosa", 12, "One night by the estuary, with the birds", "some", "away", False, True),
    ("Theo", 5, "Repair the blue kite and fly it", "free", "out", False, False),
]
# How many days ago, who asked, what, the hour; the lines afterwards.
HAPPENED = [
    (26, "Rosa", "The lawnmower museum", time(14), "We will never be this alone in a museum again.", ""),
    (12, "Theo", "Curry from the van, eaten in the van", time(19, 30), "", "The rain did the music."),
]
NEXT_IN, SURPRISE_IN = 2, 10  # days


def plan(by_name: Mapping[str, Partner], when: range, *, now: datetime) -> None:
    """Act out what was wished for, asked and lived so many days ago."""
    rosa = by_name["Rosa"]
    today, tz = days.day_of(now, rosa.user.tz), rosa.user.tz
    for name, ago, title, cost, where, new, both in WISHES:
        if ago in when:
            moment = days.at(today - timedelta(days=ago), time(21, 15), tz)
            words = wishing.WishWords(title, cost=cost, where=where, both_new=new)
            wish = wishing.wish(by=by_name[name], words=words, now=moment)
            if both:
                other = by_name["Theo" if name == "Rosa" else "Rosa"]
                wishing.want(by=other, wish_id=wish.pk, now=moment)
    for ago, name, title, at, hers, his in HAPPENED:
        if ago in when:
            _live(by_name, name, title, days.at(today - timedelta(days=ago), at, tz), hers, his)


def lay_out(by_name: Mapping[str, Partner], *, now: datetime) -> None:
    """The rhythm, the date the day after tomorrow, Theo's surprise, and a day to remember."""
    rosa, theo = by_name["Rosa"], by_name["Theo"]
    tz, today = rosa.user.tz, days.day_of(now, rosa.user.tz)
    asked_at = min(days.at(today - timedelta(days=1), time(20), tz), now)
    begins_on = today + timedelta(days=NEXT_IN)
    every = Recurrence(Every.TWO_WEEKS, begins_on, time(19, 30), rosa.user.zone)
    ask = asking.ask(by=rosa, kind=rhythm.KIND, what=str(every), now=asked_at)
    asking.agree(by=theo, ask_id=ask.pk, now=asked_at)
    noodles = wishing.matches(theo, len(WISHES))
    wish = next(one for one in noodles if "noodle" in one.title)
    date_night = proposing.propose(
        by=theo,
        details=proposing.Details(
            wish.title, "I have the corner table.", wish=wish.pk, where="out", cost="low", phones_away=True
        ),
        starts_at=days.at(begins_on, time(19, 30), tz),
        now=asked_at,
    )
    if date_night.asked_for is not None:
        dating.accept(
            by=rosa, date_id=date_night.pk, to=date_night.asked_for, shown=date_night.shown, now=asked_at
        )
    surprise = proposing.Details(
        "The planetarium, and chips on the hill after",
        surprise=True,
        where="out",
        cost="some",
        wear="Warm, and flat shoes",
        childcare="nothing",
        minutes=240,
    )
    starts_at = days.at(today + timedelta(days=SURPRISE_IN), time(18, 30), tz)
    proposing.propose(by=theo, details=surprise, starts_at=starts_at, now=asked_at)
    soon = today + timedelta(days=20)
    words = occasions.OccasionWords("anniversary", "The day on the wrong train", soon.month, soon.day)
    occasions.add(by=rosa, words=words, now=asked_at)


def _live(by_name: Mapping[str, Partner], name: str, title: str, at: datetime, hers: str, his: str) -> None:
    by, other = by_name[name], by_name["Theo" if name == "Rosa" else "Rosa"]
    before = at - timedelta(days=3)
    date_night = proposing.propose(by=by, details=proposing.Details(title), starts_at=at, now=before)
    dating.accept(by=other, date_id=date_night.pk, to=at, shown=date_night.shown, now=before)
    dating.happened(by=by, date_id=date_night.pk, now=at + timedelta(hours=3))
    for seat, text in ((by_name["Rosa"], hers), (by_name["Theo"], his)):
        if text:
            remembering.leave_line(by=seat, date_id=date_night.pk, text=text, now=at + timedelta(hours=4))
