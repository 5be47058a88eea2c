"""Birthdays and anniversaries."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Gone
from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from adventures import occasions
from adventures.errors import OccasionGone, TooManyOccasions
from adventures.forms.occasions import OccasionForm
from couples.access import CoupleRequest, partner_required


@form_page
@partner_required
def list_occasions(request: CoupleRequest) -> HttpResponse:
    """The days of the year, the next first, and a line to add one."""
    now = timezone.now()
    form = bound_form(OccasionForm, request)
    if form.is_bound and form.is_valid():
        try:
            occasions.add(by=request.partner, words=form.words(), now=now)
            done(request, _("Added. It is on the list below, where it comes next."))
            return redirect("adventures:occasions")
        except TooManyOccasions as error:
            form.add_error(None, error.sentence)
        except Gone:
            form.add_error(None, _("You write on your own here now. Every word is still here."))
    today = request.user.local(now).date()
    context = {"form": form, "coming": occasions.coming(request.partner, today), "today": today}
    return render_form(request, "adventures/occasions.html", context, form)


@form_page
@partner_required
def change(request: CoupleRequest, pk: UUID) -> HttpResponse:
    one = occasions.own(request.partner, pk)
    if one is None:
        raise Http404
    stands = occasions.words_of(one).__dict__
    form = bound_form(OccasionForm, request, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            occasions.change(by=request.partner, pk=pk, words=form.words(), now=timezone.now())
        except Gone:
            raise NotSaved(
                OccasionGone.sentence, back=resolve_url("adventures:occasions"), form=form, missing=True
            ) from None
        done(request, _("Saved. It is on the list below, where it comes next."))
        return redirect("adventures:occasions")
    context = {"form": form, "occasion": one}
    return render_form(request, "adventures/occasion.html", context, form)


@form_page
@partner_required
def remove(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Take a day off the list, after asking whether it is meant."""
    one = occasions.own(request.partner, pk)
    if request.method == "POST":
        with suppress(Gone):  # parted just now: that list is closed
            occasions.remove(by=request.partner, pk=pk, now=timezone.now())
            done(request, _("Removed from the list below."))
        return redirect("adventures:occasions")
    if one is None:
        raise Http404
    return render(request, "adventures/occasion_remove.html", {"occasion": one})


@require_safe
@partner_required
def earlier_occasions(request: CoupleRequest) -> HttpResponse:
    """The occasions on earlier lists."""
    found = occasions.from_earlier_couples(request.partner, request.user.local(timezone.now()).date())
    return render(request, "adventures/earlier_occasions.html", {"days": found})


@require_POST
@partner_required
def bring(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        now, back = timezone.now(), resolve_url("adventures:earlier_occasions")
        one = occasions.bring_along(by=request.partner, pk=pk, now=now)
        undo = Undo("day added", {"occasion": str(one.pk)}, back) if one.added_at == now else None
        at = resolve_url("adventures:occasions")
        done(request, _("Added to the list."), at=at, link=_("Days to remember"), undo=undo)
    except Gone:
        raise Http404 from None
    except TooManyOccasions as error:
        messages.error(request, error.sentence)
    return redirect("adventures:earlier_occasions")
