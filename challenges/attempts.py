"""Acts on an attempt at a challenge: suggest it, count a day, leave a line, wake it, end it. Either of the two may.

Whether the challenge has come to a day is read on the clock of whoever acts; what the act changes is a moment, the same
whoever acted and wherever they are (ADR 11).

Every act locks the two people first, so that acts follow each other and nobody is parted or erased in between.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from accounts.models import User
from accounts.undoing import CannotUndo
from accounts.zones import clock
from challenges import catalogue
from challenges.catalogue import Card, Challenge
from challenges.counting import Position, Start, position, rests_after
from challenges.errors import (
    AlreadyRunning,
    ChallengeResting,
    DayAhead,
    LineAhead,
    NotRunning,
    RemarkAlreadyLeft,
)
from challenges.models import Attempt, CompletedDay, OwnCompletion, Remark
from couples import asking, days
from couples.access import seat_of
from couples.asking import Before
from couples.errors import AskResting
from couples.models import Ask, Couple, Partner
from couples.seats import lock_both

KIND = "challenge"  # of an ask; what is asked for is the challenge's id
UNCHANGED: Mapping[UUID, str] = {}


def current_attempt(couple: Couple) -> Attempt | None:
    """The attempt this couple is in, if any."""
    found = Attempt.objects.running().of(couple).first()
    if found is not None:
        found.couple = couple
    return found


def position_of(attempt: Attempt, reader: Partner, day: date) -> Position:
    """The position an attempt has for one of the two on `day` of theirs, by the couple's evenings."""
    start = attempt.start(reader.seat, reader.user.tz)
    return _position(attempt, start, day, attempt.couple.evenings)


def challenge_of(attempt: Attempt) -> Challenge:
    """The challenge of an attempt. Raises `NotRunning` where its file is gone."""
    found = catalogue.get(attempt.challenge)
    if found is None:
        raise NotRunning
    return found


@transaction.atomic
def suggest(*, by: Partner, challenge: str, now: datetime) -> None:
    """Ask the other to begin this challenge; alone, begin it.

    Raises `AlreadyRunning`, `NotRunning`, `NobodyToAsk` or `ChallengeResting`.
    """
    if catalogue.get(challenge) is None:
        raise NotRunning
    two = lock_both(by)
    if current_attempt(by.couple) is not None:
        raise AlreadyRunning
    if by.couple.paired:
        try:
            asking.ask(by=by, kind=KIND, what=challenge, now=now)
        except AskResting:
            raise ChallengeResting from None
    elif not two and not _is_closed(by):
        _begin(by.couple, challenge, now)


@transaction.atomic
def undo_begin(*, by: Partner, challenge: str, begun_at: str, now: datetime) -> None:
    """Take back that a challenge was begun. Raises `CannotUndo` once a day of it is done or has a line."""
    lock_both(by)
    _take_back_begun(by.couple, challenge, datetime.fromisoformat(begun_at))


def undo_agreed(*, ask: Ask, before: Before, now: datetime) -> None:
    """Take back the challenge that came of a yes. Raises `CannotUndo`. Called behind both people's lock."""
    if ask.agreed_at is not None:
        _take_back_begun(ask.couple, ask.what, ask.agreed_at)


def _take_back_begun(couple: Couple, challenge: str, begun_at: datetime) -> None:
    attempt = current_attempt(couple)
    if attempt is None or (attempt.challenge, attempt.begun_at) != (challenge, begun_at):
        raise CannotUndo
    if CompletedDay.objects.filter(attempt=attempt).exists():  # either saw it; a swap, only its own did
        raise CannotUndo
    attempt.delete()


def says(ask: Ask, *, name: str, reader: Partner, now: datetime) -> str:
    """The line of an ask to begin a challenge; none where its file is gone."""
    challenge = catalogue.get(ask.what)
    return (
        gettext("%(name)s suggests: %(title)s") % {"name": name, "title": challenge.title}
        if challenge
        else ""
    )


def agreed(*, ask: Ask, now: datetime) -> None:
    """Begin the challenge both want, unless they are in one already. Called behind both people's lock."""
    if catalogue.get(ask.what) is not None and current_attempt(ask.couple) is None:
        _begin(ask.couple, ask.what, now)


