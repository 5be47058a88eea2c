"""Many evenings of two people of whom one writes and the other never does: each evening one thing that asks nothing,
one ask at most, and nothing that reproaches.
"""

import html
import re
from datetime import timedelta

import pytest
from time_machine import travel

from accounts.models import User
from adventures import proposing
from checkins import deck, kindnesses, thanking, writing
from checkins.words import CheckInText
from tests.cast import NOW, just_signed_in, pair, person, seat
from tests.challenges.scenarios import begin_together

A_DAY = timedelta(days=1)
REPROACHES = re.compile(
    r"\b(missed|forgot|forgotten|overdue|late again|streak|still waiting|hasn’t written|haven’t written|behind)\b",
    re.IGNORECASE,
)
# What asks nothing: a fact to know, what comes back, a question to read, a kindness to take or leave.
ASKS_NOTHING = ("thanks", "date", "talk", "challenge", "opened", "bud", "rose", "year", "kindness", "offer")
ASKS = ("ask", "date-ask", "passed")


def seen(user: User) -> list[str]:
    """The parts of Today by their names, after a look for words that reproach."""
    shown = just_signed_in(user).get("/today/").content.decode()
    text = html.unescape(re.sub(r"<[^>]+>", " ", shown[shown.index('id="main"') :]))
    dealt = [one.text for one in kindnesses.deck()] + [one.text for one in deck.deck().values()]
    for words in dealt:  # what comes by chance has readers of its own
        text = text.replace(words, "")
    assert not REPROACHES.search(text), REPROACHES.search(text)
    return re.findall(r'<h2 id="t-([\w-]+)"', shown)


@pytest.mark.parametrize("evenings", [24, pytest.param(200, marks=pytest.mark.slow)])
def test_every_evening_gives_something_and_asks_for_one_thing_at_most(db: None, evenings: int) -> None:
    keen, other = person("Gwen", now=NOW + 40 * A_DAY), person("Hal", now=NOW + 40 * A_DAY)
    pair(keen, other, now=NOW)
    challenge_said = 0
    for number in range(evenings):
        now = NOW + number * A_DAY
        with travel(now, tick=False):
            if number == 2:
                begin_together(keen, other, now=now)
            if number % 9 == 4:
                proposing.propose(
                    by=seat(keen),
                    details=proposing.Details(f"walk {number}"),
                    starts_at=now + 5 * A_DAY,
                    now=now,
                )
            if number % 13 == 5:
                thanking.say_thanks(by=seat(keen), text="for the tea", trait="", keep=False, now=now)
            for user in (keen, other):
                parts = seen(user)
                assert len([one for one in parts if one in ASKS]) <= 1, (number, parts)
                assert number == 0 or any(one in ASKS_NOTHING for one in parts), (number, parts)
                challenge_said += user == keen and "challenge" in parts
            day = now.date()
            writing.write(by=seat(keen), day=day, words=CheckInText("a rose"), share=True, now=now)
    assert 5 <= challenge_said <= 12  # its days until it rests, and that it rests: said once
