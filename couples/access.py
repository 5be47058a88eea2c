"""The one gateway: who is asking, in which couple, with whom.

`@partner_required` sets `request.couple` and `request.partner`; joint things are reached only through them, and a
person's words only through two doors: `own(user)` and `shared_with(partner)`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Prepared
from couples.models import Couple, Partner, PartnerQuerySet


class CoupleRequest(HttpRequest):
    """A request that went through the gateway."""

    user: User
    couple: Couple
    partner: Partner
    other: Partner | None


def seats_of(user: User) -> tuple[Partner, Partner | None]:
    """A person's live seat and the other's, with people and keys, in one query.

    Raises `Partner.DoesNotExist` if the person sits nowhere.
    """
    return _seats(user.pk)


def seat_of(user: User) -> Partner:
    """A person's live seat, with whoever sits beside them at hand. One query. Raises as `seats_of` does."""
    return seats_of(user)[0]


def _in_their_couple(person: UUID) -> PartnerQuerySet:
    mine = Partner.objects.live().of(User(pk=person)).values("couple")
    return Partner.objects.live().filter(couple__in=mine).with_keys()


_seats_with = Prepared(_in_their_couple, person=UUID)


def _seats(pk: UUID) -> tuple[Partner, Partner | None]:
    seats = _seats_with(person=pk)
    own = next((seat for seat in seats if seat.user_id == pk), None)
    if own is None:
        raise Partner.DoesNotExist
    own.other = next((seat for seat in seats if seat.user_id != pk), None)
    return own, own.other


class SeatedBackend(AuthenticationBackend):
    """A backend that finds the person of a session together with both seats: what every page asks first, in one
    query, not two.
    """

    def get_user(self, user_id: Any) -> User | None:
        try:
            own, other = _seats(user_id)
        except Partner.DoesNotExist:
            found: User | None = super().get_user(user_id)
            return found
        if not self.user_can_authenticate(own.user):
            return None
        own.user.seated = own, other  # type: ignore[attr-defined]  # read by the gateway, and by two pages of accounts
        return own.user


def seat_of_page(request: CoupleRequest) -> Partner | None:
    """Return the seat this person had when the page was loaded that now looks for itself: its address carries a mark.

    A page that was open when the couple ended belongs to that couple until the person loads one. None for a mark that
    is none of theirs.
    """
    mark = request.GET.get("of", request.couple.mark)
    if mark == request.couple.mark:
        return request.partner
    seats = Partner.objects.of(request.user).select_related("couple")
    return next((seat for seat in seats if seat.couple.mark == mark), None)


def sits(partner: Partner) -> bool:
    """Whether this seat is still taken: asked once more when the answer to a page that looks by itself is made.

    What was read for it was then read before the couple ended, or nothing of it goes out.
    """
    return Partner.objects.live().filter(pk=partner.pk).exists()


def partner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in only people who sit in a couple (of one or two): everyone who signed up. Shows times on their clock."""

    @wraps(view)
    def gateway(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.partner, request.other = getattr(request.user, "seated", None) or seats_of(request.user)
        request.couple = request.partner.couple
        with timezone.override(request.user.tz):
            return view(request, *args, **kwargs)

    return gateway
