from celery import shared_task
from django.utils import timezone

from adventures import reminding


@shared_task
def promise() -> int:
    return reminding.promise_due(now=timezone.now())
