"""Setting one's reminders, looking at what they are, and stopping them without signing in."""

from allauth.core import ratelimit
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form, form_page, render_form
from couples import days
from couples.access import CoupleRequest, partner_required
from reminders import emails, kinds, preferences, status, tasks
from reminders.forms import ChoiceForm, FirstChoiceForm, QuietForm

# A mail has its styles in itself, and nothing else: no script, no picture, no form.
AS_A_MAIL = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "script-src": ["'none'"],
    "font-src": ["'none'"],
    "connect-src": ["'none'"],
    "manifest-src": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


@form_page
@partner_required
def reminders(request: CoupleRequest) -> HttpResponse:
    now, choices = timezone.now(), preferences.choices_of(request.user)
    forms = [
        bound_form(ChoiceForm, request, instance=choices[kind.name], kind=kind) for kind in kinds.every()
    ]
    quiet = preferences.quiet_of(request.user)
    calm = bound_form(QuietForm, request, quiet=quiet, today=days.day_of(now, request.user.tz))
    if request.method == "POST" and _are_valid(forms, calm):
        with transaction.atomic():
            calm.quiet.set(**calm.wished())
            for form in forms:
                preferences.choose(form.instance, **form.cleaned_data, now=now)
        messages.success(request, _("Saved."))
        return redirect("reminders:settings")
    context = {"forms": forms, "calm": calm, "suppressed": preferences.is_suppressed(request.user)}
    return render_form(request, "reminders/settings.html", context, *forms, calm)


def _are_valid(forms: list[ChoiceForm], calm: QuietForm) -> bool:
    """Ask every form, so that each shows its own error; then the times against the quiet hours."""
    calm.is_valid()
    for form in forms:
        if form.is_valid():
            form.refuse_quiet(calm.hours())
    return calm.is_valid() and all(form.is_valid() for form in forms)


@form_page
@partner_required
def evening(request: CoupleRequest) -> HttpResponse:
    """The second of three short steps of signing up."""
    choices = preferences.choices_of(request.user)
    asked = [kind for kind in kinds.every() if kind.asked_first]
    forms = [bound_form(FirstChoiceForm, request, instance=choices[kind.name], kind=kind) for kind in asked]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        with transaction.atomic():
            for form in forms:
                preferences.choose(form.instance, **form.cleaned_data, now=timezone.now())
        return redirect("couples:invite")
    return render_form(request, "reminders/evening.html", {"forms": forms}, *forms)


def _kind_or_404(name: str) -> kinds.Kind:
    kind = kinds.get(name)
    if kind is None:
        raise Http404
    return kind


@require_safe
@partner_required
def mail(request: CoupleRequest, kind: str) -> HttpResponse:
    """The mail of this kind, as it would come."""
    found = _kind_or_404(kind)
    shown = emails.of_kind(found, request.user, at=preferences.choices_of(request.user)[kind].at)
    return render(request, "reminders/mail.html", {"kind": found, "mail": shown, "kinds": kinds.every()})


@require_safe
@csp_replace(AS_A_MAIL)
@partner_required
def mail_designed(request: CoupleRequest, kind: str) -> HttpResponse:
    """The mail's other half: what most programs show."""
    found = _kind_or_404(kind)
    shown = emails.of_kind(found, request.user, at=preferences.choices_of(request.user)[kind].at)
    return HttpResponse(str(shown.alternatives[0][0]))


@require_POST
@partner_required
def send_now(request: CoupleRequest, kind: str) -> HttpResponse:
    found = _kind_or_404(kind)
    if not ratelimit.consume(request, action="reminder_now", user=request.user):
        messages.error(request, _("That was a few in a row. The next one in an hour or so."))
        return redirect("reminders:settings")
    preferences.ask_now(user=request.user, kind=found.name, now=timezone.now())
    tasks.tick.delay_on_commit()
    messages.success(request, _("One is on its way. It should be there within a minute."))
    return redirect("reminders:settings")


@csrf_exempt  # mail programs post here with one click (RFC 8058): no cookie, no form token
@form_page
@login_not_required  # stopping mails must not need a password
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop this kind: a POST does so at once, a GET only asks (link scanners open every link)."""
    found = preferences.read_stop_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        preferences.stop(user=user, kind=kind, now=timezone.now())
    done = request.method == "POST"
    return render(request, "reminders/stop.html", {"done": done})


@require_safe
@login_not_required  # a monitor has a token, not an account
def status_report(request: HttpRequest) -> HttpResponse:
    """The state of the promises, as JSON. 404 to whoever hasn't the operator's token, and where none is set."""
    if not status.may_ask(request.headers.get("Authorization", "")):
        raise Http404
    found = status.report(now=timezone.now())
    return JsonResponse(found.as_dict(), status=200 if found.well else 503)
