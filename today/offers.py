"""Offers of Today where there is no fact: slowly, and one at a time; none on the first evening.

They wear off by themselves, and nothing is counted that anybody did: each has its turns in the first weeks, then rests
for thirty Days, and from then on has one Day of thirty. The question is another one each time: it has six, and never
rests.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Offer:
    """One thing to do: where it is, from which Day on it is offered, and in which words."""

    page: str
    after: int  # Days since this person sat down here
    later: tuple[int, ...]  # the Days of thirty on which it is made, once the first weeks are over
    title: "str | Promise"
    text: "str | Promise"
    go: "str | Promise"  # what is on the way there
    for_two: bool = False


QUESTION, DATE = "checkins:question", "adventures:plan"  # drawn with what they are about
OFFERS = (
    Offer(
        QUESTION,
        1,
        (0, 5, 10, 15, 20, 25),
        _("A question for tonight"),
        _("One to ask each other, aloud or in writing."),
        _("See the question"),
    ),
    Offer(
        "challenges:challenge",
        1,
        (3,),
        _("Thirty small days"),
        _("One small thing an evening, thirty of them or seven. Nothing is counted."),
        _("See the challenge"),
    ),
    Offer(
        DATE,
        2,
        (6,),
        _("Plan a date"),
        _("As small as soup by the window. Four taps are enough."),
        _("Plan a date"),
    ),
    Offer(
        "adventures:wishes",
        4,
        (13,),
        _("The bucket list"),
        _("What would you like to do, some day soon? One line is plenty."),
        _("Add a wish"),
    ),
    Offer(
        "checkins:thanks",
        6,
        (16,),
        _("Say thank you for something"),
        _("For one thing they did. Now, or kept for a talk."),
        _("Say thank you"),
        for_two=True,
    ),
    Offer(
        "agendas:talk",
        9,
        (18,),
        _("A talk, once a week"),
        _("Half an hour in small parts. The list makes itself."),
        _("Plan a weekly talk"),
        for_two=True,
    ),
    Offer(
        "checkins:wins",
        12,
        (23,),
        _("A small thing that went well"),
        _("An easy laugh counts. So does a comfortable silence."),
        _("Add a small win"),
    ),
    Offer(
        "couples:evenings",
        16,
        (26,),
        _("Evenings for check-ins"),
        _("Some days are for it, others aren’t. Those are no gaps."),
        _("Choose your evenings"),
    ),
)


FIRST_WEEKS, REST, MONTH = 28, 30, 30  # Days
LAST_NEW = max(offer.after for offer in OFFERS)


def of_day(day: date, *, since: date, paired: bool, without: Collection[str] = ()) -> Offer | None:
    """The offer that is made on `day`: what is new today, else what has its turn, if anything; on the first Day none.

    `without` are pages that there is no need to offer (any more). Until all were new it is the question's turn where
    there is no other's.
    """
    number = (day - since).days
    known = [offer for offer in OFFERS if offer.after <= number and (paired or not offer.for_two)]
    known = [offer for offer in known if offer.page not in without]
    if number > LAST_NEW:
        return next((offer for offer in known if _has_its_turn(offer, number)), None)
    if known and known[-1].after == number:
        return known[-1]
    turn = OFFERS[number % len(OFFERS)]
    return turn if turn in known else next(iter(known), None)


def _has_its_turn(offer: Offer, number: int) -> bool:
    """Whether it is this one's turn, so many Days after the first and after all were new."""
    if number < FIRST_WEEKS:
        return OFFERS[number % len(OFFERS)] is offer
    rests = number < FIRST_WEEKS + REST and offer.page != QUESTION
    return not rests and number % MONTH in offer.later
