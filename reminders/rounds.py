"""A worker's round: what comes up is planned, what is due is delivered, and that it was here is noted."""

from django.utils import timezone

from accounts.turns import GoesOn
from reminders import delivery, planning, status


def go(goes_on: GoesOn) -> None:
    """Plan and deliver as long as there is time, and a batch of each in any case."""
    planning.plan(now=timezone.now(), goes_on=goes_on)
    status.note_round(now=timezone.now())
    # On the way as well: an evening's reminders, or a mail server that hangs, take longer than a worker may be silent.
    delivery.deliver(clock=timezone.now, after_batch=_note, goes_on=goes_on)
    _note()


def _note() -> None:
    """Note that a worker was round, and only then whether the mail server answers: one that hangs takes a minute."""
    status.note_round(now=timezone.now())
    status.knock(now=timezone.now())
