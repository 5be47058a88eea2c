"""Phones down: the one page here that keeps itself up to date."""

from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form
from checkins import quiet_time
from checkins.errors import PartedMeanwhile
from checkins.forms.quiet_time import BeginForm
from couples.access import CoupleRequest, partner_required, seat_of_page
from couples.models import Partner

EVERY = 15  # seconds between two looks at the server


def _page(request: CoupleRequest, template: str, seat: Partner, status: int = 200) -> HttpResponse:
    ring = quiet_time.ring(seat.couple, now=timezone.now())
    running = ring is not None and ring.left > 0
    context = {
        "of": seat.couple.mark,
        "ring": ring,
        "running": running,
        # To be there exactly when it is over.
        "again": min(EVERY, ring.left) if ring and running else EVERY,
        "minutes": quiet_time.MINUTES,
    }
    return render(request, template, context, status=status)


@require_safe
@partner_required
def phones_down(request: CoupleRequest) -> HttpResponse:
    return _page(request, "checkins/phones_down.html", request.partner)


@require_safe
@partner_required
def ring(request: CoupleRequest) -> HttpResponse:
    """The part of the page that is fetched again and again, for the couple the page was made for.

    Of a couple that parted meanwhile the ring runs to its end.
    """
    seat = seat_of_page(request)
    return _page(request, "checkins/ring.html", seat) if seat is not None else HttpResponse(status=204)


@require_POST
@partner_required
def begin(request: CoupleRequest) -> HttpResponse:
    form = bound_form(BeginForm, request)
    if not form.is_valid():
        return _page(request, "checkins/phones_down.html", request.partner, status=422)
    with suppress(PartedMeanwhile):
        quiet_time.begin(request.couple, form.cleaned_data["minutes"], now=timezone.now())
    return redirect("checkins:phones_down")


@require_POST
@partner_required
def end(request: CoupleRequest) -> HttpResponse:
    with suppress(PartedMeanwhile):
        quiet_time.end(request.couple, now=timezone.now())
    return redirect("checkins:phones_down")
