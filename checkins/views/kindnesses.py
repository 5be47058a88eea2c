"""Small kindnesses, for oneself alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkins import kindnesses, prompt_preferences
from couples import days
from couples.access import CoupleRequest, partner_required


@require_safe
@partner_required
def kindness(request: CoupleRequest, nth: int = 0) -> HttpResponse:
    """The Day's kindness, or the nth after it. Looking leaves no trace."""
    day = days.day_of(timezone.now(), request.user.tz)
    apart = prompt_preferences.are_apart(request.partner, day)
    context = {
        "kindness": kindnesses.of_day(request.partner, day, nth, apart=apart),
        "further": nth % len(kindnesses.suiting(apart=apart)) + 1,
    }
    return render(request, "checkins/kindness.html", context)
