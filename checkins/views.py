"""The evening's page: three lines, shared or kept."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checkins import writing
from checkins.forms import CheckInForm
from checkins.models import LINES
from checkins.reading import evening
from couples import days
from couples.access import CoupleRequest, partner_required


def _page(request: CoupleRequest, form: CheckInForm, status: int = 200) -> HttpResponse:
    day = days.day_of(timezone.now(), request.user.tz)
    return render(request, "checkins/write.html", {"form": form, "day": day}, status=status)


@require_safe
@partner_required
def write(request: CoupleRequest) -> HttpResponse:
    tonight = evening(request.partner, days.day_of(timezone.now(), request.user.tz))
    if tonight.theirs is not None:
        return redirect("today:today")
    words = {kind: getattr(tonight.mine, kind) for kind in LINES} if tonight.mine else None
    return _page(request, CheckInForm(initial=words))


@require_POST
@partner_required
def save(request: CoupleRequest) -> HttpResponse:
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    now = timezone.now()
    day = days.day_of(now, request.user.tz)
    share = request.POST.get("go") == "share"
    lines = {kind: form.cleaned_data[kind] for kind in LINES}
    try:
        writing.write(by=request.partner, day=day, lines=lines, share=share, now=now)
    except writing.Revealed:
        form.add_error(
            None, _("Both pages are open now, so these words can’t replace the ones that were read.")
        )
        return _page(request, form, status=422)
    return redirect("today:today")
