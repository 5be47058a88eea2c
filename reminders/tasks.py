from celery import shared_task
from django.utils import timezone

from reminders import delivery, planning, status


@shared_task
def tick() -> None:
    planning.plan(now=timezone.now())
    delivery.deliver(clock=timezone.now)
    status.knock(now=timezone.now())
    status.note_round(now=timezone.now())


@shared_task
def prune() -> int:
    return planning.prune(now=timezone.now())
