"""Setting one's reminders, and stopping them without signing in."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
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
CHECK_IN = "check_in"


def _form(request: CoupleRequest) -> ChoiceForm:
    return ChoiceForm(request.POST or None, instance=choosing.choice_of(request.user, CHECK_IN))


def _save(form: ChoiceForm, now: datetime) -> bool:
    if not form.is_valid():
        return False
    form.instance.set(wanted=form.cleaned_data["wanted"], at=form.cleaned_data["at"], now=now)
    return True


@form_page
@partner_required
def reminders(request: CoupleRequest) -> HttpResponse:
    form = _form(request)
    if request.method == "POST" and _save(form, timezone.now()):
        messages.success(request, _("Saved."))
        return redirect("reminders:settings")
    context = {"form": form, "kind": kinds.get(CHECK_IN)}
    return render(request, "reminders/settings.html", context, status=422 if form.errors else 200)


@form_page
@partner_required
def evening(request: CoupleRequest) -> HttpResponse:
    """The second of three short steps of signing up."""
    form = _form(request)
    if request.method == "POST" and _save(form, timezone.now()):
        return redirect("couples:invite")
    return render(request, "reminders/evening.html", {"form": form}, status=422 if form.errors else 200)


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
    return render(request, "reminders/stop.html", {"done": done, "home": settings.NEARER_URL})
