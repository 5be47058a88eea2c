"""One process for Celery's worker and its beat: a second one would cost another 70 MB on a small machine.

Celery's own `--beat` starts the beat as a process of the worker's that nobody restarts when it dies. Here it is a
thread, and if it ends before the worker does, the worker ends too and supervisord starts both afresh.
"""

import logging
import os
import signal
import sys
import threading
from typing import Any

from celery.beat import Service
from celery.signals import worker_ready

from config.celery import app

logger = logging.getLogger(__name__)


def _beat(service: Service) -> None:
    try:
        service.start()
    except Exception:
        logger.exception("The beat ended.")
    os.kill(os.getpid(), signal.SIGTERM)


@worker_ready.connect  # by then Django is set up, and the keys were looked at
def _back_up(**_: Any) -> None:
    from config.backups import daily

    threading.Thread(target=daily.go_on, args=[threading.Event()], name="backups", daemon=True).start()


def beat(schedule: str) -> Service:
    """The beat as `celery beat` makes it: by itself, Celery's service takes no scheduler from the settings."""
    return Service(app, schedule_filename=schedule, scheduler_cls=app.conf.beat_scheduler)


def main(schedule: str) -> None:
    threading.Thread(target=_beat, args=[beat(schedule)], name="beat", daemon=True).start()
    # The worker itself rather than Celery's command line, which would load every command it has.
    worker = app.Worker(
        pool="threads",
        concurrency=2,
        loglevel="INFO",
        without_gossip=True,  # it has no other workers to talk to
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


if __name__ == "__main__":
    main(sys.argv[1])
