"""One's own calendar: files, and the address to subscribe to."""

import hashlib
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.reauthentication import fresh_sign_in, kept, require
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done
from adventures import attachments, feeds, ics, reading
from adventures.forms.calendars import TitlesForm
from couples.access import CoupleRequest, partner_required


def _in_calendars(request: CoupleRequest, pk: UUID) -> reading.DateCard:
    """A date of this couple that once stood in the calendar, at an hour: of "we did it" only the Day is known."""
    date_card = reading.one(request.partner, pk, now=timezone.now())
    if date_card is None or date_card.date.couple_id != request.couple.pk:
        raise Http404
    if date_card.date.starts_at is None or date_card.date.happened_on is not None:
        raise Http404
    return date_card


@require_safe
@partner_required
def file(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """One date as a file for one's own calendar."""
    date_card = _in_calendars(request, pk)
    content = ics.of_date(feeds.of(request.partner), date_card.date)
    return HttpResponse(
        content,
        content_type=ics.TYPE,
        headers={"Content-Disposition": 'attachment; filename="plans.ics"'},
    )


@require_POST
@partner_required
def mail(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """A date as a file by mail, to oneself."""
    date_card = _in_calendars(request, pk)
    if not ratelimit.consume(request, action="date_file", user=request.user):
        messages.error(request, _("That was a few in a row. The next one in an hour or so."))
        return redirect("adventures:date", pk)
    attachments.mail(by=request.partner, date_night=date_card.date, now=timezone.now())
    done(request, _("It is on its way to your inbox, in a minute or so."))
    return redirect("adventures:date", pk)


@form_page
@partner_required
@fresh_sign_in(on="some")
def settings_page(request: CoupleRequest) -> HttpResponse:
    """The page of what one's calendar shows, and the address to subscribe to."""
    calendar = feeds.of(request.partner)
    stands = {"titled": "yes" if calendar.titled else "no"}
    form = bound_form(TitlesForm, request, initial=stands | kept(request))
    if form.is_bound and form.is_valid():
        titled = form.cleaned_data["titled"] == "yes"
        if titled and not calendar.titled:  # more is told than before
            require(request, keep=form.cleaned_data)
        feeds.show_titles(by=request.partner, titled=titled)
        done(request, _("Saved, and shown to nobody else. Your calendar shows it when it next looks."))
        return redirect("adventures:calendar")
    return _settings(request, form)


def _settings(request: CoupleRequest, form: TitlesForm, address: str = "") -> HttpResponse:
    context = {"form": form, "calendars": feeds.all_of(request.partner), "address": address}
    return render_form(request, "adventures/calendar.html", context, form)


@require_POST
@partner_required
@fresh_sign_in(on="post", back="adventures:calendar")
def make_address(request: CoupleRequest) -> HttpResponse:
    """A new address. It is shown on this page alone, so the page isn't left by a redirect."""
    token = feeds.make_address(by=request.partner)
    calendar = feeds.of(request.partner)
    form = TitlesForm(initial={"titled": "yes" if calendar.titled else "no"})
    return _settings(request, form, settings.NEARER_URL + reverse("adventures:feed", args=[token]))


@form_page
@partner_required
@fresh_sign_in(on="post", back="adventures:calendar")
def revoke(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Switch off an address, after asking whether it is meant."""
    if request.method == "POST":
        feeds.revoke(by=request.partner, pk=pk)
        done(request, _("Switched off. You can make a new address on this page."))
        return redirect("adventures:calendar")
    if pk not in {one.pk for one in feeds.all_of(request.partner)}:
        raise Http404
    return render(request, "adventures/calendar_revoke.html")


@login_not_required  # a calendar subscribes with nothing but its secret address
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed of the calendar with this address."""
    found = feeds.read(token)
    if found is None:
        raise Http404
    content = ics.of_feed(found)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if etag in known or "*" in known:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(content, content_type=ics.TYPE, headers=headers)
