"""Sign-ups: open to everybody, by invitation only, or closed, as `NEARER_SIGNUPS` says.

Invited is whoever comes by something that vouches for them: where the page of signing up leads on to says by what. A
partner's invitation (couples registers it), or a link that `nearer invite` prints. Either makes one account, once its
address is proven; until then it can be used again, and the account it made so far makes room. What is said to whoever
isn't invited depends on nobody's having an account.

Whether a partner's invitation is open, or was used, shows on no page to somebody who isn't signed in: whoever is
refused when they are could tell by it that they were blocked. It is said in the inbox that signs up, alone.

What was begun may be finished as long as its address isn't proven, though what it came by ran out or was taken up
meanwhile. It may not once that was taken back by whoever made it, nor once sign-ups were closed, or opened to the
invited alone: those are decisions about who comes in, and hold at once.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import joining, peppers
from accounts.joining import never_verified
from accounts.limits import APP
from accounts.models import SignUpLink, User

OVER = _(
    "No account was made: this sign-up is over. Another one took its place, or what it came by isn’t open any more."
)
OPEN, INVITED, CLOSED = "open", "invited", "closed"
LIFE = timedelta(days=7)
NOT_OPEN = _(
    "No account was made: that needs an invitation which is still open, or isn’t possible here just now."
)
Ticket = (
    Any  # a row that vouches: `used_by` made an account by it, until that is proven; then `used_at` is when
)


@dataclass(frozen=True)
class Voucher:
    """A kind of what vouches for newcomers: rows that are open and meant by the address of the page they go to.

    Where it is `quiet`, no page says whether there is such a row.
    """

    page: str
    rows: type[models.Model]
    meant: Callable[[ResolverMatch, datetime], models.QuerySet[Ticket]]
    quiet: bool = False


_vouchers: list[Voucher] = []


class NotInvited(Exception):
    """The visitor isn't invited (any more): what vouched for them isn't open, or was used in this very moment."""


class TooManyLooks(Exception):
    """The visitor has to wait: from their network many links and codes were tried."""


def register(voucher: Voucher) -> None:
    """Let this say who is invited."""
    if voucher not in _vouchers:
        _vouchers.append(voucher)


def are_open_for(request: HttpRequest) -> bool:
    """Whether this visitor may make an account; looked up once a request."""
    found: bool | None = getattr(request, "signups_open", None)
    if found is None:
        found = _are_open_for(request)
        request.signups_open = found  # type: ignore[attr-defined]  # ours, for as long as the request
    return found


def _are_open_for(request: HttpRequest) -> bool:
    if settings.NEARER_SIGNUPS != INVITED:
        return bool(settings.NEARER_SIGNUPS == OPEN)
    if is_quiet_for(request):
        return True
    way = _way_on(request)
    if way is None or not _may_look(request):
        return False
    return _ticket_on(way, timezone.now()) is not None


def is_quiet_for(request: HttpRequest) -> bool:
    """Whether no page says if this visitor is invited: the form is there, and what came of it is in their inbox."""
    way = _way_on(request)
    return way is not None and any(one.quiet and one.page == way.view_name for one in _vouchers)


def _may_look(request: HttpRequest) -> bool:
    """Whether this address may try one more link or code: guessing has to be slow."""
    about = {"app": APP, "action": "invitation_open"}
    return ratelimit.consume(request, limit_get=True, **about) is not None


def _way_on(request: HttpRequest) -> ResolverMatch | None:
    """The page that signing up leads on to."""
    try:
        return resolve(urlsplit(get_next_redirect_url(request) or "").path)
    except (Resolver404, ValueError):
        return None


def token() -> str:
    """A fresh token for a link's address: in hexadecimal, which no log shows (`config.logs`)."""
    return secrets.token_hex(32)


