"""Sign-ups: open to everybody, by invitation only, or closed, as `NEARER_SIGNUPS` says.

Invited is whoever comes by something that vouches for them: where the page of signing up leads on to says by what. A
partner's invitation (couples registers it), or a link that `nearer invite` prints: it makes one account, once its
address is proven; until then it can be used again, and the account it made so far makes room. What is said to whoever
isn't invited depends on nobody's having an account.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import peppers
from accounts.joining import never_verified
from accounts.leaving import erase
from accounts.limits import APP
from accounts.models import SignUpLink, User

OPEN, INVITED, CLOSED = "open", "invited", "closed"
LIFE = timedelta(days=7)
Voucher = Callable[[ResolverMatch, datetime], bool]
_vouchers: list[Voucher] = []


def register(voucher: Voucher) -> None:
    """Let this say who is invited, by the page they are on their way to."""
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
    way = _way_on(request)
    if way is None or not _may_look(request):
        return False
    return any(vouches(way, timezone.now()) for vouches in _vouchers)


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


def make_link(*, now: datetime, life: timedelta = LIFE) -> tuple[SignUpLink, str]:
    """A link for one account, and its address, which is known this once: the row only has a hash."""
    token = secrets.token_urlsafe(32)
    link = SignUpLink.objects.create(token_hash=_hash(token), made_at=now, expires_at=now + life)
    return link, f"{settings.NEARER_URL}{reverse('accounts:welcome', args=[token])}"


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
    for user in never_verified().filter(came_by=link):
        erase(user, now=now)
    link.delete()
    return True


def vouches(way: ResolverMatch, now: datetime) -> bool:
    """Whether somebody on this way has a link that isn't used yet."""
    return _link_on(way, now) is not None


def _link_on(way: ResolverMatch | None, now: datetime, *, locked: bool = False) -> SignUpLink | None:
    if way is None or way.view_name != "accounts:welcome":
        return None
    links = SignUpLink.objects.select_for_update(of=("self",)) if locked else SignUpLink.objects
    token_hash = _hash(way.kwargs["token"])
    return links.filter(token_hash=token_hash, used_at__isnull=True, expires_at__gt=now).first()


def link_of(request: HttpRequest, *, now: datetime) -> SignUpLink | None:
    """The link that this visitor came by, held until the end of the transaction."""
    return _link_on(_way_on(request), now, locked=True)


def settle(user: User, *, now: datetime) -> None:
    """Note that a link was used: the address of whoever came by it is proven."""
    SignUpLink.objects.filter(used_by=user).update(used_by=None, used_at=now)


def forget(*, now: datetime) -> None:
    """Forget links that ran out."""
    SignUpLink.objects.filter(expires_at__lte=now).delete()


def _hash(token: str) -> str:
    return salted_hmac("accounts.signups", token, secret=peppers.secret(), algorithm="sha256").hexdigest()
