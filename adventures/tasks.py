from celery import shared_task
from django.utils import timezone

from accounts import turns
from adventures import reminding


@shared_task
def promise() -> int:
    return turns.take(promise, lambda goes_on: reminding.promise_due(now=timezone.now(), goes_on=goes_on))
