"""Today: tonight's one thing; and looking back. Read-only; composes what the other rooms know."""

from datetime import date, datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import page_number
from challenges import reading
from couples.access import CoupleRequest, partner_required
from today import context, looked_forward, looking_back, month_page, nearness, years
from today import together as places


@require_safe
@partner_required
def today(request: CoupleRequest) -> HttpResponse:
    found = context.of(request.partner, now=timezone.now())
    return render(request, "today/today.html", {"today": found})


@require_safe
@partner_required
def together(request: CoupleRequest) -> HttpResponse:
    """A place for what the two do, and what they have shared this month."""
    found = places.of(request.partner, now=timezone.now())
    return render(request, "today/together.html", {"together": found})


@require_safe
@partner_required
def look_back(request: CoupleRequest) -> HttpResponse:
    """The page of looking back on the attempt the two are in, or the last one they were in."""
    now = timezone.now()
    progress = reading.latest(request.partner, now=now)
    if progress is None:
        return redirect("challenges:challenge")
    return _back_page(request, progress, now)


@require_safe
@partner_required
def look_back_at(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """The page of looking back on any attempt one was in, in whatever couple."""
    now = timezone.now()
    progress = reading.progress_in(request.partner, pk, now=now)
    if progress is None:
        raise Http404
    return _back_page(request, progress, now)


def _back_page(request: CoupleRequest, progress: reading.Progress, now: datetime) -> HttpResponse:
    back = looking_back.of(request.partner, progress, now=now)
    return render(request, "today/look_back.html", {"back": back, "progress": progress})


@require_safe
@partner_required
def looking_back_page(request: CoupleRequest, month: date | None = None) -> HttpResponse:
    """Twelve months of the two, up to `month` or to this one, and a few lines from before."""
    found = years.of(request.partner, month, nth=page_number(request), now=timezone.now())
    if found is None:
        raise Http404
    return render(request, "today/looking_back.html", {"year": found})


@require_safe
@partner_required
def closeness(request: CoupleRequest, month: date | None = None) -> HttpResponse:
    """The page, for nobody else, of how close one felt oneself over the same months."""
    found = nearness.of(request.partner, month, now=timezone.now())
    if found is None:
        raise Http404
    return render(request, "today/closeness.html", {"chart": found})


@require_safe
@partner_required
def looked_forward_page(request: CoupleRequest, month: date | None = None) -> HttpResponse:
    """The page, for nobody else, of what one looked forward to oneself and said was good."""
    found = looked_forward.of(request.partner, month, now=timezone.now())
    if found is None:
        raise Http404
    return render(request, "today/looked_forward.html", {"forward": found})


@require_safe
@partner_required
def month_page_of(request: CoupleRequest, month: date) -> HttpResponse:
    """The page of a few lines of a month that is over, to read to each other."""
    now = timezone.now()
    if not month_page.can_be(request.partner, month, now=now):
        raise Http404
    lines = month_page.of(request.partner, month, now=now)
    return render(request, "today/month_page.html", {"lines": lines, "month": month})
