from celery import shared_task
from django.utils import timezone

from accounts import joining, log, long_work, sealed_files, signups, turns
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
    return turns.take(work_off, lambda goes_on: long_work.work_off(clock=timezone.now, goes_on=goes_on))


@shared_task
def sweep_files() -> int:
    return sealed_files.sweep(now=timezone.now())
