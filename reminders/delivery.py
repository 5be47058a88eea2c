"""From the ledger to the mail server: claim, check again, send outside any transaction, settle.

Promise: nothing is lost; nothing is sent twice except after a fault between sending and settling; nothing stale;
nothing after unsubscribing or parting.
"""

import logging
import smtplib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from reminders import emails
from reminders.choosing import choices_of
from reminders.models import LEASE, Reminder, State

log = logging.getLogger(__name__)

BATCH = 100
TRIES = 5
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 4, 15, 45)]  # after each failed try
# The server won't talk to us at all: whatever its code, that is no refusal of the address.
NOT_ABOUT_THE_MAIL = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)
Clock = Callable[[], datetime]


def deliver(*, clock: Clock) -> int:
    """Send everything that is due, batch by batch. Returns how many rows were handled."""
    handled = 0
    while rows := claim(owner=(owner := uuid.uuid4()), now=clock()):
        connection = get_connection()
        try:
            for row in rows:
                _handle(row, owner, connection, clock)
        finally:
            connection.close()
        handled += len(rows)
    return handled


@transaction.atomic
def claim(*, owner: uuid.UUID, now: datetime, limit: int = BATCH) -> list[Reminder]:
    """Take up to `limit` due rows for `owner` until their lease runs out. No row goes to two owners."""
    free = Reminder.objects.claimable(now).select_for_update(of=("self",), skip_locked=True)
    ids = list(free.values_list("pk", flat=True)[:limit])
    Reminder.objects.filter(pk__in=ids).update(
        state=State.CLAIMED, owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return list(Reminder.objects.held(owner).select_related("user").order_by("due_at"))


def renew(row: Reminder, owner: uuid.UUID, *, now: datetime) -> bool:
    """Keep the row for another lease, right before sending. False if it was taken over or settled meanwhile."""
    return bool(Reminder.objects.held(owner).filter(pk=row.pk).update(lease_until=now + LEASE))


def settle(row: Reminder, owner: uuid.UUID, state: State, *, now: datetime, reason: str = "") -> bool:
    """Write what became of the row, only if it is still the owner's."""
    return bool(
        Reminder.objects.held(owner)
        .filter(pk=row.pk)
        .update(state=state, reason=reason, settled_at=now, owner=None, lease_until=None)
    )


def why_not(row: Reminder, *, now: datetime) -> tuple[State, str] | None:
    """The last look before sending: why this one must not go out (any more), or None."""
    kind = row.registered
    if now >= row.expires_at:
        return State.EXPIRED, "too late"
    if kind is None or not row.user.is_active:
        return State.SKIPPED, "inactive"
    if not EmailAddress.objects.filter(user=row.user, email__iexact=row.user.email, verified=True).exists():
        return State.SKIPPED, "unverified"
    if not choices_of(row.user)[row.kind].wanted:
        return State.SKIPPED, "unsubscribed"
    if kind.is_done(row.user, row.day):
        return State.SKIPPED, "done"
    if row.attempts > TRIES:
        return State.DEAD, "too many tries"
    return None


def _handle(row: Reminder, owner: uuid.UUID, connection: BaseEmailBackend, clock: Clock) -> None:
    if not renew(row, owner, now=clock()):
        return
    verdict = why_not(row, now=clock())
    if verdict is not None:
        settle(row, owner, verdict[0], now=clock(), reason=verdict[1])
        return
    kind = row.registered
    assert kind is not None  # noqa: S101  why_not has just said so
    mail = emails.reminder(row, kind, choices_of(row.user)[row.kind])
    mail.connection = connection
    try:
        mail.send()
    except NOT_ABOUT_THE_MAIL:
        put_back(row, owner, now=clock(), reason="no answer")
    except smtplib.SMTPResponseException as error:
        _refused(row, owner, error.smtp_code, now=clock())
    except smtplib.SMTPRecipientsRefused as error:
        _refused(row, owner, next(iter(error.recipients.values()))[0], now=clock())
    except (smtplib.SMTPException, OSError):
        log.warning("the mail server went away; %s is tried again", row)
        connection.close()
        put_back(row, owner, now=clock(), reason="no answer")
    else:
        settle(row, owner, State.SENT, now=clock())


def _refused(row: Reminder, owner: uuid.UUID, code: int, *, now: datetime) -> None:
    if code >= 500:
        settle(row, owner, State.DEAD, now=now, reason=f"refused {code}")
    else:
        put_back(row, owner, now=now, reason=f"deferred {code}")


def put_back(row: Reminder, owner: uuid.UUID, *, now: datetime, reason: str) -> None:
    """Try again after a growing pause, if that is still in time; else it is dead, with its reason."""
    pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
    if row.attempts >= TRIES or now + pause >= row.expires_at:
        settle(row, owner, State.DEAD, now=now, reason=reason)
        return
    Reminder.objects.held(owner).filter(pk=row.pk).update(
        state=State.PENDING, not_before=now + pause, reason=reason, owner=None, lease_until=None
    )
