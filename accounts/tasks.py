from celery import shared_task
from django.utils import timezone

from accounts import joining, log, signups
from accounts.sessions import SessionStore


@shared_task
def sweep_unverified() -> int:
    signups.forget(now=timezone.now())
    return joining.sweep_unverified(now=timezone.now())


@shared_task
def clear_sessions() -> None:
    SessionStore.clear_expired()


@shared_task
def forget_log() -> int:
    return log.forget(now=timezone.now())
