"""Dates: the month, planning one, and what becomes of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Gone
from accounts.fields import is_within_reach
from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page
from accounts.undoing import Undo, done
from adventures import board, choices, dating, proposing, reading, rhythm, slots, surprises, undo
from adventures.calendar import Entry
from adventures.errors import (
    CannotAskForDate,
    DateAskResting,
    DateChanged,
    DateGone,
    DateSavedTooOften,
    ImpossibleTime,
    OvernightSurprise,
)
from adventures.forms.buttons import AcceptForm, AnswerForm, ChosenForm, PostponeForm
from adventures.forms.dates import ChangeForm, MoveForm, PlanForm
from adventures.forms.memories import MemoryForm
from adventures.models import DateNight, SurprisePlan
from adventures.models.dates import USUAL_MINUTES, State
from couples import asking, days
from couples.access import CoupleRequest, partner_required


@require_safe
@partner_required
def dates(request: CoupleRequest) -> HttpResponse:
    """The page of dates: what is asked, what is next, the month, and what was lately."""
    now, partner = timezone.now(), request.partner
    first = reading.month_of(request.GET.get("month", ""), partner, now=now)
    found = board.read(partner, first, now=now)
    current_rhythm = found.rhythm
    recurrence = slots.Recurrence.of(current_rhythm) if current_rhythm is not None else None
    context = {
        "board": found,
        "current_rhythm": current_rhythm,
        "recurrence": recurrence,
        "next_slot": recurrence.next(after=now, count=1)[0] if recurrence is not None else None,
        "suggested": asking.awaiting(partner, rhythm.KIND, now=now) if current_rhythm is None else None,
        "now": now,
    }
    return render(request, "adventures/dates.html", context)


def _plan_form(request: CoupleRequest, whens: list[choices.When], day: date | None) -> PlanForm:
    """What there is to choose from, as the address asks for it, or as the page that was sent had it; another time
    begins on the day that was asked for.
    """
    chosen = bound_form(ChosenForm, request).sent()
    what, when = chosen["what"] or "", chosen["when"]
    wish, idea = request.GET.get("wish", "") or what, request.GET.get("idea", "")
    if what.startswith("idea:"):
        idea = what.removeprefix("idea:")
    today = days.day_of(timezone.now(), request.user.tz)
    whats = choices.whats(request.partner, today, wish=wish, idea=idea)
    if when is not None and when not in {one.at for one in whens}:  # it isn't offered any more
        whens = [*whens, choices.When(when)]
    two, begun = request.other is not None, {"day": day}
    return bound_form(PlanForm, request, whats=whats, whens=whens, user=request.user, two=two, initial=begun)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        found = date.fromisoformat(text)
        return found if is_within_reach(found) else None
    return None


@form_page
@partner_required
def plan(request: CoupleRequest) -> HttpResponse:
    """Ask the other for a date; alone, write it into the calendar."""
    now, partner, current_rhythm = timezone.now(), request.partner, rhythm.current(request.couple)
    day = _day(request.GET.get("day", ""))
    moments = choices.times(partner, now=now, current_rhythm=current_rhythm, on=day)
    whens = choices.whens(moments, reading.taken(partner, moments, USUAL_MINUTES, now=now))
    form = _plan_form(request, whens, day)
    clashes: list[Entry] = []
    if form.is_bound and form.is_valid():
        details = form.details()
        if not form.cleaned_data["anyway"]:
            clashes = reading.clashes(partner, form.starts_at, details.minutes, now=now)
        date_night = None if clashes else _propose(request, form, details, now)
        if date_night is not None:
            say_planned(request, date_night)
            return redirect("adventures:date", date_night.pk)
    context = {"form": form, "clashes": clashes, "day": day}
    return render(request, "adventures/plan.html", context, status=422 if form.errors or clashes else 200)


def say_planned(request: CoupleRequest, date_night: DateNight) -> None:
    """Say what became of asking for this date, and where it is found again."""
    if date_night.stands:
        said = _("It is planned: on this page, and among your dates.")
    else:
        said = _(
            "Asked. It is on this page and among your dates until it is answered, or fades after a week."
        )
    done(request, said, at=resolve_url("adventures:dates"), link=_("Dates"))


def _propose(
    request: CoupleRequest, form: PlanForm, details: proposing.Details, now: datetime
) -> DateNight | None:
    try:
        return proposing.propose(by=request.partner, details=details, starts_at=form.starts_at, now=now)
    except OvernightSurprise:
        form.refuse_night()
    except DateSavedTooOften as error:
        form.add_error(error.line, str(error.sentence))
    except (CannotAskForDate, Gone) as error:
        own = form.cleaned_data["when"] == "own"
        beside: dict[type[Exception], str] = {
            ImpossibleTime: "day" if own else "when",
            DateAskResting: "what",
        }
        form.add_error(beside.get(type(error)), str(error.sentence))
    return None


def _card_or_404(request: CoupleRequest, pk: UUID) -> reading.DateCard:
    date_card = reading.one(request.partner, pk, now=timezone.now())
    if date_card is None:
        raise Http404
    return date_card


@require_safe
@partner_required
def one(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """One date: what it is, and whatever can be done about it. What one asked for oneself can be read ever after."""
    date_card = reading.one(request.partner, pk, now=timezone.now()) or reading.own(request.partner, pk)
    if date_card is None:
        raise Http404
    return date_page(request, date_card)


def date_page(
    request: CoupleRequest, date_card: reading.DateCard, form: MemoryForm | None = None, said: str = ""
) -> HttpResponse:
    own, now = date_card.state is State.OWN, timezone.now()
    here = date_card.date.couple_id == request.couple.pk and not own
    asks = date_card.state is State.ASKS and date_card.when is not None
    context = {
        "date_card": date_card,
        "here": here,
        "surprise_plan": surprises.own_plan(request.partner, date_card.date) if here or own else None,
        "clashes": _in_the_way(request, date_card, date_card.when, now) if asks and date_card.when else [],
        "may_have_happened": date_card.date.may_have_happened(request.partner, now),
        "form": form or MemoryForm(),
        "said": said,
        "now": now,
    }
    return render(request, "adventures/date.html", context, status=422 if form or said else 200)


def _in_the_way(
    request: CoupleRequest, date_card: reading.DateCard, at: datetime, now: datetime
) -> list[Entry]:
    return reading.clashes(request.partner, at, date_card.date.minutes, now=now, but=date_card.date.pk)


Verb = Callable[..., object]


def _act(
    request: CoupleRequest, pk: UUID, verb: Verb, line: str, *, of_undo: str = "", **kwargs: Any
) -> HttpResponse:
    """Do it, say so with its Undo (and what is to know of that), and show how the date is; where it is otherwise by
    now, say that.
    """
    now = timezone.now()
    try:
        changed = undo.recorded(verb, by=request.partner, date_id=pk, now=now, **kwargs)
    except DateChanged as error:
        changed = None
        messages.error(request, error.sentence)
    except Gone:
        changed = None
        if reading.one(request.partner, pk, now=now) is None:
            raise Http404 from None
        messages.error(request, Gone.sentence)
    found = reading.one(request.partner, pk, now=timezone.now())
    if changed is not None:
        what = {"date": str(pk), "changed": changed}
        back = resolve_url("adventures:date", pk)
        kept = Undo("act on a date", what, back) if changed else None
        done(request, f"{line} {of_undo}" if kept and of_undo else line, undo=kept)
    return redirect("adventures:date", pk) if found is not None else redirect("adventures:dates")


@require_POST
@partner_required
def yes(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Say yes to the time and the plan that stood on the page that was sent; where something is in the way, not
    unseen.
    """
    date_card, now = _card_or_404(request, pk), timezone.now()
    sent = bound_form(AcceptForm, request).sent()
    to = sent["to"]
    unseen = not sent["anyway"] and date_card.state is State.ASKS and to == date_card.when
    if to is not None and unseen and _in_the_way(request, date_card, to, now):
        messages.error(request, _("There is something on at that time already. You can still say yes."))
        return redirect("adventures:date", pk)
    line, shown = _("Agreed. It is among your dates now."), sent["shown"] or ""
    of_undo = _("You can undo your yes. It may have been seen by then.")
    return _answer(request, pk, to, dating.accept, line, shown=shown, of_undo=of_undo)


