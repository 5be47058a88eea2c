"""Celery: a doorbell. Every task only nudges work whose truth is a due row in the database."""

import logging
import os
from typing import Any

import django
from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import beat_init, worker_init
from kombu.exceptions import OperationalError

from config.logs import under_one_name
from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
log = logging.getLogger(__name__)
BEAT = "celery_beat_task"  # the header that Celery's beat sends along


class NudgeTask(DjangoTask):
    """A broker that is away must not break a page: the sweep finds the due row anyway. The beat, which no page waits
    for, has to hear of it.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with under_one_name():
            return super().__call__(*args, **kwargs)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        # It reads models, which aren't there yet where this module is loaded.
        from accounts.crowd import warn_unless_few

        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError:
            if BEAT in (kwargs.get("headers") or {}):
                raise
            warn_unless_few(log, "the broker is away; what was asked for waits for the next sweep")
            return None


app = Celery("nearer", task_cls=NudgeTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=600,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 900,  # longer than any task may run
        "unacked_restore_interval": 2,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "max_retries": 1,
    },
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,  # it would log a traceback letter by letter
    beat_schedule=SCHEDULE,
    beat_scheduler="config.beat.Scheduler",
)


@worker_init.connect
@beat_init.connect
def _refuse_lost_keys(**_: Any) -> None:
    django.setup()  # nobody has, yet, where it is the beat
    from accounts.keyring_check import refuse_if_lost

    refuse_if_lost()


app.set_default()  # for every thread of the web server, not only the one that imported this
app.autodiscover_tasks()
