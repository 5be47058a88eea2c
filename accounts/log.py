"""Writing the private log, and forgetting it after a season."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.utils import timezone

from accounts.models import LogEntry, User

KEPT = timedelta(days=90)
What = LogEntry.What


def note(user: User, what: What, *, now: datetime) -> None:
    """Write one line into this person's log."""
    LogEntry.objects.create(user=user, what=what, at=now)


def note_day(user: User, what: What, *, day: date) -> None:
    """Write one line of a Day, without a time."""
    note(user, what, now=datetime.combine(day, time(12), tzinfo=UTC))


def forget(*, now: datetime) -> int:
    """Delete lines older than `KEPT`. Returns how many."""
    return LogEntry.objects.filter(at__lt=now - KEPT).delete()[0]


def listen() -> None:
    """Take allauth's news of sign-ins and credentials (its signals: the only place that listens to any)."""
    heard = {
        account_signals.user_logged_in: What.SIGNED_IN,
        account_signals.password_changed: What.PASSWORD,
        account_signals.password_reset: What.PASSWORD,
        account_signals.email_changed: What.EMAIL,
        mfa_signals.authenticator_added: What.KEY_ADDED,
        mfa_signals.authenticator_reset: What.KEY_ADDED,
        mfa_signals.authenticator_removed: What.KEY_REMOVED,
    }
    for signal, what in heard.items():

        def hear(*, user: User, what: What = what, **_news: Any) -> None:
            note(user, what, now=timezone.now())

        signal.connect(hear, weak=False, dispatch_uid=f"accounts.log.{id(signal)}")