@require_POST
@partner_required
def not_this_one(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _card_or_404(request, pk)
    to = bound_form(AnswerForm, request).sent()["to"]
    return _answer(request, pk, to, dating.set_aside, _("Not this one, then. It isn’t passed on."))


def _answer(
    request: CoupleRequest, pk: UUID, to: datetime | None, verb: Verb, line: str, **kwargs: Any
) -> HttpResponse:
    if to is None:
        messages.error(request, Gone.sentence)
        return redirect("adventures:date", pk)
    return _act(request, pk, verb, line, to=to, **kwargs)


@form_page
@partner_required
def another_time(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Ask for another time; alone, move the date."""
    now = timezone.now()
    date_card = reading.one(request.partner, pk, now=now)
    initial = _said(request, date_card.when) if date_card is not None and date_card.when is not None else {}
    form, clashes = bound_form(MoveForm, request, user=request.user, initial=initial), []
    if (
        date_card is None
        or date_card.date.couple_id != request.couple.pk
        or date_card.state is State.HAPPENED
    ):
        raise _gone(form) if form.is_bound else Http404
    if form.is_bound and form.is_valid():
        to = form.moment()
        if not form.cleaned_data["anyway"]:
            clashes = _in_the_way(request, date_card, to, now)
        if not clashes and _suggest(request, date_card, form, now):
            done(request, _("Saved. This page shows the time that is planned, and any that is asked for."))
            return redirect("adventures:date", pk)
    context = {"date_card": date_card, "form": form, "clashes": clashes}
    return render(request, "adventures/move.html", context, status=422 if form.errors or clashes else 200)


def _gone(form: MoveForm | ChangeForm) -> NotSaved:
    return NotSaved(
        _("This date isn’t planned any more."), back=resolve_url("adventures:dates"), form=form, missing=True
    )


def _said(request: CoupleRequest, moment: datetime) -> dict[str, object]:
    """The Day and the hour as the form takes them: half past midnight is the night that ends the Day."""
    return {"day": days.day_of(moment, request.user.tz), "at": request.user.local(moment).time()}


def _suggest(request: CoupleRequest, date_card: reading.DateCard, form: MoveForm, now: datetime) -> bool:
    try:
        proposing.suggest(by=request.partner, date_id=date_card.date.pk, to=form.moment(), now=now)
    except CannotAskForDate as error:
        beside: dict[type[Exception], str] = {ImpossibleTime: "day", OvernightSurprise: "at"}
        form.add_error(beside.get(type(error)), str(error.sentence))
    except Gone:
        form.add_error(None, DateGone.sentence)
    return not form.errors


@require_POST
@partner_required
def withdraw(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Take one's own ask back, or one's own suggestion of another time."""
    _card_or_404(request, pk)
    return _act(request, pk, proposing.withdraw, _("Taken back. This page shows what is planned without it."))


@require_POST
@partner_required
def bring(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Ask the other along to what one had planned alone."""
    try:
        date_night = proposing.bring_along(by=request.partner, date_id=pk, now=timezone.now())
    except Gone:
        raise Http404 from None
    except CannotAskForDate as error:
        messages.error(request, str(error.sentence))
    else:
        say_planned(request, date_night)
        return redirect("adventures:date", date_night.pk)
    return redirect("adventures:earlier_lists")


@require_POST
@partner_required
def postpone(request: CoupleRequest, pk: UUID) -> HttpResponse:
    date_card = _card_or_404(request, pk)
    stood = bound_form(PostponeForm, request).sent()["stood"] or date_card.date.starts_at
    line = _("Postponed. It waits on this page, and among your dates, for another time.")
    return _act(request, pk, dating.postpone, line, stood=stood)


@require_POST
@partner_required
def call_off(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _card_or_404(request, pk)
    return _act(request, pk, dating.call_off, _("Cancelled. It is no longer among your dates."))


@require_POST
@partner_required
def happened(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _card_or_404(request, pk)
    line = _("It is one of your memories now. On this page there is room for a line each.")
    return _act(request, pk, dating.happened, line)


@require_POST
@partner_required
def tell_me_first(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _card_or_404(request, pk)
    return _act(
        request, pk, surprises.ask_to_be_told, _("Saved. It is beside the date, for you both to see.")
    )


@form_page
@partner_required
def tell(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Tell what a surprise is, after asking whether it is meant."""
    date_card = _card_or_404(request, pk)
    if request.method == "POST":
        return _act(request, pk, surprises.tell, _("Told. It is on this page, for you both."))
    if not date_card.own or not date_card.date.hidden:
        return redirect("adventures:date", pk)
    return render(request, "adventures/tell.html", {"date_card": date_card})


@form_page
@partner_required
def change(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Change what is planned: for whoever arranges it."""
    date_card = reading.one(request.partner, pk, now=timezone.now())
    if (
        date_card is None
        or date_card.theirs
        or date_card.state is State.HAPPENED
        or date_card.date.couple_id != request.couple.pk
    ):
        form = bound_form(ChangeForm, request, surprise=False)
        raise _gone(form) if form.is_bound else Http404
    surprise_plan = surprises.own_plan(request.partner, date_card.date)
    initial = _planned(date_card.date, surprise_plan)
    form = bound_form(ChangeForm, request, surprise=date_card.date.surprise, initial=initial)
    overtaken = form.is_bound and form.is_valid() and not _change(request, pk, form)
    if form.is_bound and not form.errors and not overtaken:
        done(request, _("Saved. The plan is on this page."))
        return redirect("adventures:date", pk)
    context = {"date_card": date_card, "form": form, "surprise_plan": surprise_plan, "overtaken": overtaken}
    context["stood"] = date_card.date.fingerprint(surprise_plan)
    return render(request, "adventures/change.html", context, status=422 if form.errors or overtaken else 200)


def _change(request: CoupleRequest, pk: UUID, form: ChangeForm) -> bool:
    stood = form.cleaned_data["stood"] or ""
    try:
        dating.change(by=request.partner, date_id=pk, details=form.details(), stood=stood)
    except DateSavedTooOften as error:
        form.add_error(error.line, str(error.sentence))
    except (DateChanged, Gone):
        return False
    return True


def _planned(date: DateNight, surprise_plan: SurprisePlan | None) -> dict[str, object]:
    """What stands there, as the form takes it."""
    found = {name: getattr(date, name) for name in ("where", "cost", "wear", "childcare", "phones_away")}
    return found | {"title": (surprise_plan or date).title, "plan": (surprise_plan or date).plan}
