"""`nearer keys make | rotate | check` (docs/keys.md)."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.crowd import is_few
from accounts.keys import fresh_entry
from accounts.rewrapping import lost, rewrap


class Command(BaseCommand):
    help = (
        "make: a new entry for NEARER_KEYRING. rotate: wrap every key in the database anew with its first entry; while "
        "Nearer runs, and again if it was stopped. check: whether every key opens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("make", "rotate", "check"))
        parser.add_argument("name", nargs="?", default="", help="what the new entry is called")

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"]
        if what == "make":
            self.stdout.write(fresh_entry(options["name"]))
        elif what == "rotate":
            self._rotate()
        elif found := lost():
            sys.exit(f"Not to be opened: {', '.join(found)}.")
        else:
            self.stdout.write("Every key opens.")

    def _rotate(self) -> None:
        found = rewrap()
        # With a few, how many there are tells who has a second factor, and who has parted.
        said = ["Wrapped anew." if is_few() else f"Wrapped anew: {found.done}."]
        if found.unused:
            said.append(f"No longer used, and may be removed: {', '.join(found.unused)}.")
        if found.left:
            said.append(f"Still used: {', '.join(found.left)}.")
        self.stdout.write(" ".join(said))
        if found.lost:
            sys.exit(f"Not to be opened, left as they are: {', '.join(found.lost)}.")
