"""Delivery from the ledger to the mail server: claim, look again, send outside any transaction, settle.

Promise: nothing is lost; nothing is sent twice except after a fault between sending and settling; nothing stale;
nothing after unsubscribing or parting.
"""

import smtplib
import threading
import uuid
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import F

from accounts.prepared import Change, PreparedChange
from accounts.refusals import is_no_such_address
from accounts.smtp import LEASE, was_handed_over, worker_connection
from accounts.turns import GoesOn, always
from reminders import allowance, emails, former_keys, preferences, providers
from reminders.kinds import Kind
from reminders.models import Reminder, ReminderQuerySet, State, settled

BATCH = 100
TRIES = 5
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 4, 15, 45)]  # after each failed try
AMBIGUOUS = "ambiguous"  # the mail was handed over, and no answer came: it may have gone out
PROVIDER_REFUSED, PROVIDER_FAILED = providers.errors()
Clock = Callable[[], datetime]


class ServerAway(Exception):
    """The mail server can't be reached, or won't talk to us at all. Whatever its code, that is about no address."""


def deliver(*, clock: Clock, after_batch: Callable[[], None] = lambda: None, goes_on: GoesOn = always) -> int:
    """Send everything that is due, batch by batch, over as many connections as are set (`EMAIL_CONNECTIONS`), as
    long as it goes on, which is asked before each further mail: a server may take long for one.

    `after_batch` is called after each that the server was there for. Returns how many rows were handled. Where the
    server is away, all but the mail that found out wait for the next round untried: each would wait as long.
    """
    handled = 0
    while rows := claim(owner=(owner := uuid.uuid4()), now=clock(), limit=BATCH * settings.EMAIL_CONNECTIONS):
        batch = _Batch(owner, clock, goes_on)
        batch.send(deal(rows, settings.EMAIL_CONNECTIONS))
        handled += len(rows) - _give_back(owner)
        if batch.away.is_set():
            break
        after_batch()
        if batch.is_over.is_set() or not goes_on():
            break
    return handled


@transaction.atomic
def _give_back(owner: uuid.UUID) -> int:
    """Free what was claimed and not handled: the server is away, the time is over, or somebody was at the row just
    then, if only another claim that found it taken. Left alone it would wait for the end of its lease. Returns how
    many.
    """
    free = Reminder.objects.claimed_by(owner).select_for_update(skip_locked=True)
    left = Reminder.objects.filter(pk__in=free.values("pk"))
    return left.update(state=State.PENDING, owner=None, lease_until=None)


def deal(rows: list[Reminder], count: int) -> list[list[Reminder]]:
    """Rows for each of at most `count` connections, about as many. One person's go over the same, in their order: of
    two, one may say what the other would.
    """
    hands: list[list[Reminder]] = [[] for _ in range(count)]
    hand_of: dict[uuid.UUID, list[Reminder]] = {}
    for row in rows:
        hand_of.setdefault(row.user_id, min(hands, key=len)).append(row)
    return [hand for hand in hands if hand]


@transaction.atomic
def claim(*, owner: uuid.UUID, now: datetime, limit: int = BATCH) -> list[Reminder]:
    """Take up to `limit` due rows for `owner` until their lease runs out. No row goes to two owners."""
    allowed = allowance.left(now)
    if allowed is not None:
        limit = min(limit, allowed)
    free = Reminder.objects.claimable(now).select_for_update(of=("self",), skip_locked=True)
    rows = list(free[:limit])
    former_keys.type_rows(rows)
    ids = [row.pk for row in rows]
    lease = now + LEASE
    Reminder.objects.filter(pk__in=ids).update(state=State.CLAIMED, owner=owner, lease_until=lease)
    for row in rows:
        row.state, row.owner, row.lease_until = State.CLAIMED, owner, lease
    return rows


def renew(row: Reminder, owner: uuid.UUID, *, now: datetime, sent: Reminder | None = None) -> Reminder | None:
    """Keep the row for another lease and look a last time, right before sending: from here on it counts as tried.

    Not when it is claimed: the ninety-nine others of a batch whose worker dies were never tried. Returns the row as
    `skip_reason` and `_send` need it, or None if it was taken over, settled, or is being settled. `sent`, the mail
    before it, is settled by the same statement, unless somebody is changing it just then.
    """
    kind = row.to_look_at
    if sent is not None and (_takes_a_clock(kind) or sent.user_id == row.user_id):  # whose look has to see it
        settle(sent, owner, State.SENT, now=now)
        sent = None
    if _takes_a_clock(kind):
        claimed = Reminder.objects.claimed_by(owner).filter(pk=row.pk)
        claimed.update(**_renewed(now + LEASE))
        return claimed.with_delivery_state().with_last_look(row).first()
    found = _renewal(kind)(
        row=row.pk, owner=owner, lease=now + LEASE, sent=sent.pk if sent is not None else None, now=now
    )
    for fresh in found:
        fresh.attempts += 1  # read as it was before
    return found[0] if found else None


