"""Saying thank you, noting a small win, taking either back, and reading what has been said so far."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done
from checkins import month_lines, shared_archive, thanking
from checkins.errors import NobodyToThank
from checkins.forms.buttons import ButtonForm
from checkins.forms.thanks import ThanksForm, WinForm
from checkins.models import Appreciation, SmallWin
from couples import days
from couples.access import CoupleRequest, partner_required

Model = type[Appreciation] | type[SmallWin]


@form_page
@partner_required
def thanks(request: CoupleRequest) -> HttpResponse:
    """Say thank you now, or keep it for the talk. Whatever is no button of ours keeps it."""
    form = bound_form(ThanksForm, request)
    if form.is_bound and request.other is None:
        raise _nobody(form)
    if form.is_bound and form.is_valid():
        now, text, trait = timezone.now(), form.cleaned_data["text"], form.trait_said()
        keep = bound_form(ButtonForm, request).pressed() != "now"
        try:
            thanking.say_thanks(by=request.partner, text=text, trait=trait, keep=keep, now=now)
        except NobodyToThank:
            raise _nobody(form) from None
        if keep:
            done(
                request,
                _("Saved for your talk."),
                at=resolve_url("checkins:kept"),
                link=_("See what you kept to yourself"),
            )
        else:
            done(request, _("Shared."), at=resolve_url("checkins:shared"), link=_("See what is shared"))
        return redirect("checkins:thanks")
    return render_form(request, "checkins/thanks.html", {"form": form}, form)


def _nobody(form: ThanksForm) -> NotSaved:
    return NotSaved(NobodyToThank.sentence, back=resolve_url("checkins:thanks"), form=form)


@form_page
@partner_required
def wins(request: CoupleRequest) -> HttpResponse:
    form = bound_form(WinForm, request)
    if form.is_bound and form.is_valid():
        thanking.note_win(by=request.partner, text=form.cleaned_data["text"], now=timezone.now())
        done(request, _("Saved."), at=resolve_url("checkins:shared"), link=_("See what is shared"))
        return redirect("checkins:wins")
    return render_form(request, "checkins/wins.html", {"form": form}, form)


@form_page
@partner_required
def take_back_thanks(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_back(request, Appreciation, pk)


@form_page
@partner_required
def take_back_win(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_back(request, SmallWin, pk)


def _take_back(request: CoupleRequest, model: Model, pk: UUID) -> HttpResponse:
    now, found = timezone.now(), thanking.own(request.partner, model, pk)
    if found is None:
        raise Http404
    if found.taken_back_at is not None:
        return redirect("checkins:shared")
    if request.method == "POST":
        thanking.take_back(by=request.partner, model=model, pk=pk, now=now)
        done(request, _("Taken back. Your words are gone; where they were read, “taken back” stays."))
        return redirect("checkins:shared")
    context = {"line": found, "said": found.may_have_been_read(now)}
    return render(request, "checkins/line_take_back.html", context)


@require_safe
@partner_required
def shared(request: CoupleRequest, month: date | None = None) -> HttpResponse:
    """The page of what both can read, a month at a time, folded by week."""
    now = timezone.now()
    first = month or days.day_of(now, request.user.tz).replace(day=1)
    earlier, later = shared_archive.months(request.partner, first, now=now)
    read = shared_archive.read(request.partner, first, now=now)
    context = {
        "month": first,
        "weeks": read.weeks(),
        "page": month_lines.has_opened(request.partner, read),
        "earlier": earlier,
        "later": later,
    }
    return render(request, "checkins/shared_archive.html", context)
