"""Setting one's reminders, and stopping them without signing in."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from couples.access import CoupleRequest, partner_required
from reminders import choosing, kinds
from reminders.forms import ChoiceForm

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _forms(request: CoupleRequest, *, first: bool = False) -> list[ChoiceForm]:
    """A form for each kind; with `first`, for those that signing up asks about."""
    choices = choosing.choices_of(request.user)
    wanted = [kind for kind in kinds.every() if kind.asked_first or not first]
    return [
        ChoiceForm(request.POST if request.method == "POST" else None, instance=choices[kind.name], kind=kind)
        for kind in wanted
    ]


def _save(forms: list[ChoiceForm], now: datetime) -> bool:
    """Save all of them or none."""
    valid = [form.is_valid() for form in forms]  # every form is asked, so that each shows its own error
    if not all(valid):
        return False
    with transaction.atomic():
        for form in forms:
            form.instance.set(wanted=form.cleaned_data["wanted"], at=form.cleaned_data["at"], now=now)
    return True


@form_page
@partner_required
def reminders(request: CoupleRequest) -> HttpResponse:
    forms = _forms(request)
    if request.method == "POST":
        if _save(forms, timezone.now()):
            messages.success(request, _("Saved."))
            return redirect("reminders:settings")
        return render(request, "reminders/settings.html", {"forms": forms}, status=422)
    return render(request, "reminders/settings.html", {"forms": forms})


@form_page
@partner_required
def evening(request: CoupleRequest) -> HttpResponse:
    """The second of three short steps of signing up."""
    forms = _forms(request, first=True)
    if request.method == "POST":
        if _save(forms, timezone.now()):
            return redirect("couples:invite")
        return render(request, "reminders/evening.html", {"forms": forms}, status=422)
    return render(request, "reminders/evening.html", {"forms": forms})


@csrf_exempt  # mail programs post here with one click (RFC 8058): no cookie, no form token
@form_page
@login_not_required  # stopping mails must not need a password
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks (link scanners open every link); POST stops this kind at once."""
    found = choosing.read_stop_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        choosing.stop(user=user, kind=kind, now=timezone.now())
    done = request.method == "POST"
    return render(request, "reminders/stop.html", {"done": done})