@cache
def _renewal(kind: Kind | None) -> PreparedChange[Reminder]:
    """What a mail of this kind costs the ledger: the one before it is settled, this one is renewed and looked at."""

    def held(row: uuid.UUID, owner: uuid.UUID, **_: Any) -> ReminderQuerySet:
        reasons = kind.reasons() if kind is not None else {}
        return Reminder.objects.claimed_by(owner).filter(pk=row).with_delivery_state().with_reasons(reasons)

    def changes(
        row: uuid.UUID, owner: uuid.UUID, lease: datetime, sent: uuid.UUID, now: datetime
    ) -> list[Change]:
        claimed = Reminder.objects.claimed_by(owner)
        return [
            Change(claimed.filter(pk=sent), to=settled(State.SENT, now=now)),
            Change(claimed.filter(pk=row), to=_renewed(lease)),
        ]

    places = {"row": uuid.UUID, "owner": uuid.UUID, "lease": datetime, "sent": uuid.UUID, "now": datetime}
    return PreparedChange(held, changes, **places)


def _renewed(lease: datetime) -> dict[str, Any]:
    return {"lease_until": lease, "attempts": F("attempts") + 1}


def _takes_a_clock(kind: Kind | None) -> bool:
    return kind is not None and kind.takes_a_clock


def settle(row: Reminder, owner: uuid.UUID, state: State, *, now: datetime, reason: str = "") -> bool:
    """Write what became of the row, only if it is still the owner's."""
    held = Reminder.objects.claimed_by(owner).filter(pk=row.pk)
    return bool(held.update(**settled(state, reason, now=now)))


def skip_reason(row: Reminder, *, now: datetime) -> tuple[State, str] | None:
    """The last look before sending: why this one must not go out (any more), or not yet (`PENDING`), or None.

    `row` is read with its delivery state and its kind's last look (`ReminderQuerySet`).
    """
    if now >= row.expires_at:
        return State.EXPIRED, "too late"
    if reason := _unreachable(row):
        return State.SKIPPED, reason
    if row.attempts > TRIES:
        return State.DEAD, "too many tries"
    if row.day is None:  # asked for there and then: wanted, whatever else is set
        return (State.SKIPPED, "gone") if row.attachment is not None and row.file is None else None
    if reason := _unwanted(row, row.day):
        return State.SKIPPED, reason
    over = _quiet_until(row, now)
    if over is None:
        return None
    return (State.PENDING, "quiet") if over < row.expires_at else (State.SKIPPED, "quiet")


def _unreachable(row: Reminder) -> str:
    if (row.registered is None and row.attachment is None) or not row.user.is_active:
        return "inactive"
    if not row.proven:
        return "unverified"
    return "no such address" if preferences.is_suppressed(row.user) else ""


def _unwanted(row: Reminder, day: date) -> str:
    quiet = getattr(row.user, "quiet", None)
    if not row.wanted:
        return "unsubscribed"
    if quiet is not None and quiet.is_paused(day):
        return "paused"
    return row.kind_skips


def _quiet_until(row: Reminder, now: datetime) -> datetime | None:
    quiet = getattr(row.user, "quiet", None)
    return quiet.over_at(now) if quiet is not None else None


class _Batch:
    """Rows that were claimed together, sent over one connection or several, each in a thread that ends with it."""

    def __init__(self, owner: uuid.UUID, clock: Clock, goes_on: GoesOn) -> None:
        self.owner, self.clock, self.goes_on = owner, clock, goes_on
        self.away = threading.Event()  # the server is: whoever finds out, all stop before their next mail
        self.is_over = threading.Event()  # the time for it is: all stop likewise

    def send(self, hands: list[list[Reminder]]) -> None:
        """Send each hand over a connection of its own; the others begin once the first has had an answer."""
        with closing(self._over_one_connection(hands[0])) as first:
            next(first)
            with ThreadPoolExecutor(len(hands)) as threads:
                others = [threads.submit(self._apart, hand) for hand in hands[1:]]
                for _ in first:
                    pass
            for other in others:
                other.result()

    def _apart(self, rows: list[Reminder]) -> None:
        try:
            for _ in self._over_one_connection(rows):
                pass
        finally:
            database.close()  # this thread's

    def _over_one_connection(self, rows: list[Reminder]) -> Generator[None, None, None]:
        """Handle these rows, one after the other. What was sent is settled along with the next, what is left by
        itself.
        """
        sent: list[Reminder] = []
        connection = worker_connection()
        try:
            for number, row in enumerate(rows):
                if self.away.is_set() or self.is_over.is_set():
                    break
                if number and not self.goes_on():
                    self.is_over.set()
                    break
                mail = _handle(row, self.owner, connection, self.clock, sent=sent[-1] if sent else None)
                sent += [mail] if mail is not None else []
                yield
        except ServerAway:
            self.away.set()
            yield
        finally:
            left = Reminder.objects.claimed_by(self.owner).filter(pk__in=[mail.pk for mail in sent])
            left.update(**settled(State.SENT, now=self.clock()))
            connection.close()


