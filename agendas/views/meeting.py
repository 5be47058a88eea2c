"""Meeting mode: one page both can have open, or one device between them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Gone
from accounts.not_saved import NotSaved
from accounts.requests import bound_form
from agendas import meeting, notes, one_device, outcomes, scheduling, screen
from agendas.errors import NoteChanged, NoteChangedSinceRead, NoteGone, TalkError, TalkNotHeld, TalkOver
from agendas.forms.buttons import ApproveForm, BeginForm, ExtendForm, PartForm, SettleForm, TurnForm
from agendas.forms.words import NoteForm, SayingForm, WillForm
from agendas.models import Agenda, Note, Part, Saying
from couples.access import CoupleRequest, partner_required, seat_of_page

Act = Callable[..., Any]


def _agenda(request: CoupleRequest) -> Agenda | None:
    """The talk that was begun and isn't over by the clock."""
    agenda = scheduling.current_talk(request.partner, now=timezone.now())
    return agenda if agenda is not None and agenda.begun_at is not None else None


@dataclass(frozen=True)
class Forms:
    """The forms of the page that came back with errors; the others are drawn empty."""

    note: NoteForm | None = None
    will: WillForm | None = None
    saying: SayingForm | None = None


NONE_CAME_BACK = Forms()


def _page(
    request: CoupleRequest,
    agenda: Agenda,
    forms: Forms = NONE_CAME_BACK,
    *,
    template: str = "agendas/now.html",
    newer: Note | None = None,
) -> HttpResponse:
    now, one = timezone.now(), one_device.is_on(request)
    state = meeting.state(agenda, now=now)
    _refuse_without_a_place(state, forms)
    shown = screen.of(request.partner, agenda, state, now=now)
    context = vars(shown) | {
        "page_mark": request.GET.get("mark", state.mark),
        "part": state.part,
        "parts": agenda.parts,
        "note_form": forms.note or NoteForm(initial={"text": shown.mine.text if shown.mine else ""}),
        "will_form": forms.will or WillForm(own_device=not one),
        "saying_form": forms.saying,
        "newer": newer,
        "one_device": one,
        "alone": not one,
    }
    return render(request, template, context, status=200 if forms is NONE_CAME_BACK else 422)


@require_safe
@partner_required
def now(request: CoupleRequest) -> HttpResponse:
    agenda = _agenda(request)
    return _page(request, agenda) if agenda is not None else redirect("agendas:talk")


@require_safe
@partner_required
def live(request: CoupleRequest) -> HttpResponse:
    """Answer with what of the page changes by itself, or that nothing did. A page of a couple that is over looks as if
    it were cut off.
    """
    if seat_of_page(request) != request.partner:
        return HttpResponse(status=204)
    agenda = _agenda(request)
    if agenda is None:
        return redirect("agendas:talk")
    if request.GET.get("seen") == meeting.state(agenda, now=timezone.now()).seen:
        return HttpResponseNotModified()
    return _page(request, agenda, template="agendas/live.html")


def _act(request: CoupleRequest, act: Act, **what: Any) -> HttpResponse:
    """Do it, or say that there is no talk (any more)."""
    try:
        act(by=request.partner, now=timezone.now(), **what)
    except TalkNotHeld as error:
        messages.info(request, error.sentence)
        return redirect("agendas:talk")
    except ValueError:  # no part, seat or turn of ours
        pass
    return redirect("agendas:now")


@require_POST
@partner_required
def begin(request: CoupleRequest) -> HttpResponse:
    """Begin the talk, on two devices or on one between the two."""
    answer, form = _act(request, meeting.begin), bound_form(BeginForm, request)
    if form.is_valid() and form.cleaned_data["on"] == "one" and _agenda(request) is not None:
        one_device.begin(request, now=timezone.now().timestamp())
    return answer


@require_POST
@partner_required
def go_to(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.go_to, **_numbers(request, PartForm))


@require_POST
@partner_required
def swap(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.swap, **_numbers(request, TurnForm))


@require_POST
@partner_required
def extend_turn(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.extend_turn, **_numbers(request, ExtendForm))


@require_POST
@partner_required
def take_break(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.take_break)


@require_POST
@partner_required
def pause(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.pause)


@require_POST
@partner_required
def go_on(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.go_on)


@require_POST
@partner_required
def finish(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.finish)


def _numbers(request: CoupleRequest, form_class: type[PartForm | TurnForm | ExtendForm]) -> dict[str, int]:
    form = bound_form(form_class, request)
    form.is_valid()  # any number is: an act that it names nothing for does nothing
    return form.cleaned_data


def _over(form: NoteForm | WillForm | SayingForm) -> NotSaved:
    return NotSaved(TalkOver.sentence, back=resolve_url("agendas:talk"), form=form)