@transaction.atomic
def complete(*, by: Partner, number: int, card: str, now: datetime) -> None:
    """Count a card of a day for oneself: the day is then done, for both. Twice is once.

    Raises `NotRunning` or `DayAhead`.
    """
    attempt = _locked_attempt(by)
    _check_reached(attempt, by, number, now)
    completed, _ = CompletedDay.objects.get_or_create(attempt=attempt, number=number)
    own = _own_completion(by, completed)
    own.cards = _joined({*own.cards.split(), Card(card).value})
    own.save()
    if completed.done_at is None:
        completed.done_at = now
        completed.save(update_fields=["done_at"])
        _keep_awake_from(attempt, now)


@transaction.atomic
def uncomplete(*, by: Partner, number: int, card: str) -> None:
    """Count it no longer oneself. Twice is once. Raises `NotRunning`.

    For two a day that was done stays done: were it undone with the last of theirs, whoever takes it away would see
    whether the other counts it. Alone, it is done while one counts anything on it.
    """
    attempt = _locked_attempt(by)
    completed = CompletedDay.objects.filter(attempt=attempt, number=number).first()
    if completed is None:
        return
    own = _own_completion(by, completed)
    own.cards = _joined(set(own.cards.split()) - {Card(card).value})
    if own.cards:
        own.save()
        return
    OwnCompletion.objects.own(by.user).filter(completed_day=completed).delete()
    if not by.couple.paired:
        completed.done_at = None
        completed.save(update_fields=["done_at"])


@transaction.atomic
def leave_line(*, by: Partner, number: int, text: str, now: datetime) -> Remark:
    """Leave one line on a day, for both. The same again changes nothing.

    Raises `NotRunning`, `LineAhead` or `RemarkAlreadyLeft`.
    """
    attempt = _locked_attempt(by)
    _check_reached(attempt, by, number, now, ahead=LineAhead)
    completed, _ = CompletedDay.objects.get_or_create(attempt=attempt, number=number)
    existing = Remark.objects.own(by.user).not_taken_back().filter(completed_day=completed).first()
    if existing is not None:
        if existing.text != text:
            raise RemarkAlreadyLeft
        return existing
    _keep_awake_from(attempt, now)
    return Remark.objects.create(completed_day=completed, author=by.user, text=text, left_at=now)


def own_line(by: Partner, pk: UUID) -> Remark | None:
    """One's own line, of whatever attempt, or None."""
    return Remark.objects.own(by.user).filter(pk=pk).select_related("completed_day").first()


@transaction.atomic
def take_back(*, by: Partner, pk: UUID, now: datetime) -> None:
    """Take one's line back: its words go for both, "taken back" stays. Twice is once. Raises `DoesNotExist`."""
    lock_both(by)
    found = Remark.objects.own(by.user).get(pk=pk)
    if found.taken_back_at is None:
        found.take_back(now)


@transaction.atomic
def wake(*, by: Partner, now: datetime) -> None:
    """Go on from where the challenge rests; awake already, it stays so for longer. Raises `NotRunning`.

    Were nothing changed of one that is awake on the clock of `by`, the other could tell whether it is.
    """
    attempt = _locked_attempt(by)
    _keep_awake_from(attempt, _wakes_at(attempt, by, now))


@transaction.atomic
def end(*, by: Partner, now: datetime) -> None:
    """Put the challenge away, at its end or anywhere: either, alone. Twice is once."""
    lock_both(by)
    attempt = current_attempt(by.couple)
    if attempt is not None:
        _end(attempt, now)


def parted(*, couple: Couple, now: datetime) -> None:
    """End the attempt of a couple that ended."""
    attempt = current_attempt(couple)
    if attempt is not None:
        _end(attempt, now)


def paired(*, couple: Couple, now: datetime) -> None:
    """End what each did alone, as the two became a couple; it stays theirs."""
    people = list(couple.partners.live().values_list("user", flat=True))
    alone = Attempt.objects.running().filter(couple__partners__user__in=people).exclude(couple=couple)
    for attempt in alone.select_related("couple"):
        _end(attempt, now)


def evenings_named(*, couple: Couple, before: str, now: datetime) -> None:
    """Keep the attempt at its day for a couple with other evenings from now on; from here it is counted by those."""
    attempt = current_attempt(couple)
    if attempt is not None:
        _recount(attempt, now, evenings=before)
        attempt.save()


def rezoned(*, user: User, before: str, now: datetime) -> None:
    """Keep the attempt at its day for somebody whose clock is another from now on. For the other nothing changes.

    Their row was just written, and is so held against any act of either.
    """
    attempt = current_attempt(seat_of(user).couple)
    if attempt is not None:
        _recount(attempt, now, zones={user.pk: before})
        attempt.save()


