"""Offers of Today where there is no fact: slowly, and one at a time; none on the first evening.

They wear off by themselves, and nothing is counted that anybody did: each has two turns in the first weeks, then one
thirty Days later, sixty after that, and from then on one in a hundred and twenty. The question is another one each
time, every ten Days, and never rests. After the first week no two evenings in a row have one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Offer:
    """One thing to do: where it is, on which Days it is offered, and in which words."""

    page: str
    turns: tuple[int, ...]  # Days since this person sat down here
    title: "str | Promise"
    text: "str | Promise"
    go: "str | Promise"  # what is on the way there
    for_two: bool = False


QUESTION, DATE = "checkins:question", "adventures:plan"  # drawn with what they are about
THANKS = "checkins:thanks"
OFFERS = (
    Offer(
        QUESTION,
        (3, 14),
        _("A question for tonight"),
        _("One to ask each other, aloud or in writing."),
        _("See the question"),
    ),
    Offer(
        "challenges:challenge",
        (1, 18),
        _("Thirty small days"),
        _("One small thing an evening, thirty of them or seven. Nothing is counted."),
        _("See the challenge"),
    ),
    Offer(
        DATE,
        (2, 20),
        _("Plan a date"),
        _("As small as soup by the window. Four taps are enough."),
        _("Plan a date"),
    ),
    Offer(
        "adventures:wishes",
        (4, 22),
        _("The bucket list"),
        _("What would you like to do, some day soon? One line is plenty."),
        _("Add a wish"),
    ),
    Offer(
        THANKS,
        (6, 26),
        _("Say thank you for something"),
        _("For one thing they did. One line is enough."),
        _("Say thank you"),
        for_two=True,
    ),
    Offer(
        "agendas:talk",
        (9, 28),
        _("A talk, once a week"),
        _("Half an hour in small parts. The list is made of what you both shared."),
        _("Plan a weekly talk"),
        for_two=True,
    ),
    Offer(
        "checkins:wins",
        (12, 30),
        _("A small thing that went well"),
        _("An easy laugh counts. So does a comfortable silence."),
        _("Add a small win"),
    ),
    Offer(
        "couples:evenings",
        (16, 32),
        _("Evenings for check-ins"),
        _("Choose the days of the week that suit you. The others stay free."),
        _("Choose your evenings"),
    ),
)


LATER = (30, 60, 120)  # Days after the one before, and so on by the last of them
QUESTIONS = 10  # Days from one question to the next


def of_day(day: date, *, since: date, paired: bool, without: Collection[str] = ()) -> Offer | None:
    """The offer that has its turn on `day`, if one has; on the first Day none.

    `without` are pages that there is no need to offer (any more): nothing comes in their place.
    """
    number = (day - since).days
    known = [offer for offer in OFFERS if (paired or not offer.for_two) and offer.page not in without]
    return next((offer for offer in known if _has_its_turn(offer, number)), None)


def _has_its_turn(offer: Offer, number: int) -> bool:
    """Whether it is this one's turn, so many Days after the first."""
    at = offer.turns[-1]
    if number <= at:
        return number in offer.turns
    if offer.page == QUESTION:
        return (number - at) % QUESTIONS == 0
    for later in LATER:
        at += later
        if number <= at:
            return number == at
    return (number - at) % LATER[-1] == 0
