"""`nearer migrate`: Django's, one at a time. Two servers that start at once bring the database up to date once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from config.one_at_a_time import one_at_a_time


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        with one_at_a_time(connections[options["database"]]):
            return super().handle(*args, **options)
