"""Pages of when the talk is: agreeing on a rhythm, ending it, moving one talk, leaving one out."""

from contextlib import suppress
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from agendas import brought, rhythm, scheduling
from agendas.errors import ImpossibleDay, MoveResting, RhythmResting, TalkNotAhead
from agendas.forms.buttons import SkipForm
from agendas.forms.rhythm import MoveForm, RhythmForm
from agendas.models import Agenda, Part
from agendas.plan import TalkPlan
from couples import asking, days
from couples.access import CoupleRequest, partner_required
from couples.errors import NobodyToAsk
from couples.models import Ask


@require_safe
@partner_required
def talk(request: CoupleRequest) -> HttpResponse:
    """The page of the next talk: when it is, what is brought to it, and the way in."""
    now = timezone.now()
    agenda = scheduling.current_talk(request.partner, now=now)
    kinds = [rhythm.KIND, *([scheduling.move_kind(agenda)] if agenda else [])]
    asks = asking.states(request.partner, kinds, now=now)
    moved = asks[scheduling.move_kind(agenda)] if agenda else asking.AskState()
    current = rhythm.current(request.couple)
    context = {
        "agenda": agenda,
        "current": current,
        "laid_out": agenda is not None and agenda.is_laid_out,
        "running": agenda is not None and agenda.is_running,
        "over": agenda is not None and agenda.ended_at is not None,
        "ask": asks[rhythm.KIND],
        "suggested": _first(asks[rhythm.KIND].awaiting, now),
        "asked": _first(asks[rhythm.KIND].asked, now),
        "move": moved,
        "move_to": datetime.fromisoformat(moved.awaiting.what) if moved.awaiting else None,
        "move_asked": datetime.fromisoformat(moved.asked.what) if moved.asked else None,
        "brought": brought.lines(request.partner, agenda, now=now) if agenda and agenda.is_laid_out else [],
        "parts": agenda.parts if agenda is not None else list(Part),
    }
    return render(request, "agendas/talk.html", context)


def _first(ask: Ask | None, now: datetime) -> tuple[TalkPlan, datetime] | None:
    """What an ask suggests, and when its first talk would be."""
    if ask is None:
        return None
    plan = TalkPlan.read(ask.what)
    return plan, plan.first(now=now)


@form_page
@partner_required
def suggest(request: CoupleRequest) -> HttpResponse:
    """Ask the other for a rhythm. The question for oneself alone stands first."""
    now, current = timezone.now(), rhythm.current(request.couple)
    if request.other is None:
        return redirect("agendas:talk")
    initial = _choices_of(request, TalkPlan.of(current), now) if current is not None else {}
    form = bound_form(RhythmForm, request, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            rhythm.suggest(by=request.partner, plan=form.plan(request.user.zone), now=now)
            done(request, _("Saved. This page shows when you talk, or for a week what you suggested."))
            return redirect("agendas:talk")
        except RhythmResting as error:
            form.add_error(None, error.sentence)
        except NobodyToAsk:
            return redirect("agendas:talk")
    return render_form(request, "agendas/rhythm.html", {"form": form, "current": current}, form)


def _choices_of(request: CoupleRequest, plan: TalkPlan, now: datetime) -> dict[str, object]:
    """The rhythm that stands, on the reader's own clock: the other's hour isn't shown."""
    first = plan.first(now=now)
    weekday = days.day_of(first, request.user.tz).weekday()
    at = request.user.local(first).time()
    return {"every": plan.every, "weekday": weekday, "at": at, "minutes": plan.minutes}


@form_page
@partner_required
def end(request: CoupleRequest) -> HttpResponse:
    if rhythm.current(request.couple) is None:
        return redirect("agendas:talk")
    if request.method == "POST":
        rhythm.end(by=request.partner, now=timezone.now())
        done(
            request,
            _("Ended. The talks you had are kept."),
            at=resolve_url("agendas:talks"),
            link=_("Talks so far"),
        )
        return redirect("agendas:talk")
    return render(request, "agendas/rhythm_end.html")


def _ahead(request: CoupleRequest) -> Agenda | None:
    agenda = scheduling.current_talk(request.partner, now=timezone.now())
    return agenda if agenda is not None and agenda.begun_at is None else None


@form_page
@partner_required
def move(request: CoupleRequest) -> HttpResponse:
    """Ask the other to hold the next talk at another time."""
    agenda, now = _ahead(request), timezone.now()
    if agenda is None:
        return redirect("agendas:talk")
    local = request.user.local(agenda.starts_at)
    initial = {"day": local.date(), "at": local.time()}
    form = bound_form(MoveForm, request, tz=request.user.tz, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            scheduling.suggest_move(by=request.partner, agenda_id=agenda.pk, to=form.moment(), now=now)
            done(request, _("Saved. This page shows when the talk is, and what you suggested."))
            return redirect("agendas:talk")
        except ImpossibleDay as error:
            form.add_error("day", error.sentence)
        except MoveResting as error:
            form.add_error(None, error.sentence)
        except (NobodyToAsk, TalkNotAhead):
            return redirect("agendas:talk")
    context = {"form": form, "agenda": agenda}
    return render_form(request, "agendas/move.html", context, form)


@require_POST
@partner_required
def skip(request: CoupleRequest) -> HttpResponse:
    """Leave the talk out that stood on the page that was sent."""
    form = bound_form(SkipForm, request)
    if form.is_valid():
        with suppress(TalkNotAhead):
            now, talk = timezone.now(), form.cleaned_data["talk"]
            undo = None
            if scheduling.skip(by=request.partner, agenda_id=talk, now=now):
                what = {"talk": str(talk), "closed_at": str(now)}
                undo = Undo("talk left out", what, resolve_url("agendas:talk"))
            done(request, _("Skipped. The next talk is as planned, on this page."), undo=undo)
    return redirect("agendas:talk")