def _refuse_without_a_place(state: meeting.State, forms: Forms) -> None:
    """What can't be saved comes back on a page of its own where the talk has gone on and its box went with it."""
    form, says = forms.note or forms.will or forms.saying, forms.saying
    if form is None:
        return
    has_box = says is None or (state.part == Part.LOVING and says.data.get("kind") in Saying.Kind.values)
    if state.resting or state.over or not has_box:
        errors = [str(error) for several in form.errors.values() for error in several]
        raise NotSaved(" ".join(errors), back=resolve_url("agendas:now"), form=form)


@require_POST
@partner_required
def note(request: CoupleRequest) -> HttpResponse:
    """Put down one's notes of a part, and show them if one is happy with them."""
    own_device = not one_device.is_on(request)
    agenda, form = _agenda(request), bound_form(NoteForm, request, own_device=own_device)
    if agenda is None:
        raise _over(form)
    newer = None
    if form.is_valid() and form.cleaned_data["part"] in agenda.parts:
        try:
            _write(request, agenda, form, own_device=own_device)
            return redirect("agendas:now")
        except NoteChanged as error:
            newer = error.note
            form.add_error("text", error.sentence)
            form.data = {**form.data.dict(), "stood": newer.shown}  # type: ignore[attr-defined]  # a QueryDict
        except (TalkOver, NoteGone):
            raise _over(form) from None
        except TalkError as error:
            form.add_error("text", str(error.sentence))
    return _page(request, agenda, Forms(note=form), newer=newer)


def _write(request: CoupleRequest, agenda: Agenda, form: NoteForm, *, own_device: bool) -> None:
    data, by, now = form.cleaned_data, request.partner, timezone.now()
    found = notes.write(
        by=by,
        agenda=agenda,
        part=data["part"],
        text=data["text"],
        stood=data["stood"],
        now=now,
        own_device=own_device,
    )
    if found is not None and data["tick"]:
        notes.approve(by=by, note_id=found.pk, stood=found.shown, now=now)


@require_POST
@partner_required
def approve(request: CoupleRequest, note_id: UUID) -> HttpResponse:
    """Approve notes, "I'm happy with these notes": the other's, or one's own."""
    form = bound_form(ApproveForm, request)
    stood = form.cleaned_data["stood"] if form.is_valid() else ""
    try:
        notes.approve(by=request.partner, note_id=note_id, stood=stood, now=timezone.now())
    except (NoteChangedSinceRead, NoteGone) as error:
        messages.warning(request, error.sentence)
        return redirect("agendas:now")
    return redirect("agendas:now" if _agenda(request) else "agendas:talks")


@require_POST
@partner_required
def will(request: CoupleRequest) -> HttpResponse:
    """Add an action: "I'll …" or "We'll …"."""
    own_device = not one_device.is_on(request)
    agenda, form = _agenda(request), bound_form(WillForm, request, own_device=own_device)
    if agenda is None:
        raise _over(form)
    if not form.is_valid():
        return _page(request, agenda, Forms(will=form))
    try:
        outcomes.add_action(
            by=request.partner,
            agenda=agenda,
            who=form.cleaned_data["who"],
            part=agenda.part,
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
    except TalkOver:
        raise _over(form) from None
    return redirect("agendas:now")


@require_POST
@partner_required
def say(request: CoupleRequest) -> HttpResponse:
    """Put down one thing noticed, or one hope."""
    agenda, form = _agenda(request), bound_form(SayingForm, request)
    if agenda is None:
        raise _over(form)
    if not form.is_valid():
        return _page(request, agenda, Forms(saying=form))
    data = form.cleaned_data
    try:
        outcomes.say(
            by=request.partner, agenda=agenda, kind=data["kind"], text=data["text"], now=timezone.now()
        )
    except TalkOver:
        raise _over(form) from None
    return redirect("agendas:now")


@require_POST
@partner_required
def settle(request: CoupleRequest, action_id: UUID) -> HttpResponse:
    """Settle what was said last time: done, carried on, or let go."""
    agenda, form, now = _agenda(request), bound_form(SettleForm, request), timezone.now()
    go = form.cleaned_data["go"] if form.is_valid() else ""
    by, own_device = request.partner, not one_device.is_on(request)
    with suppress(Gone):
        if go == "done":
            outcomes.done(by=by, action_id=action_id, now=now, own_device=own_device)
        elif go == "let_go":
            outcomes.let_go(by=by, action_id=action_id, now=now, own_device=own_device)
        elif go == "carry_on" and agenda is not None:
            outcomes.carry_on(by=by, action_id=action_id, agenda=agenda, own_device=own_device)
    return redirect("agendas:now" if agenda is not None else "agendas:talks")
