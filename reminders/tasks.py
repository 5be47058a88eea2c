from celery import shared_task
from django.utils import timezone

from reminders import delivery, planning, status


@shared_task
def tick() -> None:
    planning.plan(now=timezone.now())
    status.note_round(now=timezone.now())
    # On the way as well: an evening's reminders, or a mail server that hangs, take longer than a worker may be silent.
    delivery.deliver(clock=timezone.now, after_batch=_note)
    _note()


def _note() -> None:
    """Note that a worker was round, and only then whether the mail server answers: one that hangs takes a minute."""
    status.note_round(now=timezone.now())
    status.knock(now=timezone.now())


@shared_task
def prune() -> int:
    return planning.prune(now=timezone.now())