def _handle(
    row: Reminder,
    owner: uuid.UUID,
    connection: BaseEmailBackend,
    clock: Clock,
    *,
    sent: Reminder | None = None,
) -> Reminder | None:
    """Send the row if it is still to be sent; `sent` is the mail before it. Returns it once it is out, unsettled."""
    fresh = renew(row, owner, now=clock(), sent=sent)
    if fresh is None:
        return None
    now = clock()
    verdict = skip_reason(fresh, now=now)
    if verdict is None:
        return fresh if _send(fresh, owner, connection, clock) else None
    if verdict[0] == State.PENDING:
        _wait(fresh, owner, until=_quiet_until(fresh, now) or now, reason=verdict[1])
    else:
        settle(fresh, owner, verdict[0], now=now, reason=verdict[1])
    return None


def _send(row: Reminder, owner: uuid.UUID, connection: BaseEmailBackend, clock: Clock) -> bool:
    """Hand the mail to the server. If it took it, the row is to be settled; if not, it is put back or settled here."""
    mail = emails.reminder(row)
    mail.connection = connection
    try:
        connection.open()
    except (smtplib.SMTPException, OSError):
        put_back(row, owner, now=clock(), reason="no answer")
        raise ServerAway from None
    try:
        mail.send()
    except smtplib.SMTPSenderRefused as error:  # us, before the server heard whom the mail is for
        put_back(row, owner, now=clock(), reason=f"sender refused {error.smtp_code}")
    except smtplib.SMTPResponseException as error:
        _refused(row, owner, error.smtp_code, error.smtp_error, now=clock())
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        _refused(row, owner, code, text, now=clock())
    except PROVIDER_REFUSED as error:
        words = "5.1.3" if providers.is_invalid(error) else "refused by the provider"
        _refused(row, owner, 550, words, now=clock())
    except PROVIDER_FAILED as error:
        status = getattr(error, "status_code", None)  # none: no answer came, and the mail may be out
        put_back(row, owner, now=clock(), reason=f"deferred {status}" if status else AMBIGUOUS)
    except (smtplib.SMTPException, OSError):
        _unanswered(row, owner, connection, now=clock())
    else:
        return True
    return False


def _unanswered(row: Reminder, owner: uuid.UUID, connection: BaseEmailBackend, *, now: datetime) -> None:
    """The connection broke. Where the mail was handed over already it may be out: tried once more, and no more."""
    handed_over = was_handed_over(connection)
    connection.close()
    if handed_over and row.reason == AMBIGUOUS:
        settle(row, owner, State.DEAD, now=now, reason=AMBIGUOUS)
    else:
        put_back(row, owner, now=now, reason=AMBIGUOUS if handed_over else "no answer")


def _refused(row: Reminder, owner: uuid.UUID, code: int, text: bytes | str, *, now: datetime) -> None:
    said = text if isinstance(text, str) else text.decode(errors="replace")
    if code < 500:
        put_back(row, owner, now=now, reason=f"deferred {code}")
        return
    if is_no_such_address(said):
        preferences.suppress(user=row.user, address=row.user.email, now=now)
    settle(row, owner, State.DEAD, now=now, reason=f"refused {code}")


def put_back(row: Reminder, owner: uuid.UUID, *, now: datetime, reason: str) -> None:
    """Try again after a growing pause, if that is still in time; else it is dead, with its reason."""
    pause = PAUSES[min(max(row.attempts, 1), len(PAUSES)) - 1]
    if row.attempts >= TRIES or now + pause >= row.expires_at:
        settle(row, owner, State.DEAD, now=now, reason=reason)
        return
    if row.reason == AMBIGUOUS:  # it may be out already, whatever happens on the way
        reason = AMBIGUOUS
    Reminder.objects.claimed_by(owner).filter(pk=row.pk).update(
        state=State.PENDING, not_before=now + pause, reason=reason, owner=None, lease_until=None
    )


def _wait(row: Reminder, owner: uuid.UUID, *, until: datetime, reason: str) -> None:
    """Put back until a moment that was asked for. That is no failed try."""
    Reminder.objects.claimed_by(owner).filter(pk=row.pk).update(
        state=State.PENDING,
        not_before=until,
        reason=reason,
        attempts=F("attempts") - 1,
        owner=None,
        lease_until=None,
    )
