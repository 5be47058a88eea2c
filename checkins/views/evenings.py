"""The evening's pages: say it or write it, read it again, take it back."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import done
from checkins import drafts, own_months, questions, reading, replies, shared_archive, thanking, writing
from checkins.errors import CheckInChanged, CheckInError, CheckInTakenBack, EveningClosed, NothingWritten
from checkins.forms.buttons import ButtonForm
from checkins.forms.evenings import CheckInForm, DraftForm, TalkedForm, initial_of
from checkins.words import PRIVATE_SIDE, CheckInText
from couples import days
from couples.access import CoupleRequest, partner_required

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

_SAVED = _("Your check-in is saved.")  # the same however it is saved: the line is seen over the shoulder, too
_TALKED = _("Saved: you talked. Today and that evening’s page say so.")
FIVE_MINUTES = timedelta(minutes=5)


def _today(request: CoupleRequest) -> date:
    return days.day_of(timezone.now(), request.user.tz)


def _form_page(
    request: CoupleRequest,
    day: date,
    form: CheckInForm,
    *,
    found: reading.Evening | None = None,
    telling: bool = False,
) -> HttpResponse:
    """The evening's form, told or written."""
    now, tz = timezone.now(), request.user.tz
    found = found or reading.evening(request.partner, day, now=now)
    if found.readable and found.mine is not None:
        form.fixed = [kind for kind, _line in found.mine.lines]
    context = {
        "form": form,
        "day": day,
        "tonight": day == days.day_of(now, tz),
        "is_open": days.is_open(day, now, tz),
        "readable": found.readable,
        "telling": telling,
    }
    if telling:
        context |= _five_minutes(request, now)
    return render_form(request, f"checkins/{'aloud' if telling else 'write'}.html", context, form)


def _five_minutes(request: CoupleRequest, now: datetime) -> dict[str, object]:
    """The end of the five minutes that run, or None, and how many seconds of them have passed."""
    left = request.session.get("aloud_until", 0) - now.timestamp()
    running = 0 < left <= FIVE_MINUTES.total_seconds()
    return {
        "until": now + timedelta(seconds=left) if running else None,
        "gone": f"{FIVE_MINUTES.total_seconds() - left:.0f}",
    }


@require_safe
@partner_required
def write(request: CoupleRequest) -> HttpResponse:
    return _write(request, _today(request))


@require_safe
@partner_required
def write_day(request: CoupleRequest, day: date) -> HttpResponse:
    return _write(request, day)


@require_safe
@partner_required
def aloud(request: CoupleRequest, day: date) -> HttpResponse:
    """The page with rose, bud and thorn in large letters, to say them by, for five minutes."""
    if not request.couple.paired:
        return redirect("checkins:write_day", day)
    return _write(request, day, telling=True)


def _write(request: CoupleRequest, day: date, *, telling: bool = False) -> HttpResponse:
    """The form of `day` with the newest of what was written there."""
    found = reading.with_draft(request.partner, day, now=timezone.now())
    gone = found.mine is not None and found.mine.taken_back_at is not None
    if gone or not days.is_open(day, timezone.now(), request.user.tz):
        return redirect("checkins:evening", day)
    newest = found.draft or found.mine
    words = newest.words if newest else CheckInText()
    version = writing.version(found.mine, found.draft)
    form = CheckInForm(initial=initial_of(words, version, secrets.token_urlsafe(12)))
    return _form_page(request, day, form, found=found, telling=telling)


def _share(
    request: CoupleRequest, day: date, form: CheckInForm, now: datetime, *, share: bool = True
) -> HttpResponse:
    words = form.words()
    writing.write(by=request.partner, day=day, words=words, share=share, now=now, base=form.base())
    if day == _today(request):
        done(request, _SAVED, at=resolve_url("checkins:evening", day), link=_("Read it again"))
        return redirect("today:today")
    done(request, _SAVED)
    return redirect("checkins:evening", day)


def _keep(request: CoupleRequest, day: date, form: CheckInForm, now: datetime) -> HttpResponse:
    if not form.words():
        raise NothingWritten
    return _share(request, day, form, now, share=False)


def _talked(request: CoupleRequest, day: date, form: CheckInForm, now: datetime) -> HttpResponse:
    writing.talk(by=request.partner, day=day, words=form.words(), now=now, base=form.base())
    done(request, _TALKED)
    return redirect("today:today")


def _keep_draft(request: CoupleRequest, day: date, form: CheckInForm, now: datetime) -> HttpResponse:
    drafts.keep(by=request.partner, day=day, words=form.words(), base=form.base(), now=now)
    done(request, _("The draft is saved, on this page. Not shown to anyone else here."))
    return redirect("checkins:write_day", day)


def _aloud(request: CoupleRequest, day: date, form: CheckInForm, now: datetime) -> HttpResponse:
    """Go over to telling each other. What was typed until then is kept as a draft."""
    drafts.keep(by=request.partner, day=day, words=form.words(), base=form.base(), now=now)
    return redirect("checkins:aloud", day)


def _start(request: CoupleRequest, day: date, form: CheckInForm, now: datetime) -> HttpResponse:
    """Begin the five minutes of telling each other."""
    told = _aloud(request, day, form, now)
    request.session["aloud_until"] = (now + FIVE_MINUTES).timestamp()
    return told


