from celery import shared_task
from django.utils import timezone

from accounts import turns
from agendas import building


@shared_task
def lay_out() -> int:
    return turns.take(lay_out, lambda goes_on: building.build_due(now=timezone.now(), goes_on=goes_on))
