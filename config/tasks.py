from celery import shared_task
from django.utils import timezone

from config import keeping


@shared_task
def list_withdrawals() -> None:
    keeping.list_withdrawals(now=timezone.now())
