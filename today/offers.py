"""Offers of Today where there is no fact: slowly, and one at a time; none on the first evening."""

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
    title: "str | Promise"
    text: "str | Promise"
    go: "str | Promise"  # what is on the way there
    for_two: bool = False


QUESTION, DATE = "checkins:question", "adventures:plan"  # drawn with what they are about
OFFERS = (
    Offer(
        QUESTION,
        1,
        _("A question for tonight"),
        _("One to ask each other, aloud or in writing."),
        _("See the question"),
    ),
    Offer(
        "challenges:challenge",
        1,
        _("Thirty small days"),
        _("One small thing an evening, thirty of them or seven. Nothing is counted."),
        _("See the challenge"),
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
        "checkins:thanks",
        6,
        _("Say thank you for something"),
        _("For one thing they did. Now, or kept for a talk."),
        _("Say thank you"),
        for_two=True,
    ),
    Offer(
        "agendas:talk",
        9,
        _("A talk, once a week"),
        _("Half an hour in small parts. The list makes itself."),
        _("Plan a weekly talk"),
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
        _("Some days are for it, others aren’t. Those are no gaps."),
        _("Choose your evenings"),
    ),
)


def of_day(day: date, *, since: date, paired: bool, without: Collection[str] = ()) -> Offer | None:
    """The offer that is made on `day`: what is new today, else each in its turn; on the first Day none.

    `without` are pages that there is no need to offer (any more).
    """
    days = (day - since).days
    known = [offer for offer in OFFERS if offer.after <= days and (paired or not offer.for_two)]
    known = [offer for offer in known if offer.page not in without]
    if not known:
        return None
    return known[-1] if known[-1].after == days else known[day.toordinal() % len(known)]
