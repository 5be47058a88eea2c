"""Error pages: what happened, what to do, and every word that was typed."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.hashing import RETRY_AFTER


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: whatever broke might break this page as well.
    return HttpResponse(render_to_string("500.html"), status=500)


SECRETS = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code"}
BOXES = {
    "go",
    "open",
    "closeness",
    "keep_rose",
    "keep_bud",
    "keep_thorn",
    "trait",
    "feeling",
    "more",
    "depth",
    "seasons",
}
BUTTONS = {"begin_back", "begin_sense", "as_it_is", "take_out", "minutes", "weekdays", "seen"}
NOT_WORDS = SECRETS | BOXES | BUTTONS | {"next", "version", "tab", "stroke"}


LABELS = {"login": _("Email"), "email": _("Email"), "name": _("Name")}  # of the forms that take a password


def typed_words(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person wrote into the form, without tokens, buttons and secrets."""
    typed = ((name, str(value)) for name, value in request.POST.items() if name not in NOT_WORDS)
    return [(name, words) for name, words in typed if words.strip()]


def busy(request: HttpRequest) -> HttpResponse:
    """Too many passwords to look at in this moment: nothing was done, and what was typed (no secret) is handed back."""
    fields = [(LABELS[name], words) for name, words in typed_words(request) if name in LABELS]
    response = render(request, "busy.html", {"fields": fields}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


@login_not_required  # a form that outlived its session still gives the words back
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that outlived its page: nothing is saved, and what was typed is handed back to copy."""
    return render(request, "csrf.html", {"fields": typed_words(request)}, status=403)
