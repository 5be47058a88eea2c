"""The evening's question: read it, answer it aloud or in writing, ask one's own, say how deep it may go."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from checkins import answering, own_questions, prompt_preferences, questions
from checkins.errors import AnswerChanged, CheckInError, QuestionClosed, TooManyQuestions
from checkins.forms.prompts import AnswerForm, OwnPromptForm, PromptPreferenceForm
from checkins.models import OwnPrompt
from couples import days
from couples.access import CoupleRequest, partner_required

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def _today(request: CoupleRequest) -> date:
    return days.day_of(timezone.now(), request.user.tz)


def _question_page(request: CoupleRequest, day: date, form: AnswerForm | None = None) -> HttpResponse:
    now, tz, tonight = timezone.now(), request.user.tz, _today(request)
    is_open = days.is_open(day, now, tz)
    if day == tonight:
        asked, *earlier = questions.lately(request.partner, day)
    else:
        asked, earlier = questions.asked(request.partner, day, is_open=is_open), []
    stands = asked.mine.text if asked.mine else ""
    form = form or AnswerForm(initial={"text": stands, "seen": answering.mark(stands)})
    context = {
        "asked": asked,
        "earlier": [one for one in earlier if one.mine and one.mine.written_at],
        "form": form,
        "tonight": day == tonight,
        "is_open": is_open,
    }
    return render_form(request, "checkins/question.html", context, form)


def _back_to(request: CoupleRequest, day: date) -> HttpResponse:
    if day == _today(request):
        return redirect("checkins:question")
    return redirect("checkins:question_day", day)


@require_safe
@partner_required
def question(request: CoupleRequest) -> HttpResponse:
    return _question_page(request, _today(request))


@require_safe
@partner_required
def question_day(request: CoupleRequest, day: date) -> HttpResponse:
    """The question of an earlier evening, as far as one has answered it or still may. Tomorrow's isn't told."""
    return _question_page(request, day) if day <= _today(request) else redirect("checkins:question")


@require_safe
@partner_required
def question_another(request: CoupleRequest, nth: int) -> HttpResponse:
    """Show a further question, only to ask aloud: on this person's page alone, and nothing is kept."""
    prompt = questions.another(request.partner, _today(request), nth)
    context = {"prompt": prompt, "next": nth + 1}
    return render(request, "checkins/question_another.html", context)


@require_POST
@partner_required
def answer(request: CoupleRequest, day: date) -> HttpResponse:
    form = bound_form(AnswerForm, request)
    if form.is_valid():
        try:
            answering.answer(by=request.partner, day=day, now=timezone.now(), **form.cleaned_data)
            done(request, _("Your answer is saved, on this page."))
            return _back_to(request, day)
        except AnswerChanged as stale:
            form.is_late(stale)
        except CheckInError as error:
            form.add_error("text", error.sentence)
    return _question_page(request, day, form)


@require_POST
@partner_required
def talked(request: CoupleRequest, day: date) -> HttpResponse:
    return _say(
        request, day, answering.talk, _("Saved: you talked about it. This page says so, with its Undo.")
    )


@require_POST
@partner_required
def not_yet(request: CoupleRequest, day: date) -> HttpResponse:
    return _say(request, day, answering.not_yet, _("Undone. The question is open again, on this page."))


def _say(request: CoupleRequest, day: date, verb: Callable[..., object], line: "StrPromise") -> HttpResponse:
    try:
        verb(by=request.partner, day=day, now=timezone.now())
        done(request, line)
    except QuestionClosed as error:
        messages.warning(request, error.sentence)
    return _back_to(request, day)


@form_page
@partner_required
def take_answer_back(request: CoupleRequest, day: date) -> HttpResponse:
    if request.method == "POST":
        answering.take_back(by=request.partner, day=day, now=timezone.now())
        done(request, _("Taken back. Your words are gone; “taken back” stays with the question."))
        return _back_to(request, day)
    asked = questions.asked(request.partner, day, is_open=False)
    if asked.mine is None or asked.mine.written_at is None or asked.taken_back:
        return _back_to(request, day)
    return render(request, "checkins/answer_take_back.html", {"asked": asked})


@form_page
@partner_required
def questions_of_ours(request: CoupleRequest) -> HttpResponse:
    """The page of own questions: write one, see one's own, and say yes to those of the other."""
    form = bound_form(OwnPromptForm, request)
    if form.is_valid():
        try:
            own_questions.ask(by=request.partner, text=form.cleaned_data["text"], now=timezone.now())
            done(request, _("Saved. Your question is below, under “Yours”."))
            return redirect("checkins:own_questions")
        except TooManyQuestions as error:
            form.add_error("text", error.sentence)
    context = {
        "form": form,
        "mine": own_questions.mine(request.partner),
        "waiting": own_questions.waiting(request.partner, timezone.now()),
        "today": _today(request),
    }
    return render_form(request, "checkins/own_questions.html", context, form)


@require_POST
@partner_required
def agree(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        if own_questions.agree(by=request.partner, prompt_id=pk, now=timezone.now()):
            undo = Undo("yes, ask us", {"prompt": str(pk)}, resolve_url("checkins:own_questions"))
            line = _("Agreed. It comes on one of your next evenings.")
            done(request, line, undo=undo)
    except OwnPrompt.DoesNotExist as error:
        raise Http404 from error
    return redirect("checkins:own_questions")


@form_page
@partner_required
def take_question_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        if request.method == "POST":
            own_questions.take_back(by=request.partner, prompt_id=pk, now=timezone.now())
            done(request, _("Taken back. It is off this page, and isn’t asked again."))
            return redirect("checkins:own_questions")
        prompt = own_questions.own(request.partner, pk)
    except OwnPrompt.DoesNotExist as error:
        raise Http404 from error
    if prompt.taken_back_at is not None:
        return redirect("checkins:own_questions")
    return render(request, "checkins/question_take_back.html", {"prompt": prompt})


@form_page
@partner_required
def preferences(request: CoupleRequest) -> HttpResponse:
    """The page of how deep, and about which seasons of life, one would like to be asked: one's own, and nobody else's
    to see.
    """
    depth, seasons = prompt_preferences.of(request.partner.user)
    form = bound_form(PromptPreferenceForm, request, initial={"depth": str(depth), "seasons": seasons})
    if form.is_valid():
        depth, seasons = int(form.cleaned_data["depth"]), form.cleaned_data["seasons"]
        prompt_preferences.choose(by=request.partner, depth=depth, seasons=seasons, now=timezone.now())
        done(request, _("Saved, on this page. It counts from the next question on."))
        return redirect("checkins:prompt_preferences")
    return render_form(request, "checkins/prompt_preferences.html", {"form": form}, form)
