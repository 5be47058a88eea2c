"""Surprises: what one hides, until it is told or has happened; and the other's wish to know before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from adventures.access import get_locked_date
from adventures.errors import DateGone
from adventures.models import DateNight, SurprisePlan
from couples.models import Partner


@transaction.atomic
def ask_to_be_told(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Say that one would rather know before: whoever plans the surprise sees that. Twice is once. Raises `Gone`."""
    date_night = get_locked_date(by, date_id)
    if not date_night.surprise or date_night.planner_id == by.user_id:
        raise DateGone
    if date_night.tell_asked_at is None and not date_night.is_open_surprise:
        date_night.tell_asked_at = now
        date_night.save(update_fields=["tell_asked_at"])


@transaction.atomic
def tell(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Tell what the surprise is: its planner alone. Twice is once. Raises `Gone`."""
    date_night = get_locked_date(by, date_id)
    if not date_night.surprise or date_night.planner_id != by.user_id:
        raise DateGone
    if not date_night.is_open_surprise:
        reveal(date_night)
        date_night.told_at = now
        date_night.save()


def own_plan(partner: Partner, date_night: DateNight) -> SurprisePlan | None:
    """The plan `partner` has behind a surprise, while it is one."""
    if not date_night.hidden or date_night.planner_id != partner.user_id:
        return None
    found = SurprisePlan.objects.own(partner.user).filter(date=date_night).first()
    if found is not None:
        found.author, found.date = partner.user, date_night
    return found


def reveal(date_night: DateNight) -> None:
    """Put what was hidden on the date, where both read it. Doesn't save the date."""
    surprise_plan = SurprisePlan.objects.filter(date=date_night).select_related("author__key").first()
    date_night.reveal_plan(surprise_plan)
    if surprise_plan is not None:
        surprise_plan.delete()
