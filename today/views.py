"""Today: tonight's one thing. Read-only; composes what the other rooms know."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkins.reading import evening
from couples import days
from couples.access import CoupleRequest, partner_required

A_MONTH = timedelta(weeks=4)


@require_safe
@partner_required
def today(request: CoupleRequest) -> HttpResponse:
    now = timezone.now()
    tz = request.user.tz
    day = days.day_of(now, tz)
    seat = request.partner
    context = {
        "now": request.user.local(now),
        "evening": evening(seat, day),
        # New to this, not merely on one's own again.
        "first": days.day_of(seat.sat_at, tz) == day
        and (request.couple.paired or days.day_of(request.user.joined_at, tz) == day),
        # Somebody who has carried this alone for four weeks is asked how that is, never told to go on.
        "carried": not request.couple.paired and now - seat.sat_at >= A_MONTH,
        "parted": seat.notice_until is not None and now < seat.notice_until,
    }
    return render(request, "today/today.html", context)
