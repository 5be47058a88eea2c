"""Meeting mode: one page both can have open, or one device between them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Gone
from accounts.not_saved import NotSaved
from accounts.requests import bound_form, send_along
from accounts.undoing import done
from adventures import reading as dates
from agendas import meeting, notes, one_device, outcomes, scheduling, screen
from agendas.errors import (
    NoteChanged,
    NoteChangedSinceRead,
    NoteGone,
    TalkError,
    TalkNotHeld,
    TalkOver,
    WritersDeviceOnly,
)
from agendas.forms.buttons import ApproveForm, BeginForm, ExtendForm, PartForm, SettleForm, TurnForm
from agendas.forms.words import NoteForm, SayingForm, WillForm
from agendas.models import Agenda, Note
from couples.access import CoupleRequest, partner_required, seat_of_page, sits

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Act = Callable[..., Any]
SETTLED = {
    "done": _("Done. It stays on the page of its talk, with its Undo."),
    "let_go": _("Removed. It stays on the page of its talk, with its Undo."),
    "carry_on": _("Moved. It comes up again in the next talk."),
    "undo": _("Undone. It is as it was before."),
}
NOT_BY_ITSELF = _("Not saved yet: use the button below, or empty the box.")


def _agenda(request: CoupleRequest) -> Agenda | None:
    """The talk that was begun and isn't over by the clock."""
    agenda = scheduling.current_talk(request.partner, now=timezone.now())
    return agenda if agenda is not None and agenda.begun_at is not None else None


@dataclass(frozen=True)
class Left:
    """The forms whose words weren't saved: they come back, each with why. The others are drawn empty."""

    note: NoteForm | None = None
    newer: Note | None = None  # what stands there now, where that is why
    will: WillForm | None = None
    saying: SayingForm | None = None

    @property
    def part(self) -> int | None:
        """The part its notes are of."""
        return self.note.cleaned_data.get("part") if self.note is not None else None

    @property
    def first(self) -> str:
        """The field of the page to go to, of those that came back."""
        if self.saying is not None:
            return next(iter(self.saying.errors), "")
        return "text" if self.note is not None else "will" if self.will is not None else ""


NOTHING = Left()


def _page(
    request: CoupleRequest, agenda: Agenda, left: Left = NOTHING, *, template: str = "agendas/now.html"
) -> HttpResponse:
    now, one = timezone.now(), one_device.is_on(request)
    state = meeting.state(agenda, now=now)
    shown = screen.of(request.partner, agenda, state, now=now)
    context = vars(shown) | {
        "page_mark": request.GET.get("mark", state.mark),
        "part": state.part,
        "parts": agenda.parts,
        "note_form": left.note or NoteForm(initial={"text": shown.mine.text if shown.mine else ""}),
        "will_form": left.will or WillForm(own_device=not one),
        "saying_form": left.saying or SayingForm(),
        "left": left,
        "boxes": _boxes(state, left, own_device=not one),
        "next_date": dates.coming(request.partner, now=now) if state.over else None,
        "one_device": one,
        "alone": not one,
    }
    return render(request, template, context, status=200 if left == NOTHING else 422)


def _boxes(state: meeting.State, left: Left, *, own_device: bool) -> str:
    """Which boxes the page has: those of a part, wherever words came back to them, or the one for the end."""
    fits_the_end = left == NOTHING or (own_device and left == Left(will=left.will))
    if state.over and fits_the_end:
        return "try"
    return "" if state.resting and left == NOTHING else "write"


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
    answer = _page(request, agenda, template="agendas/live.html")
    return answer if sits(request.partner) else HttpResponse(status=204)


