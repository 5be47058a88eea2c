"""Offers of Today where there is no fact: slowly, and one at a time; none on the first evening.

Nothing is counted that anybody did. Each has its Day in the first weeks. From then on there is at most a question in
each turn of six Days, another one each time, and after two months and more in every third turn one of the others: none
comes again sooner. They have evenings on which nothing comes back of longer ago, two of which never follow each other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkins import comes_back


@dataclass(frozen=True)
class Offer:
    """One thing to do: where it is, on which Day it is first offered, and in which words."""

    page: str
    first: int  # Days since this person sat down here
    title: "str | Promise"
    text: "str | Promise"
    go: "str | Promise"  # what is on the way there
    for_two: bool = False


QUESTION, DATE = "checkins:question", "adventures:plan"  # drawn with what they are about
THANKS = "checkins:thanks"
OFFERS = (  # the others in the order in which they come again
    Offer(
        QUESTION,
        1,
        _("A question for tonight"),
        _("One to ask each other, aloud or in writing."),
        _("See the question"),
    ),
    Offer(
        "challenges:challenge",
        3,
        _("Thirty small days"),
        _("One small thing an evening, thirty of them or seven. Nothing is counted."),
        _("See the challenge"),
    ),
    Offer(
        "agendas:talk",
        9,
        _("A talk, once a week"),
        _("Half an hour in small parts. The list is made of what you both shared."),
        _("Plan a weekly talk"),
        for_two=True,
    ),
    Offer(
        DATE,
        2,
        _("Plan a date"),
        _("As small as soup by the window. Four taps are enough."),
        _("Plan a date"),
    ),
    Offer(
        "adventures:wishes",
        4,
        _("The bucket list"),
        _("What would you like to do, some day soon? One line is plenty."),
        _("Add a wish"),
    ),
    Offer(
        THANKS,
        6,
        _("Say thank you for something"),
        _("For one thing they did. One line is enough."),
        _("Say thank you"),
        for_two=True,
    ),
    Offer(
        "checkins:wins",
        12,
        _("A small thing that went well"),
        _("An easy laugh counts. So does a comfortable silence."),
        _("Add a small win"),
    ),
    Offer(
        "couples:evenings",
        16,
        _("Evenings for check-ins"),
        _("Choose the days of the week that suit you. The others stay free."),
        _("Choose your evenings"),
    ),
)

OTHERS = tuple(offer for offer in OFFERS if offer.page != QUESTION)
FIRST_WEEKS = 17  # Days, in which each is offered first
REST, EVERY = 12, 3  # turns: before one of the others is offered again, and from one of them to the next
OTHERS_ON, QUESTION_ON = 0, 2  # of a turn's evenings on which nothing comes back of longer ago


def of_day(day: date, *, since: date, paired: bool, without: Collection[str] = ()) -> Offer | None:
    """The offer that has its turn on `day`, if one has; on the first Day none.

    `without` are pages that there is no need to offer (any more): nothing comes in their place.
    """
    offer = _of_day(day, since)
    if offer is None or offer.page in without or (offer.for_two and not paired):
        return None
    return offer


def _of_day(day: date, since: date) -> Offer | None:
    number = (day - since).days
    if number <= FIRST_WEEKS:
        return next((offer for offer in OFFERS if number == offer.first), None)
    evening = comes_back.between(day)
    if evening == QUESTION_ON:
        return next(offer for offer in OFFERS if offer.page == QUESTION)
    turns = day.toordinal() // comes_back.TURN - since.toordinal() // comes_back.TURN
    nth, rest = divmod(turns - REST, EVERY)
    return OTHERS[nth % len(OTHERS)] if evening == OTHERS_ON and nth >= 0 and rest == 0 else None
