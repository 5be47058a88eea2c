"""Today: tonight's one thing. Read-only; composes what the other rooms know."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from couples.access import CoupleRequest, partner_required
from today import desk


@require_safe
@partner_required
def today(request: CoupleRequest) -> HttpResponse:
    return render(request, "today/today.html", desk.lay(request.partner, now=timezone.now()))
