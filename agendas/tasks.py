from celery import shared_task
from django.utils import timezone

from agendas import building


@shared_task
def lay_out() -> int:
    return building.build_due(now=timezone.now())
