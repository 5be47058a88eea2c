"""Asks, for what takes two: one asks, the other says yes, or nothing.

For the one who asked, unseen, ignored and declined look the same. An ask fades after seven days and may be made again
after thirty. Rooms register their kinds of asks in `AppConfig.ready`; what comes of a yes is done by `on_agreed` of the
kind, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.db import transaction

from accounts.prepared import Prepared
from accounts.undoing import CannotUndo
from couples.errors import AskNotOpen, AskResting, NobodyToAsk
from couples.models import ASK_LIFE, ASK_REST, Ask, Couple, Partner
from couples.seats import lock_both

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Says(Protocol):
    """The line an ask stands under on Today, for the one who was asked; empty once there is no point in it."""

    def __call__(self, ask: Ask, *, name: str, reader: Partner, now: datetime) -> str: ...


Before = Mapping[str, Any]  # what stood before a yes, as a session keeps it


class OnUndone(Protocol):
    """The taking back of what came of a yes. Called behind both people's lock. Raises `CannotUndo`."""

    def __call__(self, *, ask: Ask, before: Before, now: datetime) -> None: ...


class OnAgreed(Protocol):
    """The consequence of a yes. Called behind both people's lock."""

    def __call__(self, *, ask: Ask, now: datetime) -> None: ...


