"""`nearer restore NAME`: puts a backup into an empty place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backups.errors import CannotBackUp, CannotRestore
from config.backups.places import WORDS, Place
from config.backups.restoring import folder_for_plain, restore


class Command(BaseCommand):
    help = "Put a backup into an empty place. Everything but the database is to be stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="which one; otherwise they are listed")
        parser.add_argument("--from", type=Path, dest="folder", help="the folder, instead of NEARER_BACKUPS")
        parser.add_argument("--identity", type=Path, help="the file of the private key it is sealed to")

        parser.add_argument(
            "--without-list",
            action="store_true",
            help="though what was withdrawn since isn't known: it will be there again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or settings.NEARER_BACKUPS
        if folder is None:
            raise CommandError("Say where backups are: --from FOLDER, or set NEARER_BACKUPS.")
        place, name = Place(folder), options["name"]
        if options["folder"] and not (folder / WORDS).is_dir():
            raise CommandError(
                f"{folder} holds no backups: --from takes the folder that has both, words/ and keys/."
            )
        if not name:
            self.stdout.write("\n".join(place.names()) or f"There is no backup in {folder}.")
            return
        try:
            with folder_for_plain(place) as plain:
                restore(
                    place,
                    name,
                    into=Path(plain),
                    identity=options["identity"],
                    unlisted=options["without_list"],
                )
        except (CannotRestore, CannotBackUp) as reason:
            raise CommandError(str(reason)) from None
        done = "" if options["without_list"] else " What was withdrawn since is withdrawn again."
        self.stdout.write(f"Restored.{done} Everybody signs in once more.")
