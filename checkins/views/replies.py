"""Saying back what one heard of the other's thorn, and being heard."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.not_saved import NotSaved
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from checkins import reading, replies
from checkins.errors import AlreadyReplied, NoReplyWaits, NothingHeard, NoThornToHear
from checkins.forms.replies import MoreForm, ReplyForm
from couples import days
from couples.access import CoupleRequest, partner_required


def _with_thorn(request: CoupleRequest, day: date) -> reading.Evening | None:
    """The evening of `day`, where its other page has a thorn to be heard."""
    found = reading.evening(request.partner, day, now=timezone.now())
    heard_of = found.theirs is not None and found.theirs.taken_back_at is None and found.theirs.thorn
    return found if heard_of else None


def _thorn_or_404(request: CoupleRequest, day: date) -> reading.Evening:
    """The evening of `day` with a thorn to be heard. Raises `Http404` where there is none."""
    found = _with_thorn(request, day)
    if found is None:
        raise Http404
    return found


def _back_to(request: CoupleRequest, day: date) -> HttpResponse:
    tonight = day == days.day_of(timezone.now(), request.user.tz)
    return redirect("today:today") if tonight else redirect("checkins:evening", day)


def _say(request: CoupleRequest, day: date, line: str, undo: Undo | None = None) -> None:
    """Say what was done, with a way to the evening it is on."""
    done(request, line, at=resolve_url("checkins:evening", day), link=_("Open it"), undo=undo)


def _said_already(request: CoupleRequest, day: date, form: ReplyForm) -> HttpResponse:
    """Go back to the evening. Words that were typed are given back instead."""
    said = AlreadyReplied.sentence
    if form.is_bound:
        raise NotSaved(said, back=resolve_url("checkins:evening", day), form=form)
    messages.info(request, said)
    return _back_to(request, day)


def _form(
    request: CoupleRequest,
    evening: reading.Evening,
    form: ReplyForm,
    *,
    heard: replies.Hearing | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with `form`, or only its preview. What was `heard` so far is read unless it is given."""
    heard = heard or replies.on(request.partner, evening)
    if not heard.may_reply:
        return _said_already(request, evening.day, form)
    context = {"evening": evening, "form": form, "heard": heard, "said": None, "advice": None}
    if form.is_bound and form.is_valid():
        context |= {"said": form.said(), "advice": form.advice()}
    fragment = request.headers.get("HX-Request") == "true"
    page = "checkins/reply_preview.html" if fragment else "checkins/reply.html"
    return render(request, page, context, status=status)


@form_page
@partner_required
def reply(request: CoupleRequest, day: date) -> HttpResponse:
    """Say a thorn back. What reads like advice is pointed out once, in this form only, before it goes out."""
    evening = _thorn_or_404(request, day)
    if request.method != "POST":
        return _form(request, evening, ReplyForm())
    form = bound_form(ReplyForm, request)
    if not form.is_valid():
        return _form(request, evening, form, status=422)
    if form.advice() and not form.cleaned_data["as_it_is"]:
        return _form(request, evening, form)
    try:
        replies.reply(by=request.partner, day=day, said=form.said(), now=timezone.now())
    except NothingHeard as error:
        form.add_error(None, error.sentence)
        return _form(request, evening, form, status=422)
    except AlreadyReplied:
        return _said_already(request, day, form)
    except NoThornToHear:
        raise Http404 from None
    _say(request, day, _("Sent. It is on the page of that evening."))
    return _back_to(request, day)


@require_POST
@partner_required
def look(request: CoupleRequest, day: date) -> HttpResponse:
    """Show what the reply reads like so far. Nothing is stored.

    The page asks by itself as one types: where the thorn isn't there any more, nothing on it changes.
    """
    by_itself = request.headers.get("HX-Request") == "true"
    evening = _with_thorn(request, day) if by_itself else _thorn_or_404(request, day)
    if evening is None:
        return HttpResponse(status=204)
    heard = replies.on(request.partner, evening)  # once: the reply may go out while this runs
    if by_itself and not heard.may_reply:
        return HttpResponse(status=204)
    form = bound_form(ReplyForm, request)
    if form.is_valid() and form.cleaned_data["take_out"]:
        form = form.without_advice()
    return _form(request, evening, form, heard=heard)


@require_POST
@partner_required
def heard(request: CoupleRequest, day: date) -> HttpResponse:
    now = timezone.now()
    if replies.heard(by=request.partner, day=day, now=now):
        what = {"day": day.isoformat(), "heard_at": str(now)}
        undo = Undo("that’s it", what, resolve_url("checkins:evening", day))
        _say(request, day, _("Saved: you were heard. It is on the page of that evening."), undo)
    return _back_to(request, day)


@form_page
@partner_required
def more(request: CoupleRequest, day: date) -> HttpResponse:
    """Say "there's a bit more": with a few words, or none."""
    evening = reading.evening(request.partner, day, now=timezone.now())
    asked = replies.on(request.partner, evening).asked
    form = bound_form(MoreForm, request)
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            replies.a_bit_more(by=request.partner, day=day, text=text, now=timezone.now())
        except NoReplyWaits:
            raise NotSaved(
                NoReplyWaits.sentence, back=resolve_url("checkins:evening", day), form=form
            ) from None
        _say(request, day, _("Saved, under your thorn of that evening."))
        return _back_to(request, day)
    if asked is None:
        if form.is_bound:
            raise NotSaved(NoReplyWaits.sentence, back=resolve_url("checkins:evening", day), form=form)
        return _back_to(request, day)
    context = {"evening": evening, "asked": asked, "shown": [asked], "form": form}
    return render_form(request, "checkins/more.html", context, form)


@form_page
@partner_required
def take_back(request: CoupleRequest, reply_id: UUID) -> HttpResponse:
    found = replies.own(request.partner, reply_id)
    if found is None:
        raise Http404
    if request.method == "POST":
        replies.take_back(by=request.partner, reply_id=reply_id, now=timezone.now())
        done(request, _("Taken back. Your words are gone; “taken back” stays on this page."))
        return redirect("checkins:evening", found.day)
    if found.taken_back_at is not None:
        return redirect("checkins:evening", found.day)
    return render(request, "checkins/reply_take_back.html", {"reply": found})
