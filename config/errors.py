"""Error pages: what happened, what to do, and every word that was typed."""

import logging
import sys
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.hashing import RETRY_AFTER
from accounts.not_saved import NotSaved, Typed, all_typed, given_back, typed_into
from config import disk

log = logging.getLogger(__name__)
ASLEEP = _(
    "That page was out of date. It happens when a page was open for a long time, or when you signed in or out "
    "elsewhere in the meantime."
)
GONE = _("What this was written for isn’t here any more.")
BUSY = _("Nearer is busy just now. Please try again in a minute.")
FULL = _("There is no room left on Nearer’s disk, so nothing was saved. Whoever runs it has to make some.")
FAULT = _("Something went wrong on our side. The fault is noted, your words are not.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A blank page; for a form whose place is gone, the words that were typed into it."""
    if request.method == "POST" and (typed := all_typed(request)):
        return given_back(request, typed, why=GONE, status=404)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that is busy, away or full (503): the words that were typed come back all the
    same.
    """
    error = sys.exc_info()[1]
    away = FULL if disk.is_full(error) else BUSY if isinstance(error, OperationalError) else ""
    status, why = (503, away) if away else (500, FAULT)
    if away == FULL:
        log.error("There is no room left on the disk: nothing can be saved.")
    if typed := _typed_after_all(request):
        response = given_back(None, typed, why=why, status=status)
    else:
        response = HttpResponse(render_to_string("500.html", {"away": away}), status=status)
    if away:
        response["Retry-After"] = "30"
    return response


def _typed_after_all(request: HttpRequest) -> list[Typed]:
    """The words of a POST that broke something; none if reading them is what broke."""
    with suppress(Exception):
        if request.method == "POST":
            return all_typed(request)
    return []


def not_saved(request: HttpRequest, error: NotSaved) -> HttpResponse:
    """The page for a form whose place is gone, with all that was typed. Nothing typed: on to where it went."""
    typed = typed_into(error.form) if error.form is not None else all_typed(request)
    if typed:
        status = 404 if error.missing else 422
        return given_back(request, typed, why=error.why, back=error.back, status=status)
    if error.missing:
        return render(request, "404.html", status=404)
    messages.info(request, error.why)
    return redirect(error.back)


def busy(request: HttpRequest) -> HttpResponse:
    """Too many passwords to look at in this moment: nothing was done, and what was typed (no secret) is handed back."""
    response = render(request, "busy.html", {"fields": all_typed(request)}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


@login_not_required  # a form that outlived its session still gives the words back
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that outlived its page: nothing is saved, and what was typed is handed back to copy."""
    return given_back(request, all_typed(request), why=ASLEEP, status=403)
