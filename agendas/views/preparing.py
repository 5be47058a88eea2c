"""Preparing a talk, each for themselves: what to bring, what to leave out, what was told to them last time."""

from contextlib import suppress
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import Gone
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from agendas import hidden_items, history, outcomes, reading, scheduling, topics
from agendas.errors import NobodyToTalkTo, TalkBegun, TopicGone
from agendas.forms.buttons import RoseForm
from agendas.forms.words import BringForm, TopicForm
from agendas.models import Agenda, AgendaItem
from agendas.recurring_words import recurring_word
from couples import days
from couples.access import CoupleRequest, partner_required


def _page(request: CoupleRequest, agenda: Agenda | None, form: BringForm) -> HttpResponse:
    now = timezone.now()
    begun = agenda is not None and agenda.begun_at is not None
    laid_out = agenda is not None and agenda.laid_out_at is not None and not begun
    told_at = agenda.pk if agenda is not None and begun else (agenda.previous_id if agenda else None)
    evenings, waiting = topics.own_evenings(request.partner, now=now), topics.waiting_of(request.partner)
    names = [request.user.name, request.other.user.name if request.other else ""]
    taken = {topic.page_id for topic in waiting}
    context = {
        "agenda": agenda,
        "laid_out": laid_out,
        "weighs": begun or not (agenda.is_first if agenda else history.is_none_held(request.couple)),
        "topics": waiting,
        "chosen": any(topic.wanted_at is not None for topic in waiting),
        "thorns": [
            page for page in topics.thorns(request.partner, evenings, now=now) if page.pk not in taken
        ],
        "recurring": recurring_word(topics.thorns_of(evenings), names=names),
        "roses": reading.own_roses(request.partner, agenda, now=now) if agenda and laid_out else [],
        "hope": outcomes.hope_told_to(request.partner, told_at),
        "today": days.day_of(now, request.user.tz),
        "error": TopicGone.sentence if form.errors else "",
    }
    return render_form(request, "agendas/bring.html", context, form)


@form_page
@partner_required
def bring(request: CoupleRequest) -> HttpResponse:
    """Show one's own side of the next talk, and choose what to bring: a topic, a thorn, or nothing."""
    if request.other is None:
        return redirect("agendas:talk")
    agenda, now = scheduling.current_talk(request.partner, now=timezone.now()), timezone.now()
    form = bound_form(BringForm, request)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["bring"]
        try:
            if isinstance(chosen, date):
                topics.bring_thorn(by=request.partner, day=chosen, now=now)
            else:
                topics.bring(by=request.partner, topic_id=chosen, now=now)
            if chosen is None:
                done(request, _("Saved: you bring nothing this time. What you saved waits, below."))
            else:
                done(request, _("Saved, and chosen below. Its title shows on the morning of the talk."))
            return redirect("agendas:bring")
        except TopicGone as error:
            form.add_error("bring", error.sentence)
        except NobodyToTalkTo:
            return redirect("agendas:talk")
    return _page(request, agenda, form)


@form_page
@partner_required
def park(request: CoupleRequest) -> HttpResponse:
    """Park something until the talk: "Not now, Sunday"."""
    form = bound_form(TopicForm, request)
    if form.is_bound and form.is_valid():
        try:
            topics.park(by=request.partner, words=form.words(), now=timezone.now())
        except NobodyToTalkTo as error:
            form.add_error(None, error.sentence)
        else:
            done(
                request,
                _("Saved, under “Topics you saved”. See below whether it is chosen for the next talk."),
            )
            return redirect("agendas:bring")
    return render_form(request, "agendas/park.html", {"form": form}, form)


@require_POST
@partner_required
def wait(request: CoupleRequest, topic_id: UUID) -> HttpResponse:
    """Let one's own topic wait for a later talk: "Not this time"."""
    try:
        what = topics.not_this_time(by=request.partner, topic_id=topic_id)
    except Gone:
        raise Http404 from None
    undo = Undo("topic waits", what, resolve_url("agendas:bring")) if what is not None else None
    done(request, _("It waits below, under “Topics you saved”, for a later talk."), undo=undo)
    return redirect("agendas:bring")


@form_page
@partner_required
def take_topic_back(request: CoupleRequest, topic_id: UUID) -> HttpResponse:
    """Delete one's own topic, after asking whether it is meant."""
    if request.method != "POST":
        found = next((one for one in topics.waiting_of(request.partner) if one.pk == topic_id), None)
        if found is None:
            raise Http404
        return render(request, "agendas/topic_delete.html", {"topic": found})
    try:
        topics.take_back(by=request.partner, topic_id=topic_id, now=timezone.now())
    except Gone:
        raise Http404 from None
    done(request, _("Deleted. What else you saved is below."))
    return redirect("agendas:bring")


@require_POST
@partner_required
def leave_out(request: CoupleRequest, item_id: UUID) -> HttpResponse:
    """Leave one's own rose out of the talk, or put it back. Nobody else can tell."""
    form = bound_form(RoseForm, request)
    try:
        with suppress(TalkBegun):
            if form.is_valid() and form.cleaned_data["go"] == "out":
                hidden_items.leave_out(by=request.partner, item_id=item_id, now=timezone.now())
                done(request, _("Left out. It can be put back under “Your roses on the list”."))
            else:
                hidden_items.put_back(by=request.partner, item_id=item_id)
                done(request, _("Put back. It is on the list again, under “Your roses on the list”."))
    except AgendaItem.DoesNotExist:
        raise Http404 from None
    return redirect("agendas:bring")
