"""Pages of what is one's own in a challenge: which cards one is shown, and the habits one keeps."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from challenges import habits, reading, swapping
from challenges.errors import TooManyHabits
from challenges.forms import HabitsForm, TouchForm
from couples.access import CoupleRequest, partner_required
from reminders import preferences


@form_page
@partner_required
def cards(request: CoupleRequest) -> HttpResponse:
    """The page for touch on the close-by cards, or none."""
    stands = {"touch": "yes" if swapping.has_touch(request.user) else "no"}
    form = bound_form(TouchForm, request, initial=stands)
    if form.is_bound and form.is_valid():
        swapping.choose_touch(user=request.user, touch=form.cleaned_data["touch"] == "yes")
        done(request, _("Saved, and shown to nobody else. It counts on every day of the challenge."))
        return redirect("challenges:cards")
    return render_form(request, "challenges/cards.html", {"form": form}, form)


@form_page
@partner_required
def keep(request: CoupleRequest) -> HttpResponse:
    """The habits one keeps, and what there is to keep from the last progress."""
    now = timezone.now()
    progress = reading.latest(request.partner, now=now)
    choices = habits.choices(request.partner, progress.attempt, progress.done) if progress is not None else []
    mail = preferences.choices_of(request.user)[habits.KIND]
    stands = {"mail": mail.wanted, "weekdays": sorted(mail.on), "at": mail.at}
    form = bound_form(HabitsForm, request, choices=choices, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            habits.keep(by=request.partner, whats=form.cleaned_data["what"], now=now)
        except TooManyHabits as error:
            form.add_error("what", str(error.sentence))
        else:
            habits.remind(by=request.partner, **form.mail_wished(usual=mail.at), now=now)
            done(request, _("Saved, and shown to nobody else. What you keep is below, under “You keep”."))
            return redirect("challenges:habits")
    kept = habits.of(request.partner)
    left = habits.not_yet(kept, choices)
    context = {"form": form, "kept": kept, "choices": left}
    return render_form(request, "challenges/habits.html", context, form)


@require_POST
@partner_required
def let_go(request: CoupleRequest, pk: UUID) -> HttpResponse:
    found = habits.let_go(by=request.partner, pk=pk)
    if found is not None:
        what = {"what": found.what, "kept_at": str(found.kept_at)}
        undo = Undo("habit let go", what, resolve_url("challenges:habits"))
        done(request, _("Removed from what you keep."), undo=undo)
    return redirect("challenges:habits")
