"""Birthdays and anniversaries."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from adventures import occasions
from adventures.forms.rest import OccasionForm
from couples.access import CoupleRequest, partner_required

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@partner_required
def list_occasions(request: CoupleRequest) -> HttpResponse:
    """The days of the year, the next first, and a line to add one."""
    now = timezone.now()
    form = OccasionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            occasions.add(by=request.partner, words=form.words(), now=now)
            return redirect("adventures:occasions")
        except occasions.Full:
            form.add_error(None, _("You wrote down fifty. Take one off the list first."))
        except occasions.Gone:
            form.add_error(None, _("You write on your own here now. Every word is still here."))
    today = request.user.local(now).date()
    context = {"form": form, "coming": occasions.coming(request.partner, today), "today": today}
    return render(request, "adventures/occasions.html", context, status=422 if form.errors else 200)


@form_page
@partner_required
def change(request: CoupleRequest, pk: UUID) -> HttpResponse:
    one = occasions.own(request.partner, pk)
    if one is None:
        raise Http404
    stands = occasions.words_of(one).__dict__
    form = OccasionForm(request.POST if request.method == "POST" else None, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            occasions.change(by=request.partner, pk=pk, words=form.words(), now=timezone.now())
        except occasions.Gone:
            raise Http404 from None
        return redirect("adventures:occasions")
    context = {"form": form, "occasion": one}
    return render(request, "adventures/occasion.html", context, status=422 if form.errors else 200)


@require_POST
@partner_required
def remove(request: CoupleRequest, pk: UUID) -> HttpResponse:
    occasions.remove(by=request.partner, pk=pk)
    return redirect("adventures:occasions")
