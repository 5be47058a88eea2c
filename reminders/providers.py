"""A mail provider instead of a mail server of one's own (anymail): how it refuses, and what it reports back.

Nothing of anymail is loaded where no provider is set.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import User
from accounts.refusals import is_no_such_address, names_a_code
from reminders import kinds, preferences

Errors = tuple[type[Exception], ...]


def errors() -> tuple[Errors, Errors]:
    """The errors a provider raises when it refuses the address, and when its answer is an error or never came."""
    if not settings.EMAIL_PROVIDER:
        return (), ()
    from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

    return (AnymailRecipientsRefused,), (AnymailAPIError,)


def listen() -> None:
    """Hear what the provider's webhook reports."""
    if settings.EMAIL_PROVIDER:
        from anymail.signals import tracking

        tracking.connect(hear, dispatch_uid="nearer.reminders.providers")


@transaction.atomic
def hear(sender: object, event: Any, esp_name: str, **_: Any) -> None:
    """Send nothing more to an address that doesn't exist; unsubscribe whoever complained from every kind."""
    user = User.objects.filter(email__iexact=event.recipient or "").first()
    if user is None:
        return
    now = timezone.now()
    if event.event_type == "bounced" and _is_nobody_there(event):
        preferences.suppress(user=user, address=user.email, now=now)
    elif event.event_type in {"complained", "unsubscribed"}:
        for kind in kinds.every():
            preferences.stop(user=user, kind=kind.name, now=now)


def _is_nobody_there(event: Any) -> bool:
    """Providers call a full mailbox, and a block of us, a bounce too. The server's code decides; where it gave none,
    only that the provider found the address itself to be none.
    """
    said = event.mta_response or event.description or ""
    return is_no_such_address(said) if names_a_code(said) else event.reject_reason == "invalid"


def is_invalid(error: Exception) -> bool:
    """Whether a provider refused a mail because its address is none. Others are refused by a rule, a list, a quota."""
    status = getattr(getattr(error, "email_message", None), "anymail_status", None)
    return getattr(status, "status", None) == {"invalid"}


def webhook(provider: str) -> URLPattern:
    """The address `provider` reports to: `mail/events/`, with the name and password of `ANYMAIL_WEBHOOK_SECRET`."""
    from anymail.urls import urlpatterns

    views = {entry.name: entry.callback for entry in urlpatterns}
    view: Any = login_not_required(views[f"{provider}_tracking_webhook"])  # signed by its secret
    found: URLPattern = path("mail/events/", view, name="mail_events")
    return found
