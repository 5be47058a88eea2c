"""Inviting, being invited, saying two words, parting."""

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as open_ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import undoing
from accounts.errors import ActError, Gone
from accounts.requests import bound_form, form_page, render_form
from accounts.undoing import Undo, done
from couples import asking, days, emails, pairing, parting, weekdays
from couples.access import CoupleRequest, partner_required
from couples.errors import (
    AlreadyPaired,
    AlreadyPairedToAccept,
    AskResting,
    InvitationNotOpen,
    NobodyToAsk,
    TooManyInvitations,
)
from couples.forms import BlockAnswerForm, BlockForm, CodeForm, EveningsForm, MailForm, ShownWordsForm
from couples.models import Invitation
from couples.tasks import send_invitation

SAVED_EVENINGS = gettext_lazy("Saved. Your evenings are on this page.")


def may_look(request: HttpRequest) -> bool:
    """Whether this address may try one more link: each looks a code up, so that guessing has to be slow."""
    rates = {"app": "allauth.account", "action": "invitation_open"}
    return open_ratelimit.consume(request, limit_get=True, **rates) is not None


def too_many(request: HttpRequest) -> HttpResponse:
    """The page that asks to come back later."""
    return render(request, "429.html", status=429)


def _invite_page(request: CoupleRequest, form: MailForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    invitation = Invitation.objects.by(request.user).open(now).with_keys().first()
    context = {
        "invitation": invitation,
        "link": f"{settings.NEARER_URL}{reverse('couples:invited', args=[invitation.code])}"
        if invitation
        else "",
        "form": form,
        "pending": pairing.pending_for(request.user, now=now),
    }
    return render(request, "couples/invite.html", context, status=status)


@require_safe
@partner_required
def invite(request: CoupleRequest) -> HttpResponse:
    if request.couple.paired:
        return render(request, "couples/pair.html")
    return _invite_page(request, MailForm())


@require_POST
@partner_required
def invite_create(request: CoupleRequest) -> HttpResponse:
    try:
        pairing.invite(by=request.user, now=timezone.now())
        done(request, _("Your invitation is made. Its link and its code are on this page."))
    except (AlreadyPaired, TooManyInvitations) as error:
        messages.error(request, error.sentence)
    return redirect("couples:invite")


@form_page
@partner_required
def invite_revoke(request: CoupleRequest) -> HttpResponse:
    """Revoke one's invitation, after asking whether it is meant."""
    now = timezone.now()
    if request.method == "POST":
        pairing.revoke(by=request.user, now=now)
        done(
            request,
            _("Taken back. The old code and link lead nowhere now; a new one can be made on this page."),
        )
        return redirect("couples:invite")
    if not Invitation.objects.by(request.user).open(now).exists():
        return redirect("couples:invite")
    return render(request, "couples/invite_revoke.html")


@require_POST
@partner_required
def invite_mail(request: CoupleRequest) -> HttpResponse:
    form, now = bound_form(MailForm, request), timezone.now()
    invitation = Invitation.objects.by(request.user).open(now).first()
    if invitation is None:
        messages.error(request, InvitationNotOpen.sentence)
        return redirect("couples:invite")
    if not form.is_valid():
        return _invite_page(request, form, status=422)
    try:
        if pairing.ask_by_mail(invitation, to=form.cleaned_data["to"], by=request.user, now=now):
            send_invitation.delay_on_commit(str(invitation.pk))
            messages.success(request, _("It’s on its way, without your name."))
        else:
            messages.info(request, _("This invitation has its one email already, so nothing more was sent."))
    except InvitationNotOpen as error:  # taken up in this very moment
        messages.error(request, error.sentence)
    return redirect("couples:invite")


@form_page
@partner_required
def code(request: CoupleRequest) -> HttpResponse:
    form = bound_form(CodeForm, request)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="invitation_code", user=request.user):
            form.add_error("code", _("That’s ten tries in an hour. Please come back a little later."))
        else:
            try:
                pairing.find(form.cleaned_data["code"], by=request.user, now=timezone.now())
                return redirect("couples:accept", code=form.cleaned_data["code"])
            except InvitationNotOpen as error:
                form.add_error("code", error.sentence)
            except AlreadyPairedToAccept as error:
                return _paired_already(request, error)
    return render_form(request, "couples/code.html", {"form": form}, form)


@require_safe
@never_cache
@login_not_required  # the invited person has a look before having an account
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Show the same page whatever the code: who reads it isn't known yet, nor whether somebody blocked them."""
    return render(request, "couples/invited.html", {"accept": reverse("couples:accept", args=[code])})


