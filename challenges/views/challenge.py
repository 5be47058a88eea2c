"""The path: starting one, where it has come to, each of its days, and putting it away."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.not_saved import NotSaved
from accounts.requests import form_page
from challenges import attempts, catalogue, reading, swapping
from challenges.errors import AlreadyRunning, DayAhead, NotRunning, RemarkAlreadyLeft
from challenges.forms import CardForm, RemarkForm
from couples import asking
from couples.access import CoupleRequest, partner_required
from couples.errors import AskResting, NobodyToAsk

OVER = gettext_lazy("This path was put away meanwhile.")


@require_safe
@partner_required
def challenge(request: CoupleRequest) -> HttpResponse:
    """Today's day of the path; where none is walked, which there are."""
    now = timezone.now()
    found = reading.progress(request.partner, now=now)
    if found is not None:
        return _day_page(request, found, found.number)
    ask = asking.state(request.partner, attempts.KIND, now=now)
    context = {
        "challenges": catalogue.every(),
        "first": catalogue.FIRST,
        "ask": ask,
        "suggested": catalogue.get(ask.awaiting.what) if ask.awaiting else None,
        "asked": catalogue.get(ask.asked.what) if ask.asked else None,
        "before": reading.ended(request.partner),
    }
    return render(request, "challenges/start.html", context)


@require_safe
@partner_required
def day(request: CoupleRequest, number: int) -> HttpResponse:
    """Any day of the path that is walked."""
    found = reading.progress(request.partner, now=timezone.now())
    if found is None:
        return redirect("challenges:challenge")
    return _day_page(request, found, number)


def _day_page(
    request: CoupleRequest,
    progress: reading.Progress,
    number: int,
    form: RemarkForm | None = None,
    said: str = "",
) -> HttpResponse:
    day = progress.challenge.day(number)
    if day is None:
        raise Http404
    lines = reading.lines(request.partner, progress)
    here = [line for line in lines if line.number == number]
    context = {
        "progress": progress,
        "day": day,
        "here": number == progress.number,
        "ahead": number > progress.number,
        "cards": reading.cards(request.partner, progress, day),
        "lines": here,
        "mine": next((line for line in here if line.own and not line.taken_back), None),
        "latest": reading.latest_of(lines, without=number),
        "form": form or RemarkForm(),
        "said": said,
    }
    return render(request, "challenges/day.html", context, status=422 if form or said else 200)


def _back_to(request: CoupleRequest, number: int) -> HttpResponse:
    found = reading.progress(request.partner, now=timezone.now())
    if found is None or found.number == number:
        return redirect("challenges:challenge")
    return redirect("challenges:day", number)


@require_POST
@partner_required
def start(request: CoupleRequest) -> HttpResponse:
    """Begin a path alone, or ask the other."""
    try:
        attempts.suggest(by=request.partner, challenge=request.POST.get("challenge", ""), now=timezone.now())
    except (AlreadyRunning, NotRunning, NobodyToAsk):
        pass  # the page shows how things stand
    except AskResting:
        messages.error(request, _("You suggested one already. There can be another thirty days after it."))
    return redirect("challenges:challenge")


@require_POST
@partner_required
def complete(request: CoupleRequest, number: int) -> HttpResponse:
    form = CardForm(request.POST)
    if form.is_valid():
        try:
            attempts.complete(
                by=request.partner, number=number, card=form.cleaned_data["card"], now=timezone.now()
            )
        except DayAhead:
            messages.error(request, _("The path hasn’t come to that stone yet."))
        except NotRunning:
            return redirect("challenges:challenge")
    return _back_to(request, number)


@require_POST
@partner_required
def uncomplete(request: CoupleRequest, number: int) -> HttpResponse:
    form = CardForm(request.POST)
    if form.is_valid():
        with suppress(NotRunning):
            attempts.uncomplete(by=request.partner, number=number, card=form.cleaned_data["card"])
    return _back_to(request, number)


@require_POST
@partner_required
def swap(request: CoupleRequest, number: int) -> HttpResponse:
    """Show another activity, on this person's page alone."""
    form = CardForm(request.POST)
    if form.is_valid():
        with suppress(NotRunning):
            swapping.swap(by=request.partner, number=number, card=form.cleaned_data["card"])
    return _back_to(request, number)


@require_POST
@partner_required
def leave_line(request: CoupleRequest, number: int) -> HttpResponse:
    """Leave one line. What can't be left comes back in its box."""
    now, form, said = timezone.now(), RemarkForm(request.POST), ""
    found = reading.progress(request.partner, now=now)
    if form.is_valid():
        try:
            attempts.leave_line(by=request.partner, number=number, text=form.cleaned_data["text"], now=now)
            return _back_to(request, number)
        except RemarkAlreadyLeft:
            said = _("Your line stands here already. Take it back, and this one can be left.")
        except DayAhead:
            said = _("The path hasn’t come to that stone yet. Every word is still here.")
        except NotRunning:
            raise NotSaved(OVER, back=resolve_url("challenges:challenge"), form=form) from None
    if found is None:
        raise NotSaved(OVER, back=resolve_url("challenges:challenge"), form=form)
    return _day_page(request, found, number, form, said)


@form_page
@partner_required
def take_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    line = attempts.own_line(request.partner, pk)
    if line is None:
        raise Http404
    if line.taken_back_at is None and request.method != "POST":
        return render(request, "challenges/take_back.html", {"line": line})
    if request.method == "POST":
        attempts.take_back(by=request.partner, pk=pk, now=timezone.now())
    return _back_to(request, line.completed_day.number)


@require_POST
@partner_required
def wake(request: CoupleRequest) -> HttpResponse:
    with suppress(NotRunning):
        attempts.wake(by=request.partner, now=timezone.now())
    return redirect("challenges:challenge")


@form_page
@partner_required
def end(request: CoupleRequest) -> HttpResponse:
    """Put the path away, after asking whether it is meant."""
    if request.method == "POST":
        attempts.end(by=request.partner, now=timezone.now())
        messages.success(request, _("Put away. What you left on it is kept."))
        return redirect("challenges:challenge")
    found = reading.progress(request.partner, now=timezone.now())
    if found is None:
        return redirect("challenges:challenge")
    return render(request, "challenges/end.html", {"progress": found})
