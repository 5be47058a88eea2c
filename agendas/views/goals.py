"""Joint goals: setting one, saying how far they are, taking it off the list."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page, render_form, send_along
from accounts.undoing import Undo, done
from agendas import goals
from agendas.errors import GoalChanged, GoalGone, GoalWantsTwo, TalkError, TooManyGoals
from agendas.forms.goals import GoalForm
from agendas.models import Goal
from couples import days
from couples.access import CoupleRequest, partner_required


@form_page
@partner_required
def list_goals(request: CoupleRequest) -> HttpResponse:
    now = timezone.now()
    form = bound_form(GoalForm, request, today=days.day_of(now, request.user.tz))
    if form.is_bound and request.other is None:
        raise _not_saved(GoalWantsTwo(), form)
    if form.is_bound and form.is_valid():
        try:
            goals.add(by=request.partner, details=form.details(), now=now)
            done(request, _("Added. Your goal is on the list, and in every talk until you remove it."))
            return redirect("agendas:goals")
        except TooManyGoals as error:
            form.add_error(None, error.sentence)
        except GoalWantsTwo as error:
            raise _not_saved(error, form) from None
    kept = list(Goal.objects.kept_from(request.user))
    context = {"form": form, "goals": goals.open_of(request.partner), "kept": kept}
    return render_form(request, "agendas/goals.html", context, form)


@form_page
@partner_required
def change(request: CoupleRequest, goal_id: UUID) -> HttpResponse:
    goal, now = goals.one(request.partner, goal_id), timezone.now()
    today = days.day_of(now, request.user.tz)
    if goal is None:
        if request.method != "POST":
            raise Http404
        raise _not_saved(GoalGone(), bound_form(GoalForm, request, today=today))
    initial = goals.details_of(goal).__dict__ | {"stood": goal.shown}
    if not goal.is_measured and not goal.is_counted:
        initial["total"] = None
    form, newer = bound_form(GoalForm, request, today=today, stood_on=goal.due_on, initial=initial), None
    if form.is_bound and form.is_valid():
        stood = form.cleaned_data["stood"]
        try:
            goals.change(by=request.partner, goal_id=goal_id, details=form.details(), stood=stood, now=now)
            done(request, _("Saved. Your goal is on the list, as it is now."))
            return redirect("agendas:goals")
        except GoalChanged as error:
            newer = error.goal
            send_along(form, stood=newer.shown)
            form.add_error(None, error.sentence)
        except (GoalGone, GoalWantsTwo):
            raise _not_saved(GoalGone(), form) from None
    context = {"form": form, "goal": goal, "newer": newer}
    return render_form(request, "agendas/goal.html", context, form)


def _not_saved(error: TalkError, form: GoalForm) -> NotSaved:
    missing = isinstance(error, GoalGone)
    return NotSaved(error.sentence, back=resolve_url("agendas:goals"), form=form, missing=missing)


@require_POST
@partner_required
def end(request: CoupleRequest, goal_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        if goals.end(by=request.partner, goal_id=goal_id, now=now):
            what = {"goal": str(goal_id), "ended_at": str(now)}
            undo = Undo("goal ended", what, resolve_url("agendas:goals"))
            done(request, _("Removed from the list, for you both."), undo=undo)
    except (GoalGone, GoalWantsTwo):
        raise Http404 from None
    return redirect("agendas:goals")
