"""Questions of one's own: asked, said yes to by the other, taken back.

The other sees it for seven days. Not seen, not answered and not wanted look the same to whoever asked.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.undoing import CannotUndo
from checkins.errors import TooManyQuestions
from checkins.models import OwnPrompt
from couples.models import Partner
from couples.seats import lock_couple

LIMIT = 300  # characters
MOST = 200  # questions of one person


@transaction.atomic
def ask(*, by: Partner, text: str, now: datetime) -> OwnPrompt:
    """Ask the other whether the two would like to be asked this. Alone, it is in one's deck at once.

    The same words twice are one question. Raises `TooManyQuestions`.
    """
    author = lock_couple(by)
    mine = list(OwnPrompt.objects.own(author).not_taken_back())
    for one in mine:
        if one.couple_id == by.couple_id and one.text == text:
            return one
    if len(mine) >= MOST:
        raise TooManyQuestions
    alone = not by.couple.paired
    prompt = OwnPrompt(author=author, couple=by.couple, text=text, asked_at=now)
    prompt.agreed_on = by.latest_day(now) if alone else None
    prompt.save()
    return prompt


@transaction.atomic
def agree(*, by: Partner, prompt_id: UUID, now: datetime) -> bool:
    """Say yes to the other's question: it is in the deck from the next Day on. One that has faded stays as it is.

    Returns whether it was said with this. Raises `OwnPrompt.DoesNotExist` for whoever it wasn't put to.
    """
    lock_couple(by)
    prompt = OwnPrompt.objects.shared_with(by).get(pk=prompt_id)
    if not prompt.is_waiting(now):
        return False
    prompt.agreed_on = by.latest_day(now)
    prompt.save(update_fields=["agreed_on"])
    return True


@transaction.atomic
def undo_agree(*, by: Partner, prompt: str, now: datetime) -> None:
    """Take one's yes to the other's question back: it waits as before. Raises `CannotUndo` once it may be asked."""
    lock_couple(by)
    found = OwnPrompt.objects.shared_with(by).filter(pk=UUID(prompt), taken_back_at__isnull=True).first()
    if found is None or found.agreed_on is None or found.agreed_on != by.latest_day(now):
        raise CannotUndo
    found.agreed_on = None
    found.save(update_fields=["agreed_on"])


@transaction.atomic
def take_back(*, by: Partner, prompt_id: UUID, now: datetime) -> None:
    """Take one's own question back: its words are gone for both, and it isn't asked again.

    Raises `OwnPrompt.DoesNotExist` for anybody else's.
    """
    lock_couple(by)
    prompt = own(by, prompt_id)
    if prompt.taken_back_at is not None:
        return
    prompt.text = ""
    prompt.taken_back_at, prompt.taken_back_on = now, by.latest_day(now)
    withdrawals.emptied(prompt, "taken_back_on")
    prompt.save()


def own(partner: Partner, prompt_id: UUID) -> OwnPrompt:
    """The question of one's own with this id. Raises `OwnPrompt.DoesNotExist`."""
    return OwnPrompt.objects.own(partner.user).get(pk=prompt_id)


def mine(partner: Partner) -> list[OwnPrompt]:
    """One's own questions, in whatever couple, latest first."""
    return list(OwnPrompt.objects.own(partner.user).not_taken_back().order_by("-asked_at"))


def waiting(partner: Partner, now: datetime) -> list[OwnPrompt]:
    """The other's questions that wait for a yes, by id: their order doesn't tell when they were asked."""
    return list(OwnPrompt.objects.shared_with(partner).waiting(now).order_by("pk"))
