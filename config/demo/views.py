"""The demo's mail page. It only exists where NEARER_DEMO is set, which refuses any host but this machine."""

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.demo import catcher

# Nothing but its own styles: a mail is written by whoever wrote it, even in a demo.
ALONE = {
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


@login_not_required  # sign-up codes are read here, before anyone can sign in
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mail.html", {"mails": catcher.caught()})


@login_not_required  # as above
@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/message.html", {"mail": _mail_or_404(name)})


@login_not_required  # as above
@require_safe
@csp_replace(ALONE)  # type: ignore[arg-type]  # django-csp types views as if none took arguments
def designed(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_mail_or_404(name).html)


def _mail_or_404(name: str) -> catcher.Mail:
    found = catcher.find(name)
    if found is None:
        raise Http404
    return found
