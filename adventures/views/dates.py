"""Dates: the month, planning one, and what becomes of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adventures import choices, dating, reading, rhythm, slots
from adventures.calendar import Entry
from adventures.forms.dates import ChangeForm, MoveForm, PlanForm
from adventures.forms.rest import MemoryForm
from adventures.models import DateNight
from couples import asking
from couples.access import CoupleRequest, partner_required

form_page = require_http_methods(["GET", "HEAD", "POST"])
PAST = gettext_lazy("That time is past, or further ahead than two years.")
OVERTAKEN = gettext_lazy("It stands otherwise by now. This is how.")


@require_safe
@partner_required
def dates(request: CoupleRequest) -> HttpResponse:
    """What is next, what is asked, the month, what was lately, and a plan to begin."""
    now = timezone.now()
    first = reading.month_of(request.GET.get("month", ""), request.partner, now=now)
    standing = rhythm.standing(request.couple)
    form = _plan_form(request, now)
    context = {
        "board": reading.board(request.partner, first, now=now),
        "standing": standing,
        "rhythm": slots.Plan.of(standing) if standing is not None else None,
        "next_slot": slots.Plan.of(standing).next(after=now, count=1)[0] if standing is not None else None,
        "suggested": asking.awaiting(request.partner, rhythm.KIND, now=now) if standing is None else None,
        "form": form,
        "now": now,
    }
    return render(request, "adventures/dates.html", context)


def _plan_form(request: CoupleRequest, now: datetime, data: Any = None) -> PlanForm:
    """What there is to choose from, as the address asks for it."""
    wanted = data or request.GET
    chosen = wanted.get("what", "") if data else ""
    wish, idea = request.GET.get("wish", "") or chosen, request.GET.get("idea", "")
    if chosen.startswith("idea:"):
        idea = chosen.removeprefix("idea:")
    whats = choices.whats(request.partner, wish=wish, idea=idea)
    standing = rhythm.standing(request.couple)
    whens = choices.whens(request.partner, now=now, standing=standing, on=_day(request.GET.get("day", "")))
    whens += _sent(data, whens)
    return PlanForm(data, whats=whats, whens=whens, user=request.user, two=request.other is not None)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _sent(data: Any, whens: list[choices.When]) -> list[choices.When]:
    """The time that was chosen on the page that was sent, though it isn't offered any more."""
    found = _moment(data.get("when", "")) if data else None
    if found is None or found in {one.at for one in whens}:
        return []
    return [choices.When(found)]


def _moment(text: str) -> datetime | None:
    """A moment (with its zone) as a page sent it."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is not None else None
    return None


@form_page
@partner_required
def plan(request: CoupleRequest) -> HttpResponse:
    """Asks the other for a date; alone, writes it into the calendar."""
    now = timezone.now()
    form = _plan_form(request, now, request.POST if request.method == "POST" else None)
    clashes: list[Entry] = []
    if form.is_bound and form.is_valid():
        details = form.details()
        if not form.cleaned_data["anyway"]:
            clashes = reading.clashes(request.partner, form.starts_at, details.minutes, now=now)
        night = None if clashes else _propose(request, form, details, now)
        if night is not None:
            return redirect("adventures:date", night.pk)
    context = {"form": form, "clashes": clashes, "standing": rhythm.standing(request.couple)}
    return render(request, "adventures/plan.html", context, status=422 if form.errors or clashes else 200)


def _propose(request: CoupleRequest, form: PlanForm, details: dating.Plan, now: datetime) -> DateNight | None:
    try:
        return dating.propose(by=request.partner, plan=details, starts_at=form.starts_at, now=now)
    except dating.Impossible:
        form.add_error("when" if form.cleaned_data["when"] != "own" else "day", PAST)
    except dating.Resting:
        form.add_error("what", _("You asked for this lately. It can be asked for again thirty days after."))
    except dating.TooMany:
        form.add_error(None, _("Twenty of your asks are open. Let one of them be answered first."))
    except dating.Gone:
        form.add_error(None, _("You write on your own here now. Every word is still here."))
    return None


def _night(request: CoupleRequest, pk: UUID) -> reading.Night:
    night = reading.one(request.partner, pk, now=timezone.now())
    if night is None:
        raise Http404
    return night


@require_safe
@partner_required
def one(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """One date: what it is, and whatever can be done about it."""
    return date_page(request, _night(request, pk))


def date_page(
    request: CoupleRequest, night: reading.Night, form: MemoryForm | None = None, said: str = ""
) -> HttpResponse:
    here = night.date.couple_id == request.couple.pk
    context = {
        "night": night,
        "here": here,
        "secret": dating.own_secret(request.partner, night.date) if here else None,
        "form": form or MemoryForm(),
        "said": said,
        "now": timezone.now(),
    }
    return render(request, "adventures/date.html", context, status=422 if form or said else 200)


Verb = Callable[..., object]


def _act(request: CoupleRequest, pk: UUID, verb: Verb, **kwargs: Any) -> HttpResponse:
    """Do it, and show how the date stands; where it stands otherwise by now, say so."""
    try:
        verb(by=request.partner, date_id=pk, **kwargs)
    except (dating.Changed, dating.Resting):
        messages.error(request, OVERTAKEN)
    except dating.Gone:
        if reading.one(request.partner, pk, now=timezone.now()) is None:
            raise Http404 from None
        messages.error(request, OVERTAKEN)
    found = reading.one(request.partner, pk, now=timezone.now())
    return redirect("adventures:date", pk) if found is not None else redirect("adventures:dates")


@require_POST
@partner_required
def yes(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, dating.agree)


@require_POST
@partner_required
def not_this_one(request: CoupleRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, dating.set_aside)


def _answer(request: CoupleRequest, pk: UUID, verb: Verb) -> HttpResponse:
    """To the time that stood on the page that was sent."""
    _night(request, pk)
    to = _moment(request.POST.get("to", ""))
    if to is None:
        messages.error(request, OVERTAKEN)
        return redirect("adventures:date", pk)
    return _act(request, pk, verb, to=to, now=timezone.now())


@form_page
@partner_required
def another_time(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Asks for another time; alone, moves it."""
    night, now = _night(request, pk), timezone.now()
    if night.date.couple_id != request.couple.pk or night.state == "happened":
        raise Http404
    at = request.user.local(night.when) if night.when is not None else None
    initial = {"day": at.date(), "at": at.time()} if at is not None else {}
    data = request.POST if request.method == "POST" else None
    form, clashes = MoveForm(data, user=request.user, initial=initial), []
    if form.is_bound and form.is_valid():
        to = form.moment()
        if not form.cleaned_data["anyway"]:
            clashes = reading.clashes(request.partner, to, night.date.minutes, now=now, but=pk)
        if not clashes and _suggest(request, night, form, now):
            return redirect("adventures:date", pk)
    context = {"night": night, "form": form, "clashes": clashes}
    return render(request, "adventures/move.html", context, status=422 if form.errors or clashes else 200)