@dataclass(frozen=True)
class Kind:
    """A kind of what one of the two may ask the other for."""

    name: str  # as `Ask.kind` says it
    page: str  # where it is asked and answered: a URL's name
    icon: str  # on Today
    says: Says
    on_agreed: OnAgreed
    on_undone: OnUndone | None = None
    line: "str | StrPromise" = ""  # what a yes did, said on its page
    before: Callable[[Ask], Before] = lambda ask: {}  # what a yes is about to change

    def about(self, thing: str) -> str:
        """The `Ask.kind` for one of several things, each asked, faded and resting apart from the others."""
        return f"{self.name} {thing}"


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let people ask each other for this. Twice is once."""
    _kinds[kind.name] = kind


def kind_of(ask: Ask) -> Kind | None:
    """The kind of this ask. None for one that no room registers: of a later release, or taken out since."""
    return _kinds.get(ask.kind) or _kinds.get(ask.kind.rpartition(" ")[0])


@dataclass(frozen=True)
class AskState:
    """The asks of one kind, as one of the two sees them."""

    awaiting: Ask | None = None  # the other's, to be answered
    asked: Ask | None = None  # one's own
    rests_until: datetime | None = None  # before then one doesn't ask again


@dataclass(frozen=True)
class Answered:
    """An answer to an ask: its kind, and what stood before a yes; None where nothing was changed."""

    ask: Ask
    kind: Kind
    before: Before | None


@dataclass(frozen=True)
class Waiting:
    """An ask that waits for an answer, on the page of the one who was asked."""

    kind: Kind
    ask: Ask
    line: str


@transaction.atomic
def ask(*, by: Partner, kind: str, what: str, now: datetime) -> Ask:
    """Ask the other for `what`. Asking the same again while it is fresh changes nothing.

    To ask for what the other asks for already is to agree. Raises `NobodyToAsk` or `AskResting`.
    """
    _lock(by)
    recent = _recent(by, kind, now)
    fresh = [one for one in _fresh(recent, now) if one.what == what]
    theirs = next((one for one in fresh if one.by_id != by.user_id), None)
    if theirs is not None:
        return _agree(theirs, now)
    mine = next((one for one in fresh if one.by_id == by.user_id), None)
    if mine is not None:
        return mine
    if _resting(by, recent) is not None:
        raise AskResting
    Couple.objects.filter(pk=by.couple_id).update(last_ask_at=now)
    by.couple.last_ask_at = now
    return Ask.objects.create(couple=by.couple, kind=kind, by=by.user, what=what, asked_at=now)


@transaction.atomic
def agree(*, by: Partner, ask_id: UUID, now: datetime) -> Ask:
    """Say yes to what the other asked. Twice is once. Raises `NobodyToAsk` or `AskNotOpen`."""
    one = _theirs(by, ask_id)
    if one.agreed_at is not None:
        return one
    if one not in _fresh(_recent(by, one.kind, now), now):
        raise AskNotOpen
    return _agree(one, now)


@transaction.atomic
def set_aside(*, by: Partner, ask_id: UUID, now: datetime) -> Before | None:
    """Say "not now": `by` isn't shown it again, and nobody else can tell. Twice is once: None.

    Raises `NobodyToAsk` or `AskNotOpen`.
    """
    one = _theirs(by, ask_id)
    if one.agreed_at is None and one.set_aside_at is None:
        one.set_aside_at = now
        one.save(update_fields=["set_aside_at"])
        return {}
    return None


def answer(*, by: Partner, token: str, yes: bool, now: datetime) -> Answered | None:
    """Answer what stood on the page that was sent. None where nothing of that name was asked of `by` lately. Where it
    waits no more nothing happens.
    """
    ask = next((one for one in Ask.objects.to(by).since(now - ASK_REST) if one.token == token), None)
    kind = kind_of(ask) if ask is not None else None
    if ask is None or kind is None:
        return None
    before: Before | None = None
    with suppress(AskNotOpen, NobodyToAsk):
        before = _agree_once(by, ask.pk, kind, now) if yes else set_aside(by=by, ask_id=ask.pk, now=now)
    return Answered(ask, kind, before)


@transaction.atomic
def _agree_once(by: Partner, ask_id: UUID, kind: Kind, now: datetime) -> Before | None:
    one = _theirs(by, ask_id)
    before = kind.before(one) if one.agreed_at is None else None
    agree(by=by, ask_id=ask_id, now=now)
    return before


@transaction.atomic
def undo_yes(*, by: Partner, ask: str, agreed_at: str, before: Before, now: datetime) -> None:
    """Take a yes back with what came of it: the ask waits as before. Raises `CannotUndo` or `NobodyToAsk`."""
    one = _theirs(by, UUID(ask))
    kind = kind_of(one)
    if kind is None or kind.on_undone is None or one.agreed_at != datetime.fromisoformat(agreed_at):
        raise CannotUndo
    kind.on_undone(ask=one, before=before, now=now)
    one.agreed_at = None
    one.save(update_fields=["agreed_at"])


@transaction.atomic
def undo_not_now(*, by: Partner, ask: str, set_aside_at: str, now: datetime) -> None:
    """Be asked again what was answered with "not now"; nobody else can tell. Raises `CannotUndo` or `NobodyToAsk`."""
    one = _theirs(by, UUID(ask))
    if one.set_aside_at != datetime.fromisoformat(set_aside_at):
        raise CannotUndo
    one.set_aside_at = None
    one.save(update_fields=["set_aside_at"])


def state(partner: Partner, kind: str, *, now: datetime) -> AskState:
    """The asks of this kind, as `partner` sees them. One query; none where nothing was asked for long."""
    return states(partner, [kind], now=now)[kind]


def states(partner: Partner, kinds: Collection[str], *, now: datetime) -> dict[str, AskState]:
    """The asks of several kinds, in one query."""
    found = _states(partner, lately(partner, now=now), now)
    return {kind: found.get(kind, AskState()) for kind in kinds}


_asked_since = Prepared(
    lambda couple, since: Ask.objects.of(Couple(pk=couple)).since(since), couple=UUID, since=datetime
)


def lately(partner: Partner, *, now: datetime) -> list[Ask]:
    """The asks that either of the two made in the last thirty days. One query; none where none was made for long."""
    last = partner.couple.last_ask_at
    if last is None or last <= now - ASK_REST:
        return []
    return _asked_since(couple=partner.couple_id, since=now - ASK_REST)


def all_awaiting(partner: Partner, recent: Sequence[Ask], *, now: datetime) -> list[Waiting]:
    """The asks of every kind, of those that are `recent`, that the other made and `partner` has neither answered nor
    set aside, room by room. No query, but for what the kinds look up themselves.
    """
    waiting = [_waiting(partner, state.awaiting, now) for state in _states(partner, recent, now).values()]
    order = list(_kinds)
    return sorted((one for one in waiting if one is not None), key=lambda one: order.index(one.kind.name))


def _waiting(partner: Partner, ask: Ask | None, now: datetime) -> Waiting | None:
    """This ask with the line it stands under, if there is one."""
    kind = kind_of(ask) if ask is not None else None
    if ask is None or kind is None or partner.other is None:
        return None
    line = kind.says(ask, name=partner.other.user.name, reader=partner, now=now)
    return Waiting(kind, ask, line) if line else None


def _states(partner: Partner, recent: Sequence[Ask], now: datetime) -> dict[str, AskState]:
    """What was asked lately, by `Ask.kind`."""
    if partner.other is None:
        return {}
    by_kind = defaultdict(list)
    for one in recent:
        by_kind[one.kind].append(one)
    return {kind: _state(partner, asks, now) for kind, asks in by_kind.items()}


def _state(partner: Partner, recent: Sequence[Ask], now: datetime) -> AskState:
    fresh = _fresh(recent, now)
    waiting = (one for one in fresh if one.by_id != partner.user_id and one.set_aside_at is None)
    mine = (one for one in fresh if one.by_id == partner.user_id)
    resting = _resting(partner, recent)
    return AskState(
        awaiting=next(waiting, None),
        asked=next(mine, None),
        rests_until=resting.asked_at + ASK_REST if resting else None,
    )


def pages_of(asks: Sequence[Ask]) -> set[str]:
    """The pages of what was asked for, whatever became of it: the same for both of the two."""
    kinds = (kind_of(ask) for ask in asks)
    return {kind.page for kind in kinds if kind is not None}


def awaiting(partner: Partner, kind: str, *, now: datetime) -> Ask | None:
    """The ask the other made and `partner` has neither answered nor set aside."""
    return state(partner, kind, now=now).awaiting


def asked(partner: Partner, kind: str, *, now: datetime) -> Ask | None:
    """The ask `partner` made, while it is fresh: the same whether it was seen, ignored or set aside."""
    return state(partner, kind, now=now).asked


def _lock(by: Partner) -> None:
    if not lock_both(by):
        raise NobodyToAsk


def _theirs(by: Partner, ask_id: UUID) -> Ask:
    """What the other asked in this couple, with both people locked."""
    _lock(by)
    one = Ask.objects.to(by).filter(pk=ask_id).first()
    if one is None:
        raise AskNotOpen
    return one


def _recent(partner: Partner, kind: str, now: datetime) -> list[Ask]:
    """What either asked, or agreed to, lately enough to matter; latest first."""
    return list(Ask.objects.of(partner.couple).for_kind(kind).since(now - ASK_REST))


def _fresh(recent: Sequence[Ask], now: datetime) -> list[Ask]:
    """What can still be agreed to: asked lately, and no agreement came after it."""
    last = max((one.agreed_at for one in recent if one.agreed_at is not None), default=None)
    return [
        one
        for one in recent
        if one.agreed_at is None and one.asked_at > now - ASK_LIFE and (last is None or one.asked_at > last)
    ]


def _resting(partner: Partner, recent: Sequence[Ask]) -> Ask | None:
    """`partner`'s latest ask that wasn't agreed to."""
    return next((one for one in recent if one.by_id == partner.user_id and one.agreed_at is None), None)


def _agree(one: Ask, now: datetime) -> Ask:
    kind = kind_of(one)
    if kind is None:
        raise AskNotOpen
    one.agreed_at, one.set_aside_at = now, None
    one.save(update_fields=["agreed_at", "set_aside_at"])
    kind.on_agreed(ask=one, now=now)
    return one
