"""Memories: a line from each, and the timeline."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form, form_page, page_number
from accounts.undoing import done
from adventures import reading, remembering
from adventures.errors import LineAlreadyLeft, NotMarkedHappened
from adventures.forms.memories import MemoryForm
from adventures.views.dates import date_page
from couples import days
from couples.access import CoupleRequest, partner_required


@require_safe
@partner_required
def timeline(request: CoupleRequest) -> HttpResponse:
    """The timeline, latest first, and what happened around this day a year ago."""
    return _page(request, from_earlier_couples=False)


@require_safe
@partner_required
def earlier_memories(request: CoupleRequest) -> HttpResponse:
    """The timeline of earlier couples, alone or with somebody else: looked up, never brought up."""
    return _page(request, from_earlier_couples=True)


def _page(request: CoupleRequest, *, from_earlier_couples: bool) -> HttpResponse:
    now, page = timezone.now(), page_number(request)
    cards, more = reading.timeline(
        request.partner, now=now, page=page, from_earlier_couples=from_earlier_couples
    )
    today = days.day_of(now, request.user.tz)
    at_the_top = page == 1 and not from_earlier_couples
    context = {
        "date_cards": cards,
        "more": page + 1 if more else None,
        "page": page,
        "year_ago": reading.last_year(request.partner, today, now=now) if at_the_top else [],
        "from_earlier_couples": from_earlier_couples,
    }
    return render(request, "adventures/memories.html", context)


@require_POST
@partner_required
def leave_line(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Leave one line. What can't be left comes back in its box."""
    now, form, said = timezone.now(), bound_form(MemoryForm, request), ""
    date_card = reading.one(request.partner, pk, now=now)
    if date_card is None:
        raise Http404
    if form.is_valid():
        try:
            remembering.leave_line(by=request.partner, date_id=pk, text=form.cleaned_data["text"], now=now)
            done(request, _("Saved. Your line is on this page, and among your memories."))
            return redirect("adventures:date", pk)
        except (LineAlreadyLeft, NotMarkedHappened) as error:
            said = str(error.sentence)
    return date_page(request, date_card, form, said)


@form_page
@partner_required
def take_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    line = remembering.own_line(request.partner, pk)
    if line is None:
        raise Http404
    if line.taken_back_at is None and request.method != "POST":
        return render(request, "adventures/line_take_back.html", {"line": line})
    if request.method == "POST":
        remembering.take_back(by=request.partner, pk=pk, now=timezone.now())
        done(request, _("Taken back. Your words are gone; “taken back” stays on this page."))
    return redirect("adventures:date", line.date_id)
