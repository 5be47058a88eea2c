"""Writing an evening down: share it or keep it, once or again until both pages are open."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from checkins.models import CheckIn
from couples.models import Partner
from couples.seats import lock


class Revealed(Exception):
    """Both pages are open: the words have been read and are not changed behind anyone's back."""


@transaction.atomic
def write(*, by: Partner, day: date, lines: dict[str, str], share: bool, now: datetime) -> CheckIn:
    """Store the three lines of `by`'s Day, shared with the couple or kept. Doing it twice changes nothing more.

    Alone there is nobody to share with: it is kept. Raises `Revealed` once both have shared.
    """
    people = [seat.user for seat in by.couple.partners.live().select_related("user")]
    author = lock(by.user, *people)[by.user_id]  # both, in one order: share × share ends in one reveal
    check_in = CheckIn.objects.own(author).on(day).first() or CheckIn(author=author, day=day)
    check_in.author = author
    if is_revealed(by, day):
        if all(getattr(check_in, kind) == words for kind, words in lines.items()):
            return check_in
        raise Revealed
    for kind, words in lines.items():
        setattr(check_in, kind, words)
    # Asked again behind the lock: whoever was parted while waiting for it shares with nobody.
    shared = share and by.couple.paired and by.couple.partners.live().count() == 2
    check_in.couple = by.couple if shared else None
    check_in.shared_at = (check_in.shared_at or now) if shared else None
    check_in.kept_at = None if shared else (check_in.kept_at or now)
    check_in.save()
    return check_in


def is_revealed(partner: Partner, day: date) -> bool:
    """Whether both have shared this Day, so that each reads the other's page."""
    return CheckIn.objects.shared_with(partner).on(day).exists()


def is_done(user: User, day: date) -> bool:
    """Whether this person's evening is written down, shared or kept: nothing to remind them of."""
    return CheckIn.objects.own(user).on(day).exists()