def _suggest(request: CoupleRequest, night: reading.Night, form: MoveForm, now: datetime) -> bool:
    date = night.date
    to = form.moment()
    if date.hidden and dating.lasts_into_the_night(to, date.minutes, request.user):
        form.add_error("at", _("A surprise is never overnight."))
        return False
    try:
        dating.suggest(by=request.partner, date_id=date.pk, to=to, now=now)
    except dating.Impossible:
        form.add_error("day", PAST)
    except dating.Resting:
        form.add_error(None, _("You suggested a time for this lately. It can be put off, or called off."))
    except dating.Gone:
        form.add_error(None, OVERTAKEN)
    return not form.errors


@require_POST
@partner_required
def put_off(request: CoupleRequest, pk: UUID) -> HttpResponse:
    night = _night(request, pk)
    stood = _moment(request.POST.get("stood", "")) or night.date.starts_at
    return _act(request, pk, dating.put_off, stood=stood, now=timezone.now())


@require_POST
@partner_required
def call_off(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _night(request, pk)
    with suppress(dating.Gone):
        dating.call_off(by=request.partner, date_id=pk, now=timezone.now())
        messages.success(request, _("Called off. Nothing more comes of it."))
        return redirect("adventures:dates")
    messages.error(request, OVERTAKEN)
    return redirect("adventures:date", pk)


@require_POST
@partner_required
def happened(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _night(request, pk)
    return _act(request, pk, dating.happened, now=timezone.now())


@require_POST
@partner_required
def tell_me_first(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _night(request, pk)
    return _act(request, pk, dating.ask_to_be_told, now=timezone.now())


@require_POST
@partner_required
def tell(request: CoupleRequest, pk: UUID) -> HttpResponse:
    _night(request, pk)
    return _act(request, pk, dating.tell, now=timezone.now())


@form_page
@partner_required
def change(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """What is planned, in other words: for whoever sorts it out."""
    night = _night(request, pk)
    date = night.date
    if night.theirs or night.state == "happened" or date.couple_id != request.couple.pk:
        raise Http404
    secret = dating.own_secret(request.partner, date)
    stands = {name: getattr(date, name) for name in ("where", "cost", "wear", "childcare", "phones_away")}
    stands |= {"title": (secret or date).title, "plan": (secret or date).plan}
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, surprise=date.surprise, initial=stands)
    if form.is_bound and form.is_valid():
        return _act(request, pk, dating.change, plan=form.details())
    context = {"night": night, "form": form, "secret": secret}
    return render(request, "adventures/change.html", context, status=422 if form.errors else 200)
