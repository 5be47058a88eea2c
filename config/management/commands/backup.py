"""`nearer backup`: makes one, at once and while Nearer runs; with `--daily` one a day, until it is ended."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups import daily
from config.backups.errors import CannotBackUp
from config.backups.making import make
from config.backups.places import Place


class Command(BaseCommand):
    help = "Make a backup while Nearer runs: words and keys apart, checked, and the oldest removed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="the folder, instead of NEARER_BACKUPS")
        parser.add_argument("--daily", action="store_true", help="make one whenever it is due, and don't end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["to"] or settings.NEARER_BACKUPS
        if folder is None:
            raise CommandError("Say where: --to FOLDER, or set NEARER_BACKUPS.")
        if options["daily"]:
            return _go_on()
        try:
            name = make(Place(folder), now=timezone.now(), recipient=settings.NEARER_BACKUP_RECIPIENT)
        except CannotBackUp as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Made {name} in {folder}.")
        return None


def _go_on() -> None:
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    daily.go_on(ending)
