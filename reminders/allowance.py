"""The limit a mail provider has an hour, for all workers together (`EMAIL_PER_HOUR`), counted in the ledger."""

from datetime import datetime, timedelta

from django.conf import settings

from reminders.models import Reminder, Tick

AN_HOUR = timedelta(hours=1)
COUNTED = "emails counted"


def left(now: datetime) -> int | None:
    """Return how many more may be claimed now, what others hold and may be sending included; None without a limit.

    Inside the transaction that claims them: whoever counts holds the others up until it is done.
    """
    if settings.EMAIL_PER_HOUR is None:
        return None
    Tick.objects.get_or_create(name=COUNTED, defaults={"at": now})
    Tick.objects.select_for_update().get(name=COUNTED)
    spent = Reminder.objects.sent_since(now - AN_HOUR).count() + Reminder.objects.being_sent(now).count()
    return max(settings.EMAIL_PER_HOUR - spent, 0)
