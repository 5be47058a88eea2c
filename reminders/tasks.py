from celery import shared_task
from django.utils import timezone

from accounts import turns
from reminders import planning, rounds


@shared_task
def tick() -> None:
    turns.take(tick, rounds.go)


@shared_task
def prune() -> int:
    return planning.prune(now=timezone.now())
