"""Pages of the challenge: suggesting one, today's day of it, any other day, and putting it away."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from challenges import attempts, catalogue, reading, swapping
from challenges.errors import (
    AlreadyRunning,
    ChallengeResting,
    DayAhead,
    LineAhead,
    NotRunning,
    RemarkAlreadyLeft,
)
from challenges.forms import CardForm, ChallengeForm, RemarkForm
from couples import asking
from couples.access import CoupleRequest, partner_required
from couples.errors import NobodyToAsk


@require_safe
@partner_required
def challenge(request: CoupleRequest) -> HttpResponse:
    """Today's day of the challenge; where none is on, which there are."""
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
    """Any day of the challenge that is on."""
    found = reading.progress(request.partner, now=timezone.now())
    if found is None:
        return redirect("challenges:challenge")
    return _day_page(request, found, number)


def _day_page(
    request: CoupleRequest, progress: reading.Progress, number: int, form: RemarkForm | None = None
) -> HttpResponse:
    day, form = progress.challenge.day(number), form or RemarkForm()
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
        "form": form,
    }
    return render_form(request, "challenges/day.html", context, form)


def _back_to(request: CoupleRequest, number: int) -> HttpResponse:
    found = reading.progress(request.partner, now=timezone.now())
    if found is None or found.number == number:
        return redirect("challenges:challenge")
    return redirect("challenges:day", number)


@require_POST
@partner_required
def start(request: CoupleRequest) -> HttpResponse:
    """Begin a challenge alone, or ask the other. The page that follows shows how things stand."""
    form, now = bound_form(ChallengeForm, request), timezone.now()
    if form.is_valid():
        try:
            attempts.suggest(by=request.partner, challenge=form.cleaned_data["challenge"], now=now)
            _say_begun(request, form.cleaned_data["challenge"], now)
        except ChallengeResting as error:
            messages.error(request, str(error.sentence))
        except (AlreadyRunning, NotRunning, NobodyToAsk):
            pass
    return redirect("challenges:challenge")


def _say_begun(request: CoupleRequest, challenge: str, now: datetime) -> None:
    found = attempts.current_attempt(request.couple)
    if found is None:
        done(request, _("Suggested. It stays on this page for a week, and fades by itself."))
    elif request.couple.paired:
        done(request, _("You both want it, so the challenge is on. Day 1 is below."))
    else:
        what = {"challenge": challenge, "begun_at": str(now)}
        back = resolve_url("challenges:challenge")
        begun = _("The challenge is on. Day 1 is below.")
        done(request, begun, undo=Undo("challenge begun", what, back))


@require_POST
@partner_required
def complete(request: CoupleRequest, number: int) -> HttpResponse:
    form = bound_form(CardForm, request)
    if form.is_valid():
        try:
            attempts.complete(
                by=request.partner, number=number, card=form.cleaned_data["card"], now=timezone.now()
            )
            done(
                request,
                _("Counted. The day is done, and you find it again among the challenge’s days below."),
            )
        except DayAhead as error:
            messages.error(request, str(error.sentence))
        except NotRunning:
            return redirect("challenges:challenge")
    return _back_to(request, number)


@require_POST
@partner_required
def uncomplete(request: CoupleRequest, number: int) -> HttpResponse:
    form = bound_form(CardForm, request)
    if form.is_valid():
        with suppress(NotRunning):
            attempts.uncomplete(by=request.partner, number=number, card=form.cleaned_data["card"])
            done(request, _("Undone. You don’t count this card any more; it is below."))
    return _back_to(request, number)


@require_POST
@partner_required
def swap(request: CoupleRequest, number: int) -> HttpResponse:
    """Show another activity, on this person's page alone."""
    form = bound_form(CardForm, request)
    if form.is_valid():
        with suppress(NotRunning):
            card = form.cleaned_data["card"]
            swapped = swapping.swap(by=request.partner, number=number, card=card)
            what = {"number": number, "card": card, "swapped": swapped}
            undo = Undo("card swapped", what, resolve_url("challenges:day", number))
            done(request, _("Another card is below, on your page only."), undo=undo)
    return _back_to(request, number)


@require_POST
@partner_required
def leave_line(request: CoupleRequest, number: int) -> HttpResponse:
    """Leave one line. What can't be left comes back in its box."""
    now, form = timezone.now(), bound_form(RemarkForm, request)
    over = NotSaved(NotRunning.sentence, back=resolve_url("challenges:challenge"), form=form)
    found = reading.progress(request.partner, now=now)
    if form.is_valid():
        try:
            attempts.leave_line(by=request.partner, number=number, text=form.cleaned_data["text"], now=now)
            done(request, _("Saved. Your line is on the page of its day, under “How it went”."))
            return _back_to(request, number)
        except (LineAhead, RemarkAlreadyLeft) as error:
            form.add_error(None, str(error.sentence))
        except NotRunning:
            raise over from None
    if found is None:
        raise over
    return _day_page(request, found, number, form)


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
        done(request, _("Taken back. Your words are gone; “taken back” stays on the page of its day."))
    return _back_to(request, line.completed_day.number)


@require_POST
@partner_required
def wake(request: CoupleRequest) -> HttpResponse:
    with suppress(NotRunning):
        attempts.wake(by=request.partner, now=timezone.now())
        done(request, _("The challenge goes on from the day below."))
    return redirect("challenges:challenge")


@form_page
@partner_required
def end(request: CoupleRequest) -> HttpResponse:
    """Put the challenge away, after asking whether it is meant."""
    if request.method == "POST":
        attempts.end(by=request.partner, now=timezone.now())
        done(request, _("Ended. Its days and lines are kept, below, under “Challenges so far”."))
        return redirect("challenges:challenge")
    found = reading.progress(request.partner, now=timezone.now())
    if found is None:
        return redirect("challenges:challenge")
    return render(request, "challenges/end.html", {"progress": found})
