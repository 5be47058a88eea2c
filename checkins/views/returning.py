"""Answers to what comes back on Today, and which kinds of it one wants. For nobody else."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from checkins import reading
from checkins.forms.returning import BudForm, ComesBackForm
from couples import returning
from couples.access import CoupleRequest, partner_required

LINES = {
    returning.GOOD: _("Saved: it was good. Looking back has it, on a page of your own."),
    returning.NOT: _("Saved. It won’t be asked again."),
    returning.HIDE: _("It won’t come back on your Today."),
}


@require_POST
@partner_required
def bud_answer(request: CoupleRequest, day: date) -> HttpResponse:
    """Say whether what one looked forward to on `day` happened, or that it needn't be asked."""
    form = bound_form(BudForm, request)
    found = reading.evening(request.partner, day, now=timezone.now())
    if form.is_valid() and found.mine is not None:
        _answer(request, returning.BUD, [found.mine.pk], form.cleaned_data["said"])
    return redirect("today:today")


@require_POST
@partner_required
def not_again(request: CoupleRequest, day: date) -> HttpResponse:
    """Let the evening of `day` come back no more, to oneself."""
    found = reading.evening(request.partner, day, now=timezone.now())
    pages = [page.pk for page in (found.mine, found.theirs) if page is not None]
    if pages:
        _answer(request, returning.PAGE, pages, returning.HIDE)
    return redirect("today:today")


def _answer(request: CoupleRequest, kind: str, about: list[UUID], said: str) -> None:
    new = returning.answer(by=request.partner, kind=kind, about=about, said=said, now=timezone.now())
    what = {"kind": kind, "about": [str(one) for one in new]}
    undo = Undo("said of what came back", what, resolve_url("today:today")) if new else None
    done(request, LINES[said], undo=undo)


@form_page
@partner_required
def comes_back(request: CoupleRequest) -> HttpResponse:
    """The page of what comes back on Today: one's own choice."""
    form = bound_form(ComesBackForm, request, initial={"kinds": returning.wanted(request.partner.user)})
    if form.is_valid():
        returning.choose(by=request.partner, kinds=form.cleaned_data["kinds"], now=timezone.now())
        done(request, _("Saved, on this page. It counts from now on."))
        return redirect("checkins:comes_back")
    return render_form(request, "checkins/comes_back.html", {"form": form}, form)
