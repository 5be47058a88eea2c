"""One's own cards: another activity for one day, and no touch at all. Nobody else's page changes by either."""

from django.db import transaction

from accounts.models import User
from challenges.attempts import challenge_of, current_attempt
from challenges.catalogue import Card
from challenges.errors import NotRunning
from challenges.models import Attempt, Cards, Swap
from couples.models import Partner
from couples.seats import lock


@transaction.atomic
def swap(*, by: Partner, number: int, card: str) -> None:
    """Show `by` the next activity for this card of this day. Raises `NotRunning`."""
    lock(by.user)
    attempt = current_attempt(by.couple)
    if attempt is None or challenge_of(attempt).day(number) is None:
        raise NotRunning
    row = _row(by, attempt, number) or Swap(attempt=attempt, number=number, author=by.user)
    turns = _read(row.turns)
    turns[Card(card).value] = turns.get(card, 0) + 1
    row.turns = " ".join(f"{name}={count}" for name, count in sorted(turns.items()))
    row.save()


def swapped(by: Partner, attempt: Attempt, number: int) -> dict[str, int]:
    """The number of times `by` swapped each card of a day."""
    row = _row(by, attempt, number)
    return _read(row.turns) if row is not None else {}


def every_swapped(by: Partner, attempt: Attempt) -> dict[int, dict[str, int]]:
    """The swaps of every day of an attempt, by its number. One query."""
    found = {}
    for row in Swap.objects.own(by.user).of(attempt):
        found[row.number] = _read(row.turns)
    return found


@transaction.atomic
def choose_touch(*, user: User, touch: bool) -> None:
    """Have touch on one's cards, or none from now on."""
    lock(user)
    Cards(user=user, touch="yes" if touch else "no").save()


def has_touch(user: User) -> bool:
    """Whether this person's close-by cards may be of touch."""
    row = Cards.objects.filter(pk=user.pk).first()
    if row is None:
        return True
    row.user = user
    return bool(row.touch != "no")


def _row(by: Partner, attempt: Attempt, number: int) -> Swap | None:
    return Swap.objects.own(by.user).of(attempt).filter(number=number).first()


def _read(turns: str) -> dict[str, int]:
    return {name: int(count) for name, _, count in (one.partition("=") for one in turns.split())}
