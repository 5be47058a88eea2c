"""Joining: a person's account, their key, and the news of it in one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.addresses import normal
from accounts.hooks import joined
from accounts.leaving import erase
from accounts.models import DataKey, Session, User

UNVERIFIED_KEPT = timedelta(days=3)


@transaction.atomic
def join(user: User, *, now: datetime) -> User:
    """Store a new `user` (password already set) with a key of their own and announce *joined*."""
    if not user._state.adding:
        return user
    user.key = DataKey.make()
    user.joined_at = now
    user.save(force_insert=True)
    joined.announce(user=user, now=now)
    return user


def owner_of(email: str) -> User | None:
    """The person whose proven address this is, or None. One question, and the same one, whether or not there is
    anybody: by asking some addresses more than others an answer's time would tell them apart.
    """
    proven = EmailAddress.objects.filter(email=normal(email), verified=True, user__is_active=True)
    address = proven.select_related("user").first()
    return address.user if address is not None else None


def never_verified(email: str | None = None) -> QuerySet[User]:
    """Accounts whose address was never proven: nobody has ever been inside them."""
    proven = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    people = User.objects.filter(~Exists(proven), last_login__isnull=True, is_staff=False)
    if email is not None:
        people = people.filter(email__iexact=email)
    return people


def discard_unverified(email: str, *, now: datetime) -> QuerySet[Session]:
    """Make room for whoever signs up with `email` now.

    An account that was opened with somebody else's address must not lie in wait for them with a password
    its maker knows (pre-hijacking): the never-verified one goes, with everything in it. Returns the sessions that
    were on their way to it. They lead nowhere now, but stay: a page that waits for the code of a known address goes on
    waiting when somebody else signs up with it, and one for a new address must not tell itself apart.
    """
    waiting: list[UUID] = []
    for user in list(never_verified(email)):
        waiting += discard(user, now=now)
    return Session.objects.filter(pk__in=waiting)


def discard(user: User, *, now: datetime) -> list[UUID]:
    """Erase a sign-up that nobody has proven. Returns the sessions that were on their way to it, which stay.

    One that is written in this very moment waits for this transaction, and is nobody's then: else it went with them.
    """
    if not _is_still_unproven(user):
        return []
    waiting = list(Session.objects.of(user).values_list("pk", flat=True))
    Session.objects.of(user).update(user=None)
    erase(user, now=now)
    return waiting


def sweep_unverified(*, now: datetime) -> int:
    """Erase sign-ups that were never verified within `UNVERIFIED_KEPT`. Returns how many."""
    return sum(_sweep(user, now=now) for user in never_verified().filter(joined_at__lt=now - UNVERIFIED_KEPT))


@transaction.atomic
def _sweep(user: User, *, now: datetime) -> bool:
    if is_unproven := _is_still_unproven(user):
        erase(user, now=now)
    return is_unproven


def _is_still_unproven(user: User) -> bool:
    """Whether nobody has been inside this account, which is locked until the transaction ends: whoever types its code
    meanwhile waits. Asked behind the lock, as the code may have been typed while this waited.
    """
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))
    return never_verified().filter(pk=user.pk).exists()
