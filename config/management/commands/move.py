"""`nearer move URL`: everything into an empty database of the other kind."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.moving import CannotMove, move


class Command(BaseCommand):
    help = "Move everything from SQLite to PostgreSQL or back. Everything but the databases is to be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="the other, empty database, as DATABASE_URL names it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            move(options["url"], dict(os.environ))
        except CannotMove as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            "Moved, row by row the same. Set DATABASE_URL to the new one, and start; keep the old one a while."
        )
