"""Hearing a thorn: one says back what they heard, the thorn's writer answers "that's it" or "there's a bit more".

Two rounds at most. Nothing is listed, counted or waited for; not replying is nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts import withdrawals
from accounts.prepared import Prepared
from accounts.undoing import CannotUndo
from checkins.errors import AlreadyReplied, NoReplyWaits, NothingHeard, NoThornToHear
from checkins.models import CheckIn, Reply
from checkins.reading import Evening, thorns_are_back
from checkins.words import SaidBack
from couples import days
from couples.authored import by_people_of, ids_of
from couples.models import Partner
from couples.seats import lock, lock_couple

ROUNDS = 2


@dataclass(frozen=True)
class Hearing:
    """The replies of one evening, as one of the two sees them."""

    to_theirs: Sequence[Reply] = field(default=())  # one's own replies to the other's thorn
    to_mine: Sequence[Reply] = field(default=())  # the other's replies to one's own
    alone: Sequence[Reply] = field(default=())  # one's own, whose thorn can't be read any more

    @property
    def may_reply(self) -> bool:
        """Whether there is something left to say back."""
        return _next_round(self.to_theirs) is not None

    @property
    def asked(self) -> Reply | None:
        """The reply to one's own thorn that can be answered."""
        return next((reply for reply in self.to_mine if is_open(reply)), None)


def is_open(reply: Reply) -> bool:
    """Whether this reply can still be answered: it neither was, nor was it taken back."""
    return (reply.heard_at or reply.more_at or reply.taken_back_at) is None


SAID_ON = Prepared(
    lambda user, couple, day: (
        Reply.objects.readable_by(Partner(user_id=user, couple_id=couple)).on(day).order_by("round")
    ),
    user=UUID,
    couple=UUID,
    day=date,
)


def on(partner: Partner, evening: Evening) -> Hearing:
    """The replies of this evening; once thorns are their writers' again, by oneself. One query."""
    if evening.thorns_back:
        said = list(Reply.objects.own(partner.user).on(evening.day).order_by("round"))
    else:
        said = SAID_ON(**ids_of(partner), day=evening.day)
    return told_apart(partner, evening, said)


def told_apart(partner: Partner, evening: Evening, said: list[Reply]) -> Hearing:
    """The replies of this evening, by whom they were said and under whose page they stand. No query."""
    mine: list[Reply] = []
    theirs: list[Reply] = []
    alone: list[Reply] = []
    for reply in by_people_of(partner, said):
        own = reply.author_id == partner.user_id
        if not own and partner.other is not None:
            mine.append(reply)
        elif own:
            here = evening.theirs
            beside = not evening.thorns_back and here is not None and reply.page_id == here.pk
            (theirs if beside else alone).append(reply)
    return Hearing(theirs, mine, alone)


def own(partner: Partner, reply_id: UUID) -> Reply | None:
    """One's own reply, or None."""
    return Reply.objects.own(partner.user).filter(pk=reply_id).first()


@transaction.atomic
def reply(*, by: Partner, day: date, said: SaidBack, now: datetime) -> Reply:
    """Say `said` back to the other's thorn of `day`. The same words twice are said once.

    Raises `NoThornToHear`, `NothingHeard` or `AlreadyReplied`.
    """
    page = _thorn(by, day, now)
    if not said:
        raise NothingHeard
    stands = list(Reply.objects.own(by.user).beside([page.pk]))
    number = _next_round(stands)
    if number is None:
        if stands and _same(stands[-1], said):
            return stands[-1]
        raise AlreadyReplied
    return Reply.objects.create(
        author=by.user,
        couple=by.couple,
        page=page,
        day=day,
        round=number,
        back=said.back,
        feeling=said.feeling,
        sense=said.sense,
        ending="more" if said.more else "",
        sent_at=now,
    )


@transaction.atomic
def heard(*, by: Partner, day: date, now: datetime) -> bool:
    """Say "that's it": the thorn's writer was heard. Returns whether it was said by this: twice is harmless."""
    answered = _open_to(by, day, now)
    for one in answered:
        one.heard_at = now
        one.save(update_fields=["heard_at"])
    return bool(answered)


@transaction.atomic
def undo_heard(*, by: Partner, day: str, heard_at: str, now: datetime) -> None:
    """Take "that's it" back: the reply waits for an answer again. Raises `CannotUndo` where it isn't there."""
    lock_couple(by)
    on, at = date.fromisoformat(day), datetime.fromisoformat(heard_at)
    found = [
        one
        for one in Reply.objects.shared_with(by).on(on)
        if one.heard_at == at and one.taken_back_at is None
    ]
    if not found or _are_back(by, on, now):
        raise CannotUndo
    for one in found:
        one.heard_at = None
        one.save(update_fields=["heard_at"])


@transaction.atomic
def a_bit_more(*, by: Partner, day: date, text: str, now: datetime) -> None:
    """Say "there's a bit more": the thorn's writer goes on, in a few words if they like. Doing it twice is harmless.

    Raises `NoReplyWaits` for words that no reply waits for (any more).
    """
    found = list(_open_to(by, day, now))
    if text and not found and not _stands_under_thorn(by, day, text):
        raise NoReplyWaits
    for answered in found:
        answered.more_at = now
        answered.save(update_fields=["more_at"])
    if text and found:
        page = CheckIn.objects.own(by.user).on(day).get()
        page.thorn_more = f"{page.thorn_more}\n\n{text}".strip()
        page.save(update_fields=["thorn_more"])


@transaction.atomic
def take_back(*, by: Partner, reply_id: UUID, now: datetime) -> None:
    """Take one's own reply back: its words are gone for both, and "taken back" stays. Doing it twice is harmless.

    Raises `Reply.DoesNotExist` if it isn't one's own.
    """
    lock(by.user)
    found = Reply.objects.own(by.user).get(pk=reply_id)
    if found.taken_back_at is not None:
        return
    found.back = found.feeling = found.sense = found.ending = ""
    found.taken_back_at = now
    withdrawals.emptied(found)
    found.save()


def _thorn(by: Partner, day: date, now: datetime) -> CheckIn:
    """The other's page of `day`, with both people locked, if its thorn can be read."""
    lock_couple(by)
    page = CheckIn.objects.shared_with(by).on(day).with_keys().first()
    if page is None or page.taken_back_at is not None or _are_back(by, day, now) or not page.thorn:
        raise NoThornToHear
    return page


def _open_to(by: Partner, day: date, now: datetime) -> list[Reply]:
    """The reply to `by`'s own thorn of `day` that waits for their answer, both locked."""
    lock_couple(by)
    return [] if _are_back(by, day, now) else list(Reply.objects.shared_with(by).on(day).open())


def _are_back(by: Partner, day: date, now: datetime) -> bool:
    return thorns_are_back(day, days.day_of(now, by.user.tz))


def _stands_under_thorn(by: Partner, day: date, text: str) -> bool:
    """Whether `text` is what was added to one's own thorn last: the button was pressed twice."""
    page = CheckIn.objects.own(by.user).on(day).first()
    return page is not None and f"\n\n{page.thorn_more}".endswith(f"\n\n{text}")


def _next_round(stands: Sequence[Reply]) -> int | None:
    """The round that could be said now: the first; the second after "a bit more", or once the first was taken back."""
    if not stands:
        return 1
    last = stands[-1]
    again = last.more_at is not None or last.taken_back_at is not None
    return last.round + 1 if again and last.round < ROUNDS else None


def _same(stands: Reply, words: SaidBack) -> bool:
    return stands.taken_back_at is None and stands.words == words
