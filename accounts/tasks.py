from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts import joining, log


@shared_task
def sweep_unverified() -> int:
    return joining.sweep_unverified(now=timezone.now())


@shared_task
def clear_sessions() -> None:
    call_command("clearsessions")


@shared_task
def forget_log() -> int:
    return log.forget(now=timezone.now())
