"""Delivery from the ledger to the mail server: claim, look again, send outside any transaction, settle.

Promise: nothing is lost; nothing is sent twice except after a fault between sending and settling; nothing stale;
nothing after unsubscribing or parting.
"""

import smtplib
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from accounts.refusals import is_no_such_address
from accounts.smtp import LEASE, was_handed_over, worker_connection
from reminders import emails, former_keys, preferences, providers
from reminders.models import Reminder, State

BATCH = 100
TRIES = 5
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 4, 15, 45)]  # after each failed try
AMBIGUOUS = "ambiguous"  # the mail was handed over, and no answer came: it may have gone out
PROVIDER_REFUSED, PROVIDER_FAILED = providers.errors()
Clock = Callable[[], datetime]


class ServerAway(Exception):
    """The mail server can't be reached, or won't talk to us at all. Whatever its code, that is about no address."""


def deliver(*, clock: Clock) -> int:
    """Send everything that is due, batch by batch, one connection a batch. Returns how many rows were handled.

    Where the server is away, all but the mail that found out wait for the next round untried: each would wait as long.
    """
    handled = 0
    while rows := claim(owner=(owner := uuid.uuid4()), now=clock()):
        connection = worker_connection()
        try:
            for row in rows:
                handled += 1
                _handle(row, owner, connection, clock)
        except ServerAway:
            Reminder.objects.claimed_by(owner).update(state=State.PENDING, owner=None, lease_until=None)
            break
        finally:
            connection.close()
    return handled


@transaction.atomic
def claim(*, owner: uuid.UUID, now: datetime, limit: int = BATCH) -> list[Reminder]:
    """Take up to `limit` due rows for `owner` until their lease runs out. No row goes to two owners."""
    free = Reminder.objects.claimable(now).select_for_update(of=("self",), skip_locked=True)
    rows = list(free[:limit])
    former_keys.type_rows(rows)
    ids = [row.pk for row in rows]
    lease = now + LEASE
    Reminder.objects.filter(pk__in=ids).update(state=State.CLAIMED, owner=owner, lease_until=lease)
    for row in rows:
        row.state, row.owner, row.lease_until = State.CLAIMED, owner, lease
    return rows


def renew(row: Reminder, owner: uuid.UUID, *, now: datetime) -> bool:
    """Keep the row for another lease, right before sending: from here on it counts as tried.

    Not when it is claimed: the ninety-nine others of a batch whose worker dies were never tried. False if it was taken
    over or settled meanwhile.
    """
    claimed = Reminder.objects.claimed_by(owner).filter(pk=row.pk)
    return bool(claimed.update(lease_until=now + LEASE, attempts=F("attempts") + 1))


def settle(row: Reminder, owner: uuid.UUID, state: State, *, now: datetime, reason: str = "") -> bool:
    """Write what became of the row, only if it is still the owner's."""
    return bool(
        Reminder.objects.claimed_by(owner)
        .filter(pk=row.pk)
        .update(state=state, reason=reason, settled_at=now, owner=None, lease_until=None)
    )


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


def _handle(row: Reminder, owner: uuid.UUID, connection: BaseEmailBackend, clock: Clock) -> None:
    if not renew(row, owner, now=clock()):
        return
    claimed = Reminder.objects.claimed_by(owner).filter(pk=row.pk)
    fresh = claimed.with_delivery_state().with_last_look(row).first()
    if fresh is None:  # settled between the two
        return
    now = clock()
    verdict = skip_reason(fresh, now=now)
    if verdict is None:
        _send(fresh, owner, connection, clock)
    elif verdict[0] == State.PENDING:
        _wait(fresh, owner, until=_quiet_until(fresh, now) or now, reason=verdict[1])
    else:
        settle(fresh, owner, verdict[0], now=now, reason=verdict[1])


def _send(row: Reminder, owner: uuid.UUID, connection: BaseEmailBackend, clock: Clock) -> None:
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
        settle(row, owner, State.SENT, now=clock())


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
