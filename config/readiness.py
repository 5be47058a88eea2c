"""Readiness of this process, which has all it needs to answer or not: said by `/health/`, and asked only until it
once had.
"""

import time

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

AGAIN = (
    1.0  # seconds what was missing is taken to be missing still: to look costs the reading of every migration
)
MIGRATIONS = "The database is not up to date: nearer migrate"
STATIC_FILES = "Static files were not collected: nearer collectstatic, and start again"


class _Found:
    missing: str | None = None
    looked = 0.0


def missing() -> str:
    """The parts that are missing, in words for whoever runs it; nothing once nothing was. A database that is ahead is
    no fault: a newer Nearer is being started beside this one.
    """
    if _Found.missing is None or (_Found.missing and time.monotonic() - _Found.looked > AGAIN):
        _Found.missing, _Found.looked = _look(), time.monotonic()
    return _Found.missing


def _look() -> str:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return MIGRATIONS
    collected = getattr(staticfiles_storage, "hashed_files", None)  # the manifest, as this process read it
    if not collected and "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
        return STATIC_FILES
    return ""