ACTS: dict[str, tuple[type[CheckInForm], Callable[..., HttpResponse]]] = {
    "share": (CheckInForm, _share),
    "talked": (TalkedForm, _talked),
    "aloud": (DraftForm, _aloud),
    "start": (DraftForm, _start),
    "draft": (DraftForm, _keep_draft),
}
TELLING = {"start", "talked"}  # the buttons of the page that is told, not written


@require_POST
@partner_required
def save(request: CoupleRequest, day: date) -> HttpResponse:
    button = bound_form(ButtonForm, request).pressed()
    form_class, act = ACTS.get(button, (CheckInForm, _keep))
    form = bound_form(form_class, request)
    if form.is_valid():
        try:
            return act(request, day, form, timezone.now())
        except CheckInChanged as stale:
            form.is_late(stale)
        except CheckInError as error:
            form.add_error(None, error.sentence)
    telling = button in TELLING and set(form.errors) <= set(PRIVATE_SIDE)
    return _form_page(request, day, form, telling=telling)


@require_POST
@partner_required
def draft(request: CoupleRequest, day: date) -> HttpResponse:
    """Keep what is being written; answer with the line that says so."""
    form = bound_form(DraftForm, request)
    context: dict[str, object] = {"state": "long"}
    if form.is_valid():
        try:
            version = drafts.keep(
                by=request.partner, day=day, words=form.words(), base=form.base(), now=timezone.now()
            )
            context = {"state": "kept", "version": version}
        except CheckInChanged:
            context = {"state": "late"}
        except (EveningClosed, CheckInTakenBack):
            context = {"state": "closed"}
    return render(request, "checkins/draft_state.html", context)


@form_page
@partner_required
def discard(request: CoupleRequest, day: date) -> HttpResponse:
    """Delete a draft, after asking whether it is meant."""
    if request.method == "POST":
        drafts.discard(by=request.partner, day=day)
        done(request, _("Deleted. That evening is as it was before the draft."))
        return redirect("checkins:evening", day)
    found = reading.with_draft(request.partner, day, now=timezone.now())
    if found.draft is None:
        return redirect("checkins:evening", day)
    return render(request, "checkins/draft_delete.html", {"evening": found})


@require_POST
@partner_required
def talked(request: CoupleRequest, day: date) -> HttpResponse:
    return _say(request, day, writing.talk, _TALKED)


@require_POST
@partner_required
def not_yet(request: CoupleRequest, day: date) -> HttpResponse:
    return _say(request, day, writing.not_yet, _("Undone. The evening is open again, as it was."))


def _say(request: CoupleRequest, day: date, verb: Callable[..., object], line: "StrPromise") -> HttpResponse:
    try:
        verb(by=request.partner, day=day, now=timezone.now())
    except (EveningClosed, CheckInTakenBack):
        return redirect("checkins:evening", day)
    done(request, line)
    return redirect("today:today")


@form_page
@partner_required
def take_back(request: CoupleRequest, day: date) -> HttpResponse:
    if request.method == "POST":
        writing.take_back(by=request.partner, day=day, now=timezone.now())
        done(request, _("Taken back. Your words are gone; “taken back” stays on this page."))
        return redirect("checkins:evening", day)
    found = reading.evening(request.partner, day, now=timezone.now())
    if found.mine is None or found.mine.taken_back_at is not None:
        return redirect("checkins:evening", day)
    return render(request, "checkins/take_back.html", {"evening": found})


@form_page
@partner_required
def show(request: CoupleRequest, day: date) -> HttpResponse:
    """Show the other one page of one's own that was written alone, kept or is waiting: this page only."""
    if request.method == "POST":
        with suppress(NothingWritten):
            writing.show(by=request.partner, day=day, now=timezone.now())
            done(
                request,
                _("Shown. It is on this page, for you both, and on the other’s page of that evening."),
            )
        return redirect("checkins:evening", day)
    found = reading.evening(request.partner, day, now=timezone.now())
    if not found.showable(request.partner):
        return redirect("checkins:evening", day)
    return render(request, "checkins/show.html", {"evening": found})


@require_safe
@partner_required
def evening(request: CoupleRequest, day: date) -> HttpResponse:
    found = reading.with_draft(request.partner, day, now=timezone.now())
    now, tz = timezone.now(), request.user.tz
    context = {
        "evening": found,
        "heard": replies.on(request.partner, found),
        "can_write": days.is_open(day, now, tz),
        "can_show": found.showable(request.partner),
        "month": day.replace(day=1),
    }
    return render(request, "checkins/evening.html", context)


@require_safe
@partner_required
def kept(request: CoupleRequest, month: date | None = None) -> HttpResponse:
    """The page of what nobody else can read of one's own, a month at a time; without one, the latest with a page."""
    this_month = _today(request).replace(day=1)
    first = month or own_months.latest(request.partner, _today(request))
    last = days.last_of_month(first)
    earlier, later = own_months.neighbours(request.partner, first, _today(request))
    now = timezone.now()
    context = {
        "month": first,
        "evenings": [one for one in reading.month(request.partner, first, now=now) if one.keeps],
        "answers": questions.kept(request.partner, first, last),
        "waiting": thanking.kept(request.partner, now=now) if month in (None, this_month) else [],
        "unsaid": thanking.never_said(request.partner, first, last),
        "own_lines": shared_archive.said_to_nobody(request.partner, first),
        "earlier": earlier,
        "later": later,
    }
    return render(request, "checkins/kept.html", context)
