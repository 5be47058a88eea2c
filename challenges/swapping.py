"""One's own cards: another activity for one day, and no touch at all. Nobody else's page changes by either."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.prepared import Prepared
from accounts.undoing import CannotUndo
from challenges.attempts import challenge_of, current_attempt
from challenges.catalogue import Card
from challenges.errors import NotRunning
from challenges.models import Attempt, Cards, Swap
from couples.models import Partner
from couples.seats import lock


@transaction.atomic
def swap(*, by: Partner, number: int, card: str) -> int:
    """Show `by` the next activity for this card of this day. Returns how often it was swapped. Raises `NotRunning`."""
    lock(by.user)
    attempt = current_attempt(by.couple)
    if attempt is None or challenge_of(attempt).day(number) is None:
        raise NotRunning
    row = _row(by, attempt, number) or Swap(attempt=attempt, number=number, author=by.user)
    turns = _read(row.turns)
    turns[Card(card).value] = turns.get(card, 0) + 1
    row.turns = _written(turns)
    row.save()
    return turns[card]


@transaction.atomic
def swap_back(*, by: Partner, number: int, card: str, swapped: int, now: datetime) -> None:
    """Show `by` the activity again from before it was `swapped` for this time. Raises `CannotUndo`."""
    lock(by.user)
    attempt = current_attempt(by.couple)
    row = _row(by, attempt, number) if attempt is not None else None
    turns = _read(row.turns) if row is not None else {}
    if row is None or turns.get(card) != swapped:
        raise CannotUndo
    turns[card] -= 1
    row.turns = _written({name: count for name, count in turns.items() if count})
    if row.turns:
        row.save()
    else:
        row.delete()


def swapped(rows: Iterable[Swap], number: int) -> dict[str, int]:
    """The number of times each card of a day was swapped, of one's own swaps of an attempt. No query."""
    return next((_read(row.turns) for row in rows if row.number == number), {})


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


SWAPS = Prepared(
    lambda user, attempt: Swap.objects.own(user).of(Attempt(pk=attempt)), user=UUID, attempt=UUID
)
CARDS = Prepared(lambda user: Cards.objects.filter(pk=user), user=UUID)


def has_touch(user: User) -> bool:
    """Whether this person's close-by cards may be of touch. One query."""
    return is_for_touch(user, CARDS(user=user.pk))


def is_for_touch(user: User, rows: Iterable[Cards]) -> bool:
    """Whether they may be, by this person's own wish, if there is one. No query."""
    for row in rows:
        row.user = user
        return bool(row.touch != "no")
    return True


def _row(by: Partner, attempt: Attempt, number: int) -> Swap | None:
    return Swap.objects.own(by.user).of(attempt).filter(number=number).first()


def _written(turns: dict[str, int]) -> str:
    return " ".join(f"{name}={count}" for name, count in sorted(turns.items()))


def _read(turns: str) -> dict[str, int]:
    return {name: int(count) for name, _, count in (one.partition("=") for one in turns.split())}