def _act(request: CoupleRequest, act: Act, *, at_once: bool = False, **what: Any) -> HttpResponse:
    """Save one's notes and do it, or say that there is no talk (any more).

    What is only shown to the other by a button of its own isn't shown by this one: it comes back, and has to be added
    or thrown away before the talk goes on. A rest waits for nothing (`at_once`).
    """
    left = _save(request)
    if left == NOTHING or at_once:
        try:
            act(by=request.partner, now=timezone.now(), **what)
        except TalkNotHeld as error:
            messages.info(request, error.sentence)
            return redirect("agendas:talk")
        except ValueError:  # no part, seat or turn of ours
            pass
    return _after(request, left)


def _after(request: CoupleRequest, left: Left) -> HttpResponse:
    agenda = _agenda(request) if left != NOTHING else None
    return redirect("agendas:now") if agenda is None else _page(request, agenda, left)


def _save(request: CoupleRequest, button: str = "") -> Left:
    """Save the words on the page: one's notes whichever button was pressed, the others by their own. Returns what is
    left. Raises `NotSaved` where there is no talk (any more) to save them to.
    """
    agenda, typed = _agenda(request), _typed(request, button)
    if typed == NOTHING:
        return NOTHING
    if agenda is None:
        raise NotSaved(TalkOver.sentence, back=resolve_url("agendas:talk"))
    if typed.saying is not None and one_device.is_on(request):
        raise NotSaved(WritersDeviceOnly.sentence, back=resolve_url("agendas:now"))
    try:
        return Left(
            *_save_note(request, agenda, typed.note),
            _save_will(request, agenda, typed.will, now=button == "will"),
            _save_saying(request, agenda, typed.saying, now=button == "noticed"),
        )
    except (TalkOver, NoteGone):
        raise NotSaved(TalkOver.sentence, back=resolve_url("agendas:talk")) from None


def _typed(request: CoupleRequest, button: str) -> Left:
    """The forms that were sent with something in them, or by their own button."""
    own_device = not one_device.is_on(request)
    note = bound_form(NoteForm, request, own_device=own_device)
    will = bound_form(WillForm, request, own_device=own_device)
    saying = bound_form(SayingForm, request)
    return Left(
        note=note if note.came else None,
        will=will if will.came or button == "will" else None,
        saying=saying if saying.came or button == "noticed" else None,
    )


def _save_note(
    request: CoupleRequest, agenda: Agenda, form: NoteForm | None
) -> tuple[NoteForm | None, Note | None]:
    """Save one's notes of a part, and show them if one is happy with them. Returns the form where that can't be, and
    what stands there where that is why.
    """
    newer = None
    if form is not None and form.is_valid() and form.cleaned_data["part"] in agenda.parts:
        try:
            if not form.is_untouched:
                _write(request, agenda, form)
            return None, None
        except NoteChanged as error:
            newer = error.note
            form.add_error("text", error.sentence)
            send_along(form, stood=newer.shown)
        except (TalkOver, NoteGone):
            raise
        except TalkError as error:
            form.add_error("text", str(error.sentence))
    return form, newer


def _write(request: CoupleRequest, agenda: Agenda, form: NoteForm) -> None:
    data, by, now = form.cleaned_data, request.partner, timezone.now()
    found = notes.write(
        by=by,
        agenda=agenda,
        part=data["part"],
        text=data["text"],
        stood=data["stood"],
        now=now,
        own_device=form.own_device,
    )
    if found is not None and data["tick"]:
        notes.approve(by=by, note_id=found.pk, stood=found.shown, now=now)


def _save_will(
    request: CoupleRequest, agenda: Agenda, form: WillForm | None, *, now: bool
) -> WillForm | None:
    if form is None or not form.is_valid():
        return form
    if not now:
        form.add_error("will", NOT_BY_ITSELF)
        return form
    who, text = form.cleaned_data["who"], form.cleaned_data["will"]
    outcomes.add_action(
        by=request.partner, agenda=agenda, who=who, part=agenda.part, text=text, now=timezone.now()
    )
    return None


