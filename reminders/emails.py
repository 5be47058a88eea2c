"""The catalogue of this room's mails."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.mail import compose
from reminders import kinds
from reminders.choosing import stop_token
from reminders.models import Choice, Reminder


def reminder(row: Reminder, kind: kinds.Kind, choice: Choice) -> EmailMultiAlternatives:
    """The mail of one reminder: says only that something is there, and stops with one click (RFC 8058)."""
    stop = reverse("reminders:stop", args=[stop_token(row.user, row.kind)])
    return compose(
        kind.mail,
        to=row.user.email,
        context={"at": choice.at, "stop": stop},
        message_id=row.message_id,
        headers={
            "List-Unsubscribe": f"<{settings.NEARER_URL}{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
