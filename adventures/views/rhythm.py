"""Pages of the rhythm of dates."""

from contextlib import suppress
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done
from adventures import rhythm, slots
from adventures.forms.buttons import TurnsForm
from adventures.forms.dates import RhythmForm
from couples import asking
from couples.access import CoupleRequest, partner_required
from couples.errors import AskResting, NobodyToAsk


@form_page
@partner_required
def suggest(request: CoupleRequest) -> HttpResponse:
    """Ask the other for a rhythm; alone, keep it."""
    now, current_rhythm = timezone.now(), rhythm.current(request.couple)
    recurrence = slots.Recurrence.of(current_rhythm) if current_rhythm is not None else None
    form = bound_form(RhythmForm, request, initial=_stood(request, recurrence))
    if form.is_bound and form.is_valid() and _suggest(request, form, now):
        done(request, _("Saved. This page shows your rhythm, or for a week what you suggested."))
        return redirect("adventures:rhythm")
    ask = asking.state(request.partner, rhythm.KIND, now=now)
    context = {
        "form": form,
        "current_rhythm": current_rhythm,
        "recurrence": recurrence,
        "next": recurrence.next(after=now) if recurrence is not None else [],
        "ask": ask,
        "suggested": slots.Recurrence.read(ask.awaiting.what) if ask.awaiting else None,
        "asked": slots.Recurrence.read(ask.asked.what) if ask.asked else None,
        "now": now,
    }
    return render_form(request, "adventures/rhythm.html", context, form)


def _suggest(request: CoupleRequest, form: RhythmForm, now: datetime) -> bool:
    with suppress(NobodyToAsk):  # parted in this very moment
        try:
            rhythm.suggest(by=request.partner, recurrence=form.recurrence(request.user, now), now=now)
        except AskResting:
            form.add_error(
                None,
                _("A rhythm was suggested not long ago. Another can be suggested thirty days after that."),
            )
    return not form.errors


def _stood(request: CoupleRequest, recurrence: slots.Recurrence | None) -> dict[str, object]:
    """What stands, on the reader's own clock: the other's hour isn't shown."""
    if recurrence is None:
        return {}
    first = request.user.local(recurrence.next(after=timezone.now(), count=1)[0])
    return {"every": slots.Every(recurrence.every).name, "weekday": first.weekday(), "at": first.time()}


@form_page
@partner_required
def end(request: CoupleRequest) -> HttpResponse:
    if rhythm.current(request.couple) is None:
        return redirect("adventures:rhythm")
    if request.method == "POST":
        rhythm.end(by=request.partner, now=timezone.now())
        done(request, _("Ended. Dates already agreed stay where they are, below."))
        return redirect("adventures:dates")
    return render(request, "adventures/rhythm_end.html")


@require_POST
@partner_required
def turns(request: CoupleRequest) -> HttpResponse:
    """Taking turns to plan, on or off."""
    on = bound_form(TurnsForm, request).sent()["turns"] == "on"
    rhythm.take_turns(by=request.partner, on=on)
    done(request, _("Saved. Whether you take turns, and whose it is, is on this page."))
    return redirect("adventures:rhythm")