def make_link(*, now: datetime, life: timedelta = LIFE) -> tuple[SignUpLink, str]:
    """A link for one account, and its address, which is known this once: the row only has a hash."""
    secret = token()
    link = SignUpLink.objects.create(token_hash=_hash(secret), made_at=now, expires_at=now + life)
    return link, f"{settings.NEARER_URL}{reverse('accounts:welcome', args=[secret])}"


def links(*, now: datetime) -> list[SignUpLink]:
    """The links that haven't run out, whether or not they were used: that would tell when somebody came."""
    return list(SignUpLink.objects.filter(expires_at__gt=now).order_by("made_at", "pk"))


@transaction.atomic
def withdraw(name: str, *, now: datetime) -> bool:
    """Make the link whose name begins so of no use, and discard the account it made whose address isn't proven.

    Returns whether there is such a link: whether anybody came by it shows nowhere.
    """
    found = [link for link in links(now=now) if name and link.name.startswith(name)]
    if len(found) != 1:
        return False
    link = SignUpLink.objects.select_for_update(of=("self",)).filter(pk=found[0].pk).first()
    if link is None:
        return False
    discard(link, now=now)
    link.delete()
    return True


def discard(ticket: Ticket, *, now: datetime) -> None:
    """Erase the account this made whose address isn't proven: it was taken back, or makes another one. The row is
    locked. A browser that waits for its code goes on waiting: ending it would tell that this was open.
    """
    for user in never_verified().filter(pk=ticket.used_by_id):
        joining.discard(user, now=now)


def meant(way: ResolverMatch, now: datetime) -> models.QuerySet[SignUpLink]:
    """The link that somebody on this way came by."""
    return SignUpLink.objects.filter(token_hash=_hash(way.kwargs["token"]), expires_at__gt=now)


LINK = Voucher("accounts:welcome", SignUpLink, meant)


def _ticket_on(way: ResolverMatch | None, now: datetime, *, locked: bool = False) -> Ticket | None:
    """What vouches for somebody on this way and made no proven account yet."""
    for voucher in _vouchers:
        if way is not None and way.view_name == voucher.page:
            rows = voucher.meant(way, now).filter(used_at__isnull=True)
            return (rows.select_for_update(of=("self",)) if locked else rows).first()
    return None


def ticket_of(request: HttpRequest, *, now: datetime) -> Ticket | None:
    """The row that vouches for this visitor, held until the transaction ends; None where everybody may sign up.

    Raises `NotInvited`: it isn't open, or somebody else proved the account they made by it in this very moment. Raises
    `TooManyLooks` before it looks, so that nobody who is invited is told that they aren't.
    """
    if settings.NEARER_SIGNUPS != INVITED:
        return None
    if is_quiet_for(request) and not _may_look(request):
        raise TooManyLooks
    ticket = _ticket_on(_way_on(request), now, locked=True)
    if ticket is None:
        raise NotInvited
    return ticket


def hold(user: User) -> None:
    """Hold what somebody came by until the end of the transaction: nobody else comes by it meanwhile."""
    for voucher in _vouchers:
        list(voucher.rows._default_manager.select_for_update(of=("self",)).filter(used_by=user))


def may_finish(user: User) -> bool:
    """Whether this person, whose address isn't proven yet, may have an account as sign-ups stand now."""
    if settings.NEARER_SIGNUPS == INVITED:
        return any(one.rows._default_manager.filter(used_by=user).exists() for one in _vouchers)
    return bool(settings.NEARER_SIGNUPS == OPEN)


def settle(user: User, *, now: datetime) -> None:
    """Note that what somebody came by was used: their address is proven."""
    for voucher in _vouchers:
        voucher.rows._default_manager.filter(used_by=user).update(used_by=None, used_at=now)


def forget(*, now: datetime) -> None:
    """Forget links that ran out, and by which nobody is on their way in."""
    SignUpLink.objects.filter(expires_at__lte=now, used_by__isnull=True).delete()


def _hash(token: str) -> str:
    return salted_hmac("accounts.signups", token, secret=peppers.secret(), algorithm="sha256").hexdigest()
