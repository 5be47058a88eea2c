"""The public pages, one's own settings, quick exit and leaving for good."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_login_redirect_url
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import (
    browsers,
    devices,
    export_requests,
    import_files,
    importing,
    limits,
    long_work,
    quick_exit,
    reauthentication,
    tasks,
    what_is_kept,
)
from accounts.codes import REAUTHENTICATION, counted
from accounts.forms import (
    DeleteForm,
    ExportForm,
    ImportForm,
    ImportTakeForm,
    ReauthenticationCodeForm,
    SendCodeForm,
    SessionForm,
    SettingsForm,
)
from accounts.leaving import erase
from accounts.models import LogEntry, User
from accounts.reauthentication import fresh_sign_in
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done

TOO_MANY_IMPORTS = gettext_lazy(
    "That was as many files as can be looked into in a while, so nothing was imported. "
    "Please choose it again in an hour or so."
)


class SignedIn(HttpRequest):
    """A request behind LoginRequiredMiddleware."""

    user: User


@require_safe
@login_not_required  # the front door
def landing(request: HttpRequest) -> HttpResponse:
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/landing.html")


@require_safe
@login_not_required  # must open for someone who is afraid and not signed in
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/safety.html", {"help_lines": settings.NEARER_HELP_LINES})


@require_safe
@login_not_required  # read before deciding to sign up
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/help.html")


@require_safe
@login_not_required  # read before deciding to sign up
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/about.html")


@require_safe
@login_not_required  # read before deciding to sign up
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html")


@require_safe
@login_not_required  # an accessibility statement behind a sign-in would be a joke
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/accessibility.html")


@require_safe
@login_not_required  # leaving must work from every page, in every state
def out(request: HttpRequest) -> HttpResponse:
    """Quick exit: away at once, nothing left in this browser, no row written (so the server's session lives on)."""
    response = HttpResponse(status=303)
    response["Location"] = settings.QUICK_EXIT_URL
    response["Cache-Control"] = "no-store"
    quick_exit.forget(response)
    return response


@require_safe
@never_cache
@login_not_required  # it is for somebody who has no account yet
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Lead on from a link of `nearer invite`: to signing up, and afterwards to what comes then."""
    user = request.user
    if not user.is_authenticated:
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    new = timezone.now() - user.joined_at < timedelta(days=1)
    return redirect(settings.ACCOUNT_SIGNUP_REDIRECT_URL if new else settings.LOGIN_REDIRECT_URL)


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/more.html")


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in(on="some")
def settings_page(request: SignedIn) -> HttpResponse:
    waiting = reauthentication.kept(request)
    form = bound_form(SettingsForm, request, instance=request.user, initial=waiting)
    if request.method == "POST" and form.is_valid():
        if form.opens_doors:
            reauthentication.require(request, keep=form.cleaned_data)
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    context = {"form": form, "waiting": bool(waiting)}
    return render_form(request, "accounts/settings.html", context, form)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/security.html")


@require_safe
def log(request: SignedIn) -> HttpResponse:
    """One's private log: sign-ins, credentials, pairing; the newest hundred lines."""
    with timezone.override(request.user.tz):
        entries = LogEntry.objects.of(request.user)[:100]
        return render(request, "accounts/log.html", {"entries": entries})


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in(on="post")  # looking at the list is for whoever is worried
def sessions(request: SignedIn) -> HttpResponse:
    """The browsers one is signed in on. A POST signs out everywhere else."""
    if request.method == "POST":
        devices.sign_out_elsewhere(request.user, request=request)
        messages.success(request, _("Signed out everywhere else."))
        return redirect("accounts:sessions")
    signed_in = devices.of(request.user, request=request, now=timezone.now())
    return render(request, "accounts/sessions.html", {"sessions": signed_in})


@require_POST
@fresh_sign_in(on="post", back="accounts:sessions")
def session_end(request: SignedIn) -> HttpResponse:
    """Sign out one other browser. A name that is none of one's own ends nothing."""
    form = bound_form(SessionForm, request)
    if form.is_valid():
        devices.sign_out(request.user, form.cleaned_data["session"], request=request)
        messages.success(request, _("Signed out there."))
    return redirect("accounts:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@counted(REAUTHENTICATION)
def reauthenticate_by_code(request: SignedIn) -> HttpResponse:
    """Say once more who one is, by a mailed code: ask for it, then type it."""
    email = reauthentication.address_for_codes(request.user)
    if not email:
        return reauthentication.ask(request, then=get_login_redirect_url(request))
    send = bound_form(SendCodeForm, request)
    if send.is_valid() and send.cleaned_data["send"]:
        reauthentication.MailedProof.begin(request, email)
        return redirect(request.get_full_path())
    proof = reauthentication.MailedProof.waiting(request, email)
    form = bound_form(ReauthenticationCodeForm, request, code=proof.code) if proof else None
    if proof and form and form.is_valid():
        proof.finish()
        return redirect(get_login_redirect_url(request))
    others = [way for way in reauthentication.ways(request) if way["id"] != "code"]
    context = {"form": form, "email": email, "reauthentication_alternatives": others}
    return render(request, "account/reauthenticate_by_code.html", context)


@require_safe
def no_way_left(request: SignedIn) -> HttpResponse:
    """The page for whoever can't prove who they are: what to do."""
    if found := reauthentication.ways(request):
        return redirect(found[0]["url"])
    return render(request, "account/no_way_left.html")


@form_page
def import_file(request: SignedIn) -> HttpResponse:
    """Choose a file and see what would come in. Nothing is stored of it: the page carries it, sealed."""
    if request.method == "POST" and not limits.may_import(request.user):
        return _not_imported(request, TOO_MANY_IMPORTS)
    form, context = bound_form(ImportForm, request, user=request.user, files=request.FILES or None), {}
    if form.is_bound and form.is_valid():
        try:
            taken = importing.preview(request.user, form.rows, now=timezone.now())
            context = {
                "counted": taken.counted,
                "left": [*form.left, *taken.left],
                "sealed": import_files.carry(request.user, form.whole),
            }
        except importing.NotImported as error:
            form.add_error("file", error.sentence)
    return render_form(request, "accounts/import_file.html", {**context, "form": form}, form)


@require_POST
def import_take(request: SignedIn) -> HttpResponse:
    """Take in what was previewed, all of it or nothing."""
    if not limits.may_import(request.user):
        return _not_imported(request, TOO_MANY_IMPORTS)
    taken = bound_form(ImportTakeForm, request, user=request.user)
    if taken.is_valid():
        try:
            came = importing.take(request.user, taken.rows, now=timezone.now())
            said = _("Imported. It is kept to yourself; what you had with somebody is a copy.")
            done(request, " ".join([said, *came.left]))
            return redirect("accounts:import_file")
        except importing.NotImported as error:
            taken.add_error(None, error.sentence)
    return _not_imported(request, next(iter(taken.errors.values())))


def _not_imported(request: SignedIn, why: Any) -> HttpResponse:
    """The page to choose a file on, with why none came in beside the field."""
    form = ImportForm(data={}, user=request.user)
    form.full_clean()
    form.errors.clear()
    form.add_error("file", why)
    return render_form(request, "accounts/import_file.html", {"form": form}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in()
def delete(request: SignedIn) -> HttpResponse:
    form = bound_form(DeleteForm, request)
    if request.method == "POST" and form.is_valid():
        person = User.objects.again(request.user)
        logout(request)
        erase(person, now=timezone.now())
        messages.success(request, _("Your account and everything you wrote are gone."))
        response = redirect("account_login")
        browsers.forget(response)
        return response
    return render_form(request, "accounts/delete.html", {"form": form}, form)


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/data.html")


@require_safe
def kept(request: SignedIn) -> HttpResponse:
    """The list of all that is kept, who may see it and for how long, as docs/privacy.md has it. Of two, so many of
    what both can read.
    """
    own, other = getattr(request.user, "seated", (None, None))
    figures = []
    if own is not None and other is not None:
        figures = what_is_kept.figures(own.couple, timezone.now())
    return render(request, "accounts/kept.html", {"rooms": what_is_kept.rooms(), "figures": figures})


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in()
def export(request: SignedIn) -> HttpResponse:
    """One's export, as far as it is. A POST asks for one: one at a time, three a day; in place of one that failed it is
    the same one again.
    """
    now, form = timezone.now(), bound_form(ExportForm, request)
    work = export_requests.of(request.user, now=now)
    if request.method == "POST" and form.is_valid():
        if work is None or not work.is_underway:
            is_again = work is not None and work.has_failed
            if not is_again and not ratelimit.consume(request, action="export", user=request.user):
                messages.error(request, _("That was three in one day. The next one can be had tomorrow."))
                return redirect("accounts:export")
            export_requests.ask(request.user, private=form.cleaned_data["private"], now=now)
            tasks.work_off.delay_on_commit()
        messages.success(request, _("It is being prepared. Once it is ready it is on this page."))
        return redirect("accounts:export")
    with timezone.override(request.user.tz):
        return render_form(request, "accounts/export.html", {"form": form, "work": work}, form)


@fresh_sign_in()
@require_safe
def export_progress(request: SignedIn) -> HttpResponse:
    """The part of that page that keeps itself up to date."""
    work = export_requests.of(request.user, now=timezone.now())
    with timezone.override(request.user.tz):
        return render(request, "accounts/export_progress.html", {"work": work})


@fresh_sign_in()
@require_safe
def export_download(request: SignedIn) -> HttpResponse:
    session = devices.here(request)
    found = export_requests.opened(request.user, session=session, now=timezone.now()) if session else None
    if found is None:
        messages.warning(request, _("There is no file to download any more. You can ask for another here."))
        return redirect("accounts:export")
    size, pieces = found
    headers = {"Content-Length": str(size), "Content-Disposition": 'attachment; filename="pages.zip"'}
    body = () if request.method == "HEAD" else pieces
    return StreamingHttpResponse(  # type: ignore[return-value]  # gates are typed for whole answers, and pass all on
        body, content_type="application/zip", headers=headers
    )


@require_POST
@fresh_sign_in(on="post", back="accounts:export")
def export_delete(request: SignedIn) -> HttpResponse:
    work = export_requests.of(request.user, now=timezone.now())
    if work is not None:
        long_work.cancel(work)
        messages.success(request, _("Deleted. What was downloaded already stays where it is."))
    return redirect("accounts:export")
