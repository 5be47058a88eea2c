"""Rosa's and Theo's challenge: begun ten days ago, eight days done, some lines left. Made up for the demo."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from challenges import attempts, catalogue
from couples import asking, days
from couples.models import Partner

BEGAN = 10  # days ago: today is day 11
# How many days ago, which day of it, who counted which card.
COUNTED = [
    (10, 1, "Rosa", "words"),
    (9, 2, "Theo", "words"),
    (9, 2, "Rosa", "close"),
    (8, 3, "Rosa", "words"),
    (7, 4, "Theo", "close"),
    (6, 5, "Theo", "words"),
    (5, 6, "Rosa", "close"),
    (5, 6, "Theo", "close"),
    (3, 8, "Theo", "words"),
    (1, 10, "Rosa", "close"),
]
LINES = [
    (9, 2, "Rosa", "Twenty seconds. The cat timed it."),
    (8, 3, "Theo", "Found yours in the tea tin on Thursday. I have moved it to my wallet."),
    (5, 6, "Rosa", "We conducted the whole of the weather forecast."),
    (1, 10, "Theo", "You tapped my arm with the wooden spoon. I’m counting it."),
]


def act_out(by_name: Mapping[str, Partner], when: range, *, now: datetime) -> None:
    """Act out what happened in the challenge so many days ago."""
    rosa, theo = by_name["Rosa"], by_name["Theo"]
    today = days.day_of(now, rosa.user.tz)
    if BEGAN in when:
        agreed_at = days.at(today - timedelta(days=BEGAN), time(19), rosa.user.tz)
        ask = asking.ask(by=theo, kind=attempts.KIND, what=catalogue.FIRST, now=agreed_at)
        asking.agree(by=rosa, ask_id=ask.pk, now=agreed_at)
    for ago, number, name, card in COUNTED:
        if ago in when:
            by = by_name[name]
            moment = days.at(today - timedelta(days=ago), time(21, 40), by.user.tz)
            attempts.complete(by=by, number=number, card=card, now=moment)
    for ago, number, name, text in LINES:
        if ago in when:
            by = by_name[name]
            moment = days.at(today - timedelta(days=ago), time(22), by.user.tz)
            attempts.leave_line(by=by, number=number, text=text, now=moment)