@form_page
@login_not_required  # somebody was told a code, and has no account yet
def by_code(request: HttpRequest) -> HttpResponse:
    """Lead on to an invitation by the code that was told. It isn't looked up: the page is the same for every code."""
    if request.user.is_authenticated:
        return redirect("couples:code")
    form = bound_form(CodeForm, request)
    if request.method == "POST" and form.is_valid():
        return redirect("couples:invited", code=form.cleaned_data["code"])
    return render_form(request, "couples/by_code.html", {"form": form}, form)


@require_safe
@login_not_required  # saying no needs no account, writes nothing and tells nobody
def not_now(request: HttpRequest) -> HttpResponse:
    return render(request, "couples/not_now.html")


@form_page
@partner_required
def accept(request: CoupleRequest, code: str) -> HttpResponse:
    now = timezone.now()
    try:
        if request.method == "POST":
            if not ratelimit.consume(request, action="invitation_code", user=request.user):
                return too_many(request)
            pairing.accept(code, by=request.user, now=now)
            return redirect("couples:words")
        if not may_look(request):
            return too_many(request)
        if pairing.find(code, by=request.user, now=now).inviter_id == request.user.pk:
            return redirect("couples:invite")
    except AlreadyPairedToAccept as error:
        return _paired_already(request, error)
    except InvitationNotOpen:
        pending = pairing.pending_for(request.user, now=now)
        return render(request, "couples/not_open.html", {"pending": pending}, status=404)
    return render(request, "couples/accept.html")


def _paired_already(request: CoupleRequest, error: AlreadyPairedToAccept) -> HttpResponse:
    messages.error(request, error.sentence)
    return redirect("couples:invite")


@require_safe
@partner_required
def words(request: CoupleRequest) -> HttpResponse:
    pending = pairing.pending_for(request.user, now=timezone.now())
    if pending is None:
        return redirect("couples:line" if request.couple.paired else "couples:invite")
    return render(request, "couples/words.html", {"pending": pending})


def _shown(request: CoupleRequest) -> pairing.Pending | None:
    """What waits for two words, if it is still the one whose words stood on the page that was sent.

    Somebody else may have taken up another invitation meanwhile: theirs must not be confirmed unread.
    """
    pending = pairing.pending_for(request.user, now=timezone.now())
    form = bound_form(ShownWordsForm, request)
    shown = form.cleaned_data["words"] if form.is_valid() else ""
    if pending is not None and shown != " ".join(pending.words):
        messages.info(request, _("There are other words here now. Please look again before you say so."))
        return None
    return pending


@require_POST
@partner_required
def words_same(request: CoupleRequest) -> HttpResponse:
    pending = _shown(request)
    if pending is None:
        return redirect("couples:words")
    try:
        pairing.confirm(pending.invitation.pk, by=request.user, now=timezone.now())
    except InvitationNotOpen as error:
        messages.error(request, error.sentence)
    return redirect("couples:words")


@require_POST
@partner_required
def words_different(request: CoupleRequest) -> HttpResponse:
    pending = _shown(request)
    if pending is None:
        return redirect("couples:words")
    pairing.stop(pending.invitation.pk, by=request.user, now=timezone.now())
    messages.success(request, _("Nothing is joined and nothing is lost. Start again with a fresh link."))
    return redirect("couples:invite")


@require_safe
@partner_required
def line(request: CoupleRequest) -> HttpResponse:
    if not request.couple.paired:
        return redirect("couples:invite")
    return render(request, "couples/line.html")


@form_page
@login_not_required  # whoever reads this inbox can refuse without an account
def never(request: HttpRequest, token: str) -> HttpResponse:
    address_hash = emails.address_hash_from(token)
    if address_hash is None:
        raise Http404
    if request.method == "POST":
        pairing.never_write(address_hash, now=timezone.now())
        return render(request, "couples/never.html", {"done": True})
    return render(request, "couples/never.html", {"done": False})


@form_page
@partner_required
def part(request: CoupleRequest) -> HttpResponse:
    if request.method == "POST":
        parting.part(by=request.user, now=timezone.now())
        return redirect(settings.LOGIN_REDIRECT_URL)
    if not request.couple.paired:
        return redirect("couples:invite")
    return render(request, "couples/part.html")


@require_POST
@partner_required
def notice_read(request: CoupleRequest) -> HttpResponse:
    parting.notice_read(by=request.user, now=timezone.now())
    return redirect(settings.LOGIN_REDIRECT_URL)