def _begin(couple: Couple, challenge: str, now: datetime) -> None:
    """Begin an attempt at this moment: whatever Day it is on the clock of each is their first."""
    before = Attempt.objects.of(couple).filter(challenge=challenge).count()
    Attempt.objects.create(
        couple=couple, challenge=challenge, again=before, begun_at=now, from_at=now, active_at=now
    )


def _end(attempt: Attempt, now: datetime) -> None:
    _recount(attempt, now)
    attempt.ended_at = now
    attempt.save()


def _locked_attempt(by: Partner) -> Attempt:
    """The attempt the two are in, read behind the lock of both. Raises `NotRunning`."""
    lock_both(by)
    attempt = current_attempt(by.couple)
    if attempt is None:
        raise NotRunning
    return attempt


def _check_reached(
    attempt: Attempt, by: Partner, number: int, now: datetime, *, ahead: type[DayAhead] = DayAhead
) -> None:
    """Refuse a day that isn't today's or before it, on the clock of `by`: raises `NotRunning` or `ahead`."""
    if not 1 <= number <= len(challenge_of(attempt)):
        raise NotRunning
    if number > position_of(attempt, by, days.day_of(now, by.user.tz)).number:
        raise ahead


def _wakes_at(attempt: Attempt, by: Partner, now: datetime) -> datetime:
    """The moment from which an attempt that is woken now is counted on: the one from which it rests for both.

    Counted on before, it would never rest for the other, who could tell from it that the Day of `by` is further on. But
    `now` where that moment lies in another Day for `by`, who would notice that it waits.
    """
    tz, waits = by.user.tz, attempt.active_at > now  # woken for later already: twice is once
    rests = attempt.active_at if waits else max(now, *_rests_from(attempt))
    return rests if days.day_of(rests, tz) == days.day_of(now, tz) else now


def _rests_from(attempt: Attempt) -> list[datetime]:
    """The moments from which it rests for each of the two, if nothing more is done."""
    weekdays, found = _weekdays(attempt.couple.evenings), []
    for seat in attempt.couple.partners.select_related("user"):
        tz = seat.user.tz
        found.append(days.ends(rests_after(attempt.start(seat.seat, tz), weekdays), tz))
    return found


def _keep_awake_from(attempt: Attempt, now: datetime) -> None:
    """Keep it awake for both from now on: something was done that both can see."""
    _recount(attempt, now)
    attempt.keep_awake(now)
    attempt.save()


def _recount(
    attempt: Attempt, now: datetime, *, evenings: str = "", zones: Mapping[UUID, str] = UNCHANGED
) -> None:
    """Count it anew from the day it has come to for each of the two; that changes no number. Doesn't save.

    `evenings` are those they had until now, where they change; `zones` the time zones people had, where those change.
    """
    numbers = {1: attempt.first_seat_from, 2: attempt.second_seat_from}
    for seat in attempt.couple.partners.select_related("user"):
        tz = clock(zones.get(seat.user_id, seat.user.zone))
        start, day = attempt.start(seat.seat, tz), days.day_of(now, tz)
        numbers[seat.seat] = _position(attempt, start, day, evenings or attempt.couple.evenings).number
    attempt.count_from(numbers, now)


def _position(attempt: Attempt, start: Start, day: date, evenings: str) -> Position:
    return position(start, day, evenings=_weekdays(evenings), length=len(challenge_of(attempt)))


def _weekdays(evenings: str) -> list[int]:
    return [int(number) for number in evenings]


def _own_completion(by: Partner, completed: CompletedDay) -> OwnCompletion:
    stood = OwnCompletion.objects.own(by.user).filter(completed_day=completed).first()
    return stood or OwnCompletion(completed_day=completed, author=by.user)


def _joined(cards: set[str]) -> str:
    """The cards as they are kept: in their order."""
    return " ".join(card for card in Card.values if card in cards)


def _is_closed(by: Partner) -> bool:
    """Whether `by` left this seat meanwhile, asked behind the lock."""
    return not by.couple.partners.live().filter(pk=by.pk).exists()


ASK = asking.Kind(
    name=KIND,
    page="challenges:challenge",
    icon="route",
    says=says,
    on_agreed=agreed,
    on_undone=undo_agreed,
    line=gettext_lazy("The challenge is on. Day 1 is below."),
)
