"""Talks that were held: reading them again, seeing something differently, taking one's own words back."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import Gone
from accounts.fields import moment
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done
from agendas import history, notes, outcomes
from agendas.forms.words import DifferentlyForm
from agendas.models import Action, Addition, Note, Saying
from couples.access import CoupleRequest, partner_required


@require_safe
@partner_required
def talks(request: CoupleRequest) -> HttpResponse:
    before = moment(request.GET.get("before", ""))
    found = history.talks(request.partner, before=before)
    more = found[history.SHOWN - 1].begun_at if len(found) > history.SHOWN else None
    return render(request, "agendas/talks.html", {"talks": found[: history.SHOWN], "more": more})


@require_safe
@partner_required
def held(request: CoupleRequest, talk_id: UUID) -> HttpResponse:
    found = history.talk(request.partner, talk_id, now=timezone.now())
    if found is None:
        raise Http404
    return render(request, "agendas/held.html", {"held": found})


@form_page
@partner_required
def differently(request: CoupleRequest, note_id: UUID) -> HttpResponse:
    """Add to a note that both have approved: nothing in it is changed."""
    note = history.settled_note(request.partner, note_id)
    if note is None or request.other is None:
        raise Http404
    form = bound_form(DifferentlyForm, request)
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            notes.see_differently(by=request.partner, note_id=note_id, text=text, now=timezone.now())
        except Gone:
            raise Http404 from None
        done(request, _("Saved, under the notes on this page."))
        return redirect("agendas:held", note.agenda_id)
    context = {"form": form, "note": note}
    return render_form(request, "agendas/differently.html", context, form)


@form_page
@partner_required
def take_note_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_back(
        request, Note, pk, lambda: notes.take_back(by=request.partner, note_id=pk, now=timezone.now())
    )


@form_page
@partner_required
def take_addition_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_back(
        request,
        Addition,
        pk,
        lambda: notes.take_addition_back(by=request.partner, addition_id=pk, now=timezone.now()),
    )


@form_page
@partner_required
def take_action_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_line_back(request, Action, pk)


@form_page
@partner_required
def take_saying_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _take_line_back(request, Saying, pk)


def _take_line_back(request: CoupleRequest, model: type[Action] | type[Saying], pk: UUID) -> HttpResponse:
    return _take_back(
        request,
        model,
        pk,
        lambda: outcomes.take_back(by=request.partner, model=model, pk=pk, now=timezone.now()),
    )


def _take_back(
    request: CoupleRequest, model: type[history.Own], pk: UUID, act: Callable[[], object]
) -> HttpResponse:
    """Ask once, then do it. One's own words only."""
    found = history.own_row(request.partner, model, pk)
    if found is None:
        raise Http404
    if request.method != "POST" and found.taken_back_at is None:
        return render(request, "agendas/take_back.html", {"line": found})
    if request.method == "POST":
        act()
        done(request, _("Taken back. Where it could be read, “taken back” stays on the page of its talk."))
    return redirect("agendas:talks")
