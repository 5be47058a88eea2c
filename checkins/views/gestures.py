"""Small gestures, for oneself alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkins import gestures
from couples import days
from couples.access import CoupleRequest, partner_required


@require_safe
@partner_required
def gesture(request: CoupleRequest, nth: int = 0) -> HttpResponse:
    """The Day's gesture, or the nth after it. Looking leaves no trace."""
    day = days.day_of(timezone.now(), request.user.tz)
    context = {
        "gesture": gestures.of_day(request.user, day, nth),
        "further": nth % len(gestures.deck()) + 1,
    }
    return render(request, "checkins/gesture.html", context)