def _save_saying(
    request: CoupleRequest, agenda: Agenda, form: SayingForm | None, *, now: bool
) -> SayingForm | None:
    if form is None or not form.is_valid():
        return form
    if not now:
        form.add_error(next(iter(form.said)), NOT_BY_ITSELF)
        return form
    for kind, text in form.said.items():
        outcomes.say(by=request.partner, agenda=agenda, kind=kind, text=text, now=timezone.now())
    return None


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
    return _act(request, meeting.go_to, part=_numbers(request, PartForm)["to"])


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
    return _act(request, meeting.take_break, at_once=True)


@require_POST
@partner_required
def pause(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.pause, at_once=True)


@require_POST
@partner_required
def go_on(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.go_on)


@require_POST
@partner_required
def finish(request: CoupleRequest) -> HttpResponse:
    return _act(request, meeting.finish)


def _numbers(request: CoupleRequest, form_class: type[PartForm | TurnForm | ExtendForm]) -> dict[str, Any]:
    form = bound_form(form_class, request)
    form.is_valid()  # any number is: an act that it names nothing for does nothing
    return form.cleaned_data


@require_POST
@partner_required
def note(request: CoupleRequest) -> HttpResponse:
    """Save one's notes of a part."""
    return _saved(
        request, "text", _("Your notes are saved. They stay in this part of the talk, and on its page.")
    )


@require_POST
@partner_required
def will(request: CoupleRequest) -> HttpResponse:
    """Add an action: "I'll …" or "We'll …"."""
    return _saved(request, "will", _("Added, below, under “What you’ll do”. It comes up in the next talk."))


@require_POST
@partner_required
def say(request: CoupleRequest) -> HttpResponse:
    """Tell the other one thing noticed, or one hope."""
    return _saved(request, "noticed", _("Said. It is below, and on the page of this talk."))


def _saved(request: CoupleRequest, button: str, line: "StrPromise") -> HttpResponse:
    left = _save(request, button)
    if left == NOTHING:
        done(request, line)
    return _after(request, left)


@require_POST
@partner_required
def approve(request: CoupleRequest, note_id: UUID) -> HttpResponse:
    """Approve notes, "I'm happy with these notes": the other's, or one's own."""
    form = bound_form(ApproveForm, request)
    sent = form.cleaned_data if form.is_valid() else {"read": "", "go": ""}
    left = _save(request)
    try:
        if sent["go"] == "undo":
            notes.undo_approve(by=request.partner, note_id=note_id)
            done(request, _("Undone. These notes wait for your yes again."))
        else:
            notes.approve(by=request.partner, note_id=note_id, stood=sent["read"], now=timezone.now())
            done(request, _("Saved: you’re happy with these notes. They are on the page of their talk."))
    except (NoteChangedSinceRead, NoteGone) as error:
        messages.warning(request, error.sentence)
        return _after(request, left)
    return _after(request, left) if _agenda(request) else redirect("agendas:talks")


@require_POST
@partner_required
def settle(request: CoupleRequest, action_id: UUID) -> HttpResponse:
    """Settle what was said last time: done, carried on, or let go."""
    agenda, form = _agenda(request), bound_form(SettleForm, request)
    left = _save(request)
    if form.is_valid():
        with suppress(Gone):
            _settle(request, action_id, agenda, form.cleaned_data["go"])
            done(request, SETTLED[form.cleaned_data["go"]])
    return _after(request, left) if agenda is not None else redirect("agendas:talks")


def _settle(request: CoupleRequest, action_id: UUID, agenda: Agenda | None, go: str) -> None:
    by, own_device, now = request.partner, not one_device.is_on(request), timezone.now()
    if go == "done":
        outcomes.done(by=by, action_id=action_id, now=now, own_device=own_device)
    elif go == "let_go":
        outcomes.let_go(by=by, action_id=action_id, now=now, own_device=own_device)
    elif go == "undo":
        outcomes.unsettle(by=by, action_id=action_id, agenda=agenda, own_device=own_device)
    elif agenda is None:
        raise Gone  # from one talk to the next, and there is none
    else:
        outcomes.carry_on(by=by, action_id=action_id, agenda=agenda, own_device=own_device)
