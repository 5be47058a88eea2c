"""The bucket list, and the ideas it may be filled from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Gone
from accounts.requests import bound_form, form_page, page_number, render_form
from accounts.undoing import Undo, done
from adventures import choices, ideas, proposing, reading, undo, wishing
from adventures.errors import CannotAskForDate, TooManyWishes, WishGone, WishSavedTooOften
from adventures.forms.buttons import AskForm
from adventures.forms.wishes import FilterForm, IdeaFilterForm, WishForm
from adventures.models import Wish
from adventures.models.dates import USUAL_MINUTES
from adventures.views.dates import say_planned
from couples import days
from couples.access import CoupleRequest, partner_required

IDEAS = 20  # on a page
LAST = 100  # page of a list


@form_page
@partner_required
def wishes(request: CoupleRequest) -> HttpResponse:
    """The list, what is looked for on it, and a line to add one."""
    form = bound_form(WishForm, request)
    if form.is_bound and form.is_valid() and _wish(request, form):
        done(request, _("Added. Your wish is on the list below."))
        return redirect("adventures:wishes")
    return _list_page(request, form)


def _wish(request: CoupleRequest, form: WishForm) -> bool:
    try:
        wishing.wish(by=request.partner, words=form.words(), now=timezone.now())
    except (TooManyWishes, Gone) as error:
        form.add_error("title", str(error.sentence))
    return not form.errors


def _list_page(request: CoupleRequest, form: WishForm) -> HttpResponse:
    now, filters = timezone.now(), FilterForm(request.GET)
    page = page_number(request, last=LAST)
    looked_for = filters.looked_for()
    found, more = wishing.on_list(request.partner, page=page, **looked_for)
    context = {
        "form": form,
        "filters": filters,
        "looking": any(looked_for.values()),
        "wishes": found,
        "empty": not found and page == 1 and not any(looked_for.values()),
        "page": page,
        "more": page + 1 if more else None,
        "query": _without_page(request),
        "slot": choices.first_free(request.partner, now=now) if _may_ask(request, found) else None,
        "taken_back": wishing.taken_back_lately(request.partner, now=now),
    }
    return render_form(request, "adventures/wishes.html", context, form)


@require_safe
@partner_required
def whole_list(request: CoupleRequest) -> HttpResponse:
    """The whole list on one page, to read through and to print."""
    found = wishing.whole_list(request.partner)
    return render(request, "adventures/whole_list.html", {"wishes": found})


def _may_ask(request: CoupleRequest, found: list[Wish]) -> bool:
    """Whether one of these can be asked for at once: what both want, or alone whatever one wants."""
    return any(one.matched or request.other is None for one in found)


def _without_page(request: CoupleRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@form_page
@partner_required
def change(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """One's own wish in other words."""
    wish = wishing.own(request.partner, pk)
    if wish is None or (not wish.is_open and request.method != "POST"):
        raise Http404
    stands = {name: getattr(wish, name) for name in ("title", "where", "cost", "effort", "both_new")}
    form = bound_form(WishForm, request, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            wishing.change(by=request.partner, wish_id=pk, words=form.words())
            done(request, _("Saved. Your wish is on the list below."))
            return redirect("adventures:wishes")
        except Gone:
            form.add_error("title", WishGone.sentence)
        except WishSavedTooOften as error:
            form.add_error("title", str(error.sentence))
    context = {"form": form, "wish": wish}
    return render_form(request, "adventures/wish.html", context, form)


@form_page
@partner_required
def take_back(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Take one's own wish off the list, after asking whether it is meant."""
    wish = wishing.one(request.partner, pk)
    if wish is not None and not wish.is_of(request.partner):
        raise Http404
    if request.method == "POST":
        try:
            wishing.take_back(by=request.partner, wish_id=pk, now=timezone.now())
        except Gone:
            raise Http404 from None
        line = _("Taken back. Its words are gone.")
        if request.couple.paired:
            line = _("Taken back. Its words are gone; for a week the list says that a wish was taken back.")
        done(request, line)
        return redirect("adventures:wishes")
    if wish is None:
        raise Http404
    return render(request, "adventures/wish_take_back.html", {"wish": wish})


@require_POST
@partner_required
def me_too(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        wishing.want(by=request.partner, wish_id=pk, now=timezone.now())
    except Gone:
        raise Http404 from None
    done(
        request,
        _("You both want it. It is at the top of the list, with its Undo, and can be planned from there."),
    )
    return redirect("adventures:wishes")


@require_POST
@partner_required
def not_me(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        wishing.unwant(by=request.partner, wish_id=pk)
    except Gone:
        raise Http404 from None
    done(request, _("Undone. The wish is on the list without your “Me too”."))
    return redirect("adventures:wishes")


@require_POST
@partner_required
def ask(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Go from a wish to an ask in one step: for the time that stood on the button."""
    wish, now = wishing.one(request.partner, pk), timezone.now()
    if wish is None:
        raise Http404
    at = bound_form(AskForm, request).sent()["when"]
    if at is None or reading.clashes(request.partner, at, USUAL_MINUTES, now=now):
        messages.error(request, _("There is something on at that time already. Choose another."))
        return redirect(f"{reverse('adventures:plan')}?wish={pk}")
    details = proposing.Details(wish.title, wish=wish.pk, where=wish.where, cost=wish.cost)
    try:
        date_night = proposing.propose(by=request.partner, details=details, starts_at=at, now=now)
        say_planned(request, date_night)
        return redirect("adventures:date", date_night.pk)
    except (CannotAskForDate, Gone) as error:
        messages.error(request, str(error.sentence))
    return redirect("adventures:wishes")


@require_POST
@partner_required
def fulfil(request: CoupleRequest, pk: UUID) -> HttpResponse:
    """Say that a wish came true without a plan: today becomes a memory."""
    now = timezone.now()
    day = days.day_of(now, request.user.tz)
    try:
        date_night, name, what = undo.fulfil(by=request.partner, wish_id=pk, day=day, now=now)
    except Gone:
        raise Http404 from None
    line = _("It is one of your memories now, on this page, and off the list.")
    done(request, line, undo=Undo(name, what, resolve_url("adventures:wishes")) if name else None)
    return redirect("adventures:date", date_night.pk)


@require_safe
@partner_required
def list_ideas(request: CoupleRequest) -> HttpResponse:
    """Ideas to put on the list, or to plan at once."""
    filters = IdeaFilterForm(request.GET)
    looked_for: dict[str, Any] = filters.looked_for()
    page, found = page_number(request, last=LAST), ideas.find(**looked_for)
    context = {
        "ideas": found[(page - 1) * IDEAS : page * IDEAS],
        "page": page,
        "more": page + 1 if len(found) > page * IDEAS else None,
        "query": _without_page(request),
        "filters": filters,
        "looking": any(looked_for.values()),
        "taken": wishing.ideas_taken(request.partner),
    }
    return render(request, "adventures/ideas.html", context)


@require_POST
@partner_required
def add_idea(request: CoupleRequest, key: str) -> HttpResponse:
    idea = ideas.every().get(key)
    if idea is None:
        raise Http404
    back = _ideas_again(request)
    try:
        now = timezone.now()
        _say_added(request, wishing.wish(by=request.partner, words=idea.words, now=now), now, back)
    except TooManyWishes as error:
        messages.error(request, error.sentence)
    except Gone:
        pass
    return redirect(back)


def _ideas_again(request: CoupleRequest) -> str:
    """The ideas as they were looked for, and the page of them."""
    query = request.GET.urlencode()
    return reverse("adventures:ideas") + (f"?{query}" if query else "")


def _say_added(request: CoupleRequest, wish: Wish, now: datetime, back: str) -> None:
    """Say that it is on the list; what was there already, without an Undo."""
    kept = Undo("wish added", {"wish": str(wish.pk)}, back) if wish.added_at == now else None
    done(request, _("Added to the list."), at=reverse("adventures:wishes"), link=_("Bucket list"), undo=kept)


@require_safe
@partner_required
def earlier_lists(request: CoupleRequest) -> HttpResponse:
    """The wishes on earlier lists, and what one had planned alone that is still ahead."""
    context = {
        "wishes": wishing.from_earlier_couples(request.partner),
        "planned": reading.planned_alone(request.partner, now=timezone.now()),
        "asked": reading.own_lapsed(request.partner, now=timezone.now()),
    }
    return render(request, "adventures/earlier_lists.html", context)


@require_POST
@partner_required
def bring(request: CoupleRequest, pk: UUID) -> HttpResponse:
    try:
        now, back = timezone.now(), reverse("adventures:earlier_lists")
        _say_added(request, wishing.bring_along(by=request.partner, wish_id=pk, now=now), now, back)
    except Gone:
        raise Http404 from None
    except TooManyWishes as error:
        messages.error(request, error.sentence)
    return redirect("adventures:earlier_lists")