@form_page
@partner_required
def block(request: CoupleRequest) -> HttpResponse:
    form, answer = bound_form(BlockForm, request), bound_form(BlockAnswerForm, request)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="block", user=request.user):
            return too_many(request)
        address = form.cleaned_data["address"]
        if answer.takes_off():
            pairing.unblock(address, by=request.user)
        else:
            pairing.block(address, by=request.user, now=timezone.now())
        messages.success(request, _("Done. The list itself is never shown."))
        return redirect("couples:block")
    return render_form(request, "couples/privacy.html", {"form": form}, form)


def _evenings_page(request: CoupleRequest, form: EveningsForm) -> HttpResponse:
    now, ours = timezone.now(), request.couple.evenings
    ask = asking.state(request.partner, weekdays.KIND, now=now)
    context = {
        "form": form,
        "every": ours == weekdays.EVERY,
        "ours": weekdays.in_words(ours),
        "awaiting": ask.awaiting,
        "suggested": weekdays.in_words(ask.awaiting.what) if ask.awaiting else "",
        "asked": weekdays.in_words(ask.asked.what) if ask.asked else "",
        "rests_until": ask.rests_until,
    }
    return render_form(request, "couples/evenings.html", context, form)


@form_page
@partner_required
def our_evenings(request: CoupleRequest) -> HttpResponse:
    if request.method != "POST":
        ours = request.couple.evenings
        few = list(ours) if ours != weekdays.EVERY else []
        return _evenings_page(request, EveningsForm(initial={"weekdays": few}))
    form = bound_form(EveningsForm, request)
    if form.is_valid():
        try:
            weekdays.name(by=request.partner, weekdays=form.cleaned_data["weekdays"], now=timezone.now())
            asked = asking.asked(request.partner, weekdays.KIND, now=timezone.now())
            done(request, _("Suggested. It stays on this page for a week.") if asked else SAVED_EVENINGS)
            return redirect("couples:evenings")
        except AskResting as error:
            form.add_error(None, error.sentence)
        except NobodyToAsk:  # parted in this very moment
            return redirect("couples:evenings")
    return _evenings_page(request, form)


@require_POST
@partner_required
def every_evening(request: CoupleRequest) -> HttpResponse:
    before = weekdays.name(by=request.partner, weekdays=days.EVERY_DAY, now=timezone.now())
    undo = Undo("every evening", {"evenings": before}, resolve_url("couples:evenings")) if before else None
    done(request, _("It is every evening again, as this page shows."), undo=undo)
    return redirect("couples:evenings")


@require_POST
@partner_required
def ask_yes(request: CoupleRequest, token: str) -> HttpResponse:
    return _answer(request, token, yes=True)


@require_POST
@partner_required
def ask_not_now(request: CoupleRequest, token: str) -> HttpResponse:
    return _answer(request, token, yes=False)


@require_POST
@partner_required
def undo(request: CoupleRequest, token: str) -> HttpResponse:
    """Take one's latest act back, as its line offered it. Twice is once: what was taken back isn't offered any more."""
    found = undoing.take(request, token)
    if found is None:
        messages.info(request, undoing.CannotUndo.sentence)
        return redirect(settings.LOGIN_REDIRECT_URL)
    verb, kept = found
    try:
        verb(by=request.partner, now=timezone.now(), **kept.what)
        messages.success(request, _("Undone. It is as it was before."))
    except Gone:
        messages.error(request, undoing.CannotUndo.sentence)
        return redirect(settings.LOGIN_REDIRECT_URL)
    except ActError:
        messages.error(request, undoing.CannotUndo.sentence)
    return redirect(kept.back)


def _answer(request: CoupleRequest, token: str, *, yes: bool) -> HttpResponse:
    """Answer whatever the other asked under this name, and go to where such things are asked."""
    now = timezone.now()
    answered = asking.answer(by=request.partner, token=token, yes=yes, now=now)
    if answered is None:
        raise Http404
    kind, ask = answered.kind, str(answered.ask.pk)
    if answered.before is not None and yes:
        what = {"ask": ask, "agreed_at": str(now), "before": answered.before}
        undo = Undo("yes to an ask", what, resolve_url(kind.page)) if kind.on_undone else None
        done(request, f"{kind.line} {_('You can undo your yes. It may have been seen by then.')}", undo=undo)
    elif answered.before is not None:
        undo = Undo("not now", {"ask": ask, "set_aside_at": str(now)}, resolve_url(kind.page))
        done(request, _("Not now, then. It isn’t passed on."), undo=undo)
    else:
        messages.info(request, _("Nothing was left to answer. This page shows how it is now."))
    return redirect(kind.page)
