"""A date that comes back on Today after a year: for oneself, not again."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.undoing import Undo, done
from adventures import reading
from couples import returning
from couples.access import CoupleRequest, partner_required


@require_POST
@partner_required
def not_again(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Let this date come back no more, to oneself."""
    now = timezone.now()
    if reading.one(request.partner, pk, now=now) is None:
        raise Http404
    kind = returning.DATE
    new = returning.answer(by=request.partner, kind=kind, about=[pk], said=returning.HIDE, now=now)
    what = {"kind": kind, "about": [str(one) for one in new]}
    undo = Undo("said of what came back", what, resolve_url("today:today")) if new else None
    done(request, _("It won’t come back on your Today."), undo=undo)
    return redirect("today:today")
