"""What a person may read of an evening, in one query."""

from dataclasses import dataclass
from datetime import date

from checkins.models import CheckIn
from couples.models import Partner


@dataclass(frozen=True)
class Evening:
    """One Day as one of the two sees it. `theirs` is there only when both have shared."""

    day: date
    mine: CheckIn | None
    theirs: CheckIn | None


def evening(partner: Partner, day: date) -> Evening:
    """The evening of `day` for `partner`: their own page, and the other's if both are open."""
    door = CheckIn.objects.own(partner.user) | CheckIn.objects.shared_with(partner)
    pages = list(door.on(day).with_keys())
    mine = next((page for page in pages if page.author_id == partner.user_id), None)
    theirs = next((page for page in pages if page.author_id != partner.user_id), None)
    return Evening(day, mine, theirs)
