"""Today: tonight's one thing. Read-only; composes what the other rooms know."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkins import gestures, hearing, reading
from couples import days, evenings
from couples.access import CoupleRequest, partner_required
from couples.models import Partner

A_MONTH = timedelta(weeks=4)


@require_safe
@partner_required
def today(request: CoupleRequest) -> HttpResponse:
    now, tz, seat = timezone.now(), request.user.tz, request.partner
    day = days.day_of(now, tz)
    tonight, *before = reading.lately(seat, day)
    sat_on, joined_on = days.day_of(seat.sat_at, tz), days.day_of(request.user.joined_at, tz)
    written = {one.day for one in before if one.mine is not None}
    late = [one for one in days.open_days(now, tz)[1:] if one not in written and joined_on <= one]
    # New to this, not merely on one's own again.
    first = sat_on == day and (request.couple.paired or joined_on == day)
    quiet = tonight.mine is None and _is_quiet(seat, day, joined_on)
    context = {
        "now": request.user.local(now),
        "evening": tonight,
        "heard": hearing.on(seat, tonight) if tonight.readable or tonight.theirs is not None else None,
        # Two pages opened after their evening was over: by a late hand, or by two clocks.
        "opened": next((one for one in before if one.theirs is not None), None),
        "yesterday": late[0] if late else None,
        "suggested": "" if first or quiet else evenings.suggested(seat, now=now),
        "first": first,
        "quiet": quiet,
        # Somebody who has carried this alone for four weeks is asked how that is, never told to go on.
        "carried": not request.couple.paired and now - seat.sat_at >= A_MONTH,
        "gestures": gestures.some(request.user, day, 1 if request.couple.paired else 3),
        "parted": seat.notice_until is not None and now < seat.notice_until,
    }
    return render(request, "today/today.html", context)


def _is_quiet(seat: Partner, day: date, joined_on: date) -> bool:
    return joined_on <= reading.quiet_from(seat, day) and reading.is_quiet(seat, day)
