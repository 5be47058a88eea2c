from celery import shared_task
from django.utils import timezone

from accounts import joining, log, long_work, sealed_files, signups
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


@shared_task
def work_off() -> int:
    return long_work.work_off(clock=timezone.now)


@shared_task
def sweep_files() -> int:
    return sealed_files.sweep(now=timezone.now())
