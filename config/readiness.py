"""Readiness, said by three addresses to whoever asks, in a word and without a figure.

`/health/live`: this process answers. `/health/`: it can show pages; migrations and files are looked for until they were
once there. `/health/ready`: all of Nearer does what it promised. Only the first two may decide who gets requests:
without a worker pages are as good.
"""

import time
from datetime import datetime

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from config import disk
from reminders import status

AGAIN = (
    1.0  # seconds what was missing is taken to be missing still: to look costs the reading of every migration
)
DATABASE = "The database does not answer"
MIGRATIONS = "The database is not up to date: nearer migrate"
STATIC_FILES = "Static files were not collected: nearer collectstatic, and start again"
WORDS = {DATABASE: "database", MIGRATIONS: "migrations", STATIC_FILES: "static"}


class _Found:
    missing: str | None = None
    looked = 0.0


def missing_for_pages() -> str:
    """The part that this process lacks to show pages, in words for whoever runs it; nothing if it lacks nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return _missing()
    except Error:
        return DATABASE


def missing(*, now: datetime) -> str:
    """The word for the first part of all that is missing: database, migrations, static, disk, beat or worker."""
    try:
        if found := _missing():
            return WORDS[found]
        silent = status.silent(now=now)
    except Error:
        return WORDS[DATABASE]
    return "disk" if disk.nearly_full() else silent


def _missing() -> str:
    """Migrations or static files, until both were there once. A database that is ahead is no fault: a newer Nearer is
    being started beside this one.
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
